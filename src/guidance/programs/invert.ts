import { computeImageStages, inputSideOf, resizeSquare } from "../../clip/index.js";
import { type Program, compile, disposeOpened } from "../../engine/index.js";
import type { Picture } from "../../images/index.js";
import {
  type HostTensor,
  type TensorRecord,
  hostZeros,
  learningRateAt,
  parametersFrom,
  scope,
  shrink,
  scaleToUnit,
} from "../../tensor/index.js";
import { onWhite } from "../../gan/index.js";
import * as tf from "../../tf.js";
import type { PassCounter } from "../ascent/passes.js";
import type { RunOptions, SteerModels } from "../steerModels.js";
import { computeRangePenalty } from "../objectives/distances.js";
import { type Embedder, createEmbedder, toEncoderInput } from "./embedTerms.js";
import { toGeneratorRange, latentShapeOf, synthesizePicture, pictureWeightsOf } from "./pictures.js";
import { type SteerState, adamInputsAt, adamSpecsOf, updateLatents } from "./steer.js";

/** The generator's best copy of a picture. */
export interface Inversion {
  /** `[1, …latentShape]`. */
  readonly latents: HostTensor;
  /** `[1, side, side, 3]` in [0, 1]. */
  readonly picture: HostTensor;
  /** Mean absolute difference from the given picture, for values in [0, 1]. */
  readonly error: number;
}

/** Steps, callbacks and abort signal of an inversion. */
export interface InvertOptions {
  /** Steps of descent after the first guess. */
  readonly steps: number;
  /** Stops the descent; the best copy so far is returned. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each step with the number of steps done. */
  readonly onStep?: ((done: number) => void) | undefined;
  /** Counts the CLIP pass of the first guess. The descent uses early feature maps only, which does not count as a pass. */
  readonly passes?: PassCounter | undefined;
}

/** Inverts pictures with programs that are compiled once. */
export interface Inverter {
  /** Finds latents of a picture. */
  invert(picture: Picture, options: InvertOptions): Promise<Inversion>;
  dispose(): Promise<void>;
}

/** Peak learning rate. */
const peak = 0.08;
/** Weight of the outlines' total length, in sides of the picture. It gives fewer fragments at the same pixel difference. */
const outlineCost = 0.001;

type Difference = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;
const averageDifference: Difference = (a, b) => tf.mean(tf.abs(tf.sub(a, b)));

/** Computes features for comparing pictures: the picture at a quarter of its size, and the first guide's early feature maps. */
function computeFeatures(
  models: SteerModels,
  tensors: Record<string, tf.Tensor>,
  picture: tf.Tensor4D,
): { coarse: tf.Tensor; maps: tf.Tensor[] } {
  const { prefix, config } = models.guides[0]!;
  const image = scope(parametersFrom(tensors, prefix), "image");
  const stages = computeImageStages(image, config.image, resizeSquare(picture, inputSideOf(config.image)));
  return { coarse: shrink(picture, 4), maps: stages.slice(0, 2).map(scaleToUnit) };
}

/** Compiles the first guess: the encoder's, given the picture's embedding under the first guide. */
function compileGuess(models: SteerModels, options: RunOptions): Promise<Program> | undefined {
  const { encode, resolution: side } = models.generator;
  if (!encode) return undefined;
  return compile(
    (tensors) => {
      const pictures = toGeneratorRange(models, tensors.picture as tf.Tensor4D);
      return { latents: encode(parametersFrom(tensors, "generator/"), pictures, tensors.condition!) };
    },
    {
      picture: { shape: [1, side, side, 3], dtype: "float32" },
      condition: { shape: [1, models.guides[0]!.config.text.features], dtype: "float32" },
    },
    {
      weights: pictureWeightsOf(models, []),
      name: "encode latents",
      recipe: models.architecture,
      ...options,
    },
  );
}

/**
 * Returns the side at which copies are compared pixel by pixel: a generator that paints at any size is compared at twice its own.
 */
const comparedSideOf = ({ generator }: SteerModels): number =>
  generator.resolution * (generator.regions ? 2 : 1);

/** Synthesizes the pictures of latents at the compared side and at the generator's own, `[1, side, side, 3]` in [0, 1] each. */
function makeCopies(
  models: SteerModels,
  tensors: Record<string, tf.Tensor>,
  latents: tf.Tensor,
): { compared: tf.Tensor4D; picture: tf.Tensor4D } {
  const { regions, resolution } = models.generator;
  if (!regions) {
    const picture = synthesizePicture(models, tensors, latents);
    return { compared: picture, picture };
  }
  const side = comparedSideOf(models);
  const compared = onWhite(regions.paint(parametersFrom(tensors, "generator/"), latents, side));
  return { compared, picture: shrink(compared, side / resolution) };
}

/** Compiles the features of the target, computed once for each picture. */
function compileTarget(models: SteerModels, options: RunOptions): Promise<Program> {
  const side = models.generator.resolution;
  return compile(
    (tensors) => {
      const { coarse, maps } = computeFeatures(models, tensors, tensors.target as tf.Tensor4D);
      return { coarse, ...Object.fromEntries(maps.map((map, at) => [`map${at}`, map])) };
    },
    { target: { shape: [1, side, side, 3], dtype: "float32" } },
    {
      weights: pictureWeightsOf(models, [models.guides[0]!]),
      name: "features of a target",
      recipe: models.architecture,
      ...options,
    },
  );
}

