import { regionSide } from "../../data/index.js";
import { compile } from "../../engine/index.js";
import {
  type StickerShape,
  codeSide,
  decodeSticker,
  fillSize,
  logitSide,
  onWhite,
  paint,
  slotCount,
  stickerScopes,
  wordsToCode,
} from "../../gan/index.js";
import { type Picture, composeContactSheet, toPicture, savePicture } from "../../images/index.js";
import {
  type Parameters,
  type TensorRecord,
  createRandom,
  hostFloats,
  parametersFrom,
  scope,
  selectPrefix,
  withPrefix,
} from "../../tensor/index.js";
import * as tf from "../../tf.js";
import { type StickerSet, makeStickerBatch } from "./batches.js";
import { composeEncoderInput, rebuildRegions } from "./losses.js";
import type { StickerConfig } from "./trainer.js";
import type { WordsConfig } from "./words.js";
import type { WordsData } from "./wordsBatch.js";

/** Pictures in each row of a sheet, and their side. */
const columns = 12;
const side = 128;

/** Draws sample sheets of a sticker training from its averaged weights `e/`. */
export interface StickerSampler {
  /** Writes the sheet of a state as a PNG. */
  draw(state: TensorRecord, path: string): Promise<void>;
  dispose(): Promise<void>;
}

/** Renders a drawing's regions with their fills on white, `[128, 128, 3]`: means over 2×2 pixels of the label map. */
function renderSource({ data, rows }: StickerSet, row: number): Picture {
  const { fills } = data.items[rows[row]!]!;
  const labels = data.labels(rows[row]!);
  const factor = regionSide / side;
  const out = new Float32Array(side * side * 3);
  for (let y = 0; y < regionSide; y++)
    for (let x = 0; x < regionSide; x++) {
      const label = labels[y * regionSide + x]!;
      const at = (Math.floor(y / factor) * side + Math.floor(x / factor)) * 3;
      const [along, down] = [((x + 0.5) / regionSide) * 2 - 1, ((y + 0.5) / regionSide) * 2 - 1];
      const fill = label === 0 ? undefined : fills[label - 1]!;
      for (let channel = 0; channel < 3; channel++) {
        const value = fill ? fill[channel]! + fill[3 + channel]! * along + fill[6 + channel]! * down : 1;
        out[at + channel]! += Math.min(1, Math.max(0, value)) / factor ** 2;
      }
    }
  return { width: side, height: side, data: out };
}

/** Selects the averaged weights of a state, as program inputs. */
const selectAverages = (state: TensorRecord): TensorRecord =>
  Object.fromEntries(Object.entries(state).filter(([name]) => name.startsWith("e/")));

/** Chooses the rows of a sheet's pictures, one per column, seeded. */
const chooseRows = (candidates: readonly number[]): number[] => {
  const order = createRandom("samples").permute(candidates.length);
  return Array.from({ length: columns }, (_, at) => candidates[order[at % candidates.length]!]!);
};

async function writeSheet(path: string, rows: readonly (readonly Picture[])[], labels: readonly string[]) {
  const sheet = await composeContactSheet(rows.flat(), { columns, labels });
  await savePicture(path, sheet, { format: "png" });
}

const splitPictures = (data: Float32Array): Picture[] =>
  Array.from({ length: columns }, (_, row) => toPicture(data, side, row, [0, 1]));

/**
 * Prepares sheets of encoder and decoder: a row of drawings, and a row of what they are encoded and decoded to, painted at 128×128.
 * @param state decides the names and shapes of the weights.
 */
export async function createStickerSampler(
  { shape }: Pick<StickerConfig, "shape">,
  set: StickerSet,
  state: TensorRecord,
  options: { threads?: number } = {},
): Promise<StickerSampler> {
  const rows = chooseRows(set.rows.map((_, row) => row));
  const { coverage, fills } = makeStickerBatch(set, {
    batch: rows,
    large: 0,
    recoloured: 0,
    random: createRandom("samples"),
    order: "region",
  });
  const program = await compile(
    (tensors) => {
      const input = composeEncoderInput(
        tensors.coverage as tf.Tensor4D,
        tensors.fills as tf.Tensor3D,
        tf.ones([columns, 1, 1, 1]),
      );
      const parts = rebuildRegions(parametersFrom(selectPrefix("e/", tensors)), shape, input);
      return { pictures: onWhite(paint(parts, side).rgba) };
    },
    {
      coverage: { shape: [columns, logitSide, logitSide, slotCount], dtype: "float32" },
      fills: { shape: [columns, slotCount - 1, fillSize], dtype: "float32" },
      ...selectAverages(state),
    },
    { name: "sticker samples", ...options },
  );
  const sources = rows.map((row) => renderSource(set, row));
  const names = rows.map((row) => set.data.items[set.rows[row]!]!.label);
  return {
    async draw(current, path) {
      const { pictures } = await program.run({
        coverage: coverage!,
        fills: fills!,
        ...selectAverages(current),
      });
      await writeSheet(
        path,
        [sources, splitPictures(pictures!.data as Float32Array)],
        [...names, ...names.map(() => "painted")],
      );
    },
    dispose: () => program.dispose(),
  };
}

