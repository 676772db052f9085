import { assign, maxRegions } from "../../data/index.js";
import { type Program, type TensorSpec, collectParameters, compile } from "../../engine/index.js";
import { type StickerShape, codeSide, fillSize, logitSide, slotCount, slotLogits } from "../../gan/index.js";
import {
  type Random,
  type TensorRecord,
  adamScalars,
  cosineRate,
  createRandom,
  hostFloats,
  hostScalar,
  hostZeros,
  initialise,
  parametersFrom,
  underPrefix,
  withPrefix,
} from "../../tensor/index.js";
import * as tf from "../../tf.js";
import { averagedStep } from "../ganProgram.js";
import { type StickerSet, largeSide, stickerBatch } from "./batches.js";
import {
  type StickerTargets,
  type StickerWeights,
  areaWeights,
  areasOf,
  encoderInput,
  rebuild,
  stickerLosses,
} from "./losses.js";

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
  /** Steps before which slots are reassigned to minimise the model's loss. */
  readonly reassign: readonly number[];
  readonly weights: StickerWeights;
}

const adam = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, clip: 1 };
const warmUp = 100;
const average = 0.999;
/** Share of the drawings whose alpha is hidden from the encoder, as it is for opaque pictures. */
const opaquePart = 0.25;
/** Number of drawings whose slots are assigned in one pass. */
const assignedAtOnce = 32;

const float = (...shape: number[]): TensorSpec => ({ shape, dtype: "float32" });

function inputSpecs({ batch, shape }: StickerConfig): Record<string, TensorSpec> {
  return {
    coverage: float(batch, logitSide, logitSide, slotCount),
    labels: { shape: [batch / 2, largeSide, largeSide], dtype: "int32" },
    fills: float(batch, maxRegions, fillSize),
    present: float(batch, maxRegions),
    alphaKnown: float(batch, 1, 1, 1),
    noise: float(batch, codeSide, codeSide, shape.code),
    rate: float(),
    rootCorrection: float(),
    decayRate: float(),
    average: float(),
  };
}

const modelOf = (
  p: Parameters<typeof rebuild>[0],
  shape: StickerShape,
  tensors: Record<string, tf.Tensor>,
): ReturnType<typeof rebuild> =>
  rebuild(
    p,
    shape,
    encoderInput(tensors.coverage as tf.Tensor4D, tensors.fills as tf.Tensor3D, tensors.alphaKnown!),
    tensors.noise as tf.Tensor4D | undefined,
  );

/**
 * State at the start:
 * - `w/` weights, `m/` and `v/` Adam's moments, `e/` moving averages of the weights;
 * - `slots` `[drawings, 15]`: the slot 1 … 15 of each region, 0 where a drawing has fewer;
 * - `deviation`: standard deviation of the codes in the latest step, 1 before the first.
 */
export function initialSticker(config: StickerConfig, set: StickerSet): TensorRecord {
  const specs = collectParameters((p, inputs) => modelOf(p, config.shape, inputs).logits, inputSpecs(config));
  const fillSpecs = collectParameters(
    (p, inputs) => modelOf(p, config.shape, inputs).fills,
    inputSpecs(config),
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
  const names = Object.keys(underPrefix("w/", state)).sort();
  const { slots: _, deviation: _deviation, ...trained } = state;
  const program: Program = await compile(
    (tensors) => {
      let terms: Record<string, tf.Scalar> = {};
      const { value, outputs } = averagedStep(names, tensors, adam, (p) => {
        const { total, terms: parts } = stickerLosses(
          modelOf(p, config.shape, tensors),
          tensors as unknown as StickerTargets,
          config.weights,
        );
        terms = parts;
        return total;
      });
      return { ...outputs, ...withPrefix("loss/", terms), "loss/total": value };
    },
    { ...inputSpecs(config), ...trained },
    { name: "train sticker", ...options },
  );
  const drawBatch = (index: number): number[] => {
    // Whole epochs in random order, so that every drawing is seen equally often.
    const count = set.rows.length;
    return Array.from({ length: config.batch }, (_unused, at) => {
      const position = index * config.batch + at;
      return orderOf(Math.floor(position / count))[position % count]!;
    });
  };
  const orders = new Map<number, Int32Array>();
  const orderOf = (epoch: number): Int32Array => {
    let order = orders.get(epoch);
    if (!order) {
      orders.clear();
      orders.set(epoch, (order = random.stream(`epoch/${epoch}`).permutation(set.rows.length)));
    }
    return order;
  };
  return {
    async step(from, index) {
      const { slots, deviation, ...rest } = from;
      const current = config.reassign.includes(index)
        ? await reassignSlots(config, { ...set, slots: slots!.data as Float32Array }, from, options)
        : slots!;
      const draw = random.stream(`step/${index}`);
      const batch = drawBatch(index);
      // Checkpoints of earlier versions lack it.
      const noiseScale = config.noise * (deviation?.data[0] ?? 1);
      const noise = draw.stream("noise").normals(config.batch * codeSide * codeSide * config.shape.code);
      const alpha = draw.stream("alpha");
      const [rate, rootCorrection, decayRate] = adamScalars(
        index,
        cosineRate(index, config.steps, config.rate, warmUp),
        adam,
      );
      const scalars = {
        rate,
        rootCorrection,
        decayRate,
        average: Math.min(average, (index + 1) / (index + 10)),
      };
      const inputs: TensorRecord = {
        ...stickerBatch(
          { ...set, slots: current.data as Float32Array },
          {
            batch,
            large: config.batch / 2,
            recoloured: config.recoloured,
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
          [config.batch, codeSide, codeSide, config.shape.code],
        ),
        ...Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, hostScalar(value)])),
      };
      const results = await program.run(inputs, rest);
      const losses = Object.fromEntries(
        Object.entries(underPrefix("loss/", results)).map(([name, { data }]) => [name, data[0]!]),
      );
      const next = Object.fromEntries(Object.entries(results).filter(([name]) => !name.startsWith("loss/")));
      // Codes have mean near 0, so the root of their mean square is their deviation.
      return {
        state: { ...from, ...next, slots: current, deviation: hostScalar(Math.sqrt(losses.code!)) },
        losses,
      };
    },
    dispose: () => program.dispose(),
  };
}

