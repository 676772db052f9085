import type { Parameters } from "../tensor/index.js";
import type * as tf from "../tf.js";
import { type ResNetConfig, computeResNetFeatures, computeResNetStages } from "./resNet.js";
import { type SmallImageConfig, imageSide, computeSmallFeatures, computeSmallStages } from "./small.js";
import { type VitConfig, computeVitFeatures, computeVitStages } from "./vit.js";

/** Shape of an image encoder: one of our small ones, or a published one. */
export type ImageConfig = SmallImageConfig | VitConfig | ResNetConfig;

/**
 * Returns the side of an encoder's square input pictures, in pixels.
 * @param config shape of the image encoder.
 * @returns number of pixels.
 */
export function inputSideOf(config: ImageConfig): number {
  return config.kind === undefined ? imageSide : config.side;
}

/**
 * Computes what an encoder sees of a picture at every stage, early to late.
 * @param images `[batch, side, side, 3]`, sRGB in [0, 1]; side `inputSideOf(config)`.
 * @returns maps `[batch, height, width, channels]`, or tokens `[batch, tokens, width]` of a vision transformer.
 */
export function computeImageStages(
  parameters: Parameters,
  config: ImageConfig,
  images: tf.Tensor4D,
): tf.Tensor[] {
  switch (config.kind) {
    case "vit":
      return computeVitStages(parameters, config, images);
    case "resnet":
      return computeResNetStages(parameters, config, images);
    default:
      return computeSmallStages(parameters, config, images);
  }
}

/**
 * Computes the features of pictures, not normalised.
 * @param images `[batch, side, side, 3]`, sRGB in [0, 1]; side `inputSideOf(config)`.
 * @returns `[batch, features]`.
 */
export function computeImageFeatures(
  parameters: Parameters,
  config: ImageConfig,
  images: tf.Tensor4D,
): tf.Tensor2D {
  switch (config.kind) {
    case "vit":
      return computeVitFeatures(parameters, config, images);
    case "resnet":
      return computeResNetFeatures(parameters, config, images);
    default:
      return computeSmallFeatures(parameters, config, images);
  }
}
