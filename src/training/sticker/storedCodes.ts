import type { TensorSpec } from "../../engine/index.js";
import { type CodeShape, separateCodes } from "../../gan/index.js";
import {
  type HostTensor,
  type Parameters,
  type TensorRecord,
  updateByAdam,
  cosineRateAt,
  adamScalarsOf,
  hostFloats,
  hostScalar,
} from "../../tensor/index.js";
import type * as tf from "../../tf.js";
import { computeGradients } from "../contrastive.js";
import { type ganAdam, updateAveraged } from "../ganProgram.js";
import type { StoredCodes } from "./losses.js";

/**
 * Codes of the drawings that are trained beside the weights, each with its moments of Adam, `[drawings, size]`. A decoder that is trained
 * together with a code for each drawing repaints them better than from the codes of an encoder (Bojanowski et al. 2018, "Optimizing the
 * latent space of generative networks"). The encoder learns to predict them, so that other pictures can still be encoded.
 */
export interface CodeState {
  readonly codes: HostTensor;
  readonly first: HostTensor;
  readonly second: HostTensor;
}

/** Names of a `CodeState` in a checkpoint. */
const stateNames = { codes: "codes", first: "codes.first", second: "codes.second" } as const;
/** Largest step of a code, in standard deviations of the codes' coarse parts. */
const codeRate = 0.03;
const warmUp = 100;

/** Tells whether the stored code of a row of a batch is decoded; in every fourth row it is the encoder's. */
export const isStored = (at: number): boolean => at % 4 !== 3;

/** Splits a training's state into weights with their moments and averages, and what else it holds. */
export function splitState(state: TensorRecord): {
  readonly weights: TensorRecord;
  readonly slots: HostTensor | undefined;
  readonly deviation: HostTensor | undefined;
  readonly codes: CodeState | undefined;
} {
  const { slots, deviation, ...rest } = state;
  const {
    [stateNames.codes]: codes,
    [stateNames.first]: first,
    [stateNames.second]: second,
    ...weights
  } = rest;
  return { weights, slots, deviation, codes: codes && { codes, first: first!, second: second! } };
}

/** Adds codes `[drawings, size]` to a training's state, with moments of 0. */
export function addInitialCodes(state: TensorRecord, codes: Float32Array, drawings: number): TensorRecord {
  const shape = [drawings, codes.length / drawings];
  return {
    ...state,
    [stateNames.codes]: hostFloats(codes, shape),
    [stateNames.first]: hostFloats(new Float32Array(codes.length), shape),
    [stateNames.second]: hostFloats(new Float32Array(codes.length), shape),
  };
}

/** Returns the shapes of the inputs of a step that trains codes. */
export function storedSpecsOf(batch: number, size: number): Record<string, TensorSpec> {
  const rows = { shape: [batch, size], dtype: "float32" } as const;
  const scalar = { shape: [], dtype: "float32" } as const;
  return {
    stored: rows,
    storedTarget: rows,
    storedFirst: rows,
    storedSecond: rows,
    storedMask: { shape: [batch, 1], dtype: "float32" },
    variance: scalar,
    codeRate: scalar,
    codeCorrection: scalar,
  };
}

/** Makes the values of `storedSpecsOf` for a batch of drawings. */
export function makeStoredInputs(
  { codes, first, second }: CodeState,
  batch: readonly number[],
  index: number,
  { steps, shape }: { readonly steps: number; readonly shape: CodeShape },
): TensorRecord {
  const size = codes.shape[1]!;
  const gather = ({ data }: HostTensor): HostTensor => {
    const out = new Float32Array(batch.length * size);
    batch.forEach((row, at) =>
      out.set((data as Float32Array).subarray(row * size, (row + 1) * size), at * size),
    );
    return hostFloats(out, [batch.length, size]);
  };
  const stored = gather(codes);
  const { coarse } = separateCodes(stored.data as Float32Array, shape);
  const variance = coarse.reduce((sum, value) => sum + value * value, 0) / coarse.length;
  const rate = codeRate * Math.sqrt(variance);
  const [scaledRate, correction] = adamScalarsOf(index, cosineRateAt(index, steps, rate, warmUp), codeAdam);
  return {
    stored,
    storedTarget: gather(codes),
    storedFirst: gather(first),
    storedSecond: gather(second),
    storedMask: hostFloats(
      Float32Array.from(batch, (_, at) => (isStored(at) ? 1 : 0)),
      [batch.length, 1],
    ),
    variance: hostScalar(variance),
    codeRate: hostScalar(scaledRate),
    codeCorrection: hostScalar(correction),
  };
}

/** Writes a step's codes and moments back; rows that decoded the encoder's code are left as they are. */
export function storeCodes(state: CodeState, batch: readonly number[], results: TensorRecord): void {
  const size = state.codes.shape[1]!;
  const scatter = ({ data }: HostTensor, name: string): void => {
    const from = results[name]!.data as Float32Array;
    batch.forEach((row, at) => {
      if (isStored(at)) (data as Float32Array).set(from.subarray(at * size, (at + 1) * size), row * size);
    });
  };
  scatter(state.codes, "stored");
  scatter(state.first, "storedFirst");
  scatter(state.second, "storedSecond");
}

const codeAdam = { beta1: 0.9, beta2: 0.99, epsilon: 1e-12 };

/**
 * Makes one step of Adam on the named weights and on the codes of a batch, inside a recorded function.
 * @param lossOf receives the codes as `stored`.
 * @returns new weights, moments and averages, and the new `stored`, `storedFirst`, `storedSecond`.
 */
export function stepStoredCodes(
  names: readonly string[],
  tensors: Record<string, tf.Tensor>,
  settings: typeof ganAdam,
  lossOf: (parameters: Parameters, stored: StoredCodes) => tf.Scalar,
): { value: tf.Scalar; outputs: Record<string, tf.Tensor> } {
  const codesName = "stored";
  const { value, gradients } = computeGradients(
    [...names, codesName],
    { ...tensors, [`w/${codesName}`]: tensors.stored! },
    (parameters) => {
      const codes = parameters(codesName, tensors.stored!.shape, { constant: 0 }) as tf.Tensor2D;
      return lossOf(parameters, { codes, mask: tensors.storedMask as tf.Tensor2D });
    },
  );
  const { [codesName]: codeGradient, ...weightGradients } = gradients;
  const moved = updateByAdam(
    { codes: tensors.stored! },
    { codes: codeGradient! },
    { codes: tensors.storedFirst! },
    { codes: tensors.storedSecond! },
    { rate: tensors.codeRate!, rootCorrection: tensors.codeCorrection! },
    codeAdam,
  );
  return {
    value,
    outputs: {
      ...updateAveraged(names, tensors, weightGradients, settings),
      stored: moved.weights.codes!,
      storedFirst: moved.first.codes!,
      storedSecond: moved.second.codes!,
    },
  };
}
