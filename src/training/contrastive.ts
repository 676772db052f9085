import {
  type SmallClipConfig,
  contrastiveLoss,
  embedImages,
  embedTexts,
  type Tokenizer,
} from "../clip/index.js";
import { captionFor } from "../data/index.js";
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
  createRandom,
  hostInts,
  hostScalar,
  hostZeros,
  initialise,
  parametersFrom,
  underPrefix,
  withPrefix,
} from "../tensor/index.js";
import * as tf from "../tf.js";
import { adamScalars, adamUpdate, cosineRate } from "../tensor/index.js";
import { type AugmentConfig, augment, drawAugmentation, makeNoise, side } from "./augment.js";
import { type TrainingSet, conceptTargets, drawBatch, planesOf } from "./batches.js";

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
}

const adam = { beta1: 0.9, beta2: 0.98, epsilon: 1e-6, clip: 1 };

function loss(p: Parameters, config: ContrastiveConfig, inputs: Record<string, tf.Tensor>): tf.Scalar {
  const pictures = augment(inputs.planes!, inputs, inputs.noise!);
  const images = embedImages(p, config.model, pictures);
  const texts = embedTexts(p, config.model, inputs.tokens as tf.Tensor2D);
  return contrastiveLoss(p, images, texts, inputs.targets as tf.Tensor2D);
}

function inputSpecs({ batch, model }: ContrastiveConfig): Record<string, TensorSpec> {
  const float = (...shape: number[]): TensorSpec => ({ shape, dtype: "float32" });
  return {
    planes: float(batch, 3, side, side),
    tokens: { shape: [batch, model.text.contextLength], dtype: "int32" },
    targets: float(batch, batch),
    rows: float(batch, 1, side, side),
    columns: float(batch, 1, side, side),
    gains: float(batch, 1, 1, 3),
    shifts: float(batch, 1, 1, 3),
    noiseIndex: { shape: [batch], dtype: "int32" },
    noiseSize: float(batch, 1, 1, 1),
  };
}

const noiseSpec: TensorSpec = { shape: [64, side, side, 3], dtype: "float32" };

/** Weights of a CLIP at the start of training. */
export function initialClip(config: ContrastiveConfig): TensorRecord {
  const specs = collectParameters((p, inputs) => loss(p, config, inputs), {
    ...inputSpecs(config),
    noise: noiseSpec,
  });
  return initialise(specs, createRandom(config.seed).stream("weights"));
}

/** State of the optimiser for fresh weights: `w/…`, moments `m/…` and `v/…`. */
export function initialState(weights: TensorRecord): TensorRecord {
  const zeros = Object.fromEntries(
    Object.entries(weights).map(([name, { shape }]) => [name, hostZeros(shape)]),
  );
  return { ...withPrefix("w/", weights), ...withPrefix("m/", zeros), ...withPrefix("v/", zeros) };
}

/** One training step as one program: augmentation, both encoders, loss, gradients and AdamW. */
export async function compileContrastive(
  config: ContrastiveConfig,
  state: TensorRecord,
  options: CompileOptions = {},
): Promise<Program> {
  const names = Object.keys(underPrefix("w/", state));
  const scalars: Record<string, TensorSpec> = Object.fromEntries(
    ["rate", "rootCorrection", "decayRate"].map((name) => [name, { shape: [], dtype: "float32" }]),
  );
  return compile(
    (tensors) => {
      const weights = underPrefix("w/", tensors);
      const list = names.map((name) => weights[name]!);
      const { value, grads } = tf.valueAndGrads((...given: tf.Tensor[]) =>
        loss(
          parametersFrom(Object.fromEntries(names.map((name, at) => [name, given[at]!]))),
          config,
          tensors,
        ),
      )(list);
      const gradients = Object.fromEntries(names.map((name, at) => [name, grads[at]!]));
      const schedule = {
        rate: tensors.rate!,
        rootCorrection: tensors.rootCorrection!,
        decayRate: tensors.decayRate!,
      };
      const next = adamUpdate(
        weights,
        gradients,
        underPrefix("m/", tensors),
        underPrefix("v/", tensors),
        schedule,
        {
          ...adam,
          weightDecay: config.weightDecay,
        },
      );
      const newState = {
        ...withPrefix("w/", next.weights),
        ...withPrefix("m/", next.first),
        ...withPrefix("v/", next.second),
      };
      return { ...newState, loss: value, norm: next.norm };
    },
    { ...inputSpecs(config), ...scalars, ...state },
    { weights: { noise: makeNoise(createRandom(config.seed)) }, name: "train clip", ...options },
  );
}

/** A compiled training step with its data. */
export interface ContrastiveTrainer {
  step(state: TensorRecord, index: number): Promise<{ state: TensorRecord; losses: Record<string, number> }>;
  dispose(): Promise<void>;
}

/** Compiles the step and feeds it from a training set. */
export async function createContrastiveTrainer(
  config: ContrastiveConfig,
  set: TrainingSet,
  tokenizer: Tokenizer,
  state: TensorRecord,
  options: { threads?: number } = {},
): Promise<ContrastiveTrainer> {
  const random = createRandom(config.seed);
  const program = await compileContrastive(config, state, options);
  return {
    async step(current, index) {
      const draw = random.stream(`step/${index}`);
      const batch = drawBatch(set, index, config.batch, random);
      const captions = draw.stream("captions");
      const texts = batch.map((at) => captionFor(set.items[at]!, captions));
      const rate = cosineRate(index, config.steps, config.rate, config.warmUp);
      const [step, rootCorrection, decayRate] = adamScalars(index, rate, adam);
      const results = await program.run({
        ...current,
        ...drawAugmentation(config.batch, config.augment, draw.stream("augment")),
        planes: planesOf(set, batch),
        tokens: hostInts(tokenizer.encode(texts), [config.batch, config.model.text.contextLength]),
        targets: conceptTargets(batch.map((at) => set.items[at]!.concept)),
        rate: hostScalar(step),
        rootCorrection: hostScalar(rootCorrection),
        decayRate: hostScalar(decayRate),
      });
      const { loss: value, norm, ...next } = results;
      return { state: next, losses: { loss: value!.data[0]!, norm: norm!.data[0]! } };
    },
    dispose: () => program.dispose(),
  };
}
