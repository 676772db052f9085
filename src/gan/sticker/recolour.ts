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

/** Measures the area `[batch, 15]` (shares of the picture) and mean colour `[batch, 15, 3]` of each region. */
function measureRegions({ logits, fills }: StickerParts): { areas: tf.Tensor2D; colours: tf.Tensor3D } {
  const batch = logits.shape[0];
  const pixels = measuredSide * measuredSide;
  const shares = tf.reshape(tf.softmax(computeSlotLogits(logits, measuredSide)), [batch, pixels, slotCount]);
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
  return { areas: tf.reshape(tf.div(size, pixels), [batch, slots]) as tf.Tensor2D, colours };
}

/**
 * Replaces a drawing's main colour, in Oklab. Regions in a shade of the largest region's colour get the same shade of the new colour. Other
 * regions (eyes, leaves, outlines) are unchanged. Near-black and near-white regions have a lower weight in the choice of the main colour,
 * since most are outlines and highlights.
 * @param parts decoded drawings.
 * @param rgb the new colour `[3]`, sRGB in [0, 1].
 * @returns `[batch, 15, 9]`.
 */
export function recolourFills(parts: StickerParts, rgb: tf.Tensor): tf.Tensor3D {
  const { areas, colours } = measureRegions(parts);
  const batch = areas.shape[0];
  const lab = oklabOf(colours); // [batch, 15, 3]
  const channel = (x: tf.Tensor, at: number): tf.Tensor => tf.slice(x, [0, 0, at], [-1, -1, 1]);
  const lightness = channel(lab, 0);
  const tint = tf.slice(lab, [0, 0, 1], [-1, -1, 2]);
  const chroma = tf.sqrt(tf.add(tf.sum(tf.square(tint), 2, true), 1e-9)); // [batch, 15, 1]
  const tinted = stepAbove(chroma, 0.05, 0.04);
  const isExtreme = tf.maximum(stepAbove(tf.neg(lightness), -0.3, 0.1), stepAbove(lightness, 0.93, 0.06));
  const weight = tf.mul(
    tf.expandDims(areas, 2),
    tf.sub(1, tf.mul(0.65, tf.mul(isExtreme, tf.sub(1, tinted)))),
  );
  const main = tf.oneHot(tf.cast(tf.argMax(tf.reshape(weight, [batch, slots]), 1), "int32"), slots); // [batch, 15]
  const mainColour = tf.sum(tf.mul(lab, tf.expandDims(tf.cast(main, "float32"), 2)), 1, true); // [batch, 1, 3]
  const mainTint = tf.slice(mainColour, [0, 0, 1], [-1, -1, 2]);
  const mainChroma = tf.sqrt(tf.add(tf.sum(tf.square(mainTint), 2, true), 1e-9)); // [batch, 1, 1]
  const mainTinted = stepAbove(mainChroma, 0.05, 0.04);
  const lighter = tf.sub(lightness, channel(mainColour, 0)); // [batch, 15, 1]
  // Shades of a tint have its hue. Shades of grey have little chroma and a similar lightness.
  const cosine = tf.div(tf.sum(tf.mul(tint, mainTint), 2, true), tf.mul(chroma, mainChroma));
  const sameTint = tf.mul(stepAbove(cosine, 0.87, 0.1), tinted);
  const sameGrey = tf.mul(tf.sub(1, tinted), stepAbove(tf.neg(tf.abs(lighter)), -0.3, 0.1));
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
