import {
  type HostTensor,
  type Taps,
  makeBicubicMatrix,
  computeBicubicTaps,
  clampThrough,
  hostFloats,
} from "../tensor/index.js";
import * as tf from "../tf.js";
import { type ImageConfig, inputSideOf } from "./image.js";

/** A picture of any size: `[height, width, 3]`, sRGB in [0, 1], or as bytes. */
interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array | Uint8Array;
}

const toByte = (value: number): number => Math.min(255, Math.max(0, Math.floor(value + 0.5)));

/**
 * Resizes a picture as the encoder's authors do: bicubic, antialiased, on 8-bit values that are rounded after each direction as in Pillow.
 * CLIP: the shorter side is resized to the encoder's side and the centre is cropped. SigLIP: both sides are resized.
 * Source: openai/CLIP, preprocessing (torchvision's Resize and CenterCrop); Pillow, Resample.c.
 * @param config shape of the image encoder: side, and how its pictures are resized.
 * @param picture a picture of any size.
 * @returns `[1, side, side, 3]`, sRGB in [0, 1].
 */
export function resizeForEncoder(config: ImageConfig, picture: Pixels): HostTensor {
  const side = inputSideOf(config);
  const { width, height } = picture;
  const short = Math.min(width, height);
  const squash = config.kind === "vit" && config.pool === "attention";
  const taps = (from: number): Taps[] => {
    const to = squash || from === short ? side : Math.floor((side * from) / short);
    const start = halveToEven(to - side);
    return computeBicubicTaps(from, to).slice(start, start + side);
  };
  return hostFloats(resample(picture, taps(width), taps(height)), [1, side, side, 3]);
}

/** Halves a whole number and rounds; .5 goes to the even neighbour, as in Python. */
function halveToEven(value: number): number {
  const low = Math.floor(value / 2);
  return value % 2 === 0 || low % 2 === 0 ? low : low + 1;
}

/**
 * Resamples a picture. The rows that matter are narrowed first and then added up; written for speed, since it is done for every
 * photograph of a folder.
 */
function resample(
  { width, height, data }: Pixels,
  columns: readonly Taps[],
  rows: readonly Taps[],
): Float32Array {
  const from = data instanceof Uint8Array ? data : Uint8Array.from(data, (value) => toByte(value * 255));
  const line = columns.length * 3;
  const narrow = new Uint8Array(height * line);
  const last = rows[rows.length - 1]!;
  for (let row = rows[0]!.first; row < last.first + last.weights.length; row++)
    for (let column = 0; column < columns.length; column++) {
      const { first, weights } = columns[column]!;
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let tap = 0, at = (row * width + first) * 3; tap < weights.length; tap++, at += 3) {
        const weight = weights[tap]!;
        red += from[at]! * weight;
        green += from[at + 1]! * weight;
        blue += from[at + 2]! * weight;
      }
      const to = row * line + column * 3;
      narrow[to] = toByte(red);
      narrow[to + 1] = toByte(green);
      narrow[to + 2] = toByte(blue);
    }
  const out = new Float32Array(rows.length * line);
  const sums = new Float64Array(line);
  rows.forEach(({ first, weights }, row) => {
    sums.fill(0);
    for (let tap = 0; tap < weights.length; tap++) {
      const weight = weights[tap]!;
      const base = (first + tap) * line;
      for (let at = 0; at < line; at++) sums[at]! += narrow[base + at]! * weight;
    }
    for (let at = 0; at < line; at++) out[row * line + at] = toByte(sums[at]!) / 255;
  });
  return out;
}

/**
 * Square pictures at an encoder's side, inside a graph and differentiable: the same bicubic resampling without rounding. Where it
 * overshoots, values stay in [0, 1] and the gradient passes if it leads back.
 * @param images `[batch, from, from, 3]`, sRGB in [0, 1].
 * @returns `[batch, side, side, 3]`, in [0, 1] unless `from` is `side`: then the unchanged pictures.
 */
export function resizeSquare(images: tf.Tensor4D, side: number): tf.Tensor4D {
  const [batch, from] = images.shape;
  if (from === side) return images;
  const matrix = tf.tensor2d(makeBicubicMatrix(from, side), [side, from]);
  // Columns first and limits after each direction, as Pillow.
  const columns = tf.matMul(tf.transpose(images, [0, 1, 3, 2]), matrix, false, true); // [batch, from, 3, side]
  const narrow = tf.reshape(clampThrough(columns, 0, 1), [batch, from, 3 * side]);
  const rows = clampThrough(tf.matMul(matrix, narrow), 0, 1); // [batch, side, 3 · side]
  return tf.transpose(tf.reshape(rows, [batch, side, 3, side]), [0, 1, 3, 2]);
}
