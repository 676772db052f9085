import { type Parameters, type TensorRecord, hostFloats, scope, withPrefix } from "../tensor/index.js";
import { ConfigError } from "../errors.js";
import * as tf from "../tf.js";
import { type GeneratorConfig, layerCount, mapLatents, synthesize } from "./generator.js";
import type { Generator } from "./interface.js";
import { colour, everyLayer, whiten, withInverse } from "./latents.js";
import { type TrunkConfig, encodeLatents } from "./networks.js";

/** Where the encoder's weights stand among the generator's. */
const encoderScope = "encoder";

/** Index of the one style that a name or its beginning means: `twemoji` is `twemoji flat style`. */
function styleIndex(asked: string, styles: readonly string[]): number {
  const meant = styles.filter((style) => style === asked || style.startsWith(asked));
  if (meant.length === 1) return styles.indexOf(meant[0]!);
  const known = styles.join(", ") || "none";
  throw new ConfigError(`${meant.length === 0 ? "unknown" : "ambiguous"} style "${asked}"; known: ${known}`);
}

/**
 * The emoji generator: latents are whitened W+, drawn from noise and a CLIP embedding, and there is an encoder.
 * @param weights of the generator, latent statistics included; @param encoder its encoder's shape and weights.
 */
export function emojiGenerator(
  config: GeneratorConfig,
  weights: TensorRecord,
  encoder: { config: TrunkConfig; weights: TensorRecord },
): Generator {
  const layers = layerCount(config);
  const { noise, style, styles } = config;
  const latents = (p: Parameters, z: tf.Tensor, condition: tf.Tensor, drawn: tf.Tensor): tf.Tensor => {
    const [count] = z.shape as [number];
    const wide = tf.tile(condition, [count / condition.shape[0]!, 1]);
    return everyLayer(whiten(p, mapLatents(p, config, z, tf.concat([wide, drawn], 1))), layers);
  };
  return {
    latentShape: [layers, style],
    layered: true,
    resolution: 4 * 2 ** config.widths.length,
    styles,
    range: [-1, 1],
    weights: { ...withInverse(weights), ...withPrefix(`${encoderScope}.`, encoder.weights) },
    sample(random, count, { truncation, style: asked }) {
      const chosen = asked === undefined ? undefined : styleIndex(asked, styles);
      const values = random.normals(count * noise).map((value) => value * truncation);
      const drawn = new Float32Array(count * styles.length);
      if (styles.length > 0)
        for (let row = 0; row < count; row++)
          drawn[row * styles.length + (chosen ?? row % styles.length)] = 1;
      return { z: hostFloats(values, [count, noise]), style: hostFloats(drawn, [count, styles.length]) };
    },
    map: (p, { z, style: drawn }, condition) => latents(p, z!, condition, drawn!),
    synthesize: (p, u) => synthesize(p, config, colour(p, u) as tf.Tensor3D),
    encode(p, pictures, condition) {
      const { mean } = encodeLatents(scope(p, encoderScope), encoder.config, pictures, noise);
      return latents(p, mean, condition, tf.zeros([pictures.shape[0], styles.length]));
    },
  };
}
