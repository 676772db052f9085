import type { Tokenizer } from "../clip/index.js";
import { drawCaption } from "../data/index.js";
import { type EncoderClip, createEncoder, averageEnsemble, fillTemplate } from "../embedding/index.js";
import type { Picture } from "../images/index.js";
import { type HostTensor, type Random, hostFloats } from "../tensor/index.js";
import { trainingSide } from "./augment.js";
import type { Pictures, TrainingSet } from "./batches.js";
import { emojiTemplates } from "./presets.js";

/** Yields the pictures of a set, one by one. */
function* yieldPictures({ images, positions }: Pictures): Generator<Picture> {
  const size = trainingSide * trainingSide * 3;
  for (const at of positions)
    yield {
      width: trainingSide,
      height: trainingSide,
      data: Float32Array.from(images.subarray(at * size, (at + 1) * size), (value) => value / 255),
    };
}

/** Computes the unit embeddings of a set's pictures, `[items, features]`. */
export async function embedPictures(
  set: Pictures,
  tokenizer: Tokenizer,
  clip: EncoderClip,
): Promise<Float32Array> {
  const { features } = clip.config.image;
  const encoder = createEncoder([clip], tokenizer);
  const out = new Float32Array(set.positions.length * features);
  let at = 0;
  for await (const [row] of encoder.encodeImages(yieldPictures(set))) out.set(row!, features * at++);
  await encoder.dispose();
  return out;
}

/** Computes the unit embeddings of texts, `[texts, features]`. */
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

/** Computes the unit embeddings of labels, each the mean over all templates of the emoji pack: `[labels, features]`. */
export async function embedLabels(
  labels: readonly string[],
  tokenizer: Tokenizer,
  clip: EncoderClip,
): Promise<Float32Array> {
  const { features } = clip.config.text;
  const count = emojiTemplates.length;
  const filled = await embedCaptions(
    labels.flatMap((label) => emojiTemplates.map((each) => fillTemplate(each, label))),
    tokenizer,
    clip,
  );
  const out = new Float32Array(labels.length * features);
  labels.forEach((_, at) => {
    const rows = emojiTemplates.map((_each, row) => {
      const start = (at * count + row) * features;
      return filled.subarray(start, start + features);
    });
    out.set(averageEnsemble(rows), at * features);
  });
  return out;
}

/** Conditions that a generator may get for each picture of a set. */
export interface Conditions {
  /** Unit embeddings by kind, `[items, features]` each: the picture's own, its label in all templates, and two captions. */
  readonly kinds: readonly Float32Array[];
  readonly features: number;
  /** Index of each picture's drawing style, −1 for one that the generator does not know. */
  readonly styles: Int32Array;
  readonly styleCount: number;
}

/** Embeds a set's pictures and texts. */
export async function makeConditions(
  set: TrainingSet,
  tokenizer: Tokenizer,
  clip: EncoderClip,
  styles: readonly string[],
  random: Random,
): Promise<Conditions> {
  const { features } = clip.config.text;
  const embed = (texts: readonly string[]): Promise<Float32Array> => embedCaptions(texts, tokenizer, clip);
  const labels = [...new Set(set.items.map(({ label }) => label))];
  const means = await embedLabels(labels, tokenizer, clip);
  const ensembles = new Float32Array(set.items.length * features);
  set.items.forEach(({ label }, at) => {
    const row = labels.indexOf(label) * features;
    ensembles.set(means.subarray(row, row + features), at * features);
  });
  const captions = [1, 2].map((round) =>
    set.items.map((item, at) => drawCaption(item, random.stream(`${round}/${at}`))),
  );
  return {
    kinds: [
      await embedPictures(set, tokenizer, clip),
      ensembles,
      await embed(captions[0]!),
      await embed(captions[1]!),
    ],
    features,
    styles: Int32Array.from(set.items, ({ style }) => styles.indexOf(style)),
    styleCount: styles.length,
  };
}

/**
 * Probabilities: `known`, the picture is reconstructed from the encoder's code; `picture`, the condition is the picture's embedding;
 * otherwise `ensemble`, it is its label in all templates, else a caption; `style`, the style is given.
 */
const share = { known: 0.4, picture: 0.25, ensemble: 0.75, style: 0.85 };

/**
 * Draws the conditions of a batch: mostly text embeddings; the others are the picture's own embedding, perturbed so that a text
 * embedding works in its place. `known` is 1 where the picture is reconstructed from its own code, 0 where it is made from the
 * condition.
 * Source: Zhou et al. 2022, "LAFITE: Towards Language-Free Training", equation 4 (fixed perturbation).
 * @returns `condition` `[rows, features + styles]` and `known` `[rows, 1]`.
 */
export function drawConditions(
  { kinds, features, styles, styleCount }: Conditions,
  rows: readonly number[],
  random: Random,
): { condition: HostTensor; known: HostTensor } {
  const size = features + styleCount;
  const out = new Float32Array(rows.length * size);
  const known = new Float32Array(rows.length);
  rows.forEach((row, at) => {
    known[at] = random.uniform() < share.known ? 1 : 0;
    const pictured = random.uniform() < share.picture;
    const kind = pictured ? 0 : random.uniform() < share.ensemble ? 1 : 2 + random.integer(2);
    const source = kinds[kind]!.subarray(row * features, (row + 1) * features);
    const noise = random.normals(features);
    const moved = random.uniform() * (pictured ? 0.4 : 0.2);
    const norm = Math.hypot(...noise);
    const mixed = source.map((value, index) => value + (moved * noise[index]!) / norm);
    const length = Math.hypot(...mixed);
    out.set(
      mixed.map((value) => value / length),
      at * size,
    );
    const style = styles[row]!;
    if (style >= 0 && random.uniform() < share.style) out[at * size + features + style] = 1;
  });
  return {
    condition: hostFloats(out, [rows.length, size]),
    known: hostFloats(known, [rows.length, 1]),
  };
}