/** Decodes codes and paints them on white, `[12, 128, 128, 3]`. */
const paintCodes = (p: Parameters, shape: StickerShape, codes: tf.Tensor): tf.Tensor4D =>
  onWhite(paint(decodeSticker(p, shape, codes as tf.Tensor4D), side).rgba);

/** Makes the inputs of the network from words for drawings: each with a reference in another style. */
function makeSampleInputs({ shape, words, styles }: WordsConfig, data: WordsData, rows: readonly number[]) {
  const size = codeSide * codeSide * shape.code;
  const rowsOf = (length: number, write: (out: Float32Array, row: number, at: number) => void) => {
    const out = new Float32Array(columns * length);
    rows.forEach((row, at) => write(out, row, at));
    return out;
  };
  const otherOf = (row: number): number =>
    data.concepts.findIndex(
      (concept, other) => concept === data.concepts[row] && data.styles[other] !== data.styles[row],
    );
  const codesOf = (pick: (row: number) => number): TensorRecord[string] =>
    hostFloats(
      rowsOf(size, (out, row, at) =>
        out.set(data.codes.subarray(pick(row) * size, (pick(row) + 1) * size), at * size),
      ),
      [columns, codeSide, codeSide, shape.code],
    );
  const stylesOf = (pick: (row: number) => number): TensorRecord[string] =>
    hostFloats(
      rowsOf(styles, (out, row, at) => (out[at * styles + data.styles[pick(row)]!] = 1)),
      [columns, styles],
    );
  return {
    target: codesOf((row) => row),
    reference: codesOf(otherOf),
    style: stylesOf((row) => row),
    referenceStyle: stylesOf(otherOf),
    text: hostFloats(
      rowsOf(words.condition, (out, row, at) => {
        const start = data.concepts[row]! * words.condition;
        out.set(data.texts[0]!.subarray(start, start + words.condition), at * words.condition);
      }),
      [columns, words.condition],
    ),
    noise: hostFloats(createRandom("sample noise").normals(columns * words.noise), [columns, words.noise]),
  };
}

/**
 * Prepares sheets of the network from words: a row of drawings as the decoder paints their codes, a row made from their names and a
 * drawing in another style, and a row made from their names alone.
 * @param decoder its weights, without a prefix.
 * @param labels names of the things.
 */
export async function createWordsSampler(
  config: WordsConfig,
  data: WordsData,
  labels: readonly string[],
  decoder: TensorRecord,
  state: TensorRecord,
  options: { threads?: number } = {},
): Promise<StickerSampler> {
  const stylesOf = new Map<number, Set<number>>();
  data.concepts.forEach((concept, row) => {
    stylesOf.set(concept, (stylesOf.get(concept) ?? new Set<number>()).add(data.styles[row]!));
  });
  const translatable = [...data.concepts.keys()].filter((row) => stylesOf.get(data.concepts[row]!)!.size > 1);
  const rows = chooseRows(translatable.length > 0 ? translatable : [...data.concepts.keys()]);
  const inputs = makeSampleInputs(config, data, rows);
  const program = await compile(
    (tensors) => {
      const network = scope(parametersFrom(selectPrefix("e/", tensors)), stickerScopes.words);
      const painted = parametersFrom(tensors, "decoder/");
      const given = {
        text: tensors.text as tf.Tensor2D,
        style: tensors.style as tf.Tensor2D,
        noise: tensors.noise as tf.Tensor2D,
      };
      const translated = wordsToCode(network, config.words, {
        ...given,
        reference: tensors.reference as tf.Tensor4D,
        referenced: tf.ones([columns, 1]),
        referenceStyle: tensors.referenceStyle as tf.Tensor2D,
      });
      const alone = wordsToCode(network, config.words, {
        ...given,
        reference: tf.zerosLike(tensors.reference!) as tf.Tensor4D,
        referenced: tf.zeros([columns, 1]),
        referenceStyle: tf.zerosLike(tensors.referenceStyle!) as tf.Tensor2D,
      });
      return {
        drawings: paintCodes(painted, config.shape, tensors.target!),
        translated: paintCodes(painted, config.shape, translated),
        alone: paintCodes(painted, config.shape, alone),
      };
    },
    { ...inputs, ...selectAverages(state) },
    { weights: withPrefix("decoder/", decoder), name: "words samples", ...options },
  );
  const names = rows.map((row) => labels[data.concepts[row]!]!);
  return {
    async draw(current, path) {
      const results = await program.run({ ...inputs, ...selectAverages(current) });
      const pictures = (["drawings", "translated", "alone"] as const).map((name) =>
        splitPictures(results[name]!.data as Float32Array),
      );
      await writeSheet(path, pictures, [
        ...names,
        ...names.map(() => "from another style"),
        ...names.map(() => "from words alone"),
      ]);
    },
    dispose: () => program.dispose(),
  };
}
