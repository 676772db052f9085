import { type TensorSpec, compile } from "../../engine/index.js";
import {
  type HostTensor,
  type TensorRecord,
  adamScalarsOf,
  updateByAdam,
  hostScalar,
  hostZeros,
  parametersFrom,
} from "../../tensor/index.js";
import * as tf from "../../tf.js";
import type { RunOptions, SteerModels } from "../steerModels.js";
import { type Loss, type LossShape, createLoss } from "../objectives/loss.js";
import { splitViews, viewSidesOf, viewSpecsOf, limitViewsTogether } from "../objectives/views.js";
import { latentShapeOf, synthesizePicture, pictureWeightsOf, paintSeenPicture } from "./pictures.js";

/** Parameters that determine the graph of a gradient step. */
export interface SteerShape extends LossShape {
  /** Number of views in a batch, which determines the memory; as many pixels as sixteen views of 224² when absent. */
  readonly together?: number;
}

/** State of gradient ascent: latents and Adam's moments, `[1, …latentShape]` each. */
export interface SteerState {
  readonly latents: HostTensor;
  readonly first: HostTensor;
  readonly second: HostTensor;
}

/** Result of a step. `loss`, `terms`, `picture` and `seen` (both with noise) are those of the latents before the step. */
export interface SteerStep {
  readonly state: SteerState;
  readonly loss: number;
  readonly terms: Record<string, number>;
  /** `[1, side, side, 3]` in [0, 1]. */
  readonly picture: HostTensor;
  /** The picture of regions before it was reduced, `[1, seenSide, seenSide, 3]` in [0, 1]. */
  readonly seen?: HostTensor | undefined;
  /** Its alpha, `[1, seenSide, seenSide, 1]`. */
  readonly seenAlpha?: HostTensor | undefined;
}

/** A compiled gradient step. */
export interface Steering {
  /** CLIP passes of a step. */
  readonly passes: number;
  /** Makes one step of Adam; inputs are those of the loss, `noise` on the latents, and `adamInputsAt`. */
  step(state: SteerState, inputs: TensorRecord): Promise<SteerStep>;
  dispose(): Promise<void>;
}

/** Adam of the latents: decay rates of its moments, and the maximum norm of a gradient. */
const adamOptions = { beta1: 0.9, beta2: 0.99, clip: 1 } as const;

/** Returns the scalars of an Adam update of latents at a step (from 0), as inputs of a program. */
export function adamInputsAt(step: number, learningRate: number): TensorRecord {
  const [rate, correction] = adamScalarsOf(step, learningRate, adamOptions);
  return { rate: hostScalar(rate), correction: hostScalar(correction) };
}

/** Returns the shapes of `adamInputsAt` and of a `SteerState`. */
export function adamSpecsOf(models: SteerModels): Record<string, TensorSpec> {
  const latents: TensorSpec = { shape: latentShapeOf(models), dtype: "float32" };
  const scalar: TensorSpec = { shape: [], dtype: "float32" };
  return { latents, first: latents, second: latents, rate: scalar, correction: scalar };
}

/**
 * Updates latents and moments by one Adam step against a gradient; the latents are projected where the generator
 * requires it.
 */
export function updateLatents(
  { generator }: SteerModels,
  tensors: Record<string, tf.Tensor>,
  gradient: tf.Tensor,
  options: { readonly clip?: number } = {},
): Record<"latents" | "first" | "second", tf.Tensor> {
  const named = (tensor: tf.Tensor): Record<string, tf.Tensor> => ({ latents: tensor });
  const { weights, first, second } = updateByAdam(
    named(tensors.latents!),
    named(gradient),
    named(tensors.first!),
    named(tensors.second!),
    { rate: tensors.rate!, rootCorrection: tensors.correction! },
    { beta1: adamOptions.beta1, beta2: adamOptions.beta2, ...options },
  );
  const moved = weights.latents!;
  return {
    latents: generator.project?.(parametersFrom(tensors, "generator/"), moved) ?? moved,
    first: first.latents!,
    second: second.latents!,
  };
}

type CompileSettings = Omit<RunOptions, "passes"> & { readonly recipe: unknown; readonly packed: boolean };

/** Compiles one step of gradient ascent: picture, views, all guides, the loss, its gradient to the latents, Adam. */
export async function createSteering(
  models: SteerModels,
  shape: SteerShape,
  options: RunOptions,
): Promise<Steering> {
  const loss = createLoss(models, shape);
  const settings: CompileSettings = {
    recipe: [models.architecture, shape],
    packed: false, // no faster here, and sooner ready
    ...options,
  };
  const size = shape.together ?? limitViewsTogether(shape.views, viewSidesOf(models));
  return size >= shape.views
    ? compileAtOnce(models, loss, settings)
    : compileInChunks(models, loss, { views: shape.views, size }, settings);
}

/** Adds the noise of the step to latents. */
function addStepNoise(loss: Loss, tensors: Record<string, tf.Tensor>, latents: tf.Tensor): tf.Tensor {
  return tf.add(latents, free(loss, tensors, tensors.noise!));
}

/** Synthesizes the picture of latents, noise included. */
function synthesizeNoisy(
  models: SteerModels,
  loss: Loss,
  tensors: Record<string, tf.Tensor>,
  latents: tf.Tensor,
): tf.Tensor4D {
  return synthesizePicture(models, tensors, addStepNoise(loss, tensors, latents));
}

