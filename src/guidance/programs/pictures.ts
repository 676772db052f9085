import { onWhite } from "../../gan/index.js";
import { type TensorRecord, parametersFrom } from "../../tensor/index.js";
import * as tf from "../../tf.js";
import { type NamedClip, type SteerModels, weightsOf } from "../steerModels.js";

/** Returns the shape of the latents of one picture. */
export function latentShapeOf(models: SteerModels): number[] {
  return [1, ...models.generator.latentShape];
}

/** Synthesizes pictures `[batch, side, side, 3]` in [0, 1] from latents. */
export function synthesizePicture(
  { generator }: SteerModels,
  tensors: Record<string, tf.Tensor>,
  latents: tf.Tensor,
): tf.Tensor4D {
  const [low, high] = generator.range;
  const pictures = generator.synthesize(parametersFrom(tensors, "generator/"), latents);
  return tf.mul(tf.sub(pictures, low), 1 / (high - low));
}

/**
 * Paints pictures of regions over white as `generatePicture` paints them before it reduces them, `[batch, side, side, 3]` in
 * [0, 1], and their alpha, `[batch, side, side, 1]`; none for generators of pixels. In one program with `generatePicture` they cost only
 * their output.
 */
export function paintSeenPicture(
  { generator: { regions } }: SteerModels,
  tensors: Record<string, tf.Tensor>,
  latents: tf.Tensor,
): { seen?: tf.Tensor4D; seenAlpha?: tf.Tensor4D } {
  if (!regions) return {};
  const painted = regions.paint(parametersFrom(tensors, "generator/"), latents, regions.seenSide);
  return { seen: onWhite(painted), seenAlpha: tf.slice(painted, [0, 0, 0, 3], [-1, -1, -1, 1]) };
}

/** Converts pictures in [0, 1] to the generator's range. */
export function toGeneratorRange({ generator }: SteerModels, pictures: tf.Tensor4D): tf.Tensor4D {
  const [low, high] = generator.range;
  return tf.add(tf.mul(pictures, high - low), low);
}

/** Returns the weights of the image encoders of CLIPs. */
export function imageWeightsOf(models: SteerModels, clips: readonly NamedClip[]): TensorRecord {
  return weightsOf(models, ...clips.map(({ prefix }) => `${prefix}image.`));
}

/** Returns the weights of the generator and of the image encoders of CLIPs. */
export function pictureWeightsOf(models: SteerModels, clips: readonly NamedClip[]): TensorRecord {
  return { ...weightsOf(models, "generator/"), ...imageWeightsOf(models, clips) };
}
