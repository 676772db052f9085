import { basename, dirname } from "node:path";
import { spin } from "./session.js";
import { openRemote } from "./thread.js";

/** A float32 matrix that stays in its file: pages of it are in memory while they are used, and shared with other processes. */
export interface MappedMatrix {
  /**
   * Multiplies every row with vectors.
   * @param vectors `[vectors, features]`, as many as it was opened for.
   * @returns `[rows, vectors]`.
   */
  multiply(vectors: Float32Array): Promise<Float32Array>;
  close(): Promise<void>;
}

/**
 * Maps a matrix into memory: ONNX Runtime maps weights that lie outside of a model, and here the only weight is the file. Node has
 * no mapping of its own.
 * @param path of a file that begins with the rows, `[rows, features]`, little-endian.
 * @param options.vectors of each product; default 1.
 * @throws {Error} of ONNX Runtime when the file is missing or too short.
 */
export async function openMapped(
  path: string,
  [rows, features]: readonly [rows: number, features: number],
  { vectors = 1, threads }: { vectors?: number; threads?: number } = {},
): Promise<MappedMatrix> {
  const { buildProductModel } = await import("./productModel.js");
  const session = await openRemote(
    buildProductModel(basename(path), [rows, features], vectors),
    {
      logSeverityLevel: 4,
      executionProviders: ["cpu"],
      ...(threads !== undefined && { intraOpNumThreads: threads }),
      extra: {
        session: {
          model_external_initializers_file_folder_path: dirname(path),
          disable_prepacking: "1",
          "intra_op.spin_duration_us": spin,
        },
      },
    },
    [],
  );
  return {
    async multiply(given) {
      const data = new Float32Array(given.length); // [features, vectors]
      given.forEach((value, at) => {
        data[(at % features) * vectors + Math.floor(at / features)] = value;
      });
      const feed = { name: "in:vectors", dtype: "float32", shape: [features, vectors], data } as const;
      const [result] = await session.run([feed], [data.buffer]);
      return result!.data as Float32Array;
    },
    close: () => session.close(),
  };
}