/** Compiles a step of descent; `target` has the shapes of the target in detail and of its features. */
function compileStep(models: SteerModels, target: TensorRecord, options: RunOptions): Promise<Program> {
  return compile(
    (tensors) => {
      const targetMaps = ["map0", "map1"].map((name) => tensors[name]).filter((map) => map !== undefined);
      const lossOf = (latents: tf.Tensor): tf.Scalar => {
        const { compared, picture } = makeCopies(models, tensors, latents);
        const { coarse, maps } = computeFeatures(models, tensors, picture);
        const apart = tf.addN(maps.map((map, at) => tf.mean(tf.squaredDifference(map, targetMaps[at]!))));
        const fine = averageDifference(compared, tensors.detail!);
        const pixels = tf.mul(tf.add(fine, averageDifference(coarse, tensors.coarse!)), 4);
        const terms = [pixels, tf.mul(apart, 0.3), tf.mul(computeRangePenalty(latents), 0.3)];
        const { regions } = models.generator;
        if (!regions) return tf.addN(terms) as tf.Scalar;
        const outlines = regions.boundary(parametersFrom(tensors, "generator/"), latents);
        return tf.addN([...terms, tf.mul(tf.mean(outlines), outlineCost)]) as tf.Scalar;
      };
      const gradient = tf.grad((latents: tf.Tensor) => lossOf(latents))(tensors.latents!);
      const { compared, picture } = makeCopies(models, tensors, tensors.latents!);
      return {
        ...updateLatents(models, tensors, gradient),
        picture,
        error: averageDifference(compared, tensors.detail!),
      };
    },
    { ...adamSpecsOf(models), ...target },
    {
      weights: pictureWeightsOf(models, [models.guides[0]!]),
      name: "invert",
      recipe: models.architecture,
      ...options,
    },
  );
}

/**
 * Makes an inverter: the encoder's guess or the mean, then descent on pixels at two sizes and on the first guide's early maps.
 * Source: Tov et al. 2021 (e4e) for encoder first; Abdal et al. 2019 (Image2StyleGAN) for the optimisation in W+.
 */
export function createInverter(models: SteerModels, options: RunOptions): Inverter {
  const guide = models.guides[0]!;
  const shape = latentShapeOf(models);
  let guess: Promise<Program> | undefined;
  let targets: Promise<Program> | undefined;
  let steps: Promise<Program> | undefined;
  let embedder: Embedder | undefined;

  const firstGuess = async (
    picture: Picture,
    target: HostTensor,
    passes?: PassCounter,
  ): Promise<HostTensor> => {
    guess ??= compileGuess(models, options);
    if (!guess) return hostZeros(shape);
    embedder ??= createEmbedder(models, [guide], options);
    const term = { picture, weight: 1, templates: [] };
    const embeddings = await embedder.embed([term], passes);
    const program = await guess;
    const { latents } = await program.run({ picture: target, condition: embeddings[guide.prefix]! });
    return latents!;
  };

  return {
    async invert(picture, { steps: count, signal, onStep, passes }) {
      const target = await toEncoderInput(picture, models.generator.resolution);
      const start = await firstGuess(picture, target, passes);
      targets ??= compileTarget(models, options);
      const detail = await toEncoderInput(picture, comparedSideOf(models));
      const targetTensors: TensorRecord = { ...(await (await targets).run({ target })), detail };
      steps ??= compileStep(models, targetTensors, options);
      const program = await steps;
      let state: SteerState = { latents: start, first: hostZeros(shape), second: hostZeros(shape) };
      let best: Inversion | undefined;
      for (let index = 0; index <= count; index++) {
        const rate = learningRateAt(index, Math.max(1, count), {
          peak,
          warmUp: 0,
          decay: "linear",
          floor: 0.05,
        });
        const results = await program.run({ ...state, ...targetTensors, ...adamInputsAt(index, rate) });
        const error = results.error!.data[0]!;
        if (!best || error < best.error) best = { latents: state.latents, picture: results.picture!, error };
        state = { latents: results.latents!, first: results.first!, second: results.second! };
        onStep?.(index);
        if (signal?.aborted) break;
      }
      return best!;
    },
    async dispose() {
      await disposeOpened([embedder, guess, targets, steps]);
    },
  };
}

/**
 * Inverts one picture: finds latents whose picture is close to it, in `steps` steps of descent after the encoder's first guess.
 * @param models models of a pack; the first guide compares the pictures.
 * @param picture RGB in [0, 1], of any size.
 * @param options length of the descent.
 * @param options.steps number of steps of descent, 0 or more.
 * @param run engine, threads, callback for each step and abort signal.
 * @returns the best of all steps: latents `[1, …latentShape]`, picture `[1, side, side, 3]`, and error.
 */
export async function invert(
  models: SteerModels,
  picture: Picture,
  { steps }: { steps: number },
  { signal, onStep, ...run }: RunOptions & Omit<InvertOptions, "steps">,
): Promise<Inversion> {
  const inverter = createInverter(models, run);
  try {
    return await inverter.invert(picture, { steps, signal, onStep });
  } finally {
    await inverter.dispose();
  }
}
