import {
  type StickerParts,
  type StickerShape,
  decodeSticker,
  encodeSticker,
  fillShares,
  fillSize,
  onWhite,
  computeSlotLogits,
  splitCodes,
} from "../../gan/index.js";
import { regionSide } from "../../data/index.js";
import { type Parameters, scope } from "../../tensor/index.js";
import * as tf from "../../tf.js";

/** What a batch holds: see `makeStickerBatch`. */
export interface StickerTargets {
  readonly coverage: tf.Tensor4D;
  readonly labels: tf.Tensor3D;
  readonly windowX: tf.Tensor2D;
  readonly windowY: tf.Tensor2D;
  readonly fills: tf.Tensor3D;
  readonly present: tf.Tensor2D;
}

/** Weights of the losses. */
export interface StickerWeights {
  readonly fills: number;
  readonly pixels: number;
  readonly code: number;
  /** 1 when absent. */
  readonly regions?: number | undefined;
  /** 1 when absent. */
  readonly outlines?: number | undefined;
  /** Whether all pixels count alike in `outlines`, instead of small slots more. */
  readonly alike?: boolean | undefined;
}

/** Scope of the encoder's weights. */
export const encoderScope = "encoder";
/** Scope of the decoder's weights. */
export const decoderScope = "decoder";

/** Composes the encoder's input: targets painted over white, and alpha where `alphaKnown` `[batch, 1, 1, 1]` is 1. */
export function composeEncoderInput(
  coverage: tf.Tensor4D,
  fills: tf.Tensor3D,
  alphaKnown: tf.Tensor,
): tf.Tensor4D {
  const rgba = fillShares(coverage, fills);
  const alpha = tf.slice(rgba, [0, 0, 0, 3], [-1, -1, -1, 1]);
  const shown = tf.sub(1, tf.mul(tf.sub(1, alpha), alphaKnown));
  return tf.concat([onWhite(rgba), shown], 3) as tf.Tensor4D;
}

/** Codes that replace the encoder's in some rows of a batch. */
export interface StoredCodes {
  /** `[batch, size]`. */
  readonly codes: tf.Tensor2D;
  /** 1 in rows whose stored code is decoded, 0 in rows whose encoded one is: `[batch, 1]`. */
  readonly mask: tf.Tensor2D;
}

/** Computes the code of each drawing of a batch, the encoder's code of it, and what the code with added noise is decoded to. */
export function rebuildRegions(
  parameters: Parameters,
  shape: StickerShape,
  input: tf.Tensor4D,
  noise?: tf.Tensor2D,
  stored?: StoredCodes,
): StickerParts & { code: tf.Tensor2D; encoded: tf.Tensor2D } {
  const encoded = encodeSticker(scope(parameters, encoderScope), shape, input);
  const code = stored
    ? (tf.add(tf.mul(stored.codes, stored.mask), tf.mul(encoded, tf.sub(1, stored.mask))) as tf.Tensor2D)
    : encoded;
  const moved = noise ? (tf.add(code, noise) as tf.Tensor2D) : code;
  return { code, encoded, ...decodeSticker(scope(parameters, decoderScope), shape, moved) };
}

/** Applies `rebuildRegions` to a batch of `makeStickerBatch`, with `alphaKnown` and, if any, `noise`. */
export const rebuildBatch = (
  parameters: Parameters,
  shape: StickerShape,
  tensors: Record<string, tf.Tensor>,
  stored?: StoredCodes,
): ReturnType<typeof rebuildRegions> =>
  rebuildRegions(
    parameters,
    shape,
    composeEncoderInput(tensors.coverage as tf.Tensor4D, tensors.fills as tf.Tensor3D, tensors.alphaKnown!),
    tensors.noise as tf.Tensor2D | undefined,
    stored,
  );

/** Measures the mean square of the encoder's distance from the coarse parts of stored codes, in variances of these. */
export function measureEncoderDistance(
  shape: StickerShape,
  encoded: tf.Tensor2D,
  { codes, mask }: StoredCodes,
  variance: tf.Tensor,
): tf.Scalar {
  const [guess, target] = [splitCodes(shape, encoded).coarse, splitCodes(shape, codes).coarse];
  const apart = tf.mean(tf.mul(tf.squaredDifference(guess, target), mask));
  return tf.div(apart, tf.mul(variance, tf.mean(mask))) as tf.Scalar;
}

/** Measures the share of the picture that each slot covers, `[batch, 16]`. */
export const measureAreas = (coverage: tf.Tensor4D): tf.Tensor2D => tf.mean(coverage, [1, 2]);

/** Computes the weights of slots by area, so that small parts count: `1/√area`, bounded; `[batch, 1, 1, 16]`. */
export function computeAreaWeights(areas: tf.Tensor2D): tf.Tensor4D {
  const raw = tf.minimum(tf.rsqrt(tf.add(areas, 1e-3)), 6);
  const mean = tf.sum(tf.mul(raw, areas), 1, true);
  return tf.reshape(tf.div(raw, mean), [areas.shape[0], 1, 1, -1]);
}

/**
 * Computes the losses of rebuilt regions: `regions`, cross-entropy of slots' shares with the exact coverage at 64×64; `outlines`,
 * the same with the labels of a window at 256×256, so that outlines run straight; `colours`, L1 of the fills of slots that are present;
 * `pixels`, L1 of the painting.
 */
export function computeStickerLosses(
  { logits, fills, code }: StickerParts & { code: tf.Tensor2D },
  targets: StickerTargets,
  weights: StickerWeights,
): { total: tf.Scalar; terms: Record<string, tf.Scalar> } {
  const { coverage, labels, present } = targets;
  const areas = measureAreas(coverage);
  const slotWeights = computeAreaWeights(areas);
  const scaled = computeSlotLogits(logits, 64);
  const logShares = tf.logSoftmax(scaled);
  const regions = tf.neg(tf.mean(tf.sum(tf.mul(tf.mul(coverage, slotWeights), logShares), 3)));
  const window = { x: targets.windowX, y: targets.windowY };
  const fine = tf.logSoftmax(computeSlotLogits(logits, regionSide, { window }));
  const labelled = tf.oneHot(tf.cast(labels, "int32"), 16);
  const targetSlots = weights.alike ? labelled : tf.mul(labelled, slotWeights);
  const outlines = tf.neg(tf.mean(tf.sum(tf.mul(targetSlots, fine), 3)));
  const slots = present.shape[1];
  const importance = tf.mul(tf.sqrt(tf.slice(areas, [0, 1], [-1, slots])), present); // [batch, 15]
  const slopes = tf.tensor1d(Float32Array.from({ length: fillSize }, (_, at) => (at < 3 ? 1 : 0.5)));
  const apart = tf.sum(tf.mul(tf.abs(tf.sub(fills, targets.fills)), slopes), 2);
  const colours = tf.div(tf.sum(tf.mul(apart, importance)), tf.add(tf.sum(importance), 1e-6));
  const painted = onWhite(fillShares(tf.exp(logShares) as tf.Tensor4D, fills));
  const pixels = tf.mean(tf.abs(tf.sub(painted, onWhite(fillShares(coverage, targets.fills)))));
  const size = tf.mean(tf.square(code));
  const total = tf.addN([
    tf.mul(regions, weights.regions ?? 1),
    tf.mul(outlines, weights.outlines ?? 1),
    tf.mul(colours, weights.fills),
    tf.mul(pixels, weights.pixels),
    tf.mul(size, weights.code),
  ]);
  return {
    total: total as tf.Scalar,
    terms: { regions, outlines, colours, pixels, code: size } as Record<string, tf.Scalar>,
  };
}