/**
 * Slots by expectation maximisation: each region goes to the slot for which the averaged model's cross-entropy and fills cost
 * least, one region a slot (linear assignment). This decides which of several similar slots a region belongs to.
 */
export async function reassignSlots(
  config: StickerConfig,
  set: StickerSet,
  state: TensorRecord,
  options: { threads?: number } = {},
): Promise<TensorRecord[string]> {
  const size = assignedAtOnce;
  const program = await compile(
    (tensors) => {
      const { logits, fills } = modelOf(parametersFrom(tensors), config.shape, tensors);
      const coverage = tensors.coverage as tf.Tensor4D;
      const pixels = logitSide * logitSide;
      const flat = (x: tf.Tensor): tf.Tensor => tf.reshape(x, [size, pixels, slotCount]);
      const logShares = flat(tf.logSoftmax(slotLogits(logits, logitSide)));
      const areas = areasOf(coverage);
      const weighted = flat(tf.mul(coverage, areaWeights(areas)));
      const shapes = tf.mul(tf.matMul(weighted, logShares, true, false), -1 / pixels); // [batch, region, slot]
      const shown = tf.slice(shapes, [0, 1, 1], [-1, maxRegions, maxRegions]);
      const apart = tf.mean(tf.abs(tf.sub(tf.expandDims(tensors.fills!, 2), tf.expandDims(fills, 1))), 3); // [batch, region, slot]
      const importance = tf.expandDims(tf.sqrt(tf.slice(areas, [0, 1], [-1, maxRegions])), 2);
      return { cost: tf.add(shown, tf.mul(apart, importance)) };
    },
    {
      coverage: float(size, logitSide, logitSide, slotCount),
      fills: float(size, maxRegions, fillSize),
      alphaKnown: float(size, 1, 1, 1),
    },
    { weights: underPrefix("e/", state), name: "assign slots", ...options },
  );
  const random: Random = createRandom("assign");
  const slots = new Float32Array(set.rows.length * maxRegions);
  try {
    for (let start = 0; start < set.rows.length; start += size) {
      const batch = Array.from({ length: size }, (_, at) => Math.min(set.rows.length - 1, start + at));
      const { coverage, fills } = stickerBatch(set, {
        batch,
        large: 0,
        recoloured: 0,
        random,
        order: "region",
      });
      const alphaKnown = hostFloats(new Float32Array(size).fill(1), [size, 1, 1, 1]);
      const { cost } = await program.run({ coverage: coverage!, fills: fills!, alphaKnown });
      batch.forEach((row, at) => {
        const regions = set.data.items[set.rows[row]!]!.fills.length;
        const costs = Array.from({ length: regions }, (_, region) =>
          (cost!.data as Float32Array).subarray(
            (at * maxRegions + region) * maxRegions,
            (at * maxRegions + region + 1) * maxRegions,
          ),
        );
        assign(costs).forEach((slot, region) => (slots[row * maxRegions + region] = slot + 1));
      });
    }
  } finally {
    await program.dispose();
  }
  return hostFloats(slots, [set.rows.length, maxRegions]);
}
