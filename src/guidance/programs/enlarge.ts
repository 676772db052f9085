import { compile } from "../../engine/index.js";
import { enlarge, enlargement } from "../../gan/index.js";
import { type Picture, toPicture, resizePicture } from "../../images/index.js";
import { hostFloats, parametersFrom } from "../../tensor/index.js";
import type * as tf from "../../tf.js";
import type { RunOptions, SteerModels } from "../steerModels.js";

/** Default side of saved pictures of regions. */
const paintedSize = 512;

/** Returns the default side of the pictures of a pack: the generator's, its upscaler's, or 512 for regions. */
export function usualSizeOf({ generator, upscaler }: Pick<SteerModels, "generator" | "upscaler">): number {
  if (generator.regions) return paintedSize;
  return generator.resolution * (upscaler ? enlargement : 1);
}

/**
 * Converts the generator's pictures to another size. Larger pictures are enlarged by the pack's upscaler, if it has one, and then
 * resized; all others are resized.
 */
export async function enlargePictures(
  { generator, upscaler }: Pick<SteerModels, "generator" | "upscaler">,
  pictures: readonly Picture[],
  size: number,
  { engine, threads }: RunOptions,
): Promise<Picture[]> {
  const side = generator.resolution;
  if (!upscaler || size <= side)
    return Promise.all(pictures.map((picture) => resizePicture(picture, size, size)));
  const program = await compile(
    (tensors) => ({
      large: enlarge(parametersFrom(tensors), upscaler.config, tensors.picture as tf.Tensor4D),
    }),
    { picture: { shape: [1, side, side, 3], dtype: "float32" } },
    {
      weights: upscaler.weights,
      name: "enlarge",
      arena: false,
      engine,
      threads,
    },
  );
  const enlarged: Picture[] = [];
  try {
    for (const { data } of pictures) {
      const { large } = await program.run({ picture: hostFloats(data, [1, side, side, 3]) });
      const picture = toPicture(large!.data as Float32Array, side * enlargement);
      enlarged.push(await resizePicture(picture, size, size));
    }
  } finally {
    await program.dispose();
  }
  return enlarged;
}
