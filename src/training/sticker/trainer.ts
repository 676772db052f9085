import { maxRegions } from "../../data/index.js";
import { ConfigError } from "../../errors.js";
import { type Program, type TensorSpec, collectParameters, compile } from "../../engine/index.js";
import { type StickerShape, codeSizeOf, fillSize, logitSide, slotCount } from "../../gan/index.js";
import {
  type TensorRecord,
  adamScalarsOf,
  cosineRateAt,
  createRandom,
  hostFloats,
  hostScalar,
  hostZeros,
  initialise,
  selectPrefix,
  withPrefix,
} from "../../tensor/index.js";
import * as tf from "../../tf.js";
import { stepAveraged } from "../ganProgram.js";
import { type StickerSet, makeStickerBatch, quadrantCount, quadrantSide } from "./batches.js";
import {
  type StickerTargets,
  type StickerWeights,
  type StoredCodes,
  measureEncoderDistance,
  type rebuildRegions,
  rebuildBatch,
  computeStickerLosses,
} from "./losses.js";
import { reassignSlots } from "./reassign.js";
import {
  isStored,
  splitState,
  storeCodes,
  stepStoredCodes,
  makeStoredInputs,
  storedSpecsOf,
} from "./storedCodes.js";

/** Settings of the training of a sticker generator's encoder and decoder. */
export interface StickerConfig {
  readonly shape: StickerShape;
  /** Icon sets that are learned. */
  readonly sets: readonly string[];
  /** `development` keeps pairs and concepts back, `release` concepts alone. */
  readonly purpose: "development" | "release";
  readonly batch: number;
  readonly steps: number;
  readonly rate: number;
  readonly seed: number;
  /** Noise on codes, as a part of their standard deviation. */
  readonly noise: number;
  /** Part of the drawings whose hue is turned. */
  readonly recoloured: number;
  /** Whether codes of the drawings are trained beside the weights (see `StoredCodes`). */
  readonly codes?: boolean | undefined;
  /** Scope of the weights that are trained, such as `decoder.detail`; all weights when absent. */
  readonly only?: string | undefined;
  /** Number of drawings that are learned, evenly spread over the set; all when absent. */
  readonly drawings?: number | undefined;
  /** Steps before which slots are reassigned to minimise the model's loss. */
  readonly reassign: readonly number[];
  readonly weights: StickerWeights;
}

const adamOptions = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, clip: 1 };
const warmUp = 100;
const average = 0.999;
/** Weight of the encoder's distance from stored codes. */
const encoderWeight = 0.1;
/** Share of the drawings whose alpha is hidden from the encoder, as it is for opaque pictures. */
const opaquePart = 0.25;

const floatSpec = (...shape: number[]): TensorSpec => ({ shape, dtype: "float32" });

function inputSpecsOf({ batch, shape, codes }: StickerConfig): Record<string, TensorSpec> {
  return {
    coverage: floatSpec(batch, logitSide, logitSide, slotCount),
    labels: { shape: [batch, quadrantSide, quadrantSide], dtype: "int32" },
    windowX: floatSpec(1, quadrantSide),
    windowY: floatSpec(1, quadrantSide),
    fills: floatSpec(batch, maxRegions, fillSize),
    present: floatSpec(batch, maxRegions),
    alphaKnown: floatSpec(batch, 1, 1, 1),
    noise: floatSpec(batch, codeSizeOf(shape)),
    rate: floatSpec(),
    rootCorrection: floatSpec(),
    decayRate: floatSpec(),
    average: floatSpec(),
    ...(codes && storedSpecsOf(batch, codeSizeOf(shape))),
  };
}

/**
 * Returns the state at the start:
 * - `w/` weights, `m/` and `v/` Adam's moments, `e/` moving averages of the weights;
 * - `slots` `[drawings, 15]`: the slot 1 … 15 of each region, 0 where a drawing has fewer;
 * - `deviation`: standard deviation of the codes in the latest step, 1 before the first;
 * - where codes are trained, they are added by `addInitialCodes`.
 */
export function initialiseSticker(config: StickerConfig, set: StickerSet): TensorRecord {
  const specs = collectParameters(
    (parameters, inputs) => rebuildBatch(parameters, config.shape, inputs).logits,
    inputSpecsOf(config),
  );
  const fillSpecs = collectParameters(
    (parameters, inputs) => rebuildBatch(parameters, config.shape, inputs).fills,
    inputSpecsOf(config),
  );
  const weights = initialise({ ...specs, ...fillSpecs }, createRandom(config.seed).stream("weights"));
  const zeros = Object.fromEntries(
    Object.entries(weights).map(([name, { shape }]) => [name, hostZeros(shape)]),
  );
  return {
    ...withPrefix("w/", weights),
    ...withPrefix("m/", zeros),
    ...withPrefix("v/", zeros),
    ...withPrefix("e/", weights),
    slots: hostFloats(Float32Array.from(set.slots), [set.rows.length, maxRegions]),
    deviation: hostScalar(1),
  };
}

/** A training of encoder and decoder. */
export interface StickerTrainer {
  step(state: TensorRecord, index: number): Promise<{ state: TensorRecord; losses: Record<string, number> }>;
  dispose(): Promise<void>;
}

