import {
  type SmallClipConfig,
  computeContrastiveLoss,
  embedImages,
  embedTexts,
  computeSigmoidLoss,
  type Tokenizer,
} from "../clip/index.js";
import {
  type CompileOptions,
  type Program,
  type TensorSpec,
  collectParameters,
  compile,
} from "../engine/index.js";
import {
  type HostTensor,
  type Parameters,
  type TensorRecord,
  createRandom,
  hostInts,
  hostScalar,
  hostZeros,
  initialise,
  parametersFrom,
  selectPrefix,
  withPrefix,
} from "../tensor/index.js";
import * as tf from "../tf.js";
import { adamScalarsOf, updateByAdam, cosineRateAt } from "../tensor/index.js";
import { type Balance, balanceWeights, drawBalanced, multiplyRows } from "./balance.js";
import { type CaptionedSet, makeCaptionTargets } from "./captioned.js";
import { listSwappedTexts, addFalseTexts } from "./swapped.js";
import { type AugmentConfig, augment, drawAugmentation, makeNoise, trainingSide } from "./augment.js";
import { type ComposedConfig, drawBatch, gatherPlanes } from "./batches.js";

/** Settings of contrastive training. */
export interface ContrastiveConfig {
  readonly model: SmallClipConfig;
  readonly batch: number;
  readonly steps: number;
  readonly rate: number;
  readonly weightDecay: number;
  readonly warmUp: number;
  readonly seed: number;
  readonly augment: AugmentConfig;
  /** Number of parts that a batch is computed in, to save memory; the loss still compares all pairs. Default 1. */
  readonly accumulate?: number;
  /** Default: all pictures are drawn equally often, with the same weight. */
  readonly balance?: Balance;
  /** Default: no composed pictures. */
  readonly composed?: ComposedConfig;
  /** Number of texts with swapped words that a batch holds beside its captions, wrong for every picture. Default none. */
  readonly swapped?: number | undefined;
}

const adamOptions = { beta1: 0.9, beta2: 0.98, epsilon: 1e-6, clip: 1 };

/** Computes the unit embeddings of a batch: augmented pictures, and captions followed by swapped ones. */
export function embedBatch(
  parameters: Parameters,
  { model }: ContrastiveConfig,
  inputs: Record<string, tf.Tensor>,
): { images: tf.Tensor2D; texts: tf.Tensor2D } {
  const pictures = augment(inputs.planes!, inputs, inputs.noise!);
  const tokens = inputs.swapped ? tf.concat([inputs.tokens!, inputs.swapped], 0) : inputs.tokens!;
  return {
    images: embedImages(parameters, model, pictures),
    texts: embedTexts(parameters, model, tokens as tf.Tensor2D),
  };
}

/** Computes the configured loss of a batch's embeddings. */
export function computePairLoss(
  parameters: Parameters,
  { model }: ContrastiveConfig,
  { images, texts }: { images: tf.Tensor2D; texts: tf.Tensor2D },
  targets: tf.Tensor,
): tf.Scalar {
  return model.sigmoid
    ? computeSigmoidLoss(parameters, model, images, texts, targets as tf.Tensor2D)
    : computeContrastiveLoss(parameters, images, texts, targets as tf.Tensor2D);
}

function computeLoss(
  parameters: Parameters,
  config: ContrastiveConfig,
  inputs: Record<string, tf.Tensor>,
): tf.Scalar {
  return computePairLoss(parameters, config, embedBatch(parameters, config, inputs), inputs.targets!);
}

/** Returns the shapes of the inputs that have one row a picture. */
export function rowSpecsOf({ model }: ContrastiveConfig, rows: number): Record<string, TensorSpec> {
  const float = (...shape: number[]): TensorSpec => ({ shape, dtype: "float32" });
  return {
    planes: float(rows, 3, trainingSide, trainingSide),
    tokens: { shape: [rows, model.text.contextLength], dtype: "int32" },
    rows: float(rows, 1, trainingSide, trainingSide),
    columns: float(rows, 1, trainingSide, trainingSide),
    gains: float(rows, 1, 1, 3),
    shifts: float(rows, 1, 1, 3),
    noiseIndex: { shape: [rows], dtype: "int32" },
    noiseSize: float(rows, 1, 1, 1),
  };
}

