import { embedImages, inputSideOf, resizeSquare } from "../../clip/index.js";
import type { TensorSpec } from "../../engine/index.js";
import { type TensorRecord, parametersFrom } from "../../tensor/index.js";
import * as tf from "../../tf.js";
import type { SteerModels } from "../steerModels.js";
import { imageWeightsOf, toGeneratorRange, latentShapeOf } from "../programs/pictures.js";
import {
  type PromptMeasure,
  computeDirectionalLoss,
  computePromptLoss,
  computeRangePenalty,
} from "./distances.js";
import { makeViewNoise, viewSidesOf, viewSpecsOf, cutViews } from "./views.js";

/** Weights of the terms that are added to the prompt's loss. */
export interface LossWeights {
  /** Weight of the mean squared distance from the anchor, over the coordinates that may move. */
  readonly anchor: number;
  /** Weight of the penalty on latents outside the trained range. */
  readonly range: number;
  /** Weight of the discriminator's term, if the generator has a discriminator. */
  readonly realism: number;
  /** Weight of the directional loss, in edits. */
  readonly direction: number;
  /** Weight of the mean absolute change of pixels, each weighted by the input `hold`, in edits. */
  readonly outside: number;
  /** Weight of the relative growth of the outlines' length over the anchor's, for generators of regions. */
  readonly boundary: number;
}

/** Parameters that determine the graph of a loss. */
export interface LossShape {
  /** Number of terms (prompts). */
  readonly terms: number;
  /** Number of views of each picture. */
  readonly views: number;
  readonly weights: LossWeights;
  readonly measure: PromptMeasure;
  /** Whether the loss is of an edit: with `direction` and `outside`, and pictures changed inside a mask only. */
  readonly edit: boolean;
  /** Whether changes of latents are restricted by the generator's `narrow`, which keeps pictures coherent. */
  readonly shared: boolean;
  /** Whether only the fills of regions may change; for generators of regions. */
  readonly coloursOnly?: boolean | undefined;
  /** Whether coordinates are released in groups: the input `free` says which may move. */
  readonly staged?: boolean | undefined;
}

type Tensors = Record<string, tf.Tensor>;

/**
 * The loss that every optimiser follows: gradient steps differentiate it, evolution ranks a population by it.
 * Inputs by name: drawn views (`viewSpecsOf`), `anchor` `[1, …latentShape]`, `condition` `[1, features]` of the first guide,
 * `termWeights` `[terms]`, `<guide>terms` `[terms, features]`; for edits also `base` (picture before, `[1, side, side, 3]`),
 * `keep` and `hold` (`[1, side, side, 1]`: 1 outside the mask; weight of each pixel's change) and `<guide>direction`; where coordinates
 * are released in groups also `free` `[1, …latentShape]`, 1 for those that may move, else 0.
 */
export interface Loss {
  /** Shapes of the inputs, latents excluded. */
  readonly inputs: Readonly<Record<string, TensorSpec>>;
  /** Weights of the guides' image encoders and the views' noise, without the generator's weights. */
  readonly weights: TensorRecord;
  /** Returns the CLIP passes for a number of scored pictures. */
  passes(pictures: number): number;
  /** Restricts a change of latents to the coordinates that may move. */
  narrow(change: tf.Tensor): tf.Tensor;
  /**
   * Computes the loss of pictures under each guide, by name, and `guides`, the mean over the guides.
   * @param pictures `[count, side, side, 3]` in [0, 1], each seen in the same views.
   * @returns `[count]` each.
   */
  guideTerms(tensors: Tensors, pictures: tf.Tensor4D): Tensors & { readonly guides: tf.Tensor };
  /**
   * Computes the loss terms other than the guides', and their sum with the guides' mean, `total`.
   * @param latents `[count, …latentShape]`. @param guides `[count]`.
   * @returns `[count]` each.
   */
  latentTerms(
    tensors: Tensors,
    latents: tf.Tensor,
    pictures: tf.Tensor4D,
    guides: tf.Tensor,
  ): Tensors & { readonly total: tf.Tensor };
}

const floatSpec = (...sides: number[]): TensorSpec => ({ shape: sides, dtype: "float32" });

/** Mixes two pictures: `first` where the part is 1, `second` where it is 0. */
function mixPictures(first: tf.Tensor, second: tf.Tensor4D, part: tf.Tensor): tf.Tensor4D {
  return tf.add(second, tf.mul(tf.sub(first, second), part)) as tf.Tensor4D;
}

/** Splits a batch in parts of equal size; `tf.split` into one part has no gradient. */
function split<T extends tf.Tensor>(batch: T, parts: number): T[] {
  return parts === 1 ? [batch] : (tf.split(batch, parts) as T[]);
}

/** Computes a scalar for each row of a batch, `[count]`. */
function computePerRow<T extends tf.Tensor>(batch: T, value: (row: T) => tf.Tensor): tf.Tensor {
  return tf.stack(split(batch, batch.shape[0]!).map(value));
}

