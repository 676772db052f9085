import { embedImages, inputSide, resizeSquare } from "../clip/index.js";
import { type TensorSpec, compile } from "../engine/index.js";
import {
  type HostTensor,
  type TensorRecord,
  createRandom,
  hostFloats,
  parametersFrom,
  underPrefix,
  withPrefix,
} from "../tensor/index.js";
import * as tf from "../tf.js";
import type { Embeddings } from "./encode.js";
import type { RunOptions, SteerModels } from "./models.js";
import { inRange, latentShape, pictureOf, pictureWeights } from "./steer.js";
import { defaultViews, drawViews, viewNoise, viewSpecs, viewSides, viewsOf } from "./views.js";

/** Scores of a picture: mean cosine to the wanted embedding, over a fixed set of views. */
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

/** Reads out latents: their picture and its scores. */
export interface Reader {
  read(latents: HostTensor): Promise<Reading>;
  dispose(): Promise<void>;
}

const fixedViews = 8;

/** Compiles the read-out against one wanted embedding a CLIP, `[1, features]`. */
export async function createReader(
  models: SteerModels,
  wanted: Embeddings,
  options: RunOptions,
): Promise<Reader> {
  const clips = [...models.guides, models.judge];
  const latents: TensorSpec = { shape: latentShape(models), dtype: "float32" };
  const program = await compile(
    (tensors) => {
      const picture = pictureOf(models, tensors, tensors.latents!);
      const views = viewsOf(picture, tensors);
      const cosines = clips.map(({ prefix, config }) =>
        tf.mean(
          tf.matMul(
            embedImages(
              parametersFrom(tensors, prefix),
              config,
              resizeSquare(views, inputSide(config.image)),
            ),
            tensors[`${prefix}wanted`]!,
            false,
            true,
          ),
        ),
      );
      return { picture, cosines: tf.stack(cosines) };
    },
    { latents, ...viewSpecs(fixedViews, viewSides(models)) },
    {
      weights: {
        ...pictureWeights(models, clips),
        ...viewNoise(viewSides(models)),
        ...Object.fromEntries(clips.map(({ prefix }) => [`${prefix}wanted`, wanted[prefix]!])),
      },
      name: "read out",
      ...options,
    },
  );
  const fixed = drawViews(
    { count: fixedViews, ...defaultViews, close: 0.25, smallest: 0.75 },
    createRandom("read out"),
    viewSides(models),
  );
  return {
    async read(given) {
      const { picture, cosines } = await program.run({ latents: given, ...fixed });
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

/** A first latent with its picture. */
export interface Draft {
  /** `[1, …latentShape]`. */
  readonly latents: HostTensor;
  readonly picture: HostTensor;
}

/** What the word that a draft shows least counts beside the whole prompt: each should be seen, not the most striking alone. */
const wordShare = 0.5;

/** What the discriminator's opinion of a draft (cut at ±2) counts beside a cosine. */
const realismShare = 0.02;

/**
 * Feed-forward pictures for a condition, best first by the mean cosine under the guides to the prompt and to the word that is
 * seen least, and by the discriminator, if any.
 * @param condition unit text embedding under the first guide, `[1, condition]`.
 * @param draws what the generator's `sample` made; @param words embeddings of the prompt's words, `[words, features]` a CLIP.
 */
export async function draftLatents(
  models: SteerModels,
  condition: HostTensor,
  draws: TensorRecord,
  wanted: Embeddings,
  words: Embeddings,
  options: RunOptions,
): Promise<Draft[]> {
  const { generator } = models;
  const inputs = { condition, ...withPrefix("draw/", draws) };
  const program = await compile(
    (tensors) => {
      const drawn = underPrefix("draw/", tensors);
      const others = models.guides.slice(1).map(({ prefix }) => tensors[`${prefix}wanted`]!);
      const latents = generator.map(parametersFrom(tensors, "generator/"), drawn, tensors.condition!, others);
      const pictures = pictureOf(models, tensors, latents);
      const cosines = models.guides.map(({ prefix, config }) => {
        const p = parametersFrom(tensors, prefix);
        const seen = embedImages(p, config, resizeSquare(pictures, inputSide(config.image)));
        const asked = tf.concat([tensors[`${prefix}wanted`]!, tensors[`${prefix}words`]!], 0) as tf.Tensor2D;
        return tf.matMul(seen, asked, false, true); // [drafts, 1 + words]
      });
      const mean = tf.div(tf.addN(cosines), cosines.length);
      const [whole, each] = tf.split(mean, [1, mean.shape[1]! - 1], 1) as [tf.Tensor, tf.Tensor];
      const guided = tf.add(tf.reshape(whole, [-1]), tf.mul(tf.min(each, 1), wordShare));
      const real = generator.realism?.(
        parametersFrom(tensors, "generator/"),
        inRange(models, pictures),
        tensors.condition!,
      );
      const scores = real ? tf.add(guided, tf.mul(tf.clipByValue(real, -2, 2), realismShare)) : guided;
      return { latents, pictures, scores };
    },
    inputs,
    {
      weights: {
        ...pictureWeights(models, models.guides),
        ...Object.fromEntries(
          models.guides.flatMap(({ prefix }) => [
            [`${prefix}wanted`, wanted[prefix]!],
            [`${prefix}words`, words[prefix]!],
          ]),
        ),
      },
      name: "draft",
      ...options,
    },
  );
  const results: TensorRecord = await program.run(inputs);
  await program.dispose();
  const scores = results.scores!.data;
  const count = scores.length;
  const order = Array.from({ length: count }, (_, index) => index).sort(
    (a, b) => scores[b]! - scores[a]! || a - b,
  );
  const row = ({ data, shape }: HostTensor, index: number): HostTensor => {
    const size = data.length / count;
    return hostFloats((data as Float32Array).slice(index * size, (index + 1) * size), [1, ...shape.slice(1)]);
  };
  return order.map((index) => ({
    latents: row(results.latents!, index),
    picture: row(results.pictures!, index),
  }));
}
