import { type Program, type TensorSpec, collectParameters, compile } from "../../engine/index.js";
import {
  type StickerShape,
  type WordsShape,
  codeSide,
  decodeSticker,
  judgeCode,
  computeSlotLogits,
  stickerScopes,
  wordsToCode,
} from "../../gan/index.js";
import {
  type Parameters,
  type TensorRecord,
  adamScalarsOf,
  updateByAdam,
  cosineRateAt,
  createRandom,
  hostScalar,
  hostZeros,
  initialise,
  parametersFrom,
  scope,
  selectPrefix,
  withPrefix,
} from "../../tensor/index.js";
import * as tf from "../../tf.js";
import { computeGradients } from "../contrastive.js";
import { updateAverage } from "../ganProgram.js";
import { type WordsData, drawWordsBatch, precisionOf } from "./wordsBatch.js";

/** Settings of the training of the network from words to codes. */
export interface WordsConfig {
  readonly shape: StickerShape;
  readonly words: WordsShape;
  readonly styles: number;
  readonly batch: number;
  readonly steps: number;
  readonly rate: number;
  readonly seed: number;
  /** Steps of gradient descent that refine the encoder's code of each drawing before it is learned. */
  readonly refine: number;
  /** Drawings of a batch that are decoded and compared as regions too. */
  readonly decoded: number;
  /** Channels of the discriminator, and the largest weight of its term. */
  readonly critic: number;
  readonly adversarial: number;
}

const adam = { beta1: 0.5, beta2: 0.99, epsilon: 1e-8, clip: 1 };
const warmUp = 100;
/** Shares of the run at which the discriminator's term starts to grow, and at which it has its full weight. */
const adversarialFrom = 0.3;
const adversarialFull = 0.5;
const float = (...shape: number[]): TensorSpec => ({ shape, dtype: "float32" });
const criticScope = "critic";
const isCritic = (name: string): boolean => name.startsWith(`${criticScope}.`);

function inputSpecs({ batch, shape, words, styles }: WordsConfig): Record<string, TensorSpec> {
  return {
    target: float(batch, codeSide, codeSide, shape.code),
    reference: float(batch, codeSide, codeSide, shape.code),
    referenced: float(batch, 1),
    text: float(batch, words.condition),
    style: float(batch, styles),
    referenceStyle: float(batch, styles),
    noise: float(batch, words.noise),
    pressure: float(),
    rate: float(),
    rootCorrection: float(),
    decayRate: float(),
    criticRate: float(),
    criticCorrection: float(),
    average: float(),
  };
}

const conditionOf = (tensors: Record<string, tf.Tensor>): tf.Tensor2D =>
  tf.concat([tensors.text!, tensors.style!], 1) as tf.Tensor2D;

const generatedCodes = (
  p: Parameters,
  config: WordsConfig,
  tensors: Record<string, tf.Tensor>,
): tf.Tensor4D =>
  wordsToCode(scope(p, stickerScopes.words), config.words, {
    text: tensors.text as tf.Tensor2D,
    style: tensors.style as tf.Tensor2D,
    reference: tensors.reference as tf.Tensor4D,
    referenced: tensors.referenced as tf.Tensor2D,
    referenceStyle: tensors.referenceStyle as tf.Tensor2D,
    noise: tensors.noise as tf.Tensor2D,
  });

