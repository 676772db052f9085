import { type Encoder, ensembleMean, joined, rowOf, topOf } from "../embedding/index.js";
import { type EngineName, compile } from "../engine/index.js";
import { ConfigError } from "../errors.js";
import type { Picture } from "../images/index.js";
import { hostFloats, sizeOf } from "../tensor/index.js";
import * as tf from "../tf.js";
import type { VectorIndex } from "./store.js";

/** A part of a query: prompts that are averaged, or a picture. */
export interface QueryTerm {
  readonly prompts?: readonly string[];
  readonly picture?: Picture;
  readonly weight: number;
}

/** A found file. */
export interface Hit {
  /** Relative to the indexed folder. */
  readonly path: string;
  /** Cosine of the query and the file, less what unwanted things take off. */
  readonly score: number;
}

/** What to look for: one vector that draws near, and vectors that hold off. */
export interface Query {
  /** Unit vector `[features]`. */
  readonly wanted: Float32Array;
  readonly unwanted: readonly { readonly vector: Float32Array; readonly weight: number }[];
}

async function vectorOf(encoder: Encoder, { prompts, picture }: QueryTerm): Promise<Float32Array> {
  if (picture) {
    const rows: Float32Array[] = [];
    for await (const row of encoder.encodeImages([picture])) rows.push(...row);
    return joined(rows);
  }
  const embedded = await encoder.encodeTexts(prompts!);
  return joined(
    embedded.map((matrix) => {
      const features = matrix.length / prompts!.length;
      return ensembleMean(prompts!.map((_, at) => rowOf(matrix, at, features)));
    }),
  );
}

/**
 * Embeds a query.
 * @param terms added up by weight, a negative one subtracted; @param unwanted kept apart, with positive weights.
 * @throws {ConfigError} when the terms cancel out.
 */
export async function encodeQuery(
  encoder: Encoder,
  terms: readonly QueryTerm[],
  unwanted: readonly QueryTerm[] = [],
): Promise<Query> {
  const weighted = async (term: QueryTerm) => ({
    vector: await vectorOf(encoder, term),
    weight: term.weight,
  });
  const [added, kept] = [await Promise.all(terms.map(weighted)), await Promise.all(unwanted.map(weighted))];
  const sum = added[0]!.vector.map((_, at) =>
    added.reduce((total, { vector, weight }) => total + weight * vector[at]!, 0),
  );
  const length = Math.hypot(...sum);
  if (length < 1e-6) throw new ConfigError("search: the terms of the query cancel out; change a weight");
  return { wanted: sum.map((value) => value / length), unwanted: kept };
}

/** Finds the files of an index that are nearest to a query. */
export interface Searcher {
  search(query: Query, top: number): Promise<Hit[]>;
  dispose(): Promise<void>;
}

/** A searcher that scores every vector by one matrix product, for queries with this many unwanted vectors. */
export async function createSearcher(
  { header, entries, vectors }: VectorIndex,
  options: { engine?: EngineName; threads?: number; unwanted?: number } = {},
): Promise<Searcher> {
  const { unwanted = 0, ...run } = options;
  const { features } = header;
  const count = entries.length;
  if (count === 0) return { search: () => Promise.resolve([]), dispose: () => Promise.resolve() };
  const matrix = hostFloats(vectors, [count, features]);
  const shape = [1 + unwanted, features];
  const program = await compile(
    ({ rows, queries }) => ({
      scores: tf.matMul(queries as tf.Tensor2D, rows as tf.Tensor2D, false, true), // [queries, files]
    }),
    { queries: { shape, dtype: "float32" } },
    { weights: { rows: matrix }, name: "search", ...run }, // held where the program runs, not sent with each query
  );
  return {
    async search(query, top) {
      const queries = new Float32Array(sizeOf(shape));
      [query.wanted, ...query.unwanted.map(({ vector }) => vector)].forEach((vector, row) =>
        queries.set(vector, row * features),
      );
      const { scores } = await program.run({ queries: hostFloats(queries, shape) });
      const all = scores!.data as Float32Array;
      const values = all.slice(0, count);
      query.unwanted.forEach(({ weight }, at) => {
        const likeness = all.subarray((at + 1) * count, (at + 2) * count);
        holdOff(values, likeness, weight);
      });
      return topOf(values, top).map((row) => ({ path: entries[row]!.path, score: values[row]! }));
    },
    dispose: () => program.dispose(),
  };
}

/**
 * Lowers the scores of files that are more like an unwanted thing than most are, by as much as they are. What is merely
 * unlike it gains nothing, as it would by subtracting.
 * @param most likeness of the files that "most" is told from; default those scored.
 */
export function holdOff(
  scores: Float32Array,
  likeness: Float32Array,
  weight: number,
  most: Float32Array = likeness,
): void {
  const mean = most.reduce((sum, value) => sum + value, 0) / most.length;
  const spread = Math.sqrt(most.reduce((sum, value) => sum + (value - mean) ** 2, 0) / most.length);
  for (let at = 0; at < scores.length; at++)
    scores[at]! -= weight * Math.max(0, likeness[at]! - mean - spread);
}
