import { collectParameters, compile, type CompileOptions, type TensorSpec } from "../engine/index.js";
import { type Generator, type UpscalerConfig, enlarge, enlargement } from "../gan/index.js";
import {
  type HostTensor,
  type TensorRecord,
  adamScalarsOf,
  cosineRateAt,
  createRandom,
  hostFloats,
  hostScalar,
  hostZeros,
  initialise,
  parametersFrom,
  selectPrefix,
  withPrefix,
} from "../tensor/index.js";
import * as tf from "../tf.js";
import { trainingSide } from "./augment.js";
import { drawBatch } from "./batches.js";
import { computeEdges } from "./ganLosses.js";
import { stepAveraged } from "./ganProgram.js";

/** Settings of the training of an upscaler. */
export interface UpscalerTraining {
  readonly model: UpscalerConfig;
  /** Pictures that it learns from. */
  readonly pictures: number;
  /** Pictures a step. */
  readonly batch: number;
  readonly steps: number;
  readonly rate: number;
  readonly seed: number;
  /** Share of the pictures whose input is the generator's reconstruction. */
  readonly copies: number;
}

/** The same pictures three times, as bytes `[pictures, …, …, 3]`. */
export interface UpscalerPictures {
  readonly small: Uint8Array;
  /** The generator's reconstructions of the small ones. */
  readonly copies: Uint8Array;
  readonly large: Uint8Array;
}

const large = trainingSide * enlargement;
const adamOptions = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, clip: 1 };
const average = 0.995;
const atOnce = 32;

/** Converts rows of bytes to pictures in [0, 1]. */
export function toUnitPictures(bytes: Uint8Array, rows: readonly number[], width: number): HostTensor {
  const size = width * width * 3;
  const data = new Float32Array(rows.length * size);
  rows.forEach((row, at) => {
    const from = row * size;
    for (let index = 0; index < size; index++) data[at * size + index] = bytes[from + index]! / 255;
  });
  return hostFloats(data, [rows.length, width, width, 3]);
}

/** Reconstructs 64×64 pictures by a generator from its encoder's codes: 8-bit, of the same shape. */
export async function reconstructByGenerator(
  generator: Generator,
  pictures: Uint8Array,
  options: CompileOptions & { readonly features: number },
): Promise<Uint8Array> {
  const [low, high] = generator.range;
  const { features, ...rest } = options;
  const program = await compile(
    (tensors) => {
      const parameters = parametersFrom(tensors);
      const ranged = tf.add(tf.mul(tensors.pictures!, high - low), low) as tf.Tensor4D;
      const latents = generator.encode!(parameters, ranged, tf.zeros([atOnce, features]));
      return { copies: tf.div(tf.sub(generator.synthesize(parameters, latents), low), high - low) };
    },
    { pictures: { shape: [atOnce, trainingSide, trainingSide, 3], dtype: "float32" } },
    { weights: generator.weights, name: "copy pictures", ...rest },
  );
  const size = trainingSide * trainingSide * 3;
  const count = pictures.length / size;
  const copies = new Uint8ClampedArray(pictures.length);
  try {
    for (let at = 0; at < count; at += atOnce) {
      const rows = Array.from({ length: atOnce }, (_, row) => Math.min(count - 1, at + row));
      const { copies: outputs } = await program.run({
        pictures: toUnitPictures(pictures, rows, trainingSide),
      });
      const values = (outputs!.data as Float32Array).subarray(0, Math.min(atOnce, count - at) * size);
      copies.set(
        values.map((value) => value * 255),
        at * size,
      );
    }
  } finally {
    await program.dispose();
  }
  return new Uint8Array(copies.buffer);
}

function inputSpecsOf(batch: number): Record<string, TensorSpec> {
  const float = (...shape: number[]): TensorSpec => ({ shape, dtype: "float32" });
  return {
    small: float(batch, trainingSide, trainingSide, 3),
    large: float(batch, large, large, 3),
    rate: float(),
    rootCorrection: float(),
    decayRate: float(),
    average: float(),
  };
}

