import { embedImages, inputSide, resizeSquare } from "../../clip/index.js";
import { type TensorSpec, compile } from "../../engine/index.js";
import { type HostTensor, type TensorRecord, parametersFrom } from "../../tensor/index.js";
import * as tf from "../../tf.js";
import { type PromptMeasure, promptLoss, rangePenalty } from "../objectives/losses.js";
import type { RunOptions, SteerModels } from "../models.js";
import { inRange, pictureOf, pictureWeights } from "./pictures.js";
import type { SteerWeights } from "./steer.js";
import { viewNoise, viewSides, viewSpecs, viewsOf } from "../objectives/views.js";

/** Shape of a scoring program. */
export interface ScoringShape {
  readonly terms: number;
  /** Latents scored at once. */
  readonly population: number;
  /** Views of each; all are seen in the same ones. */
  readonly views: number;
  readonly weights: SteerWeights;
  readonly measure: PromptMeasure;
}

/** Scores many latents by the loss that gradient ascent follows, without a gradient. */
export interface Scoring {
  readonly population: number;
  readonly views: number;
  /** Inputs beside the latents: views, `anchor`, `condition`, per guide `<prefix>terms`, `termWeights`. */
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
  const { terms, population, views, weights, measure } = shape;
  const { generator, guides } = models;
  const float = (...sides: number[]): TensorSpec => ({ shape: sides, dtype: "float32" });
  const specs: Record<string, TensorSpec> = {
    latents: float(population, ...generator.latentShape),
    anchor: float(1, ...generator.latentShape),
    termWeights: float(terms),
    condition: float(1, guides[0]!.config.text.features),
    ...viewSpecs(views, viewSides(models)),
  };
  for (const { prefix, config } of guides) specs[`${prefix}terms`] = float(terms, config.text.features);
  const program = await compile(
    (tensors) => {
      const latents = tensors.latents!;
      const pictures = pictureOf(models, tensors, latents);
      const each = tf.split(pictures, population) as tf.Tensor4D[];
      const seen = tf.concat(each.map((picture) => viewsOf(picture, tensors)));
      const byGuide = guides.map(({ prefix, config }) => {
        const p = parametersFrom(tensors, prefix);
        const embedded = embedImages(p, config, resizeSquare(seen, inputSide(config.image)));
        return tf.stack(
          (tf.split(embedded, population) as tf.Tensor2D[]).map((rows) =>
            promptLoss(
              rows,
              tensors[`${prefix}terms`] as tf.Tensor2D,
              tensors.termWeights as tf.Tensor1D,
              measure,
            ),
          ),
        );
      });
      const meant = tf.div(tf.addN(byGuide), guides.length); // [population]
      const strayed = tf.stack(
        tf.split(latents, population).map((u) => {
          const far = tf.mul(tf.mean(tf.squaredDifference(u, tensors.anchor!)), weights.anchor);
          return tf.add(tf.mul(rangePenalty(u), weights.range), far);
        }),
      );
      const real = generator.realism?.(
        parametersFrom(tensors, "generator/"),
        inRange(models, pictures),
        tensors.condition!,
      );
      const doubt = real ? tf.mul(tf.relu(tf.sub(1, real)), weights.realism) : tf.zerosLike(meant);
      return { losses: tf.addN([meant, strayed, doubt]), guides: meant, pictures };
    },
    specs,
    {
      weights: { ...pictureWeights(models, guides), ...viewNoise(viewSides(models)) },
      name: "score",
      recipe: [models.architecture, shape],
      ...options,
    },
  );
  return {
    population,
    views,
    async score(latents, inputs) {
      const { losses, guides: meant, pictures } = await program.run({ latents, ...inputs });
      return { losses: [...losses!.data], guides: [...meant!.data], pictures: pictures! };
    },
    dispose: () => program.dispose(),
  };
}
