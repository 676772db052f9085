import type { Tokenizer } from "../clip/index.js";
import { captionFor } from "../data/index.js";
import { type EncoderClip, createEncoder } from "../embedding/index.js";
import type { Picture } from "../images/index.js";
import { type HostTensor, type Random, hostFloats } from "../tensor/index.js";
import { side } from "./augment.js";
import type { TrainingSet } from "./batches.js";

/** Pictures of a set, one by one. */
function* picturesOf({ images, positions }: TrainingSet): Generator<Picture> {
  const size = side * side * 3;
  for (const at of positions)
    yield {
      width: side,
      height: side,
      data: Float32Array.from(images.subarray(at * size, (at + 1) * size), (value) => value / 255),
    };
}

/** Unit embeddings of a set's pictures, `[items, features]`. */
export async function embedSet(
  set: TrainingSet,
  tokenizer: Tokenizer,
  clip: EncoderClip,
): Promise<Float32Array> {
  const { features } = clip.config.image;
  const encoder = createEncoder([clip], tokenizer);
  const out = new Float32Array(set.items.length * features);
  let at = 0;
  for await (const [row] of encoder.encodeImages(picturesOf(set))) out.set(row!, features * at++);
  await encoder.dispose();
  return out;
}

/** Unit embeddings of texts, `[texts, features]`. */
export async function embedCaptions(
  texts: readonly string[],
  tokenizer: Tokenizer,
  clip: EncoderClip,
): Promise<Float32Array> {
  const encoder = createEncoder([clip], tokenizer);
  const [out] = await encoder.encodeTexts(texts);
  await encoder.dispose();
  return out!;
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
  clip: EncoderClip,
  random: Random,
): Promise<Conditions> {
  const kinds = [await embedSet(set, tokenizer, clip)];
  const plain = set.items.map((item) => item.label);
  const drawn = [1, 2].map((round) =>
    set.items.map((item, at) => captionFor(item, random.stream(`${round}/${at}`))),
  );
  for (const texts of [plain, ...drawn]) kinds.push(await embedCaptions(texts, tokenizer, clip));
  return { kinds, features: clip.config.text.features };
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
