import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { maxRegions } from "../../data/index.js";
import { readSafetensors, writeSafetensors } from "../../packs/index.js";
import { type TensorRecord, hostFloats } from "../../tensor/index.js";
import { type TrainingCheckpoint, checkpointFile } from "../run.js";
import { type StickerSet, selectRowsFrom } from "./batches.js";
import { encodeStickers } from "./codes.js";
import { refineCodes } from "./refine.js";
import { splitState } from "./storedCodes.js";
import { reassignSlots } from "./reassign.js";
import type { StickerConfig } from "./trainer.js";

/** Where a sticker run's folder keeps the codes of its drawings. */
const codesFile = "codes.safetensors";

/**
 * Loads the codes of a set's drawings `[drawings, size]`: those that the run trained beside its weights, or the encoder's where
 * it trained none, refined by `steps` of gradient descent each. They are kept in the run's folder and used again for the same
 * weights, drawings and number of steps.
 * @param set the drawings of the run, then any others.
 */
export async function loadDrawingCodes(
  folder: string,
  run: TrainingCheckpoint,
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
  const codes = await computeRefinedCodes(config, set, run.state, options);
  const rows = set.rows.length;
  await writeSafetensors(
    path,
    { codes: hostFloats(codes, [rows, codes.length / rows]) },
    { dtype: "F32", metadata: { key } },
  );
  return codes;
}

async function computeRefinedCodes(
  config: StickerConfig,
  set: StickerSet,
  state: TensorRecord,
  options: Parameters<typeof loadDrawingCodes>[4],
): Promise<Float32Array> {
  const { codes: trained, slots: known } = splitState(state);
  const codes = await encodeStickers(config, set, state, options);
  if (trained) codes.set(trained.codes.data as Float32Array);
  if (options.steps === 0) return codes;
  const slots = Float32Array.from(set.slots);
  const learned = Math.min(set.rows.length, known?.shape[0] ?? 0);
  if (known) slots.set((known.data as Float32Array).subarray(0, learned * maxRegions));
  if (learned < set.rows.length) {
    const others = await reassignSlots(config, selectRowsFrom(set, learned), state, options);
    slots.set(others.data as Float32Array, learned * maxRegions);
  }
  const assigned = { ...state, slots: hostFloats(slots, [set.rows.length, maxRegions]) };
  return refineCodes(config, set, assigned, codes, options);
}
