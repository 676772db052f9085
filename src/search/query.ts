import { type Encoder, averageEnsemble, joinRows, rowOf, findLargest } from "../embedding/index.js";
import { openMapped } from "../engine/index.js";
import { ConfigError } from "../errors.js";
import type { Picture } from "../images/index.js";
import type { VectorIndex } from "./indexFile.js";

/** A part of a query: prompts that are averaged, or a picture. */
export interface QueryTerm {
  readonly prompts?: readonly string[];
  readonly picture?: Picture;
  readonly weight: number;
}

/** A file that was found, with its score. */
export interface Hit {
  /** Relative to the indexed folder. */
  readonly path: string;
  /** Cosine of the query and the file, in [−1, 1], minus the penalty of the negatives. */
  readonly score: number;
}

/** An embedded query: one positive vector, and weighted negative ones. */
export interface Query {
  /** Unit vector `[features]`. */
  readonly positive: Float32Array;
  readonly negatives: readonly { readonly vector: Float32Array; readonly weight: number }[];
}

async function embedTerm(encoder: Encoder, { prompts, picture }: QueryTerm): Promise<Float32Array> {
  if (picture) {
    const rows: Float32Array[] = [];
    for await (const row of encoder.encodeImages([picture])) rows.push(...row);
    return joinRows(rows);
  }
  const embedded = await encoder.encodeTexts(prompts!);
  return joinRows(
    embedded.map((matrix) => {
      const features = matrix.length / prompts!.length;
      return averageEnsemble(prompts!.map((_, at) => rowOf(matrix, at, features)));
    }),
  );
}

/**
 * Embeds the terms of a query and adds them up.
 * @param encoder encoder of the CLIPs that the index was made with.
 * @param terms summed by weight; a negative weight subtracts.
 * @param negativeTerms penalised separately; their weights are positive.
 * @returns one unit vector, and the vectors and weights of the negatives.
 * @throws {ConfigError} when the terms cancel out.
 */
export async function encodeQuery(
  encoder: Encoder,
  terms: readonly QueryTerm[],
  negativeTerms: readonly QueryTerm[] = [],
): Promise<Query> {
  const weighted = async (term: QueryTerm) => ({
    vector: await embedTerm(encoder, term),
    weight: term.weight,
  });
  const [added, unwantedVectors] = [
    await Promise.all(terms.map(weighted)),
    await Promise.all(negativeTerms.map(weighted)),
  ];
  const sum = added[0]!.vector.map((_, at) =>
    added.reduce((total, { vector, weight }) => total + weight * vector[at]!, 0),
  );
  const length = Math.hypot(...sum);
  if (length < 1e-6) throw new ConfigError("search: the terms of the query cancel out; change a weight");
  return { positive: sum.map((value) => value / length), negatives: unwantedVectors };
}

/** Finds the files of an index that are nearest to a query. */
export interface Searcher {
  search(query: Query, top: number): Promise<Hit[]>;
  dispose(): Promise<void>;
}

/**
 * Creates a searcher that scores every vector, by one matrix product over the memory-mapped file.
 * @param index an index of `readIndex`.
 * @param options.threads threads of the matrix product; one for each core when absent.
 * @param options.negatives maximum number of negative vectors of a query.
 * @returns the searcher; the caller disposes it.
 */
export async function createSearcher(
  { header: { features }, entries, rows, vectors }: VectorIndex,
  options: { threads?: number; negatives?: number } = {},
): Promise<Searcher> {
  const { negatives: unwanted = 0, ...run } = options;
  const count = entries.length;
  if (count === 0) return { search: () => Promise.resolve([]), dispose: () => Promise.resolve() };
  const columns = 1 + unwanted;
  const matrix = await openMapped(vectors, [rows[count - 1]! + 1, features], { vectors: columns, ...run });
  return {
    async search(query, top) {
      const queries = new Float32Array(columns * features);
      [query.positive, ...query.negatives.map(({ vector }) => vector)].forEach((vector, at) =>
        queries.set(vector, at * features),
      );
      const all = await matrix.multiply(queries);
      const likenessTo = (column: number): Float32Array =>
        Float32Array.from(rows, (row) => all[row * columns + column]!);
      const scores = likenessTo(0);
      query.negatives.forEach(({ weight }, at) => {
        penalise(scores, likenessTo(at + 1), weight);
      });
      return findLargest(scores, top).map((at) => ({ path: entries[at]!.path, score: scores[at]! }));
    },
    dispose: () => matrix.close(),
  };
}

/**
 * Lowers the scores of files that are more similar to a negative than most files, by the excess. A file that is merely
 * unlike it gains nothing, as it would by subtracting.
 * @param most similarities that define "most files"; default those of the scored files.
 */
export function penalise(
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