function inputSpecsOf(config: ContrastiveConfig): Record<string, TensorSpec> {
  const { batch, swapped = 0, model } = config;
  const shape = [swapped, model.text.contextLength];
  return {
    ...rowSpecsOf(config, batch),
    ...(swapped > 0 ? { swapped: { shape, dtype: "int32" } } : {}),
    targets: { shape: [batch, batch + swapped], dtype: "float32" },
  };
}

/** Shape of the noise that `augment` draws from. */
export const noiseSpec: TensorSpec = { shape: [64, trainingSide, trainingSide, 3], dtype: "float32" };

/** Initialises the weights of a CLIP for training. */
export function initialiseClip(config: ContrastiveConfig): TensorRecord {
  const specs = collectParameters((parameters, inputs) => computeLoss(parameters, config, inputs), {
    ...inputSpecsOf(config),
    noise: noiseSpec,
  });
  return initialise(specs, createRandom(config.seed).stream("weights"));
}

/** Initialises the state of the optimiser for fresh weights: `w/…`, moments `m/…` and `v/…`. */
export function initialiseState(weights: TensorRecord): TensorRecord {
  const zeros = Object.fromEntries(
    Object.entries(weights).map(([name, { shape }]) => [name, hostZeros(shape)]),
  );
  return { ...withPrefix("w/", weights), ...withPrefix("m/", zeros), ...withPrefix("v/", zeros) };
}

/** Lists the sorted names of a state's weights: sums over weights must not depend on the order in a file. */
export function listWeightNames(state: TensorRecord): string[] {
  return Object.keys(selectPrefix("w/", state)).sort();
}

/**
 * Computes the value and gradients of a loss over a state's weights, by name; `prefix` is prepended to the loss's parameter
 * names.
 */
export function computeGradients(
  names: readonly string[],
  tensors: Record<string, tf.Tensor>,
  lossOf: (parameters: Parameters) => tf.Scalar,
  prefix = "",
): { value: tf.Scalar; gradients: Record<string, tf.Tensor> } {
  const weights = selectPrefix("w/", tensors);
  const { value, grads } = tf.valueAndGrads((...given: tf.Tensor[]) =>
    lossOf(
      parametersFrom(
        { ...weights, ...Object.fromEntries(names.map((name, at) => [name, given[at]!])) },
        prefix,
      ),
    ),
  )(names.map((name) => weights[name]!));
  return {
    value: value as tf.Scalar,
    gradients: Object.fromEntries(names.map((name, at) => [name, grads[at]!])),
  };
}

/** Inputs of `updateState` beside state and gradients. */
export const scheduleSpecs: Record<string, TensorSpec> = Object.fromEntries(
  ["rate", "rootCorrection", "decayRate"].map((name) => [name, { shape: [], dtype: "float32" }]),
);

/** Updates a state by one AdamW step, inside a recorded function. @returns the new state and the gradients' norm. */
export function updateState(
  { weightDecay }: ContrastiveConfig,
  tensors: Record<string, tf.Tensor>,
  gradients: Record<string, tf.Tensor>,
): Record<string, tf.Tensor> {
  const schedule = {
    rate: tensors.rate!,
    rootCorrection: tensors.rootCorrection!,
    decayRate: tensors.decayRate!,
  };
  const [weights, first, second] = ["w/", "m/", "v/"].map((prefix) => selectPrefix(prefix, tensors));
  const next = updateByAdam(weights!, gradients, first!, second!, schedule, { ...adamOptions, weightDecay });
  return {
    ...withPrefix("w/", next.weights),
    ...withPrefix("m/", next.first),
    ...withPrefix("v/", next.second),
    norm: next.norm,
  };
}

