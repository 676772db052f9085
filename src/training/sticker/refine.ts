import { maxRegions, regionSide } from "../../data/index.js";
import { type Program, compile } from "../../engine/index.js";
import { codeSizeOf, decodeSticker, fillSize, logitSide, slotCount, stickerScopes } from "../../gan/index.js";
import {
  type TensorRecord,
  adamScalarsOf,
  updateByAdam,
  createRandom,
  hostFloats,
  hostScalar,
  hostZeros,
  parametersFrom,
  scope,
  selectPrefix,
} from "../../tensor/index.js";
import * as tf from "../../tf.js";
import { type StickerSet, makeStickerBatch } from "./batches.js";
import { type StickerTargets, computeStickerLosses } from "./losses.js";
import type { StickerConfig } from "./trainer.js";

/** Number of drawings refined in one batch. */
const together = 32;
/** Learning rate of the first step, in standard deviations of the codes. */
const firstRate = 0.06;
const adamOptions = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8 };

/**
 * Refines the codes of a set's drawings from the encoder's by gradient descent on the training loss with the decoder
 * fixed.
 * @param codes of the encoder, `[drawings, size]`.
 * @param options.steps of Adam for each drawing.
 * @returns `[drawings, size]`.
 * @throws the reason of `options.signal`.
 */
export async function refineCodes(
  config: StickerConfig,
  set: StickerSet,
  state: TensorRecord,
  codes: Float32Array,
  options: {
    steps: number;
    threads?: number;
    onProgress?: (done: number, total: number, loss: number) => void;
    signal?: AbortSignal | undefined;
  },
): Promise<Float32Array> {
  const size = codeSizeOf(config.shape);
  const deviation = Math.sqrt(codes.reduce((sum, value) => sum + value * value, 0) / codes.length);
  const program = await compileRefinement(config, state, options.threads);
  const count = set.rows.length;
  const slots = (state.slots?.data as Float32Array | undefined) ?? set.slots;
  const refined = Float32Array.from(codes);
  try {
    for (let start = 0; start < count; start += together) {
      const batch = Array.from({ length: together }, (_, at) => Math.min(count - 1, start + at));
      const starts = new Float32Array(together * size);
      batch.forEach((row, at) => starts.set(codes.subarray(row * size, (row + 1) * size), at * size));
      const targets = makeStickerBatch(
        { ...set, slots },
        { batch, window: "all", recoloured: 0, random: createRandom("refine"), order: "slot" },
      );
      const { data, loss } = await refineBatch(program, starts, targets, {
        ...options,
        rate: firstRate * deviation,
      });
      batch.forEach((row, at) => refined.set(data.subarray(at * size, (at + 1) * size), row * size));
      options.onProgress?.(Math.min(count, start + together), count, loss);
    }
  } finally {
    await program.dispose();
  }
  return refined;
}

/** Compiles one step of Adam on the codes of `together` drawings. */
function compileRefinement(
  { shape, weights }: Pick<StickerConfig, "shape" | "weights">,
  state: TensorRecord,
  threads: number | undefined,
): Promise<Program> {
  const rows = [together, codeSizeOf(shape)];
  const float = (...sides: number[]) => ({ shape: sides, dtype: "float32" }) as const;
  return compile(
    (tensors) => {
      const parameters = scope(parametersFrom(tensors), stickerScopes.decoder);
      const lossOf = (code: tf.Tensor): tf.Scalar => {
        const parts = decodeSticker(parameters, shape, code as tf.Tensor2D);
        const { total } = computeStickerLosses(
          { ...parts, code: code as tf.Tensor2D },
          tensors as unknown as StickerTargets,
          { ...weights, code: 0 },
        );
        // Sums over drawings: each code's step does not depend on the size of the batch.
        return tf.mul(total, together) as tf.Scalar;
      };
      const { value, grad } = tf.valueAndGrad(lossOf)(tensors.code!);
      const moved = updateByAdam(
        { code: tensors.code! },
        { code: grad },
        { code: tensors.first! },
        { code: tensors.second! },
        { rate: tensors.rate!, rootCorrection: tensors.rootCorrection!, decayRate: tensors.decayRate! },
        adamOptions,
      );
      return {
        code: moved.weights.code!,
        first: moved.first.code!,
        second: moved.second.code!,
        loss: tf.div(value, together),
      };
    },
    {
      code: float(...rows),
      first: float(...rows),
      second: float(...rows),
      coverage: float(together, logitSide, logitSide, slotCount),
      labels: { shape: [together, regionSide, regionSide], dtype: "int32" },
      windowX: float(1, regionSide),
      windowY: float(1, regionSide),
      fills: float(together, maxRegions, fillSize),
      present: float(together, maxRegions),
      rate: float(),
      rootCorrection: float(),
      decayRate: float(),
    },
    {
      weights: Object.fromEntries(
        Object.entries(selectPrefix("e/", state)).filter(([name]) => name.startsWith(stickerScopes.decoder)),
      ),
      name: "refine codes",
      threads,
    },
  );
}

/**
 * Refines the codes of one batch.
 * @param starts codes to start from, `[together, size]`.
 * @param options.rate learning rate of the first step; it falls to 0 along a cosine.
 * @returns the codes `[together, size]`, and the mean loss of the last step.
 */
async function refineBatch(
  program: Program,
  starts: Float32Array,
  targets: TensorRecord,
  { steps, rate, signal }: { steps: number; rate: number; signal?: AbortSignal | undefined },
): Promise<{ data: Float32Array; loss: number }> {
  const shape = [together, starts.length / together];
  let current: TensorRecord = {
    code: hostFloats(starts, shape),
    first: hostZeros(shape),
    second: hostZeros(shape),
  };
  let loss = 0;
  for (let step = 0; step < steps; step++) {
    signal?.throwIfAborted();
    const rateNow = rate * Math.cos((Math.PI / 2) * (step / steps));
    const [scaled, rootCorrection, decayRate] = adamScalarsOf(step, rateNow, adamOptions);
    const scalars = { rate: scaled, rootCorrection, decayRate };
    const result = await program.run({
      ...current,
      ...targets,
      ...Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, hostScalar(value)])),
    });
    loss = result.loss!.data[0]!;
    current = { code: result.code!, first: result.first!, second: result.second! };
  }
  return { data: current.code!.data as Float32Array, loss };
}
