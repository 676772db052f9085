import {
  type Parameters,
  type TensorRecord,
  hostFloats,
  scope,
  normaliseRows,
  withPrefix,
} from "../../tensor/index.js";
import * as tf from "../../tf.js";
import {
  type EmojiGeneratorConfig,
  mapToEmojiCode,
  emojiCodeSizeOf,
  decodeEmoji,
  mapEmojiLatents,
  emojiCodeSide,
} from "./decoder.js";
import type { Generator } from "../interface.js";
import { conceptsNameOf, findStyle } from "../names.js";
import { unwhiten, whiten, addInverse } from "../latents.js";
import { type TrunkConfig, scoreEmojiRealness, encodeEmoji } from "./networks.js";

/**
 * Lengths of the noise on the condition for the first and the last of many drafts, at truncation 1. In training the length was
 * at most 0.4.
 */
const nudges = { least: 0.15, most: 0.4 };

/** Scopes of the weights of encoder and discriminator. */
const encoderScope = "encoder";
const discriminatorScope = "discriminator";

/** Shape and weights of an encoder or discriminator. */
export interface Trunk {
  readonly config: TrunkConfig;
  readonly weights: TensorRecord;
}

/**
 * Creates the emoji generator. Latents are rows: whitened w, then the difference between a picture's code and the code of w. The
 * difference is 0 for pictures made from words; it represents what only the encoder's code of a given picture contains.
 * @param weights of the generator, latent statistics included.
 */
export function createEmojiGenerator(
  config: EmojiGeneratorConfig,
  weights: TensorRecord,
  { encoder, discriminator }: { encoder: Trunk; discriminator?: Trunk },
): Generator {
  const { condition, style, styles } = config;
  const rows = 1 + emojiCodeSizeOf(config) / style;
  const computeCodes = (parameters: Parameters, u: tf.Tensor): tf.Tensor4D => {
    const w = unwhiten(parameters, tf.reshape(tf.slice(u, [0, 0, 0], [-1, 1, -1]), [-1, style]));
    const difference = tf.slice(u, [0, 1, 0], [-1, rows - 1, -1]);
    return tf.add(
      mapToEmojiCode(parameters, config, w),
      tf.reshape(difference, [-1, emojiCodeSide, emojiCodeSide, config.code]),
    );
  };
  const computeLatents = (parameters: Parameters, embedding: tf.Tensor, noise: tf.Tensor): tf.Tensor => {
    const w = whiten(parameters, mapEmojiLatents(parameters, config, tf.concat([embedding, noise], 1)));
    return tf.pad(tf.expandDims(w, 1), [
      [0, 0],
      [0, rows - 1],
      [0, 0],
    ]);
  };
  const anyStyle = (pictures: tf.Tensor4D): tf.Tensor => tf.zeros([pictures.shape[0], styles.length]);
  return {
    latentShape: [rows, style],
    resolution: 4 * 2 ** config.widths.length,
    styles,
    range: [-1, 1],
    weights: {
      ...addInverse(weights),
      ...withPrefix(`${encoderScope}.`, encoder.weights),
      ...withPrefix(`${discriminatorScope}.`, discriminator?.weights ?? {}),
    },
    sample(random, count, { truncation, style: styleName }) {
      const chosen = styleName === undefined ? undefined : findStyle(styleName, styles);
      const styleRows = new Float32Array(count * styles.length);
      if (styles.length > 0)
        for (let row = 0; row < count; row++)
          styleRows[row * styles.length + (chosen ?? row % styles.length)] = 1;
      // About unit length, times a factor that grows over each half: the first draft depends on the text alone, the last mostly on noise.
      const half = Math.ceil(count / 2);
      const size = (row: number): number =>
        truncation * (nudges.least + ((nudges.most - nudges.least) * (row % half)) / half);
      const moved = random
        .stream("nudges")
        .normals(count * condition)
        .map((value, at) => (value * size(Math.floor(at / condition))) / Math.sqrt(condition));
      return {
        style: hostFloats(styleRows, [count, styles.length]),
        nudge: hostFloats(moved, [count, condition]),
      };
    },
    map(parameters, { style: styleRows, nudge }, conditions, others = []) {
      const count = styleRows!.shape[0]!;
      const conceptCount = weights[conceptsNameOf(0)]?.shape[0] ?? 0;
      // The second half of the drafts uses the training concepts nearest to the condition, each in every style.
      const copies = conditions.shape[0] === 1 && conceptCount > 0 ? Math.floor(count / 2) : 0;
      const tiledConditions = tf.tile(conditions, [(count - copies) / conditions.shape[0]!, 1]);
      const nudged = (rows: tf.Tensor): tf.Tensor =>
        computeLatents(parameters, normaliseRows(tf.add(rows, nudge!)), styleRows!);
      if (copies === 0) return nudged(tiledConditions);
      const things = (guide: number, features: number): tf.Tensor2D =>
        parameters(conceptsNameOf(guide), [conceptCount, features], { constant: 0 }) as tf.Tensor2D;
      const cosines = [conditions, ...others].flatMap((embedding, guide) =>
        weights[conceptsNameOf(guide)]
          ? [tf.matMul(embedding as tf.Tensor2D, things(guide, embedding.shape[1]!), false, true)]
          : [],
      );
      const kinds = Math.min(conceptCount, Math.ceil(copies / Math.max(1, styles.length)));
      const { indices } = tf.topk(tf.addN(cosines), kinds);
      const rows = Array.from({ length: copies }, (_, at) =>
        Math.min(kinds - 1, Math.floor((at * kinds) / copies)),
      );
      const picked = tf.gather(tf.reshape(indices, [kinds]), tf.tensor1d(rows, "int32"));
      return nudged(tf.concat([tiledConditions, tf.gather(things(0, condition), picked)], 0));
    },
    narrow: (change) =>
      tf.pad(tf.slice(change, [0, 0, 0], [-1, 1, -1]), [
        [0, 0],
        [0, rows - 1],
        [0, 0],
      ]),
    synthesize: (parameters, u) => decodeEmoji(parameters, config, computeCodes(parameters, u)),
    encode(parameters, pictures, embedding) {
      const { mean } = encodeEmoji(scope(parameters, encoderScope), encoder.config, pictures, config.code);
      const encoded = computeLatents(parameters, embedding, anyStyle(pictures));
      const difference = tf.reshape(tf.sub(mean, computeCodes(parameters, encoded)), [-1, rows - 1, style]);
      return tf.concat([tf.slice(encoded, [0, 0, 0], [-1, 1, -1]), difference], 1);
    },
    realism:
      discriminator &&
      ((parameters, pictures, embedding) => {
        const tiledEmbedding = tf.tile(embedding, [pictures.shape[0] / embedding.shape[0]!, 1]);
        const conditions = tf.concat([tiledEmbedding, anyStyle(pictures)], 1);
        return scoreEmojiRealness(
          scope(parameters, discriminatorScope),
          discriminator.config,
          pictures,
          conditions,
        );
      }),
  };
}
