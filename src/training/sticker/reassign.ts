import { assign, maxRegions } from "../../data/index.js";
import { type TensorSpec, compile } from "../../engine/index.js";
import { type StickerShape, fillSize, logitSide, slotCount, computeSlotLogits } from "../../gan/index.js";
import {
  type TensorRecord,
  createRandom,
  hostFloats,
  parametersFrom,
  selectPrefix,
} from "../../tensor/index.js";
import * as tf from "../../tf.js";
import { type StickerSet, makeStickerBatch } from "./batches.js";
import { computeAreaWeights, measureAreas, rebuildBatch } from "./losses.js";

/** Number of drawings whose slots are assigned in one pass. */
const assignedAtOnce = 32;
const floatSpec = (...shape: number[]): TensorSpec => ({ shape, dtype: "float32" });

/**
 * Reassigns slots by expectation maximisation: each region goes to the slot for which the averaged model's cross-entropy and
 * fills cost least, one region a slot (linear assignment). This decides which of several similar slots a region belongs to.
 */
export async function reassignSlots(
  config: { readonly shape: StickerShape },
  set: StickerSet,
  state: TensorRecord,
  options: { threads?: number } = {},
): Promise<TensorRecord[string]> {
  const size = assignedAtOnce;
  const program = await compile(
    (tensors) => {
      const { logits, fills } = rebuildBatch(parametersFrom(tensors), config.shape, tensors);
      const coverage = tensors.coverage as tf.Tensor4D;
      const pixels = logitSide * logitSide;
      const flat = (x: tf.Tensor): tf.Tensor => tf.reshape(x, [size, pixels, slotCount]);
      const logShares = flat(tf.logSoftmax(computeSlotLogits(logits, logitSide)));
      const areas = measureAreas(coverage);
      const weighted = flat(tf.mul(coverage, computeAreaWeights(areas)));
      const shapes = tf.mul(tf.matMul(weighted, logShares, true, false), -1 / pixels); // [batch, region, slot]
      const shown = tf.slice(shapes, [0, 1, 1], [-1, maxRegions, maxRegions]);
      const apart = tf.mean(tf.abs(tf.sub(tf.expandDims(tensors.fills!, 2), tf.expandDims(fills, 1))), 3); // [batch, region, slot]
      const importance = tf.expandDims(tf.sqrt(tf.slice(areas, [0, 1], [-1, maxRegions])), 2);
      return { cost: tf.add(shown, tf.mul(apart, importance)) };
    },
    {
      coverage: floatSpec(size, logitSide, logitSide, slotCount),
      fills: floatSpec(size, maxRegions, fillSize),
      alphaKnown: floatSpec(size, 1, 1, 1),
    },
    { weights: selectPrefix("e/", state), name: "assign slots", ...options },
  );
  const random = createRandom("assign");
  const slots = new Float32Array(set.rows.length * maxRegions);
  try {
    for (let start = 0; start < set.rows.length; start += size) {
      const batch = Array.from({ length: size }, (_, at) => Math.min(set.rows.length - 1, start + at));
      const { coverage, fills } = makeStickerBatch(set, {
        batch,
        recoloured: 0,
        random,
        order: "region",
      });
      const alphaKnown = hostFloats(new Float32Array(size).fill(1), [size, 1, 1, 1]);
      const { cost } = await program.run({ coverage: coverage!, fills: fills!, alphaKnown });
      batch.forEach((row, at) => {
        const regions = set.data.items[set.rows[row]!]!.fills.length;
        const costs = Array.from({ length: regions }, (_, region) =>
          (cost!.data as Float32Array).subarray(
            (at * maxRegions + region) * maxRegions,
            (at * maxRegions + region + 1) * maxRegions,
          ),
        );
        assign(costs).forEach((slot, region) => (slots[row * maxRegions + region] = slot + 1));
      });
    }
  } finally {
    await program.dispose();
  }
  return hostFloats(slots, [set.rows.length, maxRegions]);
}
