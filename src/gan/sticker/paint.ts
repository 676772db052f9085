import * as tf from "../../tf.js";
import { belowCut } from "./cut.js";
import { fillSize, logitSide, slotCount } from "./networks.js";

/** Side of pictures painted for the CLIPs. They are downsampled by averaging, so their edges look as in a saved picture. */
export const seenSide = 128;

/** Centres of `side` pixels, in [−1, 1]. */
export function listPixelCentres(side: number): Float32Array {
  return Float32Array.from({ length: side }, (_, at) => ((at + 0.5) / side) * 2 - 1);
}

/** Positions of pictures on their canvas [−1, 1]²: centre and half side, `[batch, 3]` as x, y, size. */
export type Poses = tf.Tensor2D;

/**
 * Computes the values of the cubic B-spline basis at positions along an axis of coefficients.
 * @param centres positions `[batch, side]`. The axis spans [−1, 1]; positions outside are clamped.
 * @returns `[batch, side, count]`; rows sum to 1.
 */
export function makeSplineMatrix(centres: tf.Tensor2D, count: number): tf.Tensor3D {
  // Coefficient j is at pixel centre j. One extra coefficient at both ends makes the rows sum to 1.
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
  // Values of the missing neighbours −2, −1 and count, count + 1 are added to the ends.
  const first = tf.sum(basis(at(-2, 2)), 2, true);
  const last = tf.sum(basis(at(count, 2)), 2, true);
  const [batch, side] = [centres.shape[0], centres.shape[1]];
  const middle = tf.zeros([batch, side, count - 2]);
  return tf.add(weights, tf.concat([first, middle, last], 2)) as tf.Tensor3D;
}

/**
 * Resamples maps `[batch, from, from, channels]` with matrices for rows `[batch or 1, height, from]` and columns
 * `[batch or 1, width, from]`.
 * @returns `[batch, height, width, channels]`.
 */
export function resampleMaps(maps: tf.Tensor4D, rows: tf.Tensor3D, columns: tf.Tensor3D): tf.Tensor4D {
  const [batch, from, , channels] = maps.shape;
  const [height, width] = [rows.shape[1], columns.shape[1]];
  // Both products have three axes, since TensorFlow.js has no gradient for a broadcast factor.
  const turned = tf.transpose(maps, [0, 2, 1, 3]);
  const wide = tf.matMul(columns, tf.reshape(turned, [batch, from, from * channels])); // [batch, width, from·channels]
  const back = tf.transpose(tf.reshape(wide, [batch, width, from, channels]), [0, 2, 1, 3]);
  const tall = tf.matMul(rows, tf.reshape(back, [batch, from, width * channels])); // [batch, height, width·channels]
  return tf.reshape(tall, [batch, height, width, channels]);
}

/** A rectangle of pixels, by their centres in [−1, 1]. */
export interface PixelWindow {
  /** `[1, columns]`. */
  readonly x: tf.Tensor2D;
  /** `[1, rows]`. */
  readonly y: tf.Tensor2D;
}

/** A painted drawing. */
export interface Painting {
  /** Sharpened logits of the slots, `[batch, rows, columns, 16]`. */
  readonly logits: tf.Tensor4D;
  /** Shares of the slots in each pixel, `[batch, rows, columns, 16]`. */
  readonly shares: tf.Tensor4D;
  /** Premultiplied RGB and alpha, `[batch, rows, columns, 4]`; colours are not clipped. */
  readonly rgba: tf.Tensor4D;
}

/** Options of painting. */
export interface PaintOptions {
  /** Position of the picture; the whole canvas when absent. */
  readonly poses?: Poses | undefined;
  /** Pixels to paint; all when absent. */
  readonly window?: PixelWindow | undefined;
  /** 1 for pictures that are mirrored left to right about their centre, else 0: `[batch, 1]`. Needs poses. */
  readonly mirrored?: tf.Tensor2D | undefined;
  /** 1 for slots that are painted transparent, else 0: `[batch, 15]`. */
  readonly hidden?: tf.Tensor2D | undefined;
  /** Curves below which pictures are transparent: x, y, half and sag of `Cut`, `[batch, 4]`. Needs poses. */
  readonly cuts?: tf.Tensor2D | undefined;
}

/** Logit of a slot that is nowhere: below all others, which lie in [−10, 10]. */
const absentLogit = -50;

/** Gives the pixels of hidden slots to the transparent slot. */
function hideSlots(logits: tf.Tensor4D, hidden: tf.Tensor2D): tf.Tensor4D {
  const mask = tf.reshape(
    tf.pad(hidden, [
      [0, 0],
      [1, 0],
    ]),
    [-1, 1, 1, slotCount],
  );
  const visible = tf.sub(1, mask);
  const leading = tf.max(tf.add(tf.mul(logits, mask), tf.mul(visible, absentLogit)), 3, true);
  const transparent = tf.slice(logits, [0, 0, 0, 0], [-1, -1, -1, 1]);
  const gain = tf.relu(tf.sub(leading, transparent)); // [batch, rows, columns, 1]
  const first = tf.tensor4d(
    Float32Array.from({ length: slotCount }, (_, slot) => (slot === 0 ? 1 : 0)),
    [1, 1, 1, slotCount],
  );
  const otherLogits = tf.add(tf.mul(logits, visible), tf.mul(mask, absentLogit));
  return tf.add(otherLogits, tf.mul(gain, first)) as tf.Tensor4D;
}

