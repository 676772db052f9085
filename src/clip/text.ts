import {
  type Activation,
  type Parameters,
  dense,
  layerNorm,
  scope,
  transformerBlock,
} from "../tensor/index.js";
import * as tf from "../tf.js";

/** Shape of a text transformer. Defaults of optional fields are those of OpenAI's CLIP, which this toolkit's own CLIPs share. */
export interface TextConfig {
  readonly vocabSize: number;
  readonly contextLength: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly features: number;
  /** Default `quickGelu`. */
  readonly activation?: Activation | undefined;
  /** Hidden width of the blocks; default four times `width`. */
  readonly hidden?: number | undefined;
  /** Of the layer normalisations; default 1e-5. */
  readonly epsilon?: number | undefined;
  /** `end` (default): causal attention, features of the end token. `last`: full attention, features of the last position (SigLIP). */
  readonly pool?: "end" | "last" | undefined;
  /** Whether the projection has a bias; default: no. */
  readonly projectBias?: boolean | undefined;
}

/**
 * Computes the features of tokenised texts, not normalised. CLIP: causal transformer, read at the end token, which has the
 * highest id. SigLIP: every token sees every other, read at the last place, even if that is padding.
 * Source: Radford et al. 2021, "Learning Transferable Visual Models From Natural Language Supervision", §2.4; Zhai et al. 2023,
 * "Sigmoid Loss for Language Image Pre-Training".
 * @param tokens int32 `[batch, contextLength]`, padded as the tokenizer does.
 * @returns `[batch, features]`.
 */
export function computeTextFeatures(
  parameters: Parameters,
  config: TextConfig,
  tokens: tf.Tensor2D,
): tf.Tensor2D {
  const { vocabSize, contextLength, width, activation, hidden, epsilon } = config;
  const atEnd = config.pool !== "last";
  const table = parameters("embedding", [vocabSize, width], { normal: 0.3 });
  const positions = parameters("positions", [contextLength, width], { normal: 0.1 });
  const [batch] = tokens.shape;
  const rows = tf.gather(table, tf.reshape(tokens, [batch * contextLength])); // [batch · tokens, width]
  let x: tf.Tensor = tf.add(tf.reshape(rows, [batch, contextLength, width]), positions);
  const mask = atEnd ? makeCausalMask(contextLength) : undefined;
  for (let layer = 0; layer < config.layers; layer++)
    x = transformerBlock(scope(parameters, `layer${layer}`), x, config.heads, {
      mask,
      activation,
      hidden,
      epsilon,
    });
  const read = atEnd
    ? readAtEnd(x, tokens)
    : tf.squeeze(tf.slice(x, [0, contextLength - 1, 0], [-1, 1, -1]), [1]);
  return dense(
    scope(parameters, "project"),
    layerNorm(scope(parameters, "norm"), read, epsilon),
    config.features,
    {
      bias: config.projectBias ?? false,
    },
  ) as tf.Tensor2D;
}

function readAtEnd(x: tf.Tensor, tokens: tf.Tensor2D): tf.Tensor {
  const ends = tf.cast(tf.oneHot(tf.argMax(tokens, 1), tokens.shape[1]), "float32"); // [batch, tokens]
  return tf.sum(tf.mul(x, tf.expandDims(ends, 2)), 1); // [batch, width]
}

function makeCausalMask(tokens: number): tf.Tensor2D {
  const values = Array.from({ length: tokens }, (_, row) =>
    Array.from({ length: tokens }, (_unused, column) => (column > row ? -1e4 : 0)),
  );
  return tf.tensor2d(values, [tokens, tokens], "float32");
}
