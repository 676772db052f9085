import * as tf from "../tf.js";

/**
 * Values clamped to a range; the gradient passes inside it, and outside it where a descent step leads back in.
 * Source: VQGAN-CLIP (Crowson et al. 2022), `ClampWithGrad`.
 */
export function clampThrough<T extends tf.Tensor>(x: T, low: number, high: number): T {
  return tf.customGrad((given, save) => {
    const value = tf.clipByValue(given as tf.Tensor, low, high);
    (save as tf.GradSaveFunc)([given as tf.Tensor]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, [at]: tf.Tensor[]) => {
        const away = tf.mul(dy, tf.sub(at!, tf.clipByValue(at!, low, high)));
        return tf.mul(dy, tf.cast(tf.greaterEqual(away, 0), "float32"));
      },
    };
  })(x) as T;
}