/** Factor of the x axis: −1 for mirrored pictures, else 1. `[batch, 1]`. */
const directionOf = (mirrored: tf.Tensor2D): tf.Tensor2D => tf.sub(1, tf.mul(mirrored, 2)) as tf.Tensor2D;

/** Increase of the transparent slot's logit for each half side outside the picture. It dominates within one coefficient. */
const fallOff = 20 * (logitSide / 2);

/**
 * Evaluates the slots' logits at a size: the B-spline of the coefficients, sharpened in proportion to the size so that edges are one pixel
 * wide.
 * @param logits `[batch, 64, 64, 16]`.
 * @returns `[batch, rows, columns, 16]`, of the window or of all pixels.
 */
export function computeSlotLogits(
  logits: tf.Tensor4D,
  side: number,
  { poses, window, mirrored, hidden, cuts }: PaintOptions = {},
): tf.Tensor4D {
  const shown = (placed: tf.Tensor4D): tf.Tensor4D => (hidden ? hideSlots(placed, hidden) : placed);
  const all = (): tf.Tensor2D => tf.tensor2d(listPixelCentres(side), [1, side]);
  const { x: columns, y: rows } = window ?? { x: all(), y: all() };
  const sharpness = side / logitSide;
  if (!poses) {
    const [down, across] = [makeSplineMatrix(rows, logitSide), makeSplineMatrix(columns, logitSide)];
    return tf.mul(shown(resampleMaps(logits, down, across)), sharpness) as tf.Tensor4D;
  }
  const [x, y, size] = tf.split(poses, 3, 1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
  const ahead = tf.div(tf.sub(columns, x), size) as tf.Tensor2D; // [batch, columns], [−1, 1] inside of the picture
  const across = mirrored ? (tf.mul(ahead, directionOf(mirrored)) as tf.Tensor2D) : ahead;
  const down = tf.div(tf.sub(rows, y), size) as tf.Tensor2D; // [batch, rows]
  const placed = resampleMaps(logits, makeSplineMatrix(down, logitSide), makeSplineMatrix(across, logitSide));
  // A picture is transparent outside its sides, regardless of its outermost coefficients.
  const past = (at: tf.Tensor2D, shape: number[]): tf.Tensor =>
    tf.reshape(tf.mul(tf.relu(tf.sub(tf.abs(at), 1)), fallOff), shape);
  const beside = tf.add(past(down, [-1, rows.shape[1], 1, 1]), past(across, [-1, 1, columns.shape[1], 1]));
  const outside = cuts ? tf.add(beside, belowCut(ahead, down, cuts)) : beside;
  const transparent = tf.tensor4d(
    Float32Array.from({ length: slotCount }, (_, slot) => (slot === 0 ? 1 : 0)),
    [1, 1, 1, slotCount],
  );
  const cut = tf.add(shown(placed), tf.mul(outside, transparent));
  return tf.mul(cut, tf.mul(tf.reshape(size, [-1, 1, 1, 1]), sharpness)) as tf.Tensor4D;
}

/** Makes x and y of all pixels of a square, or of a window of it, `[1, pixels, 1]` each. */
function makePixelGrid(side: number, window: PixelWindow | undefined): [x: tf.Tensor, y: tf.Tensor] {
  if (window) {
    const [columns, rows] = [window.x.shape[1], window.y.shape[1]];
    return [
      tf.reshape(tf.tile(tf.reshape(window.x, [1, columns]), [rows, 1]), [1, rows * columns, 1]),
      tf.reshape(tf.tile(tf.reshape(window.y, [rows, 1]), [1, columns]), [1, rows * columns, 1]),
    ];
  }
  const centres = listPixelCentres(side);
  const grid = (pick: (at: number) => number): tf.Tensor3D =>
    tf.tensor3d(
      Float32Array.from({ length: side * side }, (_, at) => centres[pick(at)]!),
      [1, side * side, 1],
    );
  return [grid((at) => at % side), grid((at) => Math.floor(at / side))];
}

/**
 * Paints shares with fills. The result is premultiplied RGBA; slot 0 is transparent.
 * @param shares `[batch, rows, columns, 16]` of a square or the window.
 * @param fills `[batch, 15, 9]`.
 */
export function fillShares(
  shares: tf.Tensor4D,
  fills: tf.Tensor3D,
  { poses, window, mirrored }: PaintOptions = {},
): tf.Tensor4D {
  const [batch, rows, columns] = shares.shape;
  const slots = slotCount - 1;
  const count = rows * columns;
  const pixels = tf.reshape(tf.slice(shares, [0, 0, 0, 1], [-1, -1, -1, slots]), [batch, count, slots]);
  const parts = tf.matMul(pixels, fills); // [batch, pixels, 9]
  let [x, y] = makePixelGrid(rows, window);
  if (poses) {
    const [left, top, size] = tf.split(tf.reshape(poses, [-1, 1, 3]), 3, 2) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    x = tf.div(tf.sub(x, left), size);
    if (mirrored) x = tf.mul(x, tf.expandDims(directionOf(mirrored), 2));
    y = tf.div(tf.sub(y, top), size);
  }
  const [constant, alongX, alongY] = tf.split(parts, 3, 2) as [tf.Tensor, tf.Tensor, tf.Tensor];
  const colour = tf.add(constant, tf.add(tf.mul(alongX, x), tf.mul(alongY, y)));
  const alpha = tf.sum(pixels, 2, true);
  return tf.reshape(tf.concat([colour, alpha], 2), [batch, rows, columns, fillSize / 3 + 1]);
}

/** Paints logits and fills at a size. */
export function paint(
  { logits, fills }: { readonly logits: tf.Tensor4D; readonly fills: tf.Tensor3D },
  side: number,
  options: PaintOptions = {},
): Painting {
  const placed = computeSlotLogits(logits, side, options);
  const shares = tf.softmax(placed);
  return { logits: placed, shares, rgba: fillShares(shares, fills, options) };
}

/**
 * Composites layers, bottom to top.
 * @param layers premultiplied RGBA `[batch, layers, rows, columns, 4]`. @returns premultiplied RGBA `[batch, rows, columns, 4]`.
 */
export function compositeLayers(layers: tf.Tensor): tf.Tensor4D {
  const [batch, count, rows, columns] = layers.shape as [number, number, number, number];
  const layer = (at: number): tf.Tensor4D =>
    tf.reshape(tf.slice(layers, [0, at, 0, 0, 0], [-1, 1, -1, -1, -1]), [batch, rows, columns, 4]);
  let below = layer(0);
  for (let at = 1; at < count; at++) {
    const top = layer(at);
    const alpha = tf.slice(top, [0, 0, 0, 3], [-1, -1, -1, 1]);
    below = tf.add(top, tf.mul(below, tf.sub(1, alpha)));
  }
  return below;
}

/** Composites over white. @returns RGB `[batch, side, side, 3]`, clipped to [0, 1]. */
export function onWhite(rgba: tf.Tensor4D): tf.Tensor4D {
  const [colour, alpha] = tf.split(rgba, [3, 1], 3) as [tf.Tensor4D, tf.Tensor4D];
  return tf.clipByValue(tf.add(colour, tf.sub(1, alpha)), 0, 1);
}

/**
 * Measures the length of the outlines of drawings: the total variation of the slots' shares at 64×64, along pixel sides. Each outline
 * changes two shares; the edge of the drawing's square does not count.
 * @param logits `[batch, 64, 64, 16]`.
 * @returns `[batch]`, in sides of the drawing.
 */
export function measureOutlineLength(logits: tf.Tensor4D): tf.Tensor1D {
  const [batch, side] = [logits.shape[0], logitSide];
  const shares = tf.softmax(computeSlotLogits(logits, side)) as tf.Tensor4D;
  const variation = (down: number, across: number): tf.Tensor => {
    const size = [-1, side - down, side - across, -1] as [number, number, number, number];
    const change = tf.sub(tf.slice(shares, [0, down, across, 0], size), tf.slice(shares, [0, 0, 0, 0], size));
    return tf.sum(tf.reshape(tf.abs(change), [batch, -1]), 1);
  };
  return tf.div(tf.add(variation(1, 0), variation(0, 1)), 2 * side) as tf.Tensor1D;
}

/** Sharpness for the clarity. Edges are so thin that only blended areas lower the clarity. */
const claritySide = 4 * logitSide;

/**
 * Measures the clarity of drawings: the mean share of the dominant slot over the ink, at 256 pixels a side. Pure regions have a
 * clarity of nearly 1. Areas with blended slots have less.
 * @param logits `[batch, 64, 64, 16]`.
 * @returns `[batch]` in [0, 1].
 */
export function measureClarity(logits: tf.Tensor4D): tf.Tensor1D {
  const batch = logits.shape[0];
  const sampled = computeSlotLogits(logits, logitSide);
  const shares = tf.softmax(tf.mul(sampled, claritySide / logitSide)) as tf.Tensor4D;
  const leading = tf.reshape(tf.max(shares, 3), [batch, -1]);
  const air = tf.slice(shares, [0, 0, 0, 0], [-1, -1, -1, 1]);
  const ink = tf.sub(1, tf.reshape(air, [batch, -1]));
  return tf.div(tf.sum(tf.mul(leading, ink), 1), tf.add(tf.sum(ink, 1), 1e-6)) as tf.Tensor1D;
}
