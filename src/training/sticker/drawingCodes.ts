import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { readSafetensors, writeSafetensors } from "../../packs/index.js";
import { hostFloats } from "../../tensor/index.js";
import { type Checkpoint, checkpointFile } from "../run.js";
import type { StickerSet } from "./batches.js";
import { encodeStickers } from "./codes.js";
import { refineCodes } from "./refine.js";
import type { StickerConfig } from "./trainer.js";

/** Where a sticker run's folder keeps the codes of its drawings. */
const codesFile = "codes.safetensors";

/**
 * Codes of a set's drawings `[drawings, size]`: the encoder's, refined by `steps` of gradient descent each. They are kept in the run's
 * folder and used again for the same weights, drawings and number of steps.
 */
export async function drawingCodes(
  folder: string,
  run: Checkpoint,
  config: StickerConfig,
  set: StickerSet,
  options: {
    readonly steps: number;
    readonly threads?: number;
    readonly onProgress?: (done: number, total: number, loss: number) => void;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Float32Array> {
  const path = join(folder, codesFile);
  const { size, mtimeMs } = await stat(join(folder, checkpointFile));
  const ids = set.rows.map((row) => set.data.items[row]!.id);
  const key = createHash("sha256")
    .update(JSON.stringify([run.step, run.settings, size, mtimeMs, options.steps, ids]))
    .digest("hex");
  const known = await readSafetensors(path).catch(() => undefined);
  if (known?.metadata.key === key) return known.tensors.codes!.data as Float32Array;
  const encoded = await encodeStickers(config, set, run.state, options);
  const codes = options.steps > 0 ? await refineCodes(config, set, run.state, encoded, options) : encoded;
  const rows = set.rows.length;
  await writeSafetensors(
    path,
    { codes: hostFloats(codes, [rows, codes.length / rows]) },
    { dtype: "F32", metadata: { key } },
  );
  return codes;
}
