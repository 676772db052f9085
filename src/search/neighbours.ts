import { createHash } from "node:crypto";
import { readFile, rename, rm } from "node:fs/promises";
import { rowOf, topOf } from "../embedding/index.js";
import { ConfigError } from "../errors.js";
import { writeFileAtomic } from "../images/index.js";
import { type Searcher, holdOff } from "./query.js";
import type { VectorIndex } from "./store.js";

/** What is used of the package `usearch`. */
interface Graph {
  add(keys: BigUint64Array, vectors: Float32Array, threads: number): void;
  search(vector: Float32Array, count: number, threads: number): { readonly keys: BigUint64Array };
  save(path: string): void;
  view(path: string): void;
}
interface Usearch {
  readonly Index: new (options: { metric: string; dimensions: number; quantization: string }) => Graph;
}

async function loadUsearch(): Promise<Usearch> {
  const name: string = "usearch"; // an optional peer: not there for the compiler
  try {
    return (await import(name)) as Usearch;
  } catch (cause) {
    throw new ConfigError(
      "search: --engine usearch: the package usearch is not installed; run npm install usearch, or leave --engine out",
      { cause },
    );
  }
}

const rowsAtOnce = 1024;
const likenessRows = 10_000;
const sha256 = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");

/** Whether a graph on disk is of these vectors, and as it was written. */
async function isWhole(path: string, of: string): Promise<boolean> {
  const [stamp, bytes] = await Promise.all([
    readFile(`${path}.json`, "utf8").catch(() => undefined),
    readFile(path).catch(() => undefined),
  ]);
  return (
    stamp !== undefined && bytes !== undefined && stamp === JSON.stringify({ of, sha256: sha256(bytes) })
  );
}

/**
 * A searcher over a graph of near neighbours (HNSW), for indexes too large for one matrix product a query. The graph is kept
 * beside the index as `<index>.usearch` with a checksum, and built anew when it is of other vectors or damaged. What it finds
 * is scored exactly; it may miss some. How unwanted things are like most files is told from a sample of 10 000.
 * Source: Malkov & Yashunin 2018, "Efficient and robust approximate nearest neighbor search using HNSW graphs"; package usearch.
 * @param path of the index.
 * @throws {ConfigError} when the package is not installed.
 */
export async function createNeighbourSearcher(
  { header, entries, vectors }: VectorIndex,
  path: string,
  options: { threads?: number; onProgress?: (done: number) => void; signal?: AbortSignal } = {},
): Promise<Searcher> {
  const { Index } = await loadUsearch();
  const { features } = header;
  const count = entries.length;
  const { threads = 0, onProgress, signal } = options;
  const create = (): Graph => new Index({ metric: "ip", dimensions: features, quantization: "f32" });
  const file = `${path}.usearch`;
  const of = sha256(JSON.stringify([header, entries.map(({ hash }) => hash)]));
  let graph = create();
  if (await isWhole(file, of)) graph.view(file);
  else {
    for (let row = 0; row < count; row += rowsAtOnce) {
      signal?.throwIfAborted();
      const rows = Math.min(rowsAtOnce, count - row);
      const keys = BigUint64Array.from({ length: rows }, (_, at) => BigInt(row + at));
      graph.add(keys, vectors.subarray(row * features, (row + rows) * features), threads);
      onProgress?.(row + rows);
      await new Promise((done) => setImmediate(done)); // lets Ctrl-C through
    }
    const part = `${file}.part`;
    try {
      graph.save(part);
      await rename(part, file);
    } finally {
      await rm(part, { force: true });
    }
    await writeFileAtomic(`${file}.json`, JSON.stringify({ of, sha256: sha256(await readFile(file)) }));
  }
  const dot = (row: number, vector: Float32Array): number =>
    rowOf(vectors, row, features).reduce((sum, value, at) => sum + value * vector[at]!, 0);
  const step = Math.max(1, Math.floor(count / likenessRows));
  return {
    search(query, top) {
      if (count === 0) return Promise.resolve([]);
      const wanted = Math.min(count, Math.max(4 * top, 200));
      const rows = Array.from(graph.search(query.wanted, wanted, threads).keys, Number);
      const scores = Float32Array.from(rows, (row) => dot(row, query.wanted));
      for (const { vector, weight } of query.unwanted) {
        const likeness = Float32Array.from(rows, (row) => dot(row, vector));
        const sample = Float32Array.from({ length: Math.ceil(count / step) }, (_, at) =>
          dot(at * step, vector),
        );
        holdOff(scores, likeness, weight, sample);
      }
      const best = topOf(scores, top);
      return Promise.resolve(best.map((at) => ({ path: entries[rows[at]!]!.path, score: scores[at]! })));
    },
    dispose() {
      graph = create(); // lets go of the file
      return Promise.resolve();
    },
  };
}