function inputSpecsOf(
  models: SteerModels,
  { terms, views, edit, staged }: LossShape,
): Record<string, TensorSpec> {
  const specs: Record<string, TensorSpec> = {
    anchor: floatSpec(...latentShapeOf(models)),
    termWeights: floatSpec(terms),
    condition: floatSpec(1, models.guides[0]!.config.text.features),
    ...viewSpecsOf(views, viewSidesOf(models)),
  };
  if (staged) specs.free = floatSpec(...latentShapeOf(models));
  for (const { prefix, config } of models.guides) {
    specs[`${prefix}terms`] = floatSpec(terms, config.text.features);
    if (edit) specs[`${prefix}direction`] = floatSpec(config.text.features);
  }
  const side = models.generator.resolution;
  const square = floatSpec(1, side, side, 1);
  return edit ? { ...specs, base: floatSpec(1, side, side, 3), keep: square, hold: square } : specs;
}

/** Defines the loss over a pack's models. */
export function createLoss(models: SteerModels, shape: LossShape): Loss {
  const { generator, guides: clips } = models;
  const { weights, measure, edit } = shape;
  const directed = edit && weights.direction > 0;
  const narrow = (change: tf.Tensor): tf.Tensor => {
    if (shape.coloursOnly) return generator.regions!.fillPart(change);
    return (shape.shared ? generator.narrow?.(change) : undefined) ?? change;
  };
  return {
    inputs: inputSpecsOf(models, shape),
    weights: { ...imageWeightsOf(models, clips), ...makeViewNoise(viewSidesOf(models)) },
    passes: (pictures) => (pictures + (directed ? 1 : 0)) * shape.views * clips.length,
    narrow,
    guideTerms(tensors, pictures) {
      const count = pictures.shape[0];
      const each = split(pictures, count);
      // An edit is scored as it is applied: only pixels inside the mask change.
      const shown = each.map((one) => (edit ? mixPictures(tensors.base!, one, tensors.keep!) : one));
      const views = shown.map((one) => cutViews(one, tensors));
      const seen = count === 1 ? views[0]! : tf.concat(views); // [count · views, side, side, 3]
      const terms: Tensors = {};
      for (const { name, prefix, config } of clips) {
        const parameters = parametersFrom(tensors, prefix);
        const embed = (x: tf.Tensor4D): tf.Tensor2D =>
          embedImages(parameters, config, resizeSquare(x, inputSideOf(config.image)));
        const embedded = embed(seen);
        const before = directed ? embed(cutViews(tensors.base as tf.Tensor4D, tensors)) : undefined;
        const losses = split(embedded, count).map((row) => {
          const loss = computePromptLoss(
            row,
            tensors[`${prefix}terms`] as tf.Tensor2D,
            tensors.termWeights as tf.Tensor1D,
            measure,
            tensors.viewShares,
          );
          if (!before) return loss;
          const direction = tensors[`${prefix}direction`] as tf.Tensor1D;
          const along = computeDirectionalLoss(before, row, direction, tensors.viewShares);
          return tf.add(loss, tf.mul(along, weights.direction));
        });
        terms[name] = tf.stack(losses);
      }
      const losses = Object.values(terms);
      return { ...terms, guides: tf.div(tf.addN(losses), losses.length) };
    },
    latentTerms(tensors, latents, pictures, guides) {
      const terms: Tensors = {};
      const held = computePerRow(latents, (u) => {
        const away = tf.mean(tf.squaredDifference(u, tensors.anchor!));
        return tf.add(tf.mul(computeRangePenalty(u), weights.range), tf.mul(away, weights.anchor));
      });
      // Means over the coordinates that may move: the others would dilute them.
      const moving = tf.mean(narrow(tf.ones(latentShapeOf(models))));
      let total = tf.add(guides, tf.div(held, moving));
      if (generator.realism && weights.realism > 0) {
        const inputs = toGeneratorRange(models, pictures);
        const real = generator.realism(parametersFrom(tensors, "generator/"), inputs, tensors.condition!);
        terms.doubt = tf.relu(tf.sub(1, real));
        total = tf.add(total, tf.mul(terms.doubt, weights.realism));
      }
      if (generator.regions && weights.boundary > 0) {
        const { boundary } = generator.regions;
        const parameters = parametersFrom(tensors, "generator/");
        const growth = tf.sub(
          tf.div(boundary(parameters, latents), boundary(parameters, tensors.anchor!)),
          1,
        );
        terms.boundary = tf.relu(growth);
        total = tf.add(total, tf.mul(terms.boundary, weights.boundary));
      }
      if (edit) {
        terms.outside = computePerRow(pictures, (picture) =>
          tf.mean(tf.abs(tf.mul(tf.sub(picture, tensors.base!), tensors.hold!))),
        );
        total = tf.add(total, tf.mul(terms.outside, weights.outside));
      }
      return { ...terms, total };
    },
  };
}
