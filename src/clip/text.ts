import { type Parameters, dense, layerNorm, scope, transformerBlock } from "../tensor/index.js";
import * as tf from "../tf.js";

/** Shape of a text transformer. */
export interface TextConfig {
  readonly vocabSize: number;
  readonly contextLength: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly features: number;
}

/**
 * Features of tokenised texts, not normalised: causal transformer, read at the end token, which has the highest id.
 * Source: Radford et al. 2021, "Learning Transferable Visual Models From Natural Language Supervision", §2.4.
 * @param tokens int32 `[batch, contextLength]`, padded with 0.
 * @returns `[batch, features]`.
 */
export function textFeatures(p: Parameters, config: TextConfig, tokens: tf.Tensor2D): tf.Tensor2D {
  const { vocabSize, contextLength, width } = config;
  const table = p("embedding", [vocabSize, width], { normal: 0.3 });
  const positions = p("positions", [contextLength, width], { normal: 0.1 });
  const [batch] = tokens.shape;
  const rows = tf.gather(table, tf.reshape(tokens, [batch * contextLength])); // [batch · tokens, width]
  let x: tf.Tensor = tf.add(tf.reshape(rows, [batch, contextLength, width]), positions);
  const mask = causalMask(contextLength);
  for (let layer = 0; layer < config.layers; layer++)
    x = transformerBlock(scope(p, `layer${layer}`), x, config.heads, mask);
  const ends = tf.cast(tf.oneHot(tf.argMax(tokens, 1), contextLength), "float32"); // [batch, tokens]
  const read = tf.sum(tf.mul(x, tf.expandDims(ends, 2)), 1); // [batch, width]
  return dense(scope(p, "project"), layerNorm(scope(p, "norm"), read), config.features, {
    bias: false,
  }) as tf.Tensor2D;
}

function causalMask(tokens: number): tf.Tensor2D {
  const values = Array.from({ length: tokens }, (_, row) =>
    Array.from({ length: tokens }, (_unused, column) => (column > row ? -1e4 : 0)),
  );
  return tf.tensor2d(values, [tokens, tokens], "float32");
}
