import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { readSafetensors, writeSafetensors } from "../../packs/index.js";
import { type HostTensor, type TensorRecord, hostFloats } from "../../tensor/index.js";
import { type TrainingCheckpoint, checkpointFile } from "../run.js";
import { type StickerSet, selectRowsFrom } from "./batches.js";
import { encodeStickers } from "./codes.js";
import { refineCodes } from "./refine.js";
import { splitState } from "./storedCodes.js";
import { reassignSlots } from "./reassign.js";
import type { StickerConfig } from "./trainer.js";

/** Drawings without a trained code begin with the encoder's, and take as many times the steps. */
const untrainedFactor = 4;

/** Where a sticker run's folder keeps the codes of its drawings. */
const codesFile = "codes.safetensors";

/**
 * Reads the refined codes of a run's drawings, `[drawings, size]`: those that the run learned, then any others. Undefined when it has
 * none, or was trained further since.
 */
export async function readRefinedCodes(folder: string): Promise<HostTensor | undefined> {
  const [codes, checkpoint] = await Promise.all(
    [codesFile, checkpointFile].map((file) => stat(join(folder, file)).catch(() => undefined)),
  );
  if (!codes || !checkpoint || codes.mtimeMs < checkpoint.mtimeMs) return undefined;
  return (await readSafetensors(join(folder, codesFile))).tensors.codes;
}

/** Steps of gradient descent that refine codes. */
export interface RefineSteps {
  /** Steps of the drawings that the run learned. */
  readonly steps: number;
  /** Steps of other drawings; default four times `steps`. */
  readonly otherSteps?: number | undefined;
}

/**
 * Loads the codes of a set's drawings `[drawings, size]`: those that the run trained beside its weights, or the encoder's where
 * it trained none, refined by gradient descent. They are kept in the run's folder and used again for the same weights, drawings and
 * numbers of steps.
 * @param set the drawings of the run, then any others.
 */
export async function loadDrawingCodes(
  folder: string,
  run: TrainingCheckpoint,
  config: StickerConfig,
  set: StickerSet,
  options: RefineSteps & {
    readonly threads?: number;
    readonly onProgress?: (done: number, total: number, loss: number) => void;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Float32Array> {
  const path = join(folder, codesFile);
  const { size, mtimeMs } = await stat(join(folder, checkpointFile));
  const ids = set.rows.map((row) => set.data.items[row]!.id);
  const key = createHash("sha256")
    .update(JSON.stringify([run.step, run.settings, size, mtimeMs, options.steps, options.otherSteps, ids]))
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
  const { steps, otherSteps = steps * untrainedFactor } = options;
  if (steps === 0 && otherSteps === 0) return codes;
  const learned = Math.min(set.rows.length, known?.shape[0] ?? set.rows.length);
  const size = codes.length / set.rows.length;
  const report = (done: number, loss: number): void => options.onProgress?.(done, set.rows.length, loss);
  const first = { ...set, rows: set.rows.slice(0, learned) };
  const firstCodes = codes.subarray(0, learned * size);
  const refined =
    steps === 0
      ? firstCodes
      : await refineCodes(config, first, state, firstCodes, {
          ...options,
          onProgress: (done, _, loss) => report(done, loss),
        });
  if (learned === set.rows.length) return refined;
  const others = selectRowsFrom(set, learned);
  const assigned = { ...state, slots: await reassignSlots(config, others, state, options) };
  const added = await refineCodes(config, others, assigned, codes.subarray(learned * size), {
    ...options,
    steps: otherSteps,
    onProgress: (done, _, loss) => report(learned + done, loss),
  });
  const all = new Float32Array(codes.length);
  all.set(refined);
  all.set(added, learned * size);
  return all;
}
