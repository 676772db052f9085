import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { maxRegions } from "../../data/index.js";
import { readSafetensors, writeSafetensors } from "../../packs/index.js";
import { type TensorRecord, hostFloats } from "../../tensor/index.js";
import { type Checkpoint, checkpointFile } from "../run.js";
import { type StickerSet, rowsFrom } from "./batches.js";
import { encodeStickers } from "./codes.js";
import { refineCodes } from "./refine.js";
import { splitState } from "./storedCodes.js";
import { reassignSlots } from "./reassign.js";
import type { StickerConfig } from "./trainer.js";

/** Where a sticker run's folder keeps the codes of its drawings. */
const codesFile = "codes.safetensors";

/**
 * Codes of a set's drawings `[drawings, size]`: those that the run trained beside its weights; else, and for drawings that the run did not
 * learn from, the encoder's, refined by `steps` of gradient descent each. They are kept in the run's folder and used again for the same
 * weights, drawings and number of steps.
 * @param set the drawings of the run, then any others.
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
  const { codes: stored, slots } = splitState(run.state);
  const trained = (stored?.codes.data as Float32Array | undefined) ?? new Float32Array();
  const learned = slots?.shape[0] ?? 0;
  const rest = rowsFrom(set, stored ? learned : 0);
  const refined = await refinedCodes(config, rest, run.state, stored ? 0 : learned, options);
  const codes = new Float32Array(trained.length + refined.length);
  codes.set(trained);
  codes.set(refined, trained.length);
  const rows = set.rows.length;
  await writeSafetensors(
    path,
    { codes: hostFloats(codes, [rows, codes.length / rows]) },
    { dtype: "F32", metadata: { key } },
  );
  return codes;
}

/**
 * The encoder's codes of drawings, refined by `steps` of gradient descent.
 * @param learned number of drawings, from the first, whose slots the run knows; the others get those of least loss.
 */
async function refinedCodes(
  config: StickerConfig,
  set: StickerSet,
  state: TensorRecord,
  learned: number,
  options: Parameters<typeof drawingCodes>[4],
): Promise<Float32Array> {
  if (set.rows.length === 0) return new Float32Array();
  const encoded = await encodeStickers(config, set, state, options);
  if (options.steps === 0) return encoded;
  const slots = Float32Array.from(set.slots);
  if (learned > 0) slots.set((state.slots!.data as Float32Array).subarray(0, learned * maxRegions));
  if (learned < set.rows.length) {
    const others = await reassignSlots(config, rowsFrom(set, learned), state, options);
    slots.set(others.data as Float32Array, learned * maxRegions);
  }
  const known = { ...state, slots: hostFloats(slots, [set.rows.length, maxRegions]) };
  return refineCodes(config, set, known, encoded, options);
}
