import { type Parameters, conv, dense, sampleNorm, scope } from "../../tensor/index.js";
import * as tf from "../../tf.js";
import { codeSide } from "./networks.js";

/** Shape of the network from words to codes. */
export interface WordsShape {
  /** Features of the text embedding. */
  readonly condition: number;
  /** Number of noise values, which vary the drawings of one prompt. */
  readonly noise: number;
  /** Channels of its layers at 8×8. */
  readonly width: number;
  readonly blocks: number;
}

/** Inputs of the network from words to codes. */
export interface WordsInput {
  /** Unit text embedding `[batch, condition]`. */
  readonly text: tf.Tensor2D;
  /** One-hot drawing style, `[batch, styles]`; all 0 for no particular style. */
  readonly style: tf.Tensor2D;
  /** Reference: code of a drawing of the same or a similar concept in any style, `[batch, 8, 8, code]`; zero if there is none. */
  readonly reference: tf.Tensor4D;
  /** 1 for rows with a reference, else 0: `[batch, 1]`. */
  readonly referenced: tf.Tensor2D;
  /** Style of the reference, `[batch, styles]`. */
  readonly referenceStyle: tf.Tensor2D;
  /** Standard normal numbers `[batch, noise]`. */
  readonly noise: tf.Tensor2D;
}

const leaky = (x: tf.Tensor): tf.Tensor4D => tf.leakyRelu(x, 0.2) as tf.Tensor4D;

/** Adds a vector's projection to every position, at the scale of the features. */
function modulate(p: Parameters, x: tf.Tensor4D, vector: tf.Tensor2D): tf.Tensor4D {
  const width = x.shape[3];
  const projected = dense(p, vector, width, { gain: 1 });
  return tf.add(x, tf.reshape(projected, [x.shape[0], 1, 1, width])) as tf.Tensor4D;
}

/**
 * Computes codes of drawings from words, by a convolutional network at 8×8 whose layers are modulated by text, style and noise. Its input
 * is the code of a similar drawing. Therefore "butterfly, noto" is translated from "butterfly, twemoji" instead of being memorised.
 * @returns `[batch, 8, 8, code]`.
 */
export function wordsToCode(p: Parameters, shape: WordsShape, input: WordsInput): tf.Tensor4D {
  const { text, style, reference, referenced, referenceStyle, noise } = input;
  const [batch, , , code] = reference.shape;
  const { width, blocks, condition } = shape;
  const networkInput = tf.concat(
    [tf.mul(text, Math.sqrt(condition)), tf.mul(style, 2), tf.mul(referenceStyle, 2), referenced, noise],
    1,
  ) as tf.Tensor2D;
  const hidden = tf.leakyRelu(dense(scope(p, "told"), networkInput, 2 * width, { gain: Math.SQRT2 }), 0.2);
  const vector = tf.leakyRelu(
    dense(scope(p, "vector"), hidden, 2 * width, { gain: Math.SQRT2 }),
    0.2,
  ) as tf.Tensor2D;
  // Contribution of the words alone to each cell.
  const wordCode = tf.reshape(
    dense(scope(p, "places"), vector, codeSide * codeSide * code, { gain: 0.5 }),
    reference.shape,
  );
  let x = conv(scope(p, "start"), tf.concat([reference, wordCode], 3) as tf.Tensor4D, width, 3, { gain: 1 });
  for (let block = 0; block < blocks; block++) {
    const at = scope(p, `block${block}`);
    const modulated = modulate(scope(at, "tell"), leaky(sampleNorm(scope(at, "norm"), x)), vector);
    x = tf.add(x, conv(scope(at, "conv"), leaky(modulated), width, 3, { gain: 0.7 })) as tf.Tensor4D;
  }
  const out = conv(scope(p, "out"), leaky(sampleNorm(scope(p, "norm"), x)), code, 1, { gain: 0.5 });
  const masked = tf.mul(reference, tf.reshape(referenced, [batch, 1, 1, 1]));
  return tf.add(
    tf.add(out, wordCode),
    tf.mul(masked, p("held", [1, 1, 1, code], { constant: 0.5 })),
  ) as tf.Tensor4D;
}

/**
 * Realness of codes for a text and style, `[batch]`: a projection discriminator (Miyato & Koyama 2018) at 8×8.
 * @param condition text embedding and style, `[batch, condition + styles]`.
 */
export function judgeCode(
  p: Parameters,
  code: tf.Tensor4D,
  condition: tf.Tensor2D,
  width: number,
): tf.Tensor1D {
  let x = leaky(conv(scope(p, "start"), code, width, 3));
  x = leaky(conv(scope(p, "half"), x, width, 3, { stride: 2 })); // [batch, 4, 4, width]
  const flat = tf.reshape(x, [code.shape[0], -1]);
  const hidden = tf.leakyRelu(dense(scope(p, "hidden"), flat, 256, { gain: Math.SQRT2 }), 0.2);
  const scaled = tf.mul(condition, Math.sqrt(condition.shape[1]));
  const projected = tf.sum(tf.mul(hidden, dense(scope(p, "condition"), scaled, 256, { bias: false })), 1);
  const plain = tf.reshape(dense(scope(p, "plain"), hidden, 1), [-1]);
  return tf.add(plain, tf.mul(projected, 1 / 16)) as tf.Tensor1D;
}
