import * as tf from "../../tf.js";
import { fillSize, logitSide, slotCount } from "./networks.js";

/** Centres of `side` pixels in [−1, 1]. */
export function pixelCentres(side: number): Float32Array {
  return Float32Array.from({ length: side }, (_, at) => ((at + 0.5) / side) * 2 - 1);
}

/** Where a picture is placed on its canvas [−1, 1]²: centre and half side, `[batch, 3]` as x, y, size. */
export type Poses = tf.Tensor2D;

/**
 * Values of the cubic B-spline basis at positions along an axis of coefficients.
 * @param centres positions `[batch, side]` in [−1, 1], where the axis spans [−1, 1]; past its ends the nearest end counts.
 * @returns `[batch, side, count]`; rows sum to 1.
 */
export function splineMatrix(centres: tf.Tensor2D, count: number): tf.Tensor3D {
  // Coefficient j lies at pixel centre j; one coefficient of air at both ends keeps rows summing to 1.
  const position = tf.sub(tf.mul(tf.add(tf.clipByValue(centres, -1, 1), 1), count / 2), 0.5);
  const inner = tf.expandDims(position, 2); // [batch, side, 1]
  const at = (offset: number, length: number): tf.Tensor =>
    tf.tensor(
      Float32Array.from({ length }, (_, index) => index + offset),
      [1, 1, length],
    );
  const basis = (knots: tf.Tensor): tf.Tensor => {
    const distance = tf.abs(tf.sub(inner, knots));
    const wide = tf.relu(tf.sub(2, distance));
    const near = tf.relu(tf.sub(1, distance));
    const cube = (x: tf.Tensor): tf.Tensor => tf.mul(x, tf.square(x));
    return tf.mul(tf.sub(cube(wide), tf.mul(cube(near), 4)), 1 / 6);
  };
  const weights = basis(at(0, count));
  // What falls on the missing neighbours −2, −1 and count, count + 1 goes to the ends.
  const first = tf.sum(basis(at(-2, 2)), 2, true);
  const last = tf.sum(basis(at(count, 2)), 2, true);
  const [batch, side] = [centres.shape[0], centres.shape[1]];
  const middle = tf.zeros([batch, side, count - 2]);
  return tf.add(weights, tf.concat([first, middle, last], 2)) as tf.Tensor3D;
}

/** Resamples maps `[batch, from, from, channels]` by matrices `[batch or 1, to, from]` along rows and columns. */
export function resampleMaps(maps: tf.Tensor4D, rows: tf.Tensor3D, columns: tf.Tensor3D): tf.Tensor4D {
  const [batch, from, , channels] = maps.shape;
  const to = rows.shape[1];
  const tall = tf.matMul(rows, tf.reshape(maps, [batch, from, from * channels])); // [batch, to, from·channels]
  const side = tf.reshape(tall, [batch, to, from, channels]);
  const wide = tf.matMul(tf.expandDims(columns, 1), side); // [batch, to, to, channels]
  return tf.reshape(wide, [batch, to, to, channels]);
}

/** Logits and fills painted at a size. */
export interface Painting {
  /** Shares of the slots in each pixel, `[batch, side, side, 16]`. */
  readonly shares: tf.Tensor4D;
  /** Premultiplied RGB and alpha, `[batch, side, side, 4]`; colours are not clipped. */
  readonly rgba: tf.Tensor4D;
}

/** Options of painting. */
export interface PaintOptions {
  /** Where the picture is placed; the whole canvas when absent. */
  readonly poses?: Poses | undefined;
}

/**
 * Slots' shares at a size: softmax of the logits' B-spline, sharpened with the size so that edges stay a pixel wide.
 * @param logits `[batch, 64, 64, 16]`.
 */
export function slotLogits(logits: tf.Tensor4D, side: number, { poses }: PaintOptions = {}): tf.Tensor4D {
  const centres = tf.tensor2d(pixelCentres(side), [1, side]);
  const sharpness = side / logitSide;
  if (!poses) {
    const matrix = splineMatrix(centres, logitSide);
    return tf.mul(resampleMaps(logits, matrix, matrix), sharpness) as tf.Tensor4D;
  }
  const [x, y, size] = tf.split(poses, 3, 1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
  const along = (centre: tf.Tensor2D): tf.Tensor3D =>
    splineMatrix(tf.div(tf.sub(centres, centre), size) as tf.Tensor2D, logitSide);
  const placed = resampleMaps(logits, along(y), along(x));
  return tf.mul(placed, tf.mul(tf.reshape(size, [-1, 1, 1, 1]), sharpness)) as tf.Tensor4D;
}

/**
 * Paints shares with fills: premultiplied RGBA, slot 0 transparent.
 * @param shares `[batch, side, side, 16]`.
 * @param fills `[batch, 15, 9]`.
 */
export function fillShares(
  shares: tf.Tensor4D,
  fills: tf.Tensor3D,
  { poses }: PaintOptions = {},
): tf.Tensor4D {
  const [batch, side] = shares.shape;
  const slots = slotCount - 1;
  const pixels = tf.reshape(tf.slice(shares, [0, 0, 0, 1], [-1, -1, -1, slots]), [batch, side * side, slots]);
  const parts = tf.matMul(pixels, fills); // [batch, pixels, 9]
  const centres = pixelCentres(side);
  const grid = (pick: (at: number) => number): tf.Tensor3D =>
    tf.tensor3d(
      Float32Array.from({ length: side * side }, (_, at) => centres[pick(at)]!),
      [1, side * side, 1],
    );
  let x: tf.Tensor = grid((at) => at % side);
  let y: tf.Tensor = grid((at) => Math.floor(at / side));
  if (poses) {
    const [left, top, size] = tf.split(tf.reshape(poses, [-1, 1, 3]), 3, 2) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    x = tf.div(tf.sub(x, left), size);
    y = tf.div(tf.sub(y, top), size);
  }
  const [constant, alongX, alongY] = tf.split(parts, 3, 2) as [tf.Tensor, tf.Tensor, tf.Tensor];
  const colour = tf.add(constant, tf.add(tf.mul(alongX, x), tf.mul(alongY, y)));
  const alpha = tf.sum(pixels, 2, true);
  return tf.reshape(tf.concat([colour, alpha], 2), [batch, side, side, fillSize / 3 + 1]);
}

/** Paints logits and fills at a size. */
export function paint(
  { logits, fills }: { readonly logits: tf.Tensor4D; readonly fills: tf.Tensor3D },
  side: number,
  options: PaintOptions = {},
): Painting {
  const shares = tf.softmax(slotLogits(logits, side, options));
  return { shares, rgba: fillShares(shares, fills, options) };
}

/** RGB over white, `[batch, side, side, 3]`, clipped to [0, 1]. */
export function onWhite(rgba: tf.Tensor4D): tf.Tensor4D {
  const [colour, alpha] = tf.split(rgba, [3, 1], 3) as [tf.Tensor4D, tf.Tensor4D];
  return tf.clipByValue(tf.add(colour, tf.sub(1, alpha)), 0, 1);
}
