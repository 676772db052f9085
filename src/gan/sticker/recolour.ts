import * as tf from "../../tf.js";
import { type StickerParts, fillSize, slotCount } from "./networks.js";
import { listPixelCentres, computeSlotLogits } from "./paint.js";

/** Side of the shares for measuring areas, in pixels. */
const measuredSide = 32;
const slots = slotCount - 1;

/**
 * Oklab (Ottosson 2020, "A perceptual color space for image processing"): linear sRGB to cone responses, their cube roots to L, a, b,
 * and the inverses. Row-major, applied to row vectors.
 */
const toCones = [
  0.4122214708, 0.2119034982, 0.0883024619, 0.5363325363, 0.6806995451, 0.2817188376, 0.0514459929,
  0.1073969566, 0.6299787005,
];
const conesToLab = [
  0.2104542553, 1.9779984951, 0.0259040371, 0.793617785, -2.428592205, 0.7827717662, -0.0040720468,
  0.4505937099, -0.808675766,
];
const labToCones = [
  1, 1, 1, 0.3963377774, -0.1055613458, -0.0894841775, 0.2158037573, -0.0638541728, -1.291485548,
];
const fromCones = [
  4.0767416621, -1.2684380046, -0.0041960863, -3.3077115913, 2.6097574011, -0.7034186147, 0.2309699292,
  -0.3413193965, 1.707614701,
];

/** Multiplies rows `[…, 3]` by a matrix of nine numbers. */
function multiplyRows(x: tf.Tensor, matrix: readonly number[]): tf.Tensor {
  const rows = tf.reshape(x, [-1, 3]) as tf.Tensor2D;
  return tf.reshape(tf.matMul(rows, tf.tensor2d(Float32Array.from(matrix), [3, 3])), x.shape);
}

/** Converts sRGB colours `[…, 3]` in [0, 1] to Oklab: L in [0, 1], a and b approximately in ±0.3. */
export function oklabOf(rgb: tf.Tensor): tf.Tensor {
  const inside = tf.clipByValue(rgb, 0, 1);
  const curved = tf.pow(tf.div(tf.add(inside, 0.055), 1.055), 2.4);
  const linear = tf.where(tf.greater(inside, 0.04045), curved, tf.div(inside, 12.92));
  return multiplyRows(tf.pow(tf.add(multiplyRows(linear, toCones), 1e-9), 1 / 3), conesToLab);
}

/** Converts Oklab colours `[…, 3]` to sRGB, clipped to [0, 1]. */
export function rgbOfOklab(lab: tf.Tensor): tf.Tensor {
  const roots = multiplyRows(lab, labToCones);
  const linear = tf.clipByValue(multiplyRows(tf.mul(roots, tf.square(roots)), fromCones), 0, 1);
  const curved = tf.sub(tf.mul(tf.pow(tf.add(linear, 1e-9), 1 / 2.4), 1.055), 0.055);
  return tf.clipByValue(tf.where(tf.greater(linear, 0.0031308), curved, tf.mul(linear, 12.92)), 0, 1);
}

/** Smooth step from 0 to 1 at an edge. */
const stepAbove = (x: tf.Tensor, edge: number, width: number): tf.Tensor =>
  tf.clipByValue(tf.add(tf.div(tf.sub(x, edge), width), 0.5), 0, 1);

/**
 * How far from the outline a region is on it, in pixels of the measured side; the length of its edge there from which it is a surface, in
 * sides of a square of its area; and the part of that length which every region counts as having.
 */
const outline = { reach: 2, inside: 0.25, share: 1.5 };
/** Weight of a region's edge, one pixel wide, relative to the rest of it: lines are no surfaces. */
const edgeWeight = 0.08;
/** Distance in Oklab up to which regions count as one surface. */
const oneSurface = { edge: 0.12, width: 0.06 };

/** Part of the weight that near-black and near-white regions lose. */
const extremeLoss = { black: 0.3, white: 0.6 };

/** Largest value within `reach` pixels of each one of `[batch, side, side, channels]`. */
const spread = (x: tf.Tensor4D, reach: number): tf.Tensor4D => tf.maxPool(x, 2 * reach + 1, 1, "same");

/**
 * Measures the weight as a surface `[batch, 15]` (pixels of the measured side) and the mean colour `[batch, 15, 3]` of each region. Lines, and
 * what lies inside of other regions, weigh little: windows, screens, the contents of a cup.
 */
