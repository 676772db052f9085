import type { ClipModels, Encoder } from "../../src/embedding/index.js";
import type { EmbeddedSet, LabelledSet } from "../../src/evaluate/index.js";
import { type HostTensor, createRandom, hostFloats } from "../../src/tensor/index.js";

const features = 12;

function unit(values: Float32Array): Float32Array {
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
}

/** A direction for each word; the same every time. */
export function direction(word: string): Float32Array {
  return unit(createRandom(word).normals(features));
}

/** A mix of directions with noise, by a name. */
export function mixed(
  parts: readonly [word: string, share: number][],
  noise: number,
  name: string,
): Float32Array {
  const random = createRandom(`noise ${name}`).normals(features);
  return unit(
    random.map((value, at) =>
      parts.reduce((sum, [word, share]) => sum + share * direction(word)[at]!, noise * value),
    ),
  );
}

/** CLIPs whose text side is `embed`, for tests of what is done with embeddings. */
export function plantedModels(
  names: readonly string[],
  embed: (text: string, clip: number) => Float32Array,
): { models: ClipModels; encoder: Encoder } {
  const models = {
    pack: "planted",
    clips: names.map((name) => ({ name, hash: name, scale: 10 })),
    templates: ["{}"],
    articles: true,
  } as unknown as ClipModels;
  const encoder: Encoder = {
    open: () => Promise.reject(new Error("pictures are given")),
    async *encodeImages() {
      yield await Promise.reject(new Error("pictures are given"));
    },
    encodeTexts: (texts) =>
      Promise.resolve(
        names.map((_, clip) => {
          const out = new Float32Array(texts.length * features);
          texts.forEach((text, row) => out.set(embed(text, clip), row * features));
          return out;
        }),
      ),
    dispose: () => Promise.resolve(),
  };
  return { models, encoder };
}

/** A set whose pictures are given as unit rows, one matrix a CLIP. */
export function plantedSet(
  labels: readonly string[],
  own: readonly number[],
  pictures: readonly (readonly Float32Array[])[],
  attributes: LabelledSet["attributes"] = {},
): EmbeddedSet {
  const matrix = (rows: readonly Float32Array[]): HostTensor =>
    hostFloats(Float32Array.from(rows.flatMap((row) => [...row])), [rows.length, features]);
  return {
    set: {
      name: "planted",
      labels,
      labelIndices: own,
      attributes,
      parts: [{ name: "all", rows: own.map((_, row) => row), labels: labels.map((_, at) => at) }],
      readPicture: () => Promise.reject(new Error("pictures are given")),
    },
    pictures: pictures.map(matrix),
    unreadable: [],
  };
}
