import { compile } from "../../engine/index.js";
import { type HostTensor, hostFloats, parametersFrom } from "../../tensor/index.js";
import { type RunOptions, type SteerModels, weightsOf } from "../steerModels.js";

/**
 * Changes the colour of the main parts of latents. Masks and pose are unchanged.
 * @param latents `[1, …latentShape]`. @param rgb sRGB in [0, 1].
 * @throws {RangeError} when the generator has no regions.
 */
export async function recolourLatents(
  models: SteerModels,
  latents: HostTensor,
  rgb: readonly [number, number, number],
  options: RunOptions,
): Promise<HostTensor> {
  const { regions } = models.generator;
  if (!regions) throw new RangeError("the generator has no regions to colour");
  const inputs = { latents, rgb: hostFloats(Float32Array.from(rgb), [3]) };
  const program = await compile(
    (tensors) => ({
      latents: regions.recolour(parametersFrom(tensors, "generator/"), tensors.latents!, tensors.rgb!),
    }),
    inputs,
    {
      weights: weightsOf(models, "generator/"),
      name: "recolour",
      recipe: models.architecture,
      ...options,
    },
  );
  try {
    const result = await program.run(inputs);
    return result.latents!;
  } finally {
    await program.dispose();
  }
}
