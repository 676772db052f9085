import { depthToSpace } from "../tensor/index.js";
import * as tf from "../tf.js";

/** Resampling along one axis: inserts zeros between samples, pads, filters, and keeps every `down`-th value. */
export interface AxisFilter {
  readonly taps: ArrayLike<number>;
  readonly up: number;
  readonly down: number;
  /** Padding before and after, at the upsampled rate; negative values crop. */
  readonly pad: readonly [before: number, after: number];
}

/** Outputs that one matrix product computes. Long axes are split, since the matrix is zero outside a band. */
const outputsPerProduct = 64;

/** Returns the length of an axis after a filter. */
function filteredLengthOf(length: number, { taps, up, down, pad }: AxisFilter): number {
  return Math.floor((length * up + pad[0] + pad[1] - taps.length) / down) + 1;
}

/** Finds the band of a filter's matrix for the outputs `[from, to)`: its range of inputs, and its values. */
function findBand(
  length: number,
  { taps, up, down, pad }: AxisFilter,
  from: number,
  to: number,
): { begin: number; end: number; matrix: Float32Array } {
  const reach = (out: number, tap: number): number => (out * down + tap - pad[0]) / up;
  const begin = Math.min(length - 1, Math.max(0, Math.ceil(reach(from, 0))));
  const end = Math.max(begin + 1, Math.min(length, Math.floor(reach(to - 1, taps.length - 1)) + 1));
  const width = end - begin;
  const matrix = new Float32Array((to - from) * width);
  for (let out = from; out < to; out++)
    for (let at = begin; at < end; at++) {
      const tap = at * up + pad[0] - out * down;
      // Convolution reverses the filter: tap 0 multiplies the last value.
      if (tap >= 0 && tap < taps.length)
        matrix[(out - from) * width + at - begin] = taps[taps.length - 1 - tap]!;
    }
  return { begin, end, matrix };
}

/**
 * Resamples one spatial axis with a filter. It multiplies by the nonzero band of the filter's matrix, which is exact and differentiable
 * and needs no strided or transposed convolution.
 * @param x `[batch, height, width, channels]`. @param axis 1 for the height, 2 for the width.
 * @returns the tensor with another length of that axis; `x` itself for a filter that changes nothing.
 */
export function filterAxis(x: tf.Tensor4D, axis: 1 | 2, filter: AxisFilter): tf.Tensor4D {
  const { taps, up, down, pad } = filter;
  if (taps.length === 1 && taps[0] === 1 && up === 1 && down === 1 && pad[0] === 0 && pad[1] === 0) return x;
  const [batch, height, width, channels] = x.shape;
  const length = x.shape[axis];
  const outputs = filteredLengthOf(length, filter);
  const parts: tf.Tensor4D[] = [];
  for (let from = 0; from < outputs; from += outputsPerProduct) {
    const to = Math.min(outputs, from + outputsPerProduct);
    const { begin, end, matrix } = findBand(length, filter, from, to);
    const product = (rows: tf.Tensor4D): tf.Tensor => {
      const band = tf.tensor3d(matrix, [1, to - from, end - begin]);
      const folded =
        axis === 1 ? [batch, end - begin, width * channels] : [batch * height, end - begin, channels];
      return tf.matMul(band, tf.reshape(rows, folded));
    };
    const begins = axis === 1 ? [0, begin, 0, 0] : [0, 0, begin, 0];
    const sizes = axis === 1 ? [batch, end - begin, width, channels] : [batch, height, end - begin, channels];
    const filtered = product(
      tf.slice4d(x, begins as [number, number, number, number], sizes as [number, number, number, number]),
    );
    parts.push(
      tf.reshape(
        filtered,
        axis === 1 ? [batch, to - from, width, channels] : [batch, height, to - from, channels],
      ),
    );
  }
  return parts.length === 1 ? parts[0]! : (tf.concat(parts, axis) as tf.Tensor4D);
}

/** Applies a filter along both axes. */
export function filterPlane(x: tf.Tensor4D, filter: AxisFilter): tf.Tensor4D {
  return filterAxis(filterAxis(x, 1, filter), 2, filter);
}

/**
 * Applies a non-separable filter to every channel.
 * @param taps `[size, size]`, symmetric.
 */
