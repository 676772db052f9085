import * as tf from "../tf.js";

/**
 * Replaces codes with the nearest entries of a codebook, with a straight-through gradient (that of the identity).
 * Source: van den Oord et al. 2017, "Neural Discrete Representation Learning", §3.2.
 * @param x `[…, size]`. @param codebook `[entries, size]`.
 */
export function quantise<T extends tf.Tensor>(x: T, codebook: tf.Tensor2D): T {
  return tf.customGrad((given) => {
    const rows = tf.reshape(given as tf.Tensor, [-1, codebook.shape[1]]) as tf.Tensor2D;
    // ‖x − e‖² less ‖x‖², which is the same for all entries.
    const apart = tf.sub(tf.sum(tf.square(codebook), 1), tf.mul(tf.matMul(rows, codebook, false, true), 2));
    const nearest = tf.gather(codebook, tf.argMin(apart, 1) as tf.Tensor1D);
    return { value: tf.reshape(nearest, x.shape), gradFunc: (dy: tf.Tensor) => dy };
  })(x) as T;
}

/**
 * Keeps the `count` largest parts of rows that sum to 1, and renormalises them to sum 1. The gradient is that
 * of keeping all parts, so that an omitted part can return.
 * @param x `[batch, parts]`.
 */
export function keepLargest<T extends tf.Tensor>(x: T, count: number): T {
  if (count >= x.shape[1]!) return x;
  return tf.customGrad((given) => {
    let rest = given as tf.Tensor;
    let least = tf.max(rest, 1, true);
    for (let rank = 1; rank < count; rank++) {
      rest = tf.where(tf.less(rest, least), rest, tf.zerosLike(rest));
      least = tf.max(rest, 1, true);
    }
    const all = given as tf.Tensor;
    const largest = tf.where(tf.greaterEqual(all, least), all, tf.zerosLike(all));
    return { value: tf.div(largest, tf.sum(largest, 1, true)), gradFunc: (dy: tf.Tensor) => dy };
  })(x) as T;
}
