import { type CompileOptions, type Program, compile } from "../engine/index.js";
import {
  mapToEmojiCode,
  emojiCodeSizeOf,
  encodeEmoji,
  mapEmojiLatents,
  emojiCodeSide,
} from "../gan/index.js";
import {
  type HostTensor,
  type TensorRecord,
  hostFloats,
  parametersFrom,
  selectPrefix,
} from "../tensor/index.js";
import * as tf from "../tf.js";
import { trainingSide } from "./augment.js";
import { type TrainingSet, gatherPlanes } from "./batches.js";
import { type GanConfig, ganAdam, stepAveraged } from "./ganProgram.js";

/** Posteriors of the codes of a set's pictures: means and precisions (1 / variance), `[items, size]` each. */
export interface Codes {
  readonly means: Float32Array;
  readonly precisions: Float32Array;
}

const atOnce = 64;

/** Computes the codes of a set's pictures by the averaged encoder `e/`. */
export async function encodeSet(
  { model }: GanConfig,
  set: TrainingSet,
  state: TensorRecord,
  options: CompileOptions = {},
): Promise<Codes> {
  const size = emojiCodeSizeOf(model.generator);
  const program = await compile(
    (tensors) => {
      const real = tf.sub(tf.mul(tf.transpose(tensors.planes!, [0, 2, 3, 1]), 2), 1) as tf.Tensor4D;
      const parameters = parametersFrom(tensors);
      const { mean, logVariance } = encodeEmoji(parameters, model.encoder, real, model.generator.code);
      return { mean, precision: tf.exp(tf.neg(logVariance)) };
    },
    { planes: { shape: [atOnce, 3, trainingSide, trainingSide], dtype: "float32" } },
    { weights: selectPrefix("e/encoder.", state), name: "encode the set", ...options },
  );
  const count = set.items.length;
  const means = new Float32Array(count * size);
  const precisions = new Float32Array(count * size);
  try {
    for (let at = 0; at < count; at += atOnce) {
      const rows = Array.from({ length: atOnce }, (_, row) => Math.min(count - 1, at + row));
      const { mean, precision } = await program.run({ planes: gatherPlanes(set, rows) });
      const usedLength = Math.min(atOnce, count - at) * size;
      means.set((mean!.data as Float32Array).subarray(0, usedLength), at * size);
      precisions.set((precision!.data as Float32Array).subarray(0, usedLength), at * size);
    }
  } finally {
    await program.dispose();
  }
  return { means, precisions };
}

/** Gathers the codes of a batch as inputs of the step of `compileMappingStep`. */
export function gatherCodes(
  { means, precisions }: Codes,
  batch: readonly number[],
  config: GanConfig,
): TensorRecord {
  const size = emojiCodeSizeOf(config.model.generator);
  const gather = (values: Float32Array): HostTensor => {
    const data = new Float32Array(batch.length * size);
    batch.forEach((row, at) => data.set(values.subarray(row * size, (row + 1) * size), at * size));
    return hostFloats(data, [batch.length, emojiCodeSide, emojiCodeSide, size / emojiCodeSide ** 2]);
  };
  return { codes: gather(means), precisions: gather(precisions) };
}

/** Tells whether a weight is part of the mapping from a condition to its code. */
const isMappingWeight = (name: string): boolean => /^generator\.(?:map|code)\d\./.test(name);

/**
 * Compiles one step of training the mapping from words. It maximises the likelihood of codes mapped from conditions alone under the
 * encoder's posteriors. It synthesizes no pictures, so it processes items about thirty times as fast.
 */
export async function compileMappingStep(
  config: GanConfig,
  state: TensorRecord,
  options: CompileOptions = {},
): Promise<Program> {
  const { generator } = config.model;
  const names = Object.keys(selectPrefix("w/", state)).filter(isMappingWeight).sort();
  const { batch } = config.words;
  const scalar = { shape: [], dtype: "float32" } as const;
  const code = { shape: [batch, emojiCodeSide, emojiCodeSide, generator.code], dtype: "float32" } as const;
  const changed = Object.fromEntries(
    ["w/", "m/", "v/", "e/"].flatMap((prefix) => names.map((name) => [prefix + name, state[prefix + name]!])),
  );
  return compile(
    (tensors) => {
      const { value, outputs } = stepAveraged(
        names,
        tensors,
        ganAdam,
        (parameters) => {
          const conditionCode = mapToEmojiCode(
            parameters,
            generator,
            mapEmojiLatents(parameters, generator, tensors.condition!),
          );
          const apart = tf.mul(tf.squaredDifference(conditionCode, tensors.codes!), tensors.precisions!);
          return tf.mean(apart) as tf.Scalar;
        },
        "generator.",
      );
      return { ...outputs, "loss/words": value };
    },
    {
      codes: code,
      precisions: code,
      condition: {
        shape: [batch, generator.condition + generator.styles.length],
        dtype: "float32",
      },
      rate: scalar,
      rootCorrection: scalar,
      decayRate: scalar,
      average: scalar,
      ...changed,
    },
    { name: "train gan (words)", ...options },
  );
}
