import { type AtomicFile, createAtomicFile, explainUnwritable, writeAt } from "../files/index.js";

/** Files of vectors: NumPy's, safetensors (one tensor `vectors`), or a line of JSON each. */
export const vectorFormats = ["npy", "safetensors", "jsonl"] as const;

/** Format of a file of vectors. */
export type VectorFormat = (typeof vectorFormats)[number];

/** Writes vectors as they come; the file appears whole when finished, or not at all. */
export interface VectorWriter {
  /** @param name what the vector is of, e.g. `{ path }`. */
  write(name: Readonly<Record<string, string>>, vector: Float32Array): Promise<void>;
  /** @returns rows written, and the files: of vectors, and of their names where these have a file of their own. */
  finish(): Promise<{ rows: number; files: string[] }>;
  /** Removes the unfinished file. */
  abandon(): Promise<void>;
}

const headerSize = 128;

/**
 * Makes the header of `[rows, features]` float32, always 128 bytes: it is written again when the number of rows is known.
 * Source: NumPy, "NEP 1: a simple file format for NumPy arrays", version 1.0; huggingface/safetensors, format description.
 */
function headerOf(format: VectorFormat, rows: number, features: number): Buffer {
  if (format === "jsonl") return Buffer.alloc(0);
  const out = Buffer.alloc(headerSize, " ");
  if (format === "npy") {
    const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${features}), }`;
    out.write("\x93NUMPY\x01\x00", "latin1");
    out.writeUInt16LE(headerSize - 10, 8);
    out.write(text, 10);
    out.write("\n", headerSize - 1);
  } else {
    const shape = [rows, features];
    out.writeBigUInt64LE(BigInt(headerSize - 8));
    out.write(
      JSON.stringify({ vectors: { dtype: "F32", shape, data_offsets: [0, rows * features * 4] } }),
      8,
    );
  }
  return out;
}

/**
 * Creates a file of vectors `[features]`. For binary formats, the names are written to a second file, `<path>.jsonl`, one on each line. Both
 * files appear when the writer finishes.
 * @param path path of the file; an existing one is replaced.
 * @param options layout of the file.
 * @param options.format format of the file.
 * @param options.features length of each vector.
 * @returns the writer; no file appears before its `finish`.
 * @throws {InputError} when the path cannot be written, here and in each method.
 */
export async function createVectorWriter(
  path: string,
  { format, features }: { format: VectorFormat; features: number },
): Promise<VectorWriter> {
  const binary = format !== "jsonl";
  const files = binary ? [path, `${path}.jsonl`] : [path];
  const opened: AtomicFile[] = [];
  try {
    for (const file of files) opened.push(await createAtomicFile(file));
  } catch (cause) {
    await Promise.all(opened.map((file) => file.discard()));
    throw explainUnwritable(path, cause);
  }
  const [main] = opened as [AtomicFile];
  const names = opened.at(-1)!;
  const abandon = async (): Promise<void> => void (await Promise.all(opened.map((file) => file.discard())));
  /** Runs a step of writing; one that fails, as on a full disk, leaves no file. */
  const step = async (work: () => Promise<void>): Promise<void> => {
    await work().catch(async (cause: unknown) => {
      await abandon();
      throw explainUnwritable(path, cause);
    });
  };
  await step(() => main.handle.writeFile(headerOf(format, 0, features)));
  let rows = 0;
  return {
    async write(name, vector) {
      const line = binary ? name : { ...name, vector: [...vector] };
      await step(async () => {
        if (binary)
          await main.handle.writeFile(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength));
        await names.handle.writeFile(`${JSON.stringify(line)}\n`);
      });
      rows++;
    },
    async finish() {
      await step(async () => {
        await writeAt(main.handle, headerOf(format, rows, features), 0);
        for (const file of opened) await file.commit();
      });
      return { rows, files };
    },
    abandon,
  };
}
