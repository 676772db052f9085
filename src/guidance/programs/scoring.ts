import { compile } from "../../engine/index.js";
import type { HostTensor, TensorRecord } from "../../tensor/index.js";
import type { RunOptions, SteerModels } from "../steerModels.js";
import { type LossShape, createLoss } from "../objectives/loss.js";
import { synthesizePicture, pictureWeightsOf } from "./pictures.js";

/** Parameters that determine the graph of a scoring program. */
export interface ScoringShape extends LossShape {
  /** Number of latents in a batch; all use the same views. */
  readonly population: number;
}

/** Computes the loss of gradient ascent for many latents, without a gradient. */
export interface Scoring {
  readonly population: number;
  readonly views: number;
  /** CLIP passes of a call. */
  readonly passes: number;
  /**
   * @param latents `[population, …latentShape]`. @param inputs those of the loss.
   * @returns the whole loss and its part from the guides for each, and `pictures` `[population, side, side, 3]`.
   */
  score(
    latents: HostTensor,
    inputs: TensorRecord,
  ): Promise<{ losses: number[]; guides: number[]; pictures: HostTensor }>;
  dispose(): Promise<void>;
}

/** Compiles the scoring of a population. */
export async function createScoring(
  models: SteerModels,
  shape: ScoringShape,
  options: RunOptions,
): Promise<Scoring> {
  const { population, views } = shape;
  const loss = createLoss(models, shape);
  const program = await compile(
    (tensors) => {
      const latents = tensors.latents!;
      const pictures = synthesizePicture(models, tensors, latents);
      const { guides } = loss.guideTerms(tensors, pictures);
      const { total } = loss.latentTerms(tensors, latents, pictures, guides);
      return { losses: total, guides, pictures };
    },
    {
      latents: { shape: [population, ...models.generator.latentShape], dtype: "float32" },
      ...loss.inputs,
    },
    {
      weights: { ...pictureWeightsOf(models, []), ...loss.weights },
      name: "score",
      recipe: [models.architecture, shape],
      ...options,
    },
  );
  return {
    population,
    views,
    passes: loss.passes(population),
    async score(latents, inputs) {
      const { losses, guides, pictures } = await program.run({ latents, ...inputs });
      return { losses: [...losses!.data], guides: [...guides!.data], pictures: pictures! };
    },
    dispose: () => program.dispose(),
  };
}