/** Compiles a training step over a set. */
export async function createStickerTrainer(
  config: StickerConfig,
  set: StickerSet,
  state: TensorRecord,
  options: { threads?: number } = {},
): Promise<StickerTrainer> {
  const random = createRandom(config.seed);
  const { only = "" } = config;
  const names = Object.keys(selectPrefix("w/", state))
    .filter((name) => name.startsWith(only))
    .sort();
  if (names.length === 0) throw new ConfigError(`train: the model has no weights "${only}…"`);
  const isTrained = (name: string): boolean => names.includes(name.slice(2)); // after "w/", "m/", "v/" or "e/"
  const entries = Object.entries(splitState(state).weights);
  const trained = Object.fromEntries(entries.filter(([name]) => isTrained(name)));
  const fixed = Object.fromEntries(entries.filter(([name]) => name.startsWith("w/") && !isTrained(name)));
  const program: Program = await compile(
    (tensors) => {
      let terms: Record<string, tf.Scalar> = {};
      const lossOf = (parameters: Parameters<typeof rebuildRegions>[0], stored?: StoredCodes): tf.Scalar => {
        const model = rebuildBatch(parameters, config.shape, tensors, stored);
        const losses = computeStickerLosses(model, tensors as unknown as StickerTargets, config.weights);
        terms = losses.terms;
        if (!stored) return losses.total;
        const target = { ...stored, codes: tensors.storedTarget as tf.Tensor2D };
        terms.encoder = measureEncoderDistance(config.shape, model.encoded, target, tensors.variance!);
        return tf.add(losses.total, tf.mul(terms.encoder, encoderWeight)) as tf.Scalar;
      };
      const { value, outputs } = config.codes
        ? stepStoredCodes(names, tensors, adamOptions, lossOf)
        : stepAveraged(names, tensors, adamOptions, (parameters) => lossOf(parameters));
      return { ...outputs, ...withPrefix("loss/", terms), "loss/total": value };
    },
    { ...inputSpecsOf(config), ...trained },
    { weights: fixed, name: "train sticker", ...options },
  );
  const drawBatch = (index: number): number[] => {
    // Whole epochs in random order, so that every drawing is seen equally often.
    const count = Math.min(config.drawings ?? Infinity, set.rows.length);
    return Array.from({ length: config.batch }, (_unused, at) => {
      const position = index * config.batch + at;
      const drawing = orderOf(Math.floor(position / count), count)[position % count]!;
      return Math.floor((drawing * set.rows.length) / count);
    });
  };
  const orders = new Map<number, Int32Array>();
  const orderOf = (epoch: number, count: number): Int32Array => {
    let order = orders.get(epoch);
    if (!order) {
      orders.clear();
      orders.set(epoch, (order = random.stream(`epoch/${epoch}`).permute(count)));
    }
    return order;
  };
  return {
    async step(from, index) {
      const { slots, deviation, codes, weights } = splitState(from);
      const moving = Object.fromEntries(Object.entries(weights).filter(([name]) => isTrained(name)));
      const current = config.reassign.includes(index)
        ? await reassignSlots(config, { ...set, slots: slots!.data as Float32Array }, from, options)
        : slots!;
      const draw = random.stream(`step/${index}`);
      const batch = drawBatch(index);
      // Checkpoints of earlier versions lack it.
      const noiseScale = config.noise * (deviation?.data[0] ?? 1);
      const size = codeSizeOf(config.shape);
      const noise = draw.stream("noise").normals(config.batch * size);
      const alpha = draw.stream("alpha");
      const [rate, rootCorrection, decayRate] = adamScalarsOf(
        index,
        cosineRateAt(index, config.steps, config.rate, warmUp),
        adamOptions,
      );
      const scalars = {
        rate,
        rootCorrection,
        decayRate,
        average: Math.min(average, (index + 1) / (index + 10)),
      };
      const inputs: TensorRecord = {
        ...makeStickerBatch(
          { ...set, slots: current.data as Float32Array },
          {
            batch,
            window: Math.floor(draw.stream("window").uniform() * quadrantCount),
            recoloured: config.recoloured,
            keepsColours: config.codes ? isStored : undefined,
            random: draw.stream("hue"),
            order: "slot",
          },
        ),
        alphaKnown: hostFloats(
          Float32Array.from(batch, () => (alpha.uniform() < opaquePart ? 0 : 1)),
          [config.batch, 1, 1, 1],
        ),
        noise: hostFloats(
          noise.map((value) => value * noiseScale),
          [config.batch, size],
        ),
        ...Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, hostScalar(value)])),
      };
      const stored = codes && makeStoredInputs(codes, batch, index, config);
      const results = await program.run({ ...inputs, ...stored }, moving);
      if (codes) storeCodes(codes, batch, results);
      const losses = Object.fromEntries(
        Object.entries(selectPrefix("loss/", results)).map(([name, { data }]) => [name, data[0]!]),
      );
      const next = Object.fromEntries(
        Object.entries(results).filter(([name]) => !name.startsWith("loss/") && !name.startsWith("stored")),
      );
      // Codes have mean near 0, so the root of their mean square is their deviation.
      return {
        state: { ...from, ...next, slots: current, deviation: hostScalar(Math.sqrt(losses.code!)) },
        losses,
      };
    },
    dispose: () => program.dispose(),
  };
}