/** Restricts a change of latents to the coordinates that may move at this part of the run. */
function free(loss: Loss, tensors: Record<string, tf.Tensor>, change: tf.Tensor): tf.Tensor {
  const narrowed = loss.narrow(change);
  return tensors.free ? tf.mul(narrowed, tensors.free) : narrowed;
}

async function compileAtOnce(models: SteerModels, loss: Loss, settings: CompileSettings): Promise<Steering> {
  const states = adamSpecsOf(models);
  const program = await compile(
    (tensors) => {
      const lossTermsAt = (latents: tf.Tensor) => {
        const picture = synthesizeNoisy(models, loss, tensors, latents);
        const terms = loss.guideTerms(tensors, picture);
        return { ...terms, ...loss.latentTerms(tensors, latents, picture, terms.guides), picture };
      };
      const gradient = tf.grad((latents: tf.Tensor) => lossTermsAt(latents).total)(tensors.latents!);
      const moved = updateLatents(models, tensors, free(loss, tensors, gradient), adamOptions);
      const seen = paintSeenPicture(models, tensors, addStepNoise(loss, tensors, tensors.latents!));
      return { ...moved, ...lossTermsAt(tensors.latents!), ...seen };
    },
    { ...states, noise: states.latents!, ...loss.inputs },
    { weights: { ...pictureWeightsOf(models, []), ...loss.weights }, name: "steer", ...settings },
  );
  return {
    passes: loss.passes(1),
    step: async (state, inputs) => readStep(await program.run({ ...state, ...inputs })),
    dispose: () => program.dispose(),
  };
}

/**
 * Compiles a step with more views than fit into memory: it computes the picture, sums the gradients of chunks of views with
 * respect to the picture, then computes the gradient with respect to the latents.
 */
async function compileInChunks(
  models: SteerModels,
  loss: Loss,
  { views, size }: { views: number; size: number },
  settings: CompileSettings,
): Promise<Steering> {
  const states = adamSpecsOf(models);
  const latents = states.latents!;
  const side = models.generator.resolution;
  const picture: TensorSpec = { shape: [1, side, side, 3], dtype: "float32" };
  const row = (length: number): TensorSpec => ({ shape: [length], dtype: "float32" });
  const chunk = viewSpecsOf(size, viewSidesOf(models));
  const generatorWeights = pictureWeightsOf(models, []);
  const draw = await compile(
    (tensors) => ({
      picture: synthesizeNoisy(models, loss, tensors, tensors.latents!),
      ...paintSeenPicture(models, tensors, addStepNoise(loss, tensors, tensors.latents!)),
    }),
    { latents, noise: latents, ...(loss.inputs.free && { free: loss.inputs.free }) },
    { weights: generatorWeights, name: "steer: picture", ...settings },
  );
  const look = await compile(
    (tensors) => ({
      ...loss.guideTerms(tensors, tensors.picture as tf.Tensor4D),
      slope: tf.grad((seen: tf.Tensor) => loss.guideTerms(tensors, seen as tf.Tensor4D).guides)(
        tensors.picture!,
      ),
    }),
    { ...loss.inputs, ...chunk, viewShares: row(size), picture },
    { weights: loss.weights, name: "steer: views", ...settings },
  );
  const move = await compile(
    (tensors) => {
      const pictureAt = (at: tf.Tensor): tf.Tensor4D => synthesizeNoisy(models, loss, tensors, at);
      const gradient = tf.grad((at: tf.Tensor) => {
        const moving = pictureAt(at);
        const guides = tf.reshape(tf.sum(tf.mul(moving, tensors.slope!)), [1]);
        return loss.latentTerms(tensors, at, moving, guides).total;
      })(tensors.latents!);
      const at = tensors.latents!;
      return {
        ...loss.latentTerms(tensors, at, pictureAt(at), tensors.guides!),
        ...updateLatents(models, tensors, free(loss, tensors, gradient), adamOptions),
      };
    },
    { ...states, noise: latents, ...loss.inputs, slope: picture, guides: row(1) },
    { weights: generatorWeights, name: "steer: latents", ...settings },
  );
  const passesOfChunks = (Math.ceil(views / size) * size * loss.passes(1)) / views;
  return {
    passes: passesOfChunks,
    async step(state, inputs) {
      const all: TensorRecord = { ...state, ...inputs };
      const { picture: current, seen, seenAlpha } = await draw.run(all);
      const sums: Record<string, HostTensor> = {};
      const draws = Object.fromEntries(Object.keys(chunk).map((name) => [name, all[name]!]));
      for (const part of splitViews(draws, size))
        for (const [name, tensor] of Object.entries(await look.run({ ...all, ...part, picture: current! }))) {
          const sum = (sums[name] ??= hostZeros(tensor.shape)).data;
          tensor.data.forEach((value, at) => (sum[at]! += value));
        }
      const { slope, guides, ...terms } = sums;
      const after = await move.run({ ...all, slope: slope!, guides: guides! });
      return readStep({
        ...terms,
        guides: guides!,
        ...after,
        picture: current!,
        ...(seen && seenAlpha && { seen, seenAlpha }),
      });
    },
    dispose: async () => void (await Promise.all([draw.dispose(), look.dispose(), move.dispose()])),
  };
}

function readStep({
  latents,
  first,
  second,
  picture,
  seen,
  seenAlpha,
  total,
  ...terms
}: TensorRecord): SteerStep {
  return {
    state: { latents: latents!, first: first!, second: second! },
    loss: total!.data[0]!,
    terms: Object.fromEntries(Object.entries(terms).map(([name, { data }]) => [name, data[0]!])),
    picture: picture!,
    seen,
    seenAlpha,
  };
}