/**
 * Prepares the inputs of a step: pictures, captions, augmentation, the targets of the loss, and the scalars of Adam at the step's learning
 * rate. Random choices depend on the seed and the step only.
 * @param step index of the step, from 0.
 */
export function prepareStep(
  config: ContrastiveConfig,
  set: CaptionedSet,
  tokenizer: Tokenizer,
  step: number,
): { inputs: TensorRecord; targets: HostTensor; schedule: TensorRecord } {
  // Items are drawn without replacement over an epoch, so their order is not drawn anew in each step.
  const runRandom = createRandom(config.seed);
  const stepRandom = runRandom.stream(`step/${step}`);
  const { groups = [] } = set;
  const balancing = config.balance?.how;
  const batch =
    balancing === "sampling"
      ? drawBalanced(groups, step, config.batch, runRandom)
      : drawBatch(set, step, config.batch, runRandom);
  const captionRandom = stepRandom.stream("captions");
  const captions = batch.map((item) => set.caption(item, captionRandom));
  const swapped = listSwappedTexts(set, batch, captions, config.swapped ?? 0, stepRandom.stream("swapped"));
  const encode = (texts: readonly string[]): HostTensor =>
    hostInts(tokenizer.encode(texts), [texts.length, config.model.text.contextLength]);
  const targets = makeCaptionTargets(set, batch, captions);
  const weightedTargets =
    balancing === "weights" ? multiplyRows(targets, computeItemWeights(groups, batch)) : targets;
  const rate = cosineRateAt(step, config.steps, config.rate, config.warmUp);
  const [stepSize, rootCorrection, decayRate] = adamScalarsOf(step, rate, adamOptions);
  return {
    inputs: {
      ...drawAugmentation(config.batch, config.augment, stepRandom.stream("augment")),
      planes: gatherPlanes(set, batch),
      tokens: encode(captions),
      ...(swapped.length > 0 ? { swapped: encode(swapped) } : {}),
    },
    targets: addFalseTexts(weightedTargets, swapped.length),
    schedule: {
      rate: hostScalar(stepSize),
      rootCorrection: hostScalar(rootCorrection),
      decayRate: hostScalar(decayRate),
    },
  };
}

function computeItemWeights(groups: readonly string[], batch: readonly number[]): number[] {
  const weights = balanceWeights(groups);
  return batch.map((item) => weights[item]!);
}

/** Compiles one training step as one program: augmentation, both encoders, loss, gradients and AdamW. */
export async function compileContrastive(
  config: ContrastiveConfig,
  state: TensorRecord,
  options: CompileOptions = {},
): Promise<Program> {
  const names = listWeightNames(state);
  return compile(
    (tensors) => {
      const { value, gradients } = computeGradients(names, tensors, (parameters) =>
        computeLoss(parameters, config, tensors),
      );
      return { ...updateState(config, tensors, gradients), loss: value };
    },
    { ...inputSpecsOf(config), ...scheduleSpecs, ...state },
    { weights: { noise: makeNoise(createRandom(config.seed)) }, name: "train clip", ...options },
  );
}

/** A compiled training step with its data. A step transfers its state's arrays: the caller must not use them again. */
export interface ContrastiveTrainer {
  step(state: TensorRecord, index: number): Promise<{ state: TensorRecord; losses: Record<string, number> }>;
  dispose(): Promise<void>;
}

/** Compiles the step and feeds it from a training set. */
export async function createContrastiveTrainer(
  config: ContrastiveConfig,
  set: CaptionedSet,
  tokenizer: Tokenizer,
  state: TensorRecord,
  options: { threads?: number } = {},
): Promise<ContrastiveTrainer> {
  const program = await compileContrastive(config, state, options);
  return {
    async step(current, index) {
      const { inputs, targets, schedule } = prepareStep(config, set, tokenizer, index);
      const results = await program.run({ ...inputs, ...schedule, targets }, current);
      const { loss: value, norm, ...next } = results;
      return { state: next, losses: { loss: value!.data[0]!, norm: norm!.data[0]! } };
    },
    dispose: () => program.dispose(),
  };
}
