import { embedImages, inputSideOf, resizeSquare } from "../../clip/index.js";
import { type TensorSpec, compile } from "../../engine/index.js";
import { type HostTensor, type TensorRecord, createRandom, parametersFrom } from "../../tensor/index.js";
import * as tf from "../../tf.js";
import type { Embeddings } from "./embedTerms.js";
import type { RunOptions, SteerModels } from "../steerModels.js";
import { latentShapeOf, synthesizePicture, pictureWeightsOf } from "./pictures.js";
import {
  defaultViews,
  drawViews,
  makeViewNoise,
  viewSpecsOf,
  viewSidesOf,
  cutViews,
} from "../objectives/views.js";

/** Scores of a picture: mean cosine to the prompt embedding, over a fixed set of views. */
export interface Scores {
  /** Mean over the guides. */
  readonly guide: number;
  /** Under the judge, which gives no gradient. */
  readonly judge: number;
}

/** A picture with its scores. */
export interface Reading extends Scores {
  /** `[1, side, side, 3]` in [0, 1]. */
  readonly picture: HostTensor;
}

/** Reads out latents: their picture and its scores against one prompt embedding for each CLIP, `[1, features]`. */
export interface ReadOut {
  /** CLIP passes of a read-out. */
  readonly passes: number;
  read(latents: HostTensor, positives: Embeddings): Promise<Reading>;
  dispose(): Promise<void>;
}

/** A read-out against constant prompt embeddings. */
export interface Reader {
  read(latents: HostTensor): Promise<Reading>;
  dispose(): Promise<void>;
}

/** Number of views of a read-out, under every guide and the judge. */
export const fixedViews = 8;

/** As `createReadOut`, for one prompt embedding for each CLIP. */
export async function createReader(
  models: SteerModels,
  positives: Embeddings,
  options: RunOptions,
): Promise<Reader> {
  const readOut = await createReadOut(models, options);
  return { read: (latents) => readOut.read(latents, positives), dispose: () => readOut.dispose() };
}

/** Compiles the read-out. */
export async function createReadOut(models: SteerModels, options: RunOptions): Promise<ReadOut> {
  const clips = [...models.guides, models.judge];
  const latents: TensorSpec = { shape: latentShapeOf(models), dtype: "float32" };
  const program = await compile(
    (tensors) => {
      const picture = synthesizePicture(models, tensors, tensors.latents!);
      const views = cutViews(picture, tensors);
      const cosines = clips.map(({ prefix, config }) =>
        tf.mean(
          tf.matMul(
            embedImages(
              parametersFrom(tensors, prefix),
              config,
              resizeSquare(views, inputSideOf(config.image)),
            ),
            tensors[`${prefix}wanted`]!,
            false,
            true,
          ),
        ),
      );
      return { picture, cosines: tf.stack(cosines) };
    },
    {
      latents,
      ...viewSpecsOf(fixedViews, viewSidesOf(models)),
      ...Object.fromEntries(
        clips.map(({ prefix, config }) => [
          `${prefix}wanted`,
          { shape: [1, config.text.features], dtype: "float32" },
        ]),
      ),
    },
    {
      weights: { ...pictureWeightsOf(models, clips), ...makeViewNoise(viewSidesOf(models)) },
      name: "read out",
      arena: false,
      recipe: models.architecture,
      ...options,
    },
  );
  const fixed = drawViews(
    { count: fixedViews, ...defaultViews, close: 0.25, smallest: 0.75 },
    createRandom("read out"),
    viewSidesOf(models),
  );
  return {
    passes: fixedViews * clips.length,
    async read(given, positives) {
      const embeddings: TensorRecord = Object.fromEntries(
        clips.map(({ prefix }) => [`${prefix}wanted`, positives[prefix]!]),
      );
      const { picture, cosines } = await program.run({ latents: given, ...fixed, ...embeddings });
      const scores = [...(cosines!.data as Float32Array)];
      const judge = scores.pop()!;
      return {
        picture: picture!,
        guide: scores.reduce((sum, score) => sum + score, 0) / scores.length,
        judge,
      };
    },
    dispose: () => program.dispose(),
  };
}
