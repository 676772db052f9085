import { createAtomicFile, hashSha256, readPlainFile, writeFileAtomic } from "../files/index.js";
import { type Neighbours, type NeighbourSource, type OpenOptions, loadPeer } from "./peer.js";
import { sealOf } from "./seal.js";

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

/** Computes the stamp of a graph: the fingerprint of its vectors, and the user's seal on that and on its bytes. */
async function computeStamp(of: string, bytes: Uint8Array): Promise<string> {
  return JSON.stringify({ of, seal: await sealOf(`${of}\n${hashSha256(bytes)}`) });
}

/** Tells whether a graph on disk is of these vectors and was written by a process of this user. */
async function isCurrent(path: string, of: string): Promise<boolean> {
  const [stamp, bytes] = await Promise.all([
    readPlainFile(`${path}.json`)
      .then(String)
      .catch(() => undefined),
    readPlainFile(path).catch(() => undefined),
  ]);
  return stamp !== undefined && bytes !== undefined && stamp === (await computeStamp(of, bytes));
}

/**
 * Opens a graph of near neighbours (HNSW), kept as `<index>.usearch` with a seal: a graph that another user wrote is built anew.
 * Source: Malkov & Yashunin 2018, "Efficient and robust approximate nearest neighbor search using HNSW graphs"; package usearch.
 * @throws {ConfigError} when the package is not installed.
 */
export async function openUsearch(
  { of, features, count, path, pieces }: NeighbourSource,
  { threads = 0, onRows }: OpenOptions,
): Promise<Neighbours> {
  const { Index } = await loadPeer<Usearch>("usearch", "usearch");
  const create = (): Graph => new Index({ metric: "ip", dimensions: features, quantization: "f32" });
  const file = `${path}.usearch`;
  let graph = create();
  if (await isCurrent(file, of)) graph.view(file);
  else {
    for await (const [at, values] of pieces()) {
      const keys = BigUint64Array.from({ length: values.length / features }, (_, row) => BigInt(at + row));
      graph.add(keys, values, threads);
      onRows?.(Math.min(count, at + keys.length));
    }
    const saved = await createAtomicFile(file);
    try {
      graph.save(saved.part);
      await saved.commit();
    } finally {
      await saved.discard();
    }
    await writeFileAtomic(`${file}.json`, await computeStamp(of, await readPlainFile(file)));
  }
  return {
    findNearest: (vector, count) =>
      Promise.resolve(Array.from(graph.search(vector, count, threads).keys, Number)),
    close() {
      graph = create(); // releases the file
    },
  };
}
