import { z } from "zod";
import { bankName, codeSide } from "../../gan/index.js";
import { type Pack, loadPack } from "../../packs/index.js";
import type { TensorRecord } from "../../tensor/index.js";
import { loadCheckpoint } from "../run.js";
import { type TrainingOptions, isRun } from "../sessions.js";
import type { StickerSet } from "./batches.js";
import { encodeStickers } from "./codes.js";
import { splitState, addInitialCodes } from "./storedCodes.js";
import type { StickerConfig } from "./trainer.js";

/** Labels of a pack's things, in the order of its bank. */
const vocabularySchema = z.array(z.looseObject({ label: z.string() }));

/** Copies the codes of a pack's bank to the drawings of a set that it has, by label and style. */
async function copyBankCodes(pack: Pack, set: StickerSet, codes: Float32Array): Promise<void> {
  const { generator } = pack.manifest;
  if (generator?.kind !== "sticker" || generator.vocabulary === undefined) return;
  const { styles } = generator.config;
  const labels = vocabularySchema.parse(await pack.json(generator.vocabulary));
  const { [bankName]: bank } = await pack.weights(generator.file, { only: (name) => name === bankName });
  const size = codes.length / set.rows.length;
  if (!bank || bank.shape[1] !== size) return;
  const rows = new Map(labels.map(({ label }, at) => [label, at]));
  set.rows.forEach((row, at) => {
    const { label, style } = set.data.items[row]!;
    const known = rows.get(label);
    if (known === undefined || !styles.includes(style)) return;
    const start = (known * styles.length + styles.indexOf(style)) * size;
    codes.set((bank.data as Float32Array).subarray(start, start + size), at * size);
  });
}

/** Reads the codes that a run trained for as many drawings of the same size; undefined when it has none. */
async function readRunCodes(
  folder: string,
  drawings: number,
  size: number,
): Promise<Float32Array | undefined> {
  const { codes } = splitState((await loadCheckpoint(folder)).state);
  const [rows, length] = codes?.codes.shape ?? [];
  return rows === drawings && length === size ? (codes!.codes.data as Float32Array) : undefined;
}

/**
 * Adds the codes that a training of codes begins with to its state: those of the run or of the pack that it starts from, else the
 * encoder's.
 */
export async function addFirstCodes(
  config: StickerConfig,
  set: StickerSet,
  state: TensorRecord,
  { from, threads }: Pick<TrainingOptions, "from" | "threads">,
): Promise<TensorRecord> {
  const drawings = set.rows.length;
  const isFromRun = from !== undefined && (await isRun(from));
  const trained = isFromRun
    ? await readRunCodes(from, drawings, codeSide * codeSide * config.shape.code)
    : undefined;
  if (trained) return addInitialCodes(state, trained, drawings);
  const codes = await encodeStickers(config, set, state, { threads });
  if (from !== undefined && !isFromRun) await copyBankCodes(await loadPack(from), set, codes);
  return addInitialCodes(state, codes, drawings);
}
