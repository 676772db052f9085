import { rowOf, findLargest } from "../embedding/index.js";
import { hashSha256 } from "../files/index.js";
import { openLance } from "./lancedb.js";
import type { Neighbours, OpenOptions } from "./peer.js";
import { type Searcher, penalise } from "./query.js";
import type { VectorIndex } from "./indexFile.js";
import { openUsearch } from "./usearch.js";
import { readRows } from "./vectorFile.js";

/** Search engines that are packages of their own. */
export const neighbourEngines = ["usearch", "lancedb"] as const;

/** A search engine that is a package of its own. */
export type NeighbourEngine = (typeof neighbourEngines)[number];

const engines: Record<NeighbourEngine, typeof openUsearch> = { usearch: openUsearch, lancedb: openLance };

const rowsAtOnce = 1024;
const likenessRows = 10_000;

/**
 * Creates a searcher that uses an engine for large collections. The engine's data is stored beside the index and rebuilt when it is damaged or
 * belongs to other vectors. The search is approximate: it may miss pictures, but the scores of its results are exact. The usual similarity to
 * negatives is estimated on a sample of 10 000 vectors.
 * @param index an index of `readIndex`.
 * @param path path of the index.
 * @param options threads, and a callback for the vectors that the package has read.
 * @param options.engine the package that searches.
 * @param options.signal ends the loading with its reason.
 * @returns the searcher; the caller disposes it.
 * @throws {ConfigError} when the engine's package is not installed; the signal's reason.
 */
export async function createNeighbourSearcher(
  { header, entries, rows: places, vectors }: VectorIndex,
  path: string,
  { engine, signal, ...options }: OpenOptions & { engine: NeighbourEngine; signal?: AbortSignal },
): Promise<Searcher> {
  const { features } = header;
  const count = entries.length;
  const valuesOf = (rowNumbers: readonly number[]): Promise<Float32Array> =>
    readRows(vectors, features, rowNumbers);
  async function* pieces(): AsyncGenerator<readonly [number, Float32Array]> {
    for (let at = 0; at < count; at += rowsAtOnce) {
      signal?.throwIfAborted();
      yield [at, await valuesOf(places.slice(at, at + rowsAtOnce))];
    }
  }
  const of = hashSha256(JSON.stringify([header, entries.map(({ hash }) => hash)]));
  const found: Neighbours | undefined =
    count === 0 ? undefined : await engines[engine]({ of, features, count, path, pieces }, options);
  /** Computes the similarity of vectors to one vector. */
  const products = (values: Float32Array, vector: Float32Array): Float32Array =>
    Float32Array.from({ length: values.length / features }, (_, at) =>
      rowOf(values, at, features).reduce((sum, value, place) => sum + value * vector[place]!, 0),
    );
  const step = Math.max(1, Math.floor(count / likenessRows));
  let sampled: Promise<Float32Array> | undefined;
  return {
    async search(query, top) {
      if (!found) return [];
      const near = await found.findNearest(query.positive, Math.min(count, Math.max(4 * top, 200)));
      const values = await valuesOf(near.map((at) => places[at]!));
      const scores = products(values, query.positive);
      for (const { vector, weight } of query.negatives) {
        sampled ??= valuesOf(places.filter((_, at) => at % step === 0));
        penalise(scores, products(values, vector), weight, products(await sampled, vector));
      }
      return findLargest(scores, top).map((at) => ({ path: entries[near[at]!]!.path, score: scores[at]! }));
    },
    dispose() {
      found?.close();
      return Promise.resolve();
    },
  };
}
