import type { ClipConfig } from "../clip/index.js";
import {
  type CompileOptions,
  type Program,
  type TensorSpec,
  collectParameters,
  compile,
} from "../engine/index.js";
import {
  type Parameters,
  type TensorRecord,
  updateByAdam,
  createRandom,
  hostZeros,
  initialise,
  parametersFrom,
  selectPrefix,
  withPrefix,
} from "../tensor/index.js";
import { emojiCodeSide } from "../gan/index.js";
import * as tf from "../tf.js";
import { makeNoise, trainingSide } from "./augment.js";
import type { ComposedConfig } from "./batches.js";
import { computeGradients } from "./contrastive.js";
import {
  type GanLossWeights,
  type GanModel,
  computeAdversarialTerm,
  computeDiscriminatorLoss,
  reconstructPictures,
  computeReconstructionTerms,
} from "./ganLosses.js";

/** Settings of the training of generator, encoder and discriminator. */
export interface GanConfig {
  readonly model: GanModel;
  /** Pictures a step. */
  readonly batch: number;
  readonly steps: number;
  readonly rate: number;
  /** Rate of the discriminator. */
  readonly criticRate: number;
  readonly seed: number;
  readonly weights: GanLossWeights;
  /**
   * Phases that train the mapping from conditions alone, as shares of the run: one begins at `from` and ends when the
   * discriminator starts; one lasts from `again` to the end. `batch` is the number of items of a step.
   */
  readonly words: { readonly from: number; readonly again: number; readonly batch: number };
  /** Peak weight of the adversarial term, and the shares of the run between which it grows from 0. */
  readonly adversarial: { readonly weight: number; readonly from: number; readonly full: number };
  readonly gamma: number;
  readonly flip: number;
  /** Composed pictures; none by default. */
  readonly composed?: ComposedConfig;
  /** Steps between two generations of composed pictures, against memorising; default: never. */
  readonly renew?: number;
}

/** Adam of generator and discriminator: decay rates of its moments, epsilon, and the maximum norm of a gradient. */
export const ganAdam = { beta1: 0.5, beta2: 0.99, epsilon: 1e-8, clip: 1 };

/** The two phases on pictures: reconstruction alone, and reconstruction with the discriminator. */
export type Phase = "rebuild" | "adversarial";

function inputSpecsOf({ batch, model }: GanConfig): Record<string, TensorSpec> {
  const float = (...shape: number[]): TensorSpec => ({ shape, dtype: "float32" });
  const { code, condition, styles } = model.generator;
  return {
    planes: float(batch, 3, trainingSide, trainingSide),
    rows: float(batch, 1, trainingSide, trainingSide),
    columns: float(batch, 1, trainingSide, trainingSide),
    draws: float(batch, emojiCodeSide, emojiCodeSide, code),
    known: float(batch, 1),
    condition: float(batch, condition + styles.length),
    noiseIndex: { shape: [batch], dtype: "int32" },
    pressure: float(),
    rate: float(),
    rootCorrection: float(),
    decayRate: float(),
    criticRate: float(),
    criticCorrection: float(),
    average: float(),
  };
}

const clipPrefix = "clip/";

/** Shifts and scales real pictures `[batch, 64, 64, 3]` in [−1, 1] a little; white outside. */
function augmentPictures(tensors: Record<string, tf.Tensor>): tf.Tensor4D {
  const ink = tf.sub(1, tensors.planes!);
  const moved = tf.matMul(tf.matMul(tensors.rows!, ink), tensors.columns!, false, true);
  return tf.sub(1, tf.mul(tf.transpose(moved, [0, 2, 3, 1]), 2)) as tf.Tensor4D;
}

