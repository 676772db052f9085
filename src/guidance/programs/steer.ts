import { embedImages, inputSide, resizeSquare } from "../../clip/index.js";
import { type TensorSpec, compile } from "../../engine/index.js";
import {
  type HostTensor,
  type TensorRecord,
  hostScalar,
  hostZeros,
  parametersFrom,
} from "../../tensor/index.js";
import * as tf from "../../tf.js";
import { type PromptMeasure, directionalLoss, promptLoss, rangePenalty } from "../objectives/losses.js";
import type { RunOptions, SteerModels } from "../models.js";
import { imageWeights, inRange, latentShape, pictureOf, pictureWeights } from "./pictures.js";
import { viewChunks, viewNoise, viewSides, viewSpecs, viewsOf, viewsTogether } from "../objectives/views.js";

/** Weights of what is added to the prompt's loss. */
export interface SteerWeights {
  /** Pull to the starting latent. */
  readonly anchor: number;
  /** Penalty on latents out of the trained range. */
  readonly range: number;
  /** Weight of the discriminator's doubt, where the generator has one. */
  readonly realism: number;
  /** Weight of the directional loss; 0 leaves it and its inputs out. */
  readonly direction: number;
  /** Weight of the change outside the mask, and inside it by what `hold` says. */
  readonly outside: number;
}

/** Shape of a steering program. */
export interface SteerShape {
  readonly terms: number;
  readonly views: number;
  /** Views that are looked at together, which memory grows with; as many as sixteen of 224² when absent. */
  readonly together?: number;
  readonly weights: SteerWeights;
  /** How views are measured against terms; `promptLoss`'s own when absent. */
  readonly measure?: PromptMeasure;
  /** Move the latents only as the generator's `narrow` does, which keeps to pictures that it was trained to make. */
  readonly shared?: boolean;
}

/** `first` where the part is 1, `second` where it is 0. */
function mixed(first: tf.Tensor, second: tf.Tensor4D, part: tf.Tensor): tf.Tensor4D {
  return tf.add(second, tf.mul(tf.sub(first, second), part)) as tf.Tensor4D;
}

/** What an ascent step changes. */
export interface SteerState {
  readonly latents: HostTensor;
  readonly first: HostTensor;
  readonly second: HostTensor;
}

/** What a step gives: `loss` and the terms are before it, `picture` is of the latent before it, noise included. */
export interface SteerStep {
  readonly state: SteerState;
  readonly loss: number;
  readonly terms: Record<string, number>;
  readonly picture: HostTensor;
}

/** A compiled ascent step. */
export interface Steering {
  /** One step of Adam. */
  step(state: SteerState, inputs: TensorRecord): Promise<SteerStep>;
  dispose(): Promise<void>;
}

const adam = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, clip: 1 };

/** Scalars of Adam's bias corrections at a step, for `Steering.step`. */
export function adamInputs(step: number, rate: number): TensorRecord {
  return {
    rate: hostScalar(rate / (1 - adam.beta1 ** (step + 1))),
    correction: hostScalar(1 / (1 - adam.beta2 ** (step + 1))),
  };
}

/**
 * Compiles one step of gradient ascent: picture, views, all guides, the loss and its gradient to the latents, Adam.
 * Inputs of `step` beside the state: views, `noise` on the latents, `anchor`, `condition` (the first guide's embedding), per guide `<prefix>terms`, `termWeights`,
 * Adam's scalars, and with a direction `base` (the picture before), `keep` (1 outside the mask), `hold` (weight of
 * the change of each pixel) and `<prefix>direction`.
 */
