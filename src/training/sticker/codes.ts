import { maxRegions } from "../../data/index.js";
import { compile } from "../../engine/index.js";
import { codeSizeOf, encodeSticker, fillSize, logitSide, slotCount, stickerScopes } from "../../gan/index.js";
import {
  type TensorRecord,
  createRandom,
  parametersFrom,
  scope,
  selectPrefix,
  withPrefix,
} from "../../tensor/index.js";
import * as tf from "../../tf.js";
import { type StickerSet, makeStickerBatch } from "./batches.js";
import { composeEncoderInput } from "./losses.js";
import type { StickerConfig } from "./trainer.js";

const together = 32;

/** Computes the codes of a set's drawings by the averaged encoder, `[drawings, size]`. */
export async function encodeStickers(
  { shape }: Pick<StickerConfig, "shape">,
  set: StickerSet,
  state: TensorRecord,
  options: { threads?: number } = {},
): Promise<Float32Array> {
  const size = codeSizeOf(shape);
  const program = await compile(
    (tensors) => {
      const input = composeEncoderInput(
        tensors.coverage as tf.Tensor4D,
        tensors.fills as tf.Tensor3D,
        tf.ones([together, 1, 1, 1]),
      );
      return { codes: encodeSticker(scope(parametersFrom(tensors), stickerScopes.encoder), shape, input) };
    },
    {
      coverage: { shape: [together, logitSide, logitSide, slotCount], dtype: "float32" },
      fills: { shape: [together, maxRegions, fillSize], dtype: "float32" },
    },
    { weights: withPrefix("", selectPrefix("e/", state)), name: "encode stickers", ...options },
  );
  const count = set.rows.length;
  const codes = new Float32Array(count * size);
  const random = createRandom("encode");
  try {
    for (let start = 0; start < count; start += together) {
      const batch = Array.from({ length: together }, (_, at) => Math.min(count - 1, start + at));
      const { coverage, fills } = makeStickerBatch(set, {
        batch,
        recoloured: 0,
        random,
        order: "region",
      });
      const { codes: part } = await program.run({ coverage: coverage!, fills: fills! });
      const filled = Math.min(together, count - start) * size;
      codes.set((part!.data as Float32Array).subarray(0, filled), start * size);
    }
  } finally {
    await program.dispose();
  }
  return codes;
}

/** Lists the concepts of a set by label, and the concept and style of each drawing. */
export function listConcepts(
  set: StickerSet,
  styles: readonly string[],
): { labels: readonly string[]; concepts: Int32Array; styles: Int32Array } {
  const items = set.rows.map((row) => set.data.items[row]!);
  const labels = [...new Set(items.map(({ label }) => label))].sort();
  const index = new Map(labels.map((label, at) => [label, at]));
  return {
    labels,
    concepts: Int32Array.from(items, ({ label }) => index.get(label)!),
    styles: Int32Array.from(items, ({ style }) => styles.indexOf(style)),
  };
}

/** Lists the names of a set's styles, in the order of its icon sets. */
export function listStyles({ data, rows }: StickerSet, sets: readonly string[]): string[] {
  return sets.flatMap((name) => {
    const row = rows.find((each) => data.items[each]!.set === name);
    return row === undefined ? [] : [data.items[row]!.style];
  });
}
