import { type WordsShape, codeSide } from "../../gan/index.js";
import { type Random, type TensorRecord, hostFloats } from "../../tensor/index.js";

/** What the network from words to codes learns from. */
export interface WordsData {
  /** Codes of the drawings, `[drawings, size]`. */
  readonly codes: Float32Array;
  /** Index of each drawing's style and thing. */
  readonly styles: Int32Array;
  readonly concepts: Int32Array;
  /** Unit embeddings of texts that name each thing, `[things, features]` each. */
  readonly texts: readonly Float32Array[];
  /** Other things with the nearest names, for each thing. */
  readonly neighbours: readonly (readonly number[])[];
}

/** Source of a reference: a drawing of the same thing in another style, a drawing of a thing with a similar name, or none. */
const references = { same: 0.6, neighbour: 0.2 };
const styledShare = 0.9;
const largestNudge = 0.3;

/** What decides the shapes of a batch. */
export interface WordsBatchShape {
  readonly batch: number;
  /** Channels of a code. */
  readonly code: number;
  readonly styles: number;
  readonly words: WordsShape;
}

/** One over the deviation of each channel of the codes, `[1, 1, 1, code]`. */
export function precisionOf(codes: Float32Array, size: number, channels: number): TensorRecord[string] {
  const [sums, squares] = [new Float64Array(channels), new Float64Array(channels)];
  codes.forEach((value, at) => {
    sums[at % channels]! += value;
    squares[at % channels]! += value * value;
  });
  const count = codes.length / channels;
  const precision = Float32Array.from(sums, (sum, channel) => {
    const mean = sum / count;
    return 1 / (Math.sqrt(Math.max(0, squares[channel]! / count - mean * mean)) + 1e-4);
  });
  if (size % channels !== 0) throw new RangeError(`codes of ${size} numbers do not divide by ${channels}`);
  return hostFloats(precision, [1, 1, 1, channels]);
}

/** Random drawings with texts that name them and drawings to refer to, as inputs of the training program. */
export function drawWordsBatch(
  { batch, code, styles: styleCount, words }: WordsBatchShape,
  { codes, styles, concepts, texts, neighbours }: WordsData,
  byConcept: ReadonlyMap<number, readonly number[]>,
  random: Random,
): TensorRecord {
  const size = codeSide * codeSide * code;
  const target = new Float32Array(batch * size);
  const reference = new Float32Array(batch * size);
  const referenced = new Float32Array(batch);
  const text = new Float32Array(batch * words.condition);
  const style = new Float32Array(batch * styleCount);
  const referenceStyle = new Float32Array(batch * styleCount);
  for (let at = 0; at < batch; at++) {
    const row = random.integer(styles.length);
    const concept = concepts[row]!;
    target.set(codes.subarray(row * size, (row + 1) * size), at * size);
    const embedding = texts[random.integer(texts.length)]!;
    const nudge = random.normals(words.condition);
    const length = (random.uniform() * largestNudge) / Math.sqrt(words.condition);
    const moved = nudge.map((value, index) => embedding[concept * words.condition + index]! + value * length);
    const norm = Math.hypot(...moved);
    text.set(
      moved.map((value) => value / norm),
      at * words.condition,
    );
    if (random.uniform() < styledShare) style[at * styleCount + styles[row]!] = 1;
    const roll = random.uniform();
    const like =
      roll < references.same
        ? byConcept.get(concept)!.filter((other) => other !== row)
        : roll < references.same + references.neighbour
          ? neighbours[concept]!.flatMap((other) => byConcept.get(other) ?? [])
          : [];
    if (like.length > 0) {
      const other = like[random.integer(like.length)]!;
      reference.set(codes.subarray(other * size, (other + 1) * size), at * size);
      referenced[at] = 1;
      referenceStyle[at * styleCount + styles[other]!] = 1;
    }
  }
  const square = [batch, codeSide, codeSide, code];
  return {
    target: hostFloats(target, square),
    reference: hostFloats(reference, square),
    referenced: hostFloats(referenced, [batch, 1]),
    text: hostFloats(text, [batch, words.condition]),
    style: hostFloats(style, [batch, styleCount]),
    referenceStyle: hostFloats(referenceStyle, [batch, styleCount]),
    noise: hostFloats(random.normals(batch * words.noise), [batch, words.noise]),
  };
}
