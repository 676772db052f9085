import {
  type Parameters,
  type TensorRecord,
  hostFloats,
  scope,
  unitRows,
  withPrefix,
} from "../tensor/index.js";
import { ConfigError } from "../errors.js";
import * as tf from "../tf.js";
import { type GeneratorConfig, layerCount, mapLatents, synthesize } from "./generator.js";
import type { Generator } from "./interface.js";
import { colour, everyLayer, whiten, withInverse } from "./latents.js";
import { type TrunkConfig, discriminate, encodeLatents } from "./networks.js";

/** Length of the noise on the condition of the last of many drafts, at truncation 1; training moved embeddings by up to 0.6. */
const farthest = 1;

/** Where the weights of encoder and discriminator stand among the generator's. */
const encoderScope = "encoder";
const discriminatorScope = "discriminator";

/** Shape and weights of an encoder or discriminator. */
export interface Trunk {
  readonly config: TrunkConfig;
  readonly weights: TensorRecord;
}

/** Names of the weights that hold the embeddings of things it was trained on under each guide, `[things, features]`. */
export const conceptsName = (guide: number): string => `concepts.${guide}`;

/** Index of the one style that a name or its beginning means: `twemoji` is `twemoji flat style`. */
function styleIndex(asked: string, styles: readonly string[]): number {
  const meant = styles.filter((style) => style === asked || style.startsWith(asked));
  if (meant.length === 1) return styles.indexOf(meant[0]!);
  const known = styles.join(", ") || "none";
  throw new ConfigError(`${meant.length === 0 ? "unknown" : "ambiguous"} style "${asked}"; known: ${known}`);
}

/**
 * The emoji generator: latents are whitened W+, drawn from noise and a CLIP embedding, and there is an encoder.
 * @param weights of the generator, latent statistics included.
 */
export function emojiGenerator(
  config: GeneratorConfig,
  weights: TensorRecord,
  { encoder, discriminator }: { encoder: Trunk; discriminator?: Trunk },
): Generator {
  const layers = layerCount(config);
  const { noise, condition, style, styles } = config;
  const latents = (p: Parameters, z: tf.Tensor, condition: tf.Tensor, drawn: tf.Tensor): tf.Tensor =>
    everyLayer(whiten(p, mapLatents(p, config, z, tf.concat([condition, drawn], 1))), layers);
  const anyStyle = (pictures: tf.Tensor4D): tf.Tensor => tf.zeros([pictures.shape[0], styles.length]);
  return {
    latentShape: [layers, style],
    layered: true,
    resolution: 4 * 2 ** config.widths.length,
    styles,
    range: [-1, 1],
    weights: {
      ...withInverse(weights),
      ...withPrefix(`${encoderScope}.`, encoder.weights),
      ...withPrefix(`${discriminatorScope}.`, discriminator?.weights ?? {}),
    },
    sample(random, count, { truncation, style: asked }) {
      const chosen = asked === undefined ? undefined : styleIndex(asked, styles);
      const values = random.normals(count * noise).map((value) => value * truncation);
      const drawn = new Float32Array(count * styles.length);
      if (styles.length > 0)
        for (let row = 0; row < count; row++)
          drawn[row * styles.length + (chosen ?? row % styles.length)] = 1;
      const nudges = random.stream("nudges").normals(count * condition);
      // About unit length, times a size that grows with the row: the first draft is told the text, the last much besides.
      const sizes = nudges.map(
        (value, at) =>
          (value * farthest * truncation * Math.floor(at / condition)) / count / Math.sqrt(condition),
      );
      return {
        z: hostFloats(values, [count, noise]),
        style: hostFloats(drawn, [count, styles.length]),
        nudge: hostFloats(sizes, [count, condition]),
      };
    },
    map(p, { z, style: drawn, nudge }, told, others = []) {
      const count = z!.shape[0]!;
      const known = weights[conceptsName(0)]?.shape[0] ?? 0;
      // The second half of many drafts is of the things it knows that are nearest to what it is told, each in every style.
      const near = told.shape[0] === 1 && known > 0 ? Math.floor(count / 2) : 0;
      const asked = unitRows(tf.slice(tf.add(told, nudge!), [0, 0], [count - near, condition]));
      if (near === 0) return latents(p, z!, asked, drawn!);
      const things = (guide: number, features: number): tf.Tensor2D =>
        p(conceptsName(guide), [known, features], { constant: 0 }) as tf.Tensor2D;
      const cosines = [told, ...others].flatMap((embedding, guide) =>
        weights[conceptsName(guide)]
          ? [tf.matMul(embedding as tf.Tensor2D, things(guide, embedding.shape[1]!), false, true)]
          : [],
      );
      const kinds = Math.min(known, Math.ceil(near / Math.max(1, styles.length)));
      const { indices } = tf.topk(tf.addN(cosines), kinds);
      const rows = Array.from({ length: near }, (_, at) =>
        Math.min(kinds - 1, Math.floor((at * kinds) / near)),
      );
      const picked = tf.gather(tf.reshape(indices, [kinds]), tf.tensor1d(rows, "int32"));
      return latents(p, z!, tf.concat([asked, tf.gather(things(0, condition), picked)], 0), drawn!);
    },
    synthesize: (p, u) => synthesize(p, config, colour(p, u) as tf.Tensor3D),
    encode(p, pictures, told) {
      const { mean } = encodeLatents(scope(p, encoderScope), encoder.config, pictures, noise);
      return latents(p, mean, told, anyStyle(pictures));
    },
    ...(discriminator && {
      realism(p: Parameters, pictures: tf.Tensor4D, told: tf.Tensor) {
        const wide = tf.tile(told, [pictures.shape[0] / told.shape[0]!, 1]);
        const whole = tf.concat([wide, anyStyle(pictures)], 1);
        return discriminate(scope(p, discriminatorScope), discriminator.config, pictures, whole);
      },
    }),
  };
}
