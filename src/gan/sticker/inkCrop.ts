import * as tf from "../../tf.js";
import { resampleMaps, makeSplineMatrix } from "./paint.js";

/** Minimum darkness of ink, and the share of a cropped picture's side that ink fills. Both as in training. */
const inkThreshold = 0.06;
const filledPart = 60 / 64;

/** Crops pictures on white `[batch, 64, 64, 3]` to the bounding square of their ink. @returns the crops, and their poses `[batch, 3]`. */
export function cropToInk(rgb: tf.Tensor4D): { cropped: tf.Tensor4D; poses: tf.Tensor2D } {
  const [batch, side] = rgb.shape;
  const ink = tf.cast(tf.greater(tf.sub(1, tf.min(rgb, 3)), inkThreshold), "float32"); // [batch, side, side]
  const places = tf.tensor1d(Float32Array.from({ length: side }, (_, at) => at));
  const bounds = (axis: 1 | 2): [first: tf.Tensor, last: tf.Tensor] => {
    const line = tf.max(ink, axis === 1 ? 2 : 1); // [batch, side]: 1 for lines with ink
    const first = tf.min(tf.add(places, tf.mul(tf.sub(1, line), side)), 1);
    const last = tf.max(tf.sub(places, tf.mul(tf.sub(1, line), side)), 1);
    return [tf.minimum(first, side - 1), tf.maximum(last, 0)];
  };
  const [top, bottom] = bounds(1);
  const [left, right] = bounds(2);
  const span = tf.maximum(tf.add(tf.maximum(tf.sub(bottom, top), tf.sub(right, left)), 1), side / 8);
  const centre = (first: tf.Tensor, last: tf.Tensor): tf.Tensor =>
    tf.sub(tf.mul(tf.add(tf.add(first, last), 1), 1 / side), 1); // [batch], in [−1, 1]
  const [x, y] = [centre(left, right), centre(top, bottom)];
  const size = tf.div(span, side * filledPart); // half side of the cropped square
  const poses = tf.stack([x, y, size], 1) as tf.Tensor2D;
  const steps = tf.tensor2d(
    Float32Array.from({ length: side }, (_, at) => ((at + 0.5) / side) * 2 - 1),
    [1, side],
  );
  const positions = (from: tf.Tensor): tf.Tensor2D =>
    tf.add(tf.mul(steps, tf.reshape(size, [batch, 1])), tf.reshape(from, [batch, 1])) as tf.Tensor2D;
  const cropped = resampleMaps(
    rgb,
    makeSplineMatrix(positions(y), side),
    makeSplineMatrix(positions(x), side),
  );
  return { cropped, poses };
}