function computeLosses(
  config: GanConfig,
  clip: ClipConfig,
  tensors: Record<string, tf.Tensor>,
  weights: Record<string, tf.Tensor>,
  phase: Phase,
): { total: tf.Scalar; terms: Record<string, tf.Scalar>; fake: tf.Tensor4D; real: tf.Tensor4D } {
  const parameters = parametersFrom(weights);
  const real = augmentPictures(tensors);
  const condition = tensors.condition!;
  const outputs = reconstructPictures(parameters, config.model, real, {
    draws: tensors.draws!,
    known: tensors.known!,
    condition,
  });
  const fixed = { parameters: parametersFrom(tensors, clipPrefix), config: clip };
  const terms: Record<string, tf.Scalar> = computeReconstructionTerms(outputs, real, fixed);
  const { pixels, features, divergence, meaning } = config.weights;
  let total = tf.addN([
    tf.mul(terms.pixels!, pixels),
    tf.mul(terms.features!, features),
    tf.mul(terms.divergence!, divergence),
    tf.mul(terms.meaning!, meaning),
  ]);
  if (phase === "adversarial") {
    const term = computeAdversarialTerm(
      parametersFrom({ ...tensors, ...weights }),
      config.model,
      outputs,
      condition,
    );
    terms.adversarial = term as tf.Scalar;
    total = tf.add(total, tf.mul(term, tensors.pressure!));
  }
  return { total: total as tf.Scalar, terms, fake: outputs.pictures, real };
}

/** Returns the state at the start: weights `w/`, moments `m/` `v/`, averaged generator and encoder `e/`. */
export function initialiseGan(config: GanConfig): TensorRecord {
  const specs = collectParameters((parameters, inputs) => {
    const real = augmentPictures(inputs);
    const { draws, known, condition } = inputs as Record<"draws" | "known" | "condition", tf.Tensor>;
    const outputs = reconstructPictures(parameters, config.model, real, { draws, known, condition });
    return computeAdversarialTerm(parameters, config.model, outputs, condition);
  }, inputSpecsOf(config));
  const weights = initialise(specs, createRandom(config.seed).stream("weights"));
  const zeros = Object.fromEntries(
    Object.entries(weights).map(([name, { shape }]) => [name, hostZeros(shape)]),
  );
  const averaged = Object.fromEntries(Object.entries(weights).filter(([name]) => !isCritic(name)));
  return {
    ...withPrefix("w/", weights),
    ...withPrefix("m/", zeros),
    ...withPrefix("v/", zeros),
    ...withPrefix("e/", averaged),
  };
}

/** Updates the moving average `e/` of weights by a step; `average` is the share that it keeps. */
export function updateAverage(
  weights: Readonly<Record<string, tf.Tensor>>,
  tensors: Readonly<Record<string, tf.Tensor>>,
): Record<string, tf.Tensor> {
  const average = tensors.average!;
  return Object.fromEntries(
    Object.entries(weights).map(([name, weight]) => [
      name,
      tf.add(tf.mul(tensors[`e/${name}`]!, average), tf.mul(weight, tf.sub(1, average))),
    ]),
  );
}

/**
 * Makes one Adam step on a loss over the named weights of a state `w/` `m/` `v/` with averages `e/`.
 * @param prefix prepended to the names under which `lossOf` gets the weights.
 * @returns the loss, and the new `w/`, `m/`, `v/` and `e/` with the norm of the gradients.
 */
export function stepAveraged(
  names: readonly string[],
  tensors: Record<string, tf.Tensor>,
  settings: typeof ganAdam,
  lossOf: (parameters: Parameters) => tf.Scalar,
  prefix = "",
): { value: tf.Scalar; outputs: Record<string, tf.Tensor> } {
  const { value, gradients } = computeGradients(names, tensors, lossOf, prefix);
  return { value, outputs: updateAveraged(names, tensors, gradients, settings) };
}

/**
 * Makes the Adam step of `stepAveraged` for given gradients: new weights, moments and averages, and the norm of the gradients.
 */
export function updateAveraged(
  names: readonly string[],
  tensors: Record<string, tf.Tensor>,
  gradients: Record<string, tf.Tensor>,
  settings: typeof ganAdam,
): Record<string, tf.Tensor> {
  const pick = (kind: string): Record<string, tf.Tensor> =>
    Object.fromEntries(names.map((name) => [name, tensors[kind + name]!]));
  const schedule = {
    rate: tensors.rate!,
    rootCorrection: tensors.rootCorrection!,
    decayRate: tensors.decayRate!,
  };
  const updated = updateByAdam(pick("w/"), gradients, pick("m/"), pick("v/"), schedule, settings);
  return {
    ...withPrefix("w/", updated.weights),
    ...withPrefix("m/", updated.first),
    ...withPrefix("v/", updated.second),
    ...withPrefix("e/", updateAverage(updated.weights, tensors)),
    "loss/norm": updated.norm,
  };
}

