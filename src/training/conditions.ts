import { type ClipConfig, type Tokenizer, embedImages, embedTexts } from "../clip/index.js";
import { captionFor } from "../data/index.js";
import { compile } from "../engine/index.js";
import {
  type HostTensor,
  type Random,
  type TensorRecord,
  hostFloats,
  hostInts,
  parametersFrom,
} from "../tensor/index.js";
import type * as tf from "../tf.js";
import { side } from "./augment.js";
import { type TrainingSet, planesOf } from "./batches.js";

const batch = 64;

/** Runs a compiled function over `count` rows in batches of 64, the last one filled up with its first row. */
async function inBatches(
  count: number,
  run: (rows: readonly number[]) => Promise<HostTensor>,
  features: number,
): Promise<Float32Array> {
  const out = new Float32Array(count * features);
  for (let start = 0; start < count; start += batch) {
    const rows = Array.from({ length: batch }, (_, index) => (start + index < count ? start + index : start));
    const { data } = await run(rows);
    out.set((data as Float32Array).subarray(0, Math.min(batch, count - start) * features), start * features);
  }
  return out;
}

/** Unit embeddings of a set's pictures, `[items, features]`. */
export async function embedSet(
  set: TrainingSet,
  config: ClipConfig,
  weights: TensorRecord,
): Promise<Float32Array> {
  const program = await compile(
    ({ planes, ...tensors }) => ({
      y: embedImages(parametersFrom(tensors), config, planes!.transpose([0, 2, 3, 1]) as tf.Tensor4D),
    }),
    { planes: { shape: [batch, 3, side, side], dtype: "float32" } },
    { weights, name: "embed pictures" },
  );
  const run = async (rows: readonly number[]): Promise<HostTensor> =>
    (await program.run({ planes: planesOf(set, rows) })).y!;
  const result = await inBatches(set.items.length, run, config.image.features);
  await program.dispose();
  return result;
}

/** Unit embeddings of texts, `[texts, features]`. */
export async function embedCaptions(
  texts: readonly string[],
  tokenizer: Tokenizer,
  config: ClipConfig,
  weights: TensorRecord,
): Promise<Float32Array> {
  const length = config.text.contextLength;
  const program = await compile(
    ({ tokens, ...tensors }) => ({ y: embedTexts(parametersFrom(tensors), config, tokens as tf.Tensor2D) }),
    { tokens: { shape: [batch, length], dtype: "int32" } },
    { weights, name: "embed texts" },
  );
  const run = async (rows: readonly number[]): Promise<HostTensor> => {
    const tokens = tokenizer.encode(rows.map((row) => texts[row]!));
    return (await program.run({ tokens: hostInts(tokens, [batch, length]) })).y!;
  };
  const result = await inBatches(texts.length, run, config.text.features);
  await program.dispose();
  return result;
}

/** What a generator may be told about a picture: its image embedding, or that of one of its captions. */
export interface Conditions {
  /** Embeddings by kind: the picture's own first, then one for each drawn caption; `[items, features]` each. */
  readonly kinds: readonly Float32Array[];
  readonly features: number;
}

/** Embeds a set's pictures and three captions of each. */
export async function makeConditions(
  set: TrainingSet,
  tokenizer: Tokenizer,
  config: ClipConfig,
  weights: TensorRecord,
  random: Random,
): Promise<Conditions> {
  const kinds = [await embedSet(set, config, weights)];
  const plain = set.items.map((item) => item.label);
  const drawn = [1, 2].map((round) =>
    set.items.map((item, at) => captionFor(item, random.stream(`${round}/${at}`))),
  );
  for (const texts of [plain, ...drawn]) kinds.push(await embedCaptions(texts, tokenizer, config, weights));
  return { kinds, features: config.text.features };
}

/**
 * Draws conditions of a batch: half image embeddings, moved by noise so that a text's works in their place, half captions.
 * Source: Zhou et al. 2022, "LAFITE: Towards Language-Free Training", equation 4 (fixed perturbation).
 */
export function drawConditions(
  { kinds, features }: Conditions,
  rows: readonly number[],
  random: Random,
  moved = 0.6,
): HostTensor {
  const out = new Float32Array(rows.length * features);
  rows.forEach((row, at) => {
    const kind = random.uniform() < 0.5 ? 0 : 1 + random.integer(kinds.length - 1);
    const source = kinds[kind]!.subarray(row * features, (row + 1) * features);
    const noise = random.normals(features);
    const size = kind === 0 ? random.uniform() * moved : random.uniform() * 0.2;
    const norm = Math.hypot(...noise);
    const mixed = source.map((value, index) => value + (size * noise[index]!) / norm);
    const length = Math.hypot(...mixed);
    out.set(
      mixed.map((value) => value / length),
      at * features,
    );
  });
  return hostFloats(out, [rows.length, features]);
}
