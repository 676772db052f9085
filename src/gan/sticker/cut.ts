import * as tf from "../../tf.js";
import { logitSide } from "./networks.js";

/** How far a picture is shown at most, as a curve: below it, the picture is transparent. In half sides of the picture about its centre. */
export interface Cut {
  /** Middle of the curve. */
  readonly x: number;
  /** Height of its ends, and of the line beside them. */
  readonly y: number;
  /** Half of its width. */
  readonly half: number;
  /** How much lower its middle is than its ends: 0 for a straight line. */
  readonly sag: number;
}

/** Increase of the transparent slot's logit for each half side below a cut. It dominates within half a coefficient. */
const fallOff = 40 * (logitSide / 2);
/** Distance above the curve from which the logit increases, so that the edge lies on the curve, in half sides. */
const lead = 0.01;

/**
 * How much the transparent slot's logit increases below the cuts of pictures.
 * @param across `[batch, columns]` and @param down `[batch, rows]`: positions in half sides of each picture.
 * @param cuts `[batch, 4]`: x, y, half, sag. @returns `[batch, rows, columns, 1]`, 0 or more.
 */
export function belowCut(across: tf.Tensor2D, down: tf.Tensor2D, cuts: tf.Tensor2D): tf.Tensor4D {
  const [x, y, half, sag] = tf.split(cuts, 4, 1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
  const aside = tf.square(tf.div(tf.sub(across, x), half));
  const curve = tf.add(y, tf.mul(sag, tf.relu(tf.sub(1, aside)))); // [batch, columns]
  const [rows, columns] = [down.shape[1], across.shape[1]];
  const excess = tf.sub(
    tf.reshape(tf.add(down, lead), [-1, rows, 1, 1]),
    tf.reshape(curve, [-1, 1, columns, 1]),
  );
  return tf.mul(tf.relu(excess), fallOff) as tf.Tensor4D;
}
