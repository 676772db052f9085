import { type Program, compile } from "../../engine/index.js";
import { type HostTensor, parametersFrom } from "../../tensor/index.js";
import type { RunOptions, SteerModels } from "../steerModels.js";
import { latentShapeOf, synthesizePicture, pictureWeightsOf } from "./pictures.js";

/** Latents with their picture. */
export interface SynthesizedLatents {
  /** `[1, …latentShape]`. */
  readonly latents: HostTensor;
  /** `[1, side, side, 3]` in [0, 1]. */
  readonly picture: HostTensor;
  /** Clarity of the regions, 0 to 1; absent for generators of pixels. */
  readonly clarity?: number | undefined;
}

/** Makes the pictures of latents, one after the other. */
export interface Synthesizer {
  synthesize(latents: readonly HostTensor[], signal?: AbortSignal): Promise<SynthesizedLatents[]>;
  dispose(): Promise<void>;
}

/** Compiles the generator alone. */
export async function createSynthesizer(models: SteerModels, options: RunOptions): Promise<Synthesizer> {
  const program: Program = await compile(
    (tensors) => {
      const clarity = models.generator.clarity?.(parametersFrom(tensors, "generator/"), tensors.latents!);
      return { picture: synthesizePicture(models, tensors, tensors.latents!), ...(clarity && { clarity }) };
    },
    { latents: { shape: latentShapeOf(models), dtype: "float32" } },
    {
      weights: pictureWeightsOf(models, []),
      name: "synthesize",
      arena: false,
      recipe: models.architecture,
      ...options,
    },
  );
  return {
    async synthesize(latents, signal) {
      const results: SynthesizedLatents[] = [];
      for (const each of latents) {
        signal?.throwIfAborted();
        const { picture, clarity } = await program.run({ latents: each });
        results.push({ latents: each, picture: picture!, clarity: clarity?.data[0] });
      }
      return results;
    },
    dispose: () => program.dispose(),
  };
}

/** Synthesizes the pictures of latents, once. */
export async function synthesizeLatents(
  models: SteerModels,
  latents: readonly HostTensor[],
  options: RunOptions,
): Promise<SynthesizedLatents[]> {
  const synthesizer = await createSynthesizer(models, options);
  try {
    return await synthesizer.synthesize(latents);
  } finally {
    await synthesizer.dispose();
  }
}