export async function createSteering(
  models: SteerModels,
  shape: SteerShape,
  options: RunOptions,
): Promise<Steering> {
  const { weights } = shape;
  const directed = weights.direction > 0;
  const float = (...sides: number[]): TensorSpec => ({ shape: sides, dtype: "float32" });
  const latents = float(...latentShape(models));
  const side = models.generator.resolution;
  const specs: Record<string, TensorSpec> = {
    latents,
    first: latents,
    second: latents,
    noise: latents,
    anchor: latents,
    termWeights: float(shape.terms),
    condition: float(1, models.guides[0]!.config.text.features),
    rate: float(),
    correction: float(),
    ...viewSpecs(shape.views, viewSides(models)),
  };
  for (const { prefix, config } of models.guides) {
    specs[`${prefix}terms`] = float(shape.terms, config.text.features);
    if (directed) specs[`${prefix}direction`] = float(config.text.features);
  }
  const square = float(1, side, side, 1);
  if (directed) Object.assign(specs, { base: float(1, side, side, 3), keep: square, hold: square });

  const narrow = (change: tf.Tensor): tf.Tensor =>
    (shape.shared ? models.generator.narrow?.(change) : undefined) ?? change;
  /** The picture of latents, noise included. */
  const seenOf = (tensors: Record<string, tf.Tensor>, u: tf.Tensor): tf.Tensor4D =>
    pictureOf(models, tensors, tf.add(u, narrow(tensors.noise!)));

  /** Each guide's opinion of the views in `tensors`, and `guides`, the mean of them. */
  const guideTerms = (tensors: Record<string, tf.Tensor>, picture: tf.Tensor4D) => {
    // An edit is looked at as it will be: changed inside the mask only.
    const shown = directed ? mixed(tensors.base!, picture, tensors.keep!) : picture;
    const views = viewsOf(shown, tensors);
    const terms: Record<string, tf.Tensor> = {};
    for (const { name, prefix, config } of models.guides) {
      const p = parametersFrom(tensors, prefix);
      const embedded = embedImages(p, config, resizeSquare(views, inputSide(config.image)));
      let loss: tf.Tensor = promptLoss(
        embedded,
        tensors[`${prefix}terms`] as tf.Tensor2D,
        tensors.termWeights as tf.Tensor1D,
        shape.measure,
        tensors.viewShares,
      );
      if (directed) {
        const before = embedImages(
          p,
          config,
          resizeSquare(viewsOf(tensors.base as tf.Tensor4D, tensors), inputSide(config.image)),
        );
        const direction = tensors[`${prefix}direction`] as tf.Tensor1D;
        const along = directionalLoss(before, embedded, direction, tensors.viewShares);
        loss = tf.add(loss, tf.mul(along, weights.direction));
      }
      terms[name] = loss;
    }
    const losses = Object.values(terms);
    return { ...terms, guides: tf.div(tf.addN(losses), losses.length) };
  };

  /** What is added to the guides' loss, and `total`, with it. */
  const ownTerms = (
    tensors: Record<string, tf.Tensor>,
    u: tf.Tensor,
    picture: tf.Tensor4D,
    guides: tf.Tensor,
  ) => {
    const terms: Record<string, tf.Tensor> = {};
    const away = tf.mean(tf.squaredDifference(u, tensors.anchor!));
    const held = tf.add(tf.mul(rangePenalty(u), weights.range), tf.mul(away, weights.anchor));
    // Means over the numbers that move: the rest would weaken them.
    let total = tf.add(guides, tf.div(held, tf.mean(narrow(tf.onesLike(u)))));
    const { realism } = models.generator;
    if (realism && weights.realism > 0) {
      const made = inRange(models, picture);
      const real = realism(parametersFrom(tensors, "generator/"), made, tensors.condition!);
      const doubt = tf.mean(tf.relu(tf.sub(1, real)));
      terms.doubt = doubt;
      total = tf.add(total, tf.mul(doubt, weights.realism));
    }
    if (directed) {
      const change = tf.mean(tf.abs(tf.mul(tf.sub(picture, tensors.base!), tensors.hold!)));
      terms.outside = change;
      total = tf.add(total, tf.mul(change, weights.outside));
    }
    return { ...terms, total };
  };

  /** One step of Adam against a gradient to the latents. */
  const moved = (tensors: Record<string, tf.Tensor>, slope: tf.Tensor) => {
    const gradient = narrow(slope);
    const norm = tf.sqrt(tf.sum(tf.square(gradient)));
    const clipped = tf.mul(gradient, tf.minimum(1, tf.div(adam.clip, tf.add(norm, 1e-6))));
    const first = tf.add(tf.mul(tensors.first!, adam.beta1), tf.mul(clipped, 1 - adam.beta1));
    const second = tf.add(tf.mul(tensors.second!, adam.beta2), tf.mul(tf.square(clipped), 1 - adam.beta2));
    const scale = tf.add(tf.sqrt(tf.mul(second, tensors.correction!)), adam.epsilon);
    const latents = tf.sub(tensors.latents!, tf.div(tf.mul(first, tensors.rate!), scale));
    const { generator } = models;
    const kept = generator.project?.(parametersFrom(tensors, "generator/"), latents) ?? latents;
    return { latents: kept, first, second };
  };

  const how = {
    recipe: [models.architecture, shape],
    packed: false, // no faster here, and sooner ready
    ...options,
  };
  const guideWeights = { ...imageWeights(models, models.guides), ...viewNoise(viewSides(models)) };
  const generatorWeights = pictureWeights(models, []);
  const lossOf = (tensors: Record<string, tf.Tensor>, u: tf.Tensor) => {
    const picture = seenOf(tensors, u);
    const terms = guideTerms(tensors, picture);
    return { ...terms, ...ownTerms(tensors, u, picture, terms.guides), picture };
  };
  const size = shape.together ?? viewsTogether(shape.views, viewSides(models));
  if (size >= shape.views) {
    const program = await compile(
      (tensors) => {
        const terms = lossOf(tensors, tensors.latents!);
        const slope = tf.grad((u: tf.Tensor) => lossOf(tensors, u).total)(tensors.latents!);
        return { ...moved(tensors, slope), ...terms };
      },
      specs,
      { weights: { ...generatorWeights, ...guideWeights }, name: "steer", ...how },
    );
    return {
      step: async (state, inputs) => stepFrom(await program.run({ ...state, ...inputs })),
      dispose: () => program.dispose(),
    };
  }

  // More views than fit: the picture once, then chunks of views, whose slopes at the picture add up, then back to the latents.
  const picture = float(1, side, side, 3);
  const drawn = Object.keys(viewSpecs(size, viewSides(models)));
  const draw = await compile(
    (tensors) => ({ picture: seenOf(tensors, tensors.latents!) }),
    { latents, noise: latents },
    { weights: generatorWeights, name: "steer: picture", ...how },
  );
  const look = await compile(
    (tensors) => ({
      ...guideTerms(tensors, tensors.picture as tf.Tensor4D),
      slope: tf.grad((seen: tf.Tensor) => guideTerms(tensors, seen as tf.Tensor4D).guides)(tensors.picture!),
    }),
    { ...specs, ...viewSpecs(size, viewSides(models)), viewShares: float(size), picture },
    { weights: guideWeights, name: "steer: views", ...how },
  );
  const move = await compile(
    (tensors) => {
      const made = seenOf(tensors, tensors.latents!);
      const slope = tf.grad((u: tf.Tensor) => {
        const moving = seenOf(tensors, u);
        return ownTerms(tensors, u, moving, tf.sum(tf.mul(moving, tensors.slope!))).total;
      })(tensors.latents!);
      return { ...ownTerms(tensors, tensors.latents!, made, tensors.guides!), ...moved(tensors, slope) };
    },
    { ...specs, slope: picture, guides: float() },
    { weights: generatorWeights, name: "steer: latents", ...how },
  );
  return {
    async step(state, inputs) {
      const all: TensorRecord = { ...state, ...inputs };
      const { picture: made } = await draw.run(all);
      const seen: Record<string, HostTensor> = {};
      const views = Object.fromEntries(drawn.map((name) => [name, all[name]!]));
      for (const chunk of viewChunks(views, size))
        for (const [name, part] of Object.entries(await look.run({ ...all, ...chunk, picture: made! }))) {
          const sum = (seen[name] ??= hostZeros(part.shape)).data;
          part.data.forEach((value, at) => (sum[at]! += value));
        }
      const { slope, guides, ...terms } = seen;
      const after = await move.run({ ...all, slope: slope!, guides: guides! });
      return stepFrom({ ...terms, guides: guides!, ...after, picture: made! });
    },
    dispose: async () => void (await Promise.all([draw.dispose(), look.dispose(), move.dispose()])),
  };
}

function stepFrom({ latents, first, second, picture, total, ...terms }: TensorRecord): SteerStep {
  return {
    state: { latents: latents!, first: first!, second: second! },
    loss: total!.data[0]!,
    terms: Object.fromEntries(Object.entries(terms).map(([name, { data }]) => [name, data[0]!])),
    picture: picture!,
  };
}