/** Returns the state at the start: weights `w/`, moments `m/` `v/`, averaged weights `e/`. */
export function initialiseUpscaler({ model, seed }: UpscalerTraining): TensorRecord {
  const specs = collectParameters(
    (parameters, { small }) => enlarge(parameters, model, small as tf.Tensor4D),
    inputSpecsOf(1),
  );
  const weights = initialise(specs, createRandom(seed).stream("weights"));
  const zeros = Object.fromEntries(
    Object.entries(weights).map(([name, { shape }]) => [name, hostZeros(shape)]),
  );
  return {
    ...withPrefix("w/", weights),
    ...withPrefix("m/", zeros),
    ...withPrefix("v/", zeros),
    ...withPrefix("e/", weights),
  };
}

/** Computes the mean distance of pixels and of edges. */
function computeLoss(enlarged: tf.Tensor4D, target: tf.Tensor4D): tf.Scalar {
  const apart = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => tf.mean(tf.abs(tf.sub(a, b)));
  const others = computeEdges(target);
  const sharp = computeEdges(enlarged).map((edge, at) => apart(edge, others[at]!));
  return tf.addN([apart(enlarged, target), ...sharp]) as tf.Scalar;
}

/** Creates a compiled trainer with its pictures; a step transfers the arrays of its state, which may be empty afterwards. */
export async function createUpscalerTrainer(
  config: UpscalerTraining,
  pictures: UpscalerPictures,
  state: TensorRecord,
  options: CompileOptions = {},
): Promise<{
  step(state: TensorRecord, index: number): Promise<{ state: TensorRecord; losses: Record<string, number> }>;
  dispose(): Promise<void>;
}> {
  const names = Object.keys(selectPrefix("w/", state)).sort();
  const program = await compile(
    (tensors) => {
      const { value, outputs } = stepAveraged(names, tensors, adamOptions, (parameters) =>
        computeLoss(
          enlarge(parameters, config.model, tensors.small as tf.Tensor4D),
          tensors.large as tf.Tensor4D,
        ),
      );
      return { ...outputs, "loss/pixels": value };
    },
    { ...inputSpecsOf(config.batch), ...state },
    { name: "train upscaler", ...options },
  );
  const random = createRandom(config.seed);
  const size = trainingSide * trainingSide * 3;
  const positions = new Int32Array(pictures.small.length / size);
  return {
    async step(from, index) {
      const batch = drawBatch({ positions, images: pictures.small }, index, config.batch, random);
      const draw = random.stream(`step/${index}`);
      const shown = new Uint8Array(config.batch * size);
      batch.forEach((row, at) => {
        const source = draw.uniform() < config.copies ? pictures.copies : pictures.small;
        shown.set(source.subarray(row * size, (row + 1) * size), at * size);
      });
      const peak = cosineRateAt(index, config.steps, config.rate, 100);
      const [rate, rootCorrection, decayRate] = adamScalarsOf(index, peak, adamOptions);
      const scalars = {
        rate,
        rootCorrection,
        decayRate,
        average: Math.min(average, (index + 1) / (index + 10)),
      };
      const results = await program.run(
        {
          small: toUnitPictures(
            shown,
            batch.map((_, at) => at),
            trainingSide,
          ),
          large: toUnitPictures(pictures.large, batch, large),
          ...Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, hostScalar(value)])),
        },
        from,
      );
      const losses = Object.fromEntries(
        Object.entries(selectPrefix("loss/", results)).map(([name, { data }]) => [name, data[0]!]),
      ) as Record<string, number>;
      const next = Object.fromEntries(Object.entries(results).filter(([name]) => !name.startsWith("loss/")));
      return { state: { ...from, ...next }, losses };
    },
    dispose: () => program.dispose(),
  };
}