const isCritic = (name: string): boolean => name.startsWith("discriminator.");

/** Compiles one training step as one graph: gradients, both optimisers and the average of the weights. */
export async function compilePhase(
  phase: Phase,
  config: GanConfig,
  clip: { config: ClipConfig; weights: TensorRecord },
  state: TensorRecord,
  options: CompileOptions = {},
): Promise<Program> {
  const names = Object.keys(selectPrefix("w/", state)).sort(); // sums over weights must not depend on the order in a file
  const makers = names.filter((name) => !isCritic(name));
  const critics = names.filter(isCritic);
  const pick = (
    tensors: Record<string, tf.Tensor>,
    prefix: string,
    keys: readonly string[],
  ): Record<string, tf.Tensor> => Object.fromEntries(keys.map((name) => [name, tensors[prefix + name]!]));
  return compile(
    (tensors) => {
      const all = pick(tensors, "w/", names);
      const bind = (keys: readonly string[], given: readonly tf.Tensor[]): Record<string, tf.Tensor> => ({
        ...all,
        ...Object.fromEntries(keys.map((name, at) => [name, given[at]!])),
      });
      const list = (keys: readonly string[]): tf.Tensor[] => keys.map((name) => all[name]!);
      const seen = computeLosses(config, clip.config, tensors, all, phase);
      const { grads } = tf.valueAndGrads(
        (...given: tf.Tensor[]) =>
          computeLosses(config, clip.config, tensors, bind(makers, given), phase).total,
      )(list(makers));
      const named = (keys: readonly string[], values: readonly tf.Tensor[]): Record<string, tf.Tensor> =>
        Object.fromEntries(keys.map((name, at) => [name, values[at]!]));
      const schedule = {
        rate: tensors.rate!,
        rootCorrection: tensors.rootCorrection!,
        decayRate: tensors.decayRate!,
      };
      const update = (keys: readonly string[], gradients: tf.Tensor[], rates: typeof schedule) =>
        updateByAdam(
          pick(all, "", keys),
          named(keys, gradients),
          pick(tensors, "m/", keys),
          pick(tensors, "v/", keys),
          rates,
          ganAdam,
        );
      const updated = update(makers, grads, schedule);
      const outputs: Record<string, tf.Tensor> = {
        ...withPrefix("w/", updated.weights),
        ...withPrefix("m/", updated.first),
        ...withPrefix("v/", updated.second),
        ...withPrefix("e/", updateAverage(updated.weights, tensors)),
        ...withPrefix("loss/", seen.terms),
        "loss/norm": updated.norm,
      };
      if (phase === "adversarial") {
        const parts = {
          real: seen.real,
          fake: seen.fake,
          noise: tf.gather(tensors.noise!, tensors.noiseIndex as tf.Tensor1D) as tf.Tensor4D,
          condition: tensors.condition!,
          gamma: config.gamma,
        };
        const critic = tf.valueAndGrads((...given: tf.Tensor[]) =>
          computeDiscriminatorLoss(parametersFrom(bind(critics, given)), config.model, parts),
        )(list(critics));
        const rates = {
          rate: tensors.criticRate!,
          rootCorrection: tensors.criticCorrection!,
          decayRate: tensors.decayRate!,
        };
        const next = update(critics, critic.grads, rates);
        Object.assign(
          outputs,
          withPrefix("w/", next.weights),
          withPrefix("m/", next.first),
          withPrefix("v/", next.second),
        );
        outputs["loss/critic"] = critic.value;
      }
      return outputs;
    },
    { ...inputSpecsOf(config), ...state },
    {
      weights: { ...withPrefix(clipPrefix, clip.weights), noise: makeNoise(createRandom(config.seed)) },
      name: `train gan (${phase})`,
      ...options,
    },
  );
}