/** State at the start: weights `w/`, moments `m/` `v/`, and averages `e/` of all but the discriminator. */
export function initialWords(config: WordsConfig): TensorRecord {
  const specs = collectParameters((p, inputs) => {
    const outputs = generatedCodes(p, config, inputs);
    return judgeCode(scope(p, criticScope), outputs, conditionOf(inputs), config.critic);
  }, inputSpecs(config));
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

/**
 * Losses of made codes: `codes`, smooth L1 in deviations; `regions`, divergence of the decoded slots' shares from those of the target's
 * code, and `colours`, L1 of their fills, for the first drawings of the batch.
 */
function wordsLosses(
  generatedCode: tf.Tensor4D,
  tensors: Record<string, tf.Tensor>,
  { shape, decoded }: WordsConfig,
  decoder: Parameters,
): { total: tf.Scalar; terms: Record<string, tf.Scalar> } {
  const target = tensors.target as tf.Tensor4D;
  const apart = tf.abs(tf.mul(tf.sub(generatedCode, target), tensors.precision!));
  const codes = tf.mean(apart);
  const first = (x: tf.Tensor4D): tf.Tensor4D =>
    tf.slice(x, [0, 0, 0, 0], [decoded, codeSide, codeSide, shape.code]) as tf.Tensor4D;
  const [drawn, expected] = [first(generatedCode), first(target)].map((code) =>
    decodeSticker(decoder, shape, code),
  );
  const [seen, real] = [drawn!, expected!].map(({ logits }) => tf.logSoftmax(computeSlotLogits(logits, 64)));
  const shares = tf.exp(real!);
  const regions = tf.mean(tf.sum(tf.mul(shares, tf.sub(real!, seen!)), 3));
  const areas = tf.sqrt(tf.mean(shares, [1, 2])); // [decoded, 16]
  const importance = tf.slice(areas, [0, 1], [-1, -1]);
  const colours = tf.div(
    tf.sum(tf.mul(tf.mean(tf.abs(tf.sub(drawn!.fills, expected!.fills)), 2), importance)),
    tf.sum(importance),
  );
  return {
    total: tf.addN([codes, tf.mul(regions, 1), tf.mul(colours, 4)]) as tf.Scalar,
    terms: { codes, regions, colours } as Record<string, tf.Scalar>,
  };
}

/** A training of the network from words to codes. */
export interface WordsTrainer {
  step(state: TensorRecord, index: number): Promise<{ state: TensorRecord; losses: Record<string, number> }>;
  dispose(): Promise<void>;
}

/**
 * Compiles a training step. The decoder is fixed.
 * @param decoder its weights, without a prefix.
 */
export async function createWordsTrainer(
  config: WordsConfig,
  data: WordsData,
  decoder: TensorRecord,
  state: TensorRecord,
  options: { threads?: number } = {},
): Promise<WordsTrainer> {
  const random = createRandom(config.seed);
  const names = Object.keys(selectPrefix("w/", state)).sort();
  const makers = names.filter((name) => !isCritic(name));
  const critics = names.filter(isCritic);
  const pick = (tensors: Record<string, tf.Tensor>, prefix: string, keys: readonly string[]) =>
    Object.fromEntries(keys.map((name) => [name, tensors[prefix + name]!]));
  const size = codeSide * codeSide * config.shape.code;
  const program: Program = await compile(
    (tensors) => {
      const fixed = parametersFrom(tensors, "decoder/");
      const all = pick(tensors, "w/", names);
      const condition = conditionOf(tensors);
      const judged = (p: Parameters, code: tf.Tensor4D): tf.Tensor1D =>
        judgeCode(
          scope(p, criticScope),
          tf.mul(code, tensors.precision!) as tf.Tensor4D,
          condition,
          config.critic,
        );
      let terms: Record<string, tf.Scalar> = {};
      const { value, gradients } = computeGradients(makers, tensors, (p) => {
        const outputs = generatedCodes(p, config, tensors);
        const { total, terms: parts } = wordsLosses(outputs, tensors, config, fixed);
        const doubt = tf.neg(tf.mean(judged(parametersFrom(all), outputs)));
        terms = { ...parts, doubt: doubt as tf.Scalar };
        return tf.add(total, tf.mul(doubt, tensors.pressure!)) as tf.Scalar;
      });
      const update = (
        keys: readonly string[],
        slopes: Record<string, tf.Tensor>,
        rate: string,
        root: string,
      ) =>
        updateByAdam(
          pick(tensors, "w/", keys),
          slopes,
          pick(tensors, "m/", keys),
          pick(tensors, "v/", keys),
          { rate: tensors[rate]!, rootCorrection: tensors[root]!, decayRate: tensors.decayRate! },
          adam,
        );
      const moved = update(makers, gradients, "rate", "rootCorrection");
      const outputs = generatedCodes(parametersFrom(all), config, tensors);
      const critic = computeGradients(critics, tensors, (p) => {
        const hinge = (sign: number, code: tf.Tensor4D): tf.Tensor =>
          tf.mean(tf.relu(tf.sub(1, tf.mul(judged(p, code), sign))));
        return tf.add(hinge(1, tensors.target as tf.Tensor4D), hinge(-1, outputs)) as tf.Scalar;
      });
      const judgedBetter = update(critics, critic.gradients, "criticRate", "criticCorrection");
      return {
        ...withPrefix("w/", { ...moved.weights, ...judgedBetter.weights }),
        ...withPrefix("m/", { ...moved.first, ...judgedBetter.first }),
        ...withPrefix("v/", { ...moved.second, ...judgedBetter.second }),
        ...withPrefix("e/", updateAverage(moved.weights, tensors)),
        ...withPrefix("loss/", terms),
        "loss/total": value,
        "loss/critic": critic.value,
        "loss/norm": moved.norm,
      };
    },
    { ...inputSpecs(config), ...state },
    {
      weights: {
        ...withPrefix("decoder/", decoder),
        precision: precisionOf(data.codes, size, config.shape.code),
      },
      name: "train sticker words",
      ...options,
    },
  );
  const byConcept = new Map<number, number[]>();
  data.concepts.forEach((concept, row) => {
    byConcept.set(concept, [...(byConcept.get(concept) ?? []), row]);
  });
  return {
    async step(from, index) {
      const draw = random.stream(`step/${index}`);
      const inputs = drawWordsBatch({ ...config, code: config.shape.code }, data, byConcept, draw);
      const part = index / config.steps;
      const pressure =
        config.adversarial *
        Math.min(1, Math.max(0, (part - adversarialFrom) / (adversarialFull - adversarialFrom)));
      const peak = cosineRateAt(index, config.steps, config.rate, warmUp);
      const [rate, rootCorrection, decayRate] = adamScalarsOf(index, peak, adam);
      const [criticRate, criticCorrection] = adamScalarsOf(index, peak, adam);
      const scalars = {
        pressure,
        rate,
        rootCorrection,
        decayRate,
        criticRate,
        criticCorrection,
        average: Math.min(0.998, (index + 1) / (index + 10)),
      };
      const results = await program.run(
        {
          ...inputs,
          ...Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, hostScalar(value)])),
        },
        from,
      );
      const losses = Object.fromEntries(
        Object.entries(selectPrefix("loss/", results)).map(([name, { data: value }]) => [name, value[0]!]),
      );
      const next = Object.fromEntries(Object.entries(results).filter(([name]) => !name.startsWith("loss/")));
      return { state: { ...from, ...next }, losses };
    },
    dispose: () => program.dispose(),
  };
}
