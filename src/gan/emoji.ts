import { type Parameters, type TensorRecord, hostFloats, scope, withPrefix } from "../tensor/index.js";
import * as tf from "../tf.js";
import { type GeneratorConfig, layerCount, mapLatents, synthesize } from "./generator.js";
import type { Generator } from "./interface.js";
import { colour, everyLayer, whiten, withInverse } from "./latents.js";
import { type TrunkConfig, encodeLatents } from "./networks.js";

/** Where the encoder's weights stand among the generator's. */
const encoderScope = "encoder";

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
  const { noise, style } = config;
  const latents = (p: Parameters, z: tf.Tensor, condition: tf.Tensor): tf.Tensor =>
    everyLayer(whiten(p, mapLatents(p, config, z, condition)), layers);
  return {
    latentShape: [layers, style],
    resolution: 4 * 2 ** (layers - 1),
    range: [-1, 1],
    weights: { ...withInverse(weights), ...withPrefix(`${encoderScope}.`, encoder.weights) },
    sample(random, count, { truncation }) {
      const values = random.normals(count * noise).map((value) => value * truncation);
      return { z: hostFloats(values, [count, noise]) };
    },
    map: (p, { z }, condition) => latents(p, z!, tf.tile(condition, [z!.shape[0]! / condition.shape[0]!, 1])),
    synthesize: (p, u) => synthesize(p, config, colour(p, u) as tf.Tensor3D),
    encode: (p, pictures, condition) =>
      latents(p, encodeLatents(scope(p, encoderScope), encoder.config, pictures, noise).mean, condition),
  };
}
