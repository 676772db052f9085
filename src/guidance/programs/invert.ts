import { imageStages, inputSide, resizeSquare } from "../../clip/index.js";
import { compile } from "../../engine/index.js";
import type { Picture } from "../../images/index.js";
import { type HostTensor, hostZeros, parametersFrom, scope, shrink, unitScale } from "../../tensor/index.js";
import * as tf from "../../tf.js";
import { embedTerms, encoderInput } from "./embedTerms.js";
import { rangePenalty } from "../objectives/losses.js";
import type { RunOptions, SteerModels } from "../models.js";
import { inRange, latentShape, pictureOf, pictureWeights } from "./pictures.js";
import { type SteerState, adamInputs } from "./steer.js";

/** The generator's best copy of a picture. */
export interface Inversion {
  /** `[1, …latentShape]`. */
  readonly latents: HostTensor;
  /** `[1, side, side, 3]` in [0, 1]. */
  readonly picture: HostTensor;
  /** Mean absolute difference to the given picture. */
  readonly error: number;
}

/** First guess of a picture's latents: the encoder's, told the picture's own embedding; without an encoder the mean. */
async function encode(
  models: SteerModels,
  given: Picture,
  target: HostTensor,
  options: RunOptions,
): Promise<HostTensor> {
  const { encode: encoder } = models.generator;
  if (!encoder) return hostZeros(latentShape(models));
  const guide = models.guides[0]!;
  const term = { picture: given, weight: 1, templates: [] };
  const condition = (await embedTerms(models, [guide], [term], options))[guide.prefix]!; // [1, features]
  const inputs = { picture: target, condition };
  const program = await compile(
    (tensors) => {
      const pictures = inRange(models, tensors.picture as tf.Tensor4D);
      return { latents: encoder(parametersFrom(tensors, "generator/"), pictures, tensors.condition!) };
    },
    inputs,
    {
      weights: pictureWeights(models, []),
      name: "encode latents",
      recipe: models.architecture,
      ...options,
    },
  );
  const { latents } = await program.run(inputs);
  await program.dispose();
  return latents!;
}

const peak = 0.08;

/**
 * Finds latents of a picture: the encoder's guess or the mean, then descent on pixels at two sizes and the first guide's early maps.
 * Source: Tov et al. 2021 (e4e) for encoder first; Abdal et al. 2019 (Image2StyleGAN) for the optimisation in W+.
 */
export async function invert(
  models: SteerModels,
  picture: Picture,
  { steps }: { steps: number },
  options: RunOptions & { signal?: AbortSignal; onStep?: (done: number) => void },
): Promise<Inversion> {
  const target = await encoderInput(picture, models.generator.resolution);
  const start = await encode(models, picture, target, options);
  const guide = models.guides[0]!;
  const shape = latentShape(models);
  const latents = { shape, dtype: "float32" } as const;
  const program = await compile(
    (tensors) => {
      const image = scope(parametersFrom(tensors, guide.prefix), "image");
      const maps = (x: tf.Tensor4D): tf.Tensor[] =>
        imageStages(image, guide.config.image, resizeSquare(x, inputSide(guide.config.image)))
          .slice(0, 2)
          .map(unitScale);
      const wanted = maps(tensors.target as tf.Tensor4D);
      const apart = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => tf.mean(tf.abs(tf.sub(a, b)));
      const lossOf = (u: tf.Tensor): tf.Scalar => {
        const made = pictureOf(models, tensors, u);
        const coarse = apart(shrink(made, 4), shrink(tensors.target as tf.Tensor4D, 4));
        const features = tf.addN(
          maps(made).map((map, at) => tf.mean(tf.squaredDifference(map, wanted[at]!))),
        );
        const pixels = tf.mul(tf.add(apart(made, tensors.target!), coarse), 4);
        return tf.addN([pixels, tf.mul(features, 0.3), tf.mul(rangePenalty(u), 0.3)]) as tf.Scalar;
      };
      const gradient = tf.grad((u: tf.Tensor) => lossOf(u))(tensors.latents!);
      const first = tf.add(tf.mul(tensors.first!, 0.9), tf.mul(gradient, 0.1));
      const second = tf.add(tf.mul(tensors.second!, 0.99), tf.mul(tf.square(gradient), 0.01));
      const step = tf.div(
        tf.mul(first, tensors.rate!),
        tf.add(tf.sqrt(tf.mul(second, tensors.correction!)), 1e-8),
      );
      const moved = tf.sub(tensors.latents!, step);
      const made = pictureOf(models, tensors, tensors.latents!);
      return {
        latents: models.generator.project?.(parametersFrom(tensors, "generator/"), moved) ?? moved,
        first,
        second,
        picture: made,
        error: apart(made, tensors.target!),
      };
    },
    {
      latents,
      first: latents,
      second: latents,
      rate: { shape: [], dtype: "float32" },
      correction: { shape: [], dtype: "float32" },
    },
    { weights: { ...pictureWeights(models, [guide]), target }, name: "invert", ...options },
  );
  try {
    let state: SteerState = { latents: start, first: hostZeros(shape), second: hostZeros(shape) };
    let best: Inversion | undefined;
    for (let index = 0; index <= steps; index++) {
      const part = index / Math.max(1, steps);
      const results = await program.run({
        ...state,
        ...adamInputs(index, peak * (0.05 + 0.95 * (1 - part))),
      });
      const error = results.error!.data[0]!;
      if (!best || error < best.error) best = { latents: state.latents, picture: results.picture!, error };
      state = { latents: results.latents!, first: results.first!, second: results.second! };
      options.onStep?.(index);
      if (options.signal?.aborted) break;
    }
    return best!;
  } finally {
    await program.dispose();
  }
}
