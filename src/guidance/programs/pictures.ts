import { onWhite } from "../../gan/index.js";
import { type TensorRecord, parametersFrom } from "../../tensor/index.js";
import * as tf from "../../tf.js";
import { type NamedClip, type SteerModels, weightsOf } from "../steerModels.js";

/** Shape of the latents of one picture. */
export function latentShape(models: SteerModels): number[] {
  return [1, ...models.generator.latentShape];
}

/** Pictures `[batch, side, side, 3]` in [0, 1] of latents. */
export function pictureOf(
  { generator }: SteerModels,
  tensors: Record<string, tf.Tensor>,
  latents: tf.Tensor,
): tf.Tensor4D {
  const [low, high] = generator.range;
  const pictures = generator.synthesize(parametersFrom(tensors, "generator/"), latents);
  return tf.mul(tf.sub(pictures, low), 1 / (high - low));
}

/**
 * Pictures of regions over white as `generatePicture` paints them before it reduces them, `[batch, side, side, 3]` in [0, 1]; none for
 * generators of pixels. In one program with `generatePicture` they cost only their output.
 */
export function seenPictureOf(
  { generator: { regions } }: SteerModels,
  tensors: Record<string, tf.Tensor>,
  latents: tf.Tensor,
): { seen?: tf.Tensor4D } {
  if (!regions) return {};
  return { seen: onWhite(regions.paint(parametersFrom(tensors, "generator/"), latents, regions.seenSide)) };
}

/** Pictures in [0, 1] converted to the generator's range. */
export function inRange({ generator }: SteerModels, pictures: tf.Tensor4D): tf.Tensor4D {
  const [low, high] = generator.range;
  return tf.add(tf.mul(pictures, high - low), low);
}

/** Weights of the image encoders of CLIPs. */
export function imageWeights(models: SteerModels, clips: readonly NamedClip[]): TensorRecord {
  return weightsOf(models, ...clips.map(({ prefix }) => `${prefix}image.`));
}

/** Weights of the generator and of the image encoders of CLIPs. */
export function pictureWeights(models: SteerModels, clips: readonly NamedClip[]): TensorRecord {
  return { ...weightsOf(models, "generator/"), ...imageWeights(models, clips) };
}
