import { z } from "zod";
import { type StickerShape, bankNames, codeSizeOf, coarseSizeOf, readBankCodes } from "../../gan/index.js";
import { type Pack, loadPack } from "../../packs/index.js";
import type { HostTensor, TensorRecord } from "../../tensor/index.js";
import { loadCheckpoint } from "../run.js";
import { type TrainingOptions, isRun } from "../sessions.js";
import type { StickerSet } from "./batches.js";
import { encodeStickers } from "./codes.js";
import { readRefinedCodes } from "./drawingCodes.js";
import { splitState, addInitialCodes } from "./storedCodes.js";
import type { StickerConfig } from "./trainer.js";

/** Labels of a pack's things, in the order of its bank. */
const vocabularySchema = z.array(z.looseObject({ label: z.string() }));

/** Copies the codes of a pack's bank to the drawings of a set that it has, by label and style. */
async function copyBankCodes(
  pack: Pack,
  set: StickerSet,
  shape: StickerShape,
  codes: Float32Array,
): Promise<void> {
  const { generator } = pack.manifest;
  if (generator?.kind !== "sticker" || generator.vocabulary === undefined) return;
  const { styles } = generator.config;
  const labels = vocabularySchema.parse(await pack.json(generator.vocabulary));
  const names: readonly string[] = Object.values(bankNames);
  const bank = await pack.weights(generator.file, { only: (name) => names.includes(name) });
  const { [bankNames.coarse]: coarse, [bankNames.drawings]: drawings } = bank;
  if (coarse?.shape[1] !== coarseSizeOf(shape) || !drawings) return;
  const rows = new Map(labels.map(({ label }, at) => [label, at]));
  set.rows.forEach((row, at) => {
    const { label, style } = set.data.items[row]!;
    const known = rows.get(label);
    if (known === undefined || !styles.includes(style)) return;
    const drawing = drawings.data[known * styles.length + styles.indexOf(style)]!;
    codes.set(readBankCodes(bank, shape, [drawing]), at * codeSizeOf(shape));
  });
}

/**
 * Reads the slots and the codes `[drawings, size]` of the drawings that a run learned: refined codes where the run has them, else those
 * that it trained; undefined when it has none of these sizes. Codes without detail are given a detail of 0.
 */
async function readRunCodes(
  folder: string,
  drawings: number,
  shape: StickerShape,
): Promise<{ codes: Float32Array; slots: HostTensor } | undefined> {
  const { codes: stored, slots } = splitState((await loadCheckpoint(folder)).state);
  if (stored?.codes.shape[0] !== drawings || !slots) return undefined;
  const refined = await readRefinedCodes(folder);
  const { data, shape: sides } = refined ?? stored.codes;
  const length = sides[1]!;
  const size = codeSizeOf(shape);
  if (length !== size && length !== coarseSizeOf(shape)) return undefined;
  const codes = new Float32Array(drawings * size);
  for (let row = 0; row < drawings; row++)
    codes.set((data as Float32Array).subarray(row * length, (row + 1) * length), row * size);
  return { codes, slots };
}

/**
 * Adds the codes that a training of codes begins with to its state: those of the run, with its slots, or of the pack that it starts from,
 * else the encoder's.
 */
export async function addFirstCodes(
  config: StickerConfig,
  set: StickerSet,
  state: TensorRecord,
  { from, threads }: Pick<TrainingOptions, "from" | "threads">,
): Promise<TensorRecord> {
  const { shape } = config;
  const drawings = set.rows.length;
  const isFromRun = from !== undefined && (await isRun(from));
  const trained = isFromRun ? await readRunCodes(from, drawings, shape) : undefined;
  if (trained) return addInitialCodes({ ...state, slots: trained.slots }, trained.codes, drawings);
  const codes = await encodeStickers(config, set, state, { threads });
  if (from !== undefined && !isFromRun) await copyBankCodes(await loadPack(from), set, shape, codes);
  return addInitialCodes(state, codes, drawings);
}