function measureRegions({ logits, fills }: StickerParts): { surfaces: tf.Tensor2D; colours: tf.Tensor3D } {
  const batch = logits.shape[0];
  const pixels = measuredSide * measuredSide;
  const picture = tf.softmax(computeSlotLogits(logits, measuredSide)) as tf.Tensor4D;
  const shares = tf.reshape(picture, [batch, pixels, slotCount]);
  const around = tf.pad(
    tf.slice(picture, [0, 0, 0, 0], [-1, -1, -1, 1]) as tf.Tensor4D,
    [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ],
    1,
  ) as tf.Tensor4D;
  const near = tf.slice(
    spread(around, outline.reach),
    [0, 1, 1, 0],
    [-1, measuredSide, measuredSide, 1],
  ) as tf.Tensor4D;
  const own = tf.slice(picture, [0, 0, 0, 1], [-1, -1, -1, slots]) as tf.Tensor4D;
  const inner = tf.neg(spread(tf.neg(own), 1)) as tf.Tensor4D;
  const sumOf = (x: tf.Tensor): tf.Tensor2D => tf.sum(x, [1, 2]) as tf.Tensor2D;
  const contact = sumOf(tf.mul(own, near));
  const area = sumOf(own);
  const exposure = tf.clipByValue(
    tf.div(contact, tf.add(tf.mul(tf.sqrt(tf.add(area, 1e-6)), outline.share * outline.reach), 1)),
    outline.inside,
    1,
  ); // of its edge
  const surfaces = tf.mul(
    tf.square(exposure),
    tf.add(tf.mul(sumOf(inner), 1 - edgeWeight), tf.mul(area, edgeWeight)),
  ) as tf.Tensor2D;
  const centres = listPixelCentres(measuredSide);
  const places = tf.tensor2d(
    Float32Array.from({ length: pixels * 3 }, (_, at) => {
      const pixel = Math.floor(at / 3);
      return [1, centres[pixel % measuredSide]!, centres[Math.floor(pixel / measuredSide)]!][at % 3]!;
    }),
    [pixels, 3],
  );
  // Sums of 1, x and y over each region.
  const turned = tf.reshape(tf.transpose(shares, [0, 2, 1]), [batch * slotCount, pixels]) as tf.Tensor2D;
  const sums = tf.slice(
    tf.reshape(tf.matMul(turned, places), [batch, slotCount, 3]),
    [0, 1, 0],
    [-1, slots, 3],
  );
  const size = tf.slice(sums, [0, 0, 0], [-1, -1, 1]); // [batch, 15, 1]
  const means = tf.div(sums, tf.add(size, 1e-6)); // 1, mean x, mean y
  const planes = tf.reshape(fills, [batch, slots, 3, fillSize / 3]); // constant, slope along x, slope along y
  const colours = tf.sum(tf.mul(planes, tf.expandDims(means, 3)), 2) as tf.Tensor3D;
  return { surfaces, colours };
}

/**
 * Replaces a drawing's main colour, in Oklab. Regions in a shade of the main colour get the same shade of the new colour. Other
 * regions (eyes, leaves, outlines) are unchanged. The main colour is that of the largest surface at the outline. Near-black and near-white
 * regions have a lower weight in its choice, since most are outlines and highlights.
 * @param parts decoded drawings.
 * @param rgb the new colour `[3]`, sRGB in [0, 1].
 * @returns `[batch, 15, 9]`.
 */
