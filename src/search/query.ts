import { type Encoder, ensembleMean, rowOf, topOf } from "../embedding/index.js";
import { type EngineName, compile } from "../engine/index.js";
import { ConfigError } from "../errors.js";
import type { Picture } from "../images/index.js";
import { hostFloats } from "../tensor/index.js";
import * as tf from "../tf.js";
import type { VectorIndex } from "./store.js";
import { joined } from "./update.js";

/** A part of a query: prompts that are averaged, or a picture; a negative weight takes away. */
export interface QueryTerm {
  readonly prompts?: readonly string[];
  readonly picture?: Picture;
  readonly weight: number;
}

/** A found file. */
export interface Hit {
  /** Relative to the indexed folder. */
  readonly path: string;
  /** Cosine of the query and the file. */
  readonly score: number;
}

/** The unit vector of a query: the weighted sum of its terms' unit vectors. @throws {ConfigError} when they cancel out. */
export async function queryVector(encoder: Encoder, terms: readonly QueryTerm[]): Promise<Float32Array> {
  const vectors: Float32Array[] = [];
  for (const { prompts, picture, weight } of terms) {
    const rows: Float32Array[] = [];
    if (prompts) {
      const embedded = await encoder.encodeTexts(prompts);
      for (const matrix of embedded) {
        const features = matrix.length / prompts.length;
        rows.push(ensembleMean(prompts.map((_, at) => rowOf(matrix, at, features))));
      }
    } else if (picture) for await (const row of encoder.encodeImages([picture])) rows.push(...row);
    vectors.push(joined(rows).map((value) => value * weight));
  }
  const sum = vectors[0]!.map((_, at) => vectors.reduce((total, vector) => total + vector[at]!, 0));
  const length = Math.hypot(...sum);
  if (length < 1e-6) throw new ConfigError("search: the terms of the query cancel out; change a weight");
  return sum.map((value) => value / length);
}

/** Scores every vector of an index against a query by one matrix product. */
export interface Searcher {
  search(query: Float32Array, top: number): Promise<Hit[]>;
  dispose(): Promise<void>;
}

/** Compiles the product over an index. */
export async function createSearcher(
  { header, entries, vectors }: VectorIndex,
  options: { engine?: EngineName; threads?: number } = {},
): Promise<Searcher> {
  const { features } = header;
  if (entries.length === 0) return { search: () => Promise.resolve([]), dispose: () => Promise.resolve() };
  const matrix = hostFloats(vectors, [entries.length, features]);
  const program = await compile(
    ({ rows, query }) => ({ scores: tf.matMul(rows as tf.Tensor2D, query as tf.Tensor2D) }),
    { rows: matrix, query: { shape: [features, 1], dtype: "float32" } },
    { name: "search", ...options },
  );
  return {
    async search(query, top) {
      const { scores } = await program.run({ rows: matrix, query: hostFloats(query, [features, 1]) });
      const values = scores!.data as Float32Array;
      return topOf(values, top).map((row) => ({ path: entries[row]!.path, score: values[row]! }));
    },
    dispose: () => program.dispose(),
  };
}