export function filterSquare(
  x: tf.Tensor4D,
  taps: Float32Array,
  { down, pad }: Pick<AxisFilter, "down" | "pad">,
): tf.Tensor4D {
  const size = Math.sqrt(taps.length);
  const channels = x.shape[3];
  const kernel = tf.mul(tf.tensor4d(taps, [size, size, 1, 1]), tf.ones([1, 1, channels, 1])) as tf.Tensor4D;
  const around: [number, number] = [pad[0], pad[1]];
  const padded = tf.pad4d(x, [[0, 0], around, around, [0, 0]]);
  return tf.depthwiseConv2d(padded, kernel, down, "valid");
}

/** The taps `[1, 3, 3, 1]` of StyleGAN2, with the gain for doubling the sides. */
export const smoothTaps = [0.25, 0.75, 0.75, 0.25] as const;

/**
 * Tap (column) that links an input and an output (row), if every input gives two outputs. Rows: (earlier input, first output),
 * (earlier, second), (later, first), (later, second).
 */
type Phases = readonly (readonly [number, number, number])[];

/** A transposed convolution of stride 2. */
const transposed: Phases = [
  [0, 0, 1],
  [0, 0, 0],
  [1, 0, 0],
  [0, 1, 0],
];

/** Nearest-neighbour upsampling by 2, then a convolution; the outputs begin one position before the inputs. */
const repeated: Phases = [
  [1, 1, 0],
  [1, 0, 0],
  [0, 0, 1],
  [0, 1, 1],
];

/**
 * Upsamples by 2 and convolves in one operation: a convolution of 2×2 windows to four phases, which are then interleaved. It
 * needs 16 products per input; a convolution of the upsampled map needs 36.
 * @param kernel `[3, 3, in, out]`.
 * @returns `[batch, 2 · height + 2, 2 · width + 2, out]`.
 */
function upsampleByPhases(x: tf.Tensor4D, kernel: tf.Tensor4D, phases: Phases): tf.Tensor4D {
  const [, , inputs, out] = kernel.shape;
  const matrix = tf.tensor2d(phases.flat(), [4, 3]);
  const rows = tf.reshape(tf.matMul(matrix, tf.reshape(kernel, [3, -1])), [4, 3, inputs * out]);
  const turned = tf.reshape(tf.transpose(rows, [1, 0, 2]), [3, -1]);
  const parts = tf.reshape(tf.matMul(matrix, turned), [2, 2, 2, 2, inputs, out]); // [column, phase, row, phase, …]
  const windows = tf.reshape(tf.transpose(parts, [2, 0, 4, 3, 1, 5]), [2, 2, inputs, 4 * out]) as tf.Tensor4D;
  const around: [number, number] = [1, 1];
  const padded = tf.pad4d(x, [[0, 0], around, around, [0, 0]]);
  return depthToSpace(tf.conv2d(padded, windows, 1, "valid"), 2);
}

/** Applies a transposed 3×3 convolution of stride 2, then StyleGAN2's smoothing filter. Doubles height and width. @param kernel `[3, 3, in, out]`. */
export function upsampleSmooth(x: tf.Tensor4D, kernel: tf.Tensor4D): tf.Tensor4D {
  return filterPlane(upsampleByPhases(x, kernel, transposed), {
    taps: smoothTaps,
    up: 1,
    down: 1,
    pad: [1, 0], // 2 · side + 2 values become 2 · side
  });
}

/** Applies nearest-neighbour upsampling by 2, then a 3×3 convolution. Doubles both sides. */
export function upsampleNearest(x: tf.Tensor4D, kernel: tf.Tensor4D): tf.Tensor4D {
  const [batch, height, width] = x.shape;
  return tf.slice4d(upsampleByPhases(x, kernel, repeated), [0, 1, 1, 0], [batch, 2 * height, 2 * width, -1]);
}

/** Enlarges by 2 with nearest neighbours. */
export function enlarge(x: tf.Tensor4D): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const cells = tf.reshape(x, [batch * height, 1, width, 1, channels]);
  return tf.reshape(tf.mul(cells, tf.ones([1, 2, 1, 2, 1])), [batch, 2 * height, 2 * width, channels]);
}