export function recolourFills(parts: StickerParts, rgb: tf.Tensor): tf.Tensor3D {
  const { surfaces, colours } = measureRegions(parts);
  const batch = surfaces.shape[0];
  const lab = oklabOf(colours); // [batch, 15, 3]
  const channel = (x: tf.Tensor, at: number): tf.Tensor => tf.slice(x, [0, 0, at], [-1, -1, 1]);
  const lightness = channel(lab, 0);
  const tint = tf.slice(lab, [0, 0, 1], [-1, -1, 2]);
  const chroma = tf.sqrt(tf.add(tf.sum(tf.square(tint), 2, true), 1e-9)); // [batch, 15, 1]
  const tinted = stepAbove(chroma, 0.05, 0.04);
  const isExtreme = tf.maximum(
    tf.mul(stepAbove(tf.neg(lightness), -0.3, 0.1), extremeLoss.black),
    tf.mul(stepAbove(lightness, 0.93, 0.06), extremeLoss.white),
  );
  const weight = tf.mul(tf.expandDims(surfaces, 2), tf.sub(1, tf.mul(isExtreme, tf.sub(1, tinted)))); // [batch, 15, 1]
  const apart = tf.sqrt(
    tf.add(tf.sum(tf.square(tf.sub(tf.expandDims(lab, 2), tf.expandDims(lab, 1))), 3), 1e-9),
  ); // [batch, 15, 15]
  const isOne = stepAbove(tf.neg(apart), -oneSurface.edge, oneSurface.width);
  const whole = tf.add(weight, tf.sum(tf.mul(isOne, tf.reshape(weight, [batch, 1, slots])), 2, true));
  const main = tf.oneHot(tf.cast(tf.argMax(tf.reshape(whole, [batch, slots]), 1), "int32"), slots); // [batch, 15]
  const mainColour = tf.sum(tf.mul(lab, tf.expandDims(tf.cast(main, "float32"), 2)), 1, true); // [batch, 1, 3]
  const mainTint = tf.slice(mainColour, [0, 0, 1], [-1, -1, 2]);
  const mainChroma = tf.sqrt(tf.add(tf.sum(tf.square(mainTint), 2, true), 1e-9)); // [batch, 1, 1]
  const mainTinted = stepAbove(mainChroma, 0.05, 0.04);
  const lighter = tf.sub(lightness, channel(mainColour, 0)); // [batch, 15, 1]
  // Shades of a tint have its hue. Shades of grey have little chroma and a similar lightness.
  const cosine = tf.div(tf.sum(tf.mul(tint, mainTint), 2, true), tf.mul(chroma, mainChroma));
  const sameTint = tf.mul(stepAbove(cosine, 0.87, 0.1), tinted);
  // The grey of a window is bluish, that of a roof is not.
  const tintChange = tf.sqrt(tf.add(tf.sum(tf.square(tf.sub(tint, mainTint)), 2, true), 1e-9));
  const sameGrey = tf.mul(
    tf.mul(tf.sub(1, tinted), stepAbove(tf.neg(tintChange), -0.04, 0.02)),
    stepAbove(tf.neg(tf.abs(lighter)), -0.3, 0.1),
  );
  const shade = tf.add(tf.mul(sameTint, mainTinted), tf.mul(sameGrey, tf.sub(1, mainTinted)));
  const goal = oklabOf(tf.reshape(rgb, [1, 1, 3]));
  const strength = tf.clipByValue(tf.div(chroma, mainChroma), 0.5, 1.3);
  const relative = tf.add(tf.mul(strength, mainTinted), tf.sub(1, mainTinted)); // [batch, 15, 1]
  const newLightness = tf.clipByValue(
    tf.add(tf.slice(goal, [0, 0, 0], [1, 1, 1]), tf.mul(lighter, 0.85)),
    0.08,
    0.99,
  );
  const newTint = tf.mul(tf.slice(goal, [0, 0, 1], [1, 1, 2]), relative);
  const recoloured = rgbOfOklab(tf.concat([newLightness, newTint], 2)); // [batch, 15, 3]
  // Slopes keep their change of luminance, in the direction of the new colour.
  const planes = tf.reshape(parts.fills, [batch, slots, 3, 3]);
  const slopes = tf.slice(planes, [0, 0, 1, 0], [-1, -1, 2, 3]);
  const luma = tf.tensor4d(Float32Array.from([0.299, 0.587, 0.114]), [1, 1, 1, 3]);
  const rise = tf.sum(tf.mul(slopes, luma), 3, true); // [batch, 15, 2, 1]
  const direction = tf.expandDims(tf.add(tf.mul(recoloured, 0.7), 0.3), 2); // [batch, 15, 1, 3]
  const newSlopes = tf.mul(rise, direction);
  // The constant is chosen so that constant and slopes add up to the new colour at the region's centre.
  const offset = tf.sub(tf.slice(planes, [0, 0, 0, 0], [-1, -1, 1, 3]), tf.expandDims(colours, 2));
  const brighter = tf.sum(tf.mul(offset, luma), 3, true);
  const newConstant = tf.add(tf.expandDims(recoloured, 2), tf.mul(brighter, direction));
  const changed = tf.concat([newConstant, newSlopes], 2); // [batch, 15, 3, 3]
  const share = tf.expandDims(shade, 3);
  const mixed = tf.add(planes, tf.mul(share, tf.sub(changed, planes)));
  return tf.reshape(mixed, [batch, slots, fillSize]) as tf.Tensor3D;
}
