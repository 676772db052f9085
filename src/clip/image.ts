import type { Parameters } from "../tensor/index.js";
import type * as tf from "../tf.js";
import { type ResNetConfig, resNetFeatures, resNetStages } from "./resNet.js";
import { type SmallImageConfig, imageSide, smallFeatures, smallStages } from "./small.js";
import { type VitConfig, vitFeatures, vitStages } from "./vit.js";

/** Shape of an image encoder: one of our small ones, or a published one. */
export type ImageConfig = SmallImageConfig | VitConfig | ResNetConfig;

/**
 * Side of an encoder's square input pictures, in pixels.
 * @returns number of pixels.
 */
export function inputSide(config: ImageConfig): number {
  return config.kind === undefined ? imageSide : config.side;
}

/**
 * What an encoder sees of a picture at every stage, early to late.
 * @param images `[batch, side, side, 3]`, sRGB in [0, 1]; side `inputSide(config)`.
 * @returns maps `[batch, height, width, channels]`, or tokens `[batch, tokens, width]` of a vision transformer.
 */
export function imageStages(p: Parameters, config: ImageConfig, images: tf.Tensor4D): tf.Tensor[] {
  switch (config.kind) {
    case "vit":
      return vitStages(p, config, images);
    case "resnet":
      return resNetStages(p, config, images);
    default:
      return smallStages(p, config, images);
  }
}

/**
 * Features of pictures, not normalised.
 * @param images `[batch, side, side, 3]`, sRGB in [0, 1]; side `inputSide(config)`.
 * @returns `[batch, features]`.
 */
export function imageFeatures(p: Parameters, config: ImageConfig, images: tf.Tensor4D): tf.Tensor2D {
  switch (config.kind) {
    case "vit":
      return vitFeatures(p, config, images);
    case "resnet":
      return resNetFeatures(p, config, images);
    default:
      return smallFeatures(p, config, images);
  }
}
