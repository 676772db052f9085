import { ConfigError } from "../errors.js";

/** Finds rows near a vector; may miss some. */
export interface Neighbours {
  findNearest(vector: Float32Array, count: number): Promise<readonly number[]>;
  close(): void;
}

/** What a search engine is built from. */
export interface NeighbourSource {
  /** Fingerprint of the index: data built from another index is rebuilt. */
  readonly of: string;
  readonly features: number;
  readonly count: number;
  /** Path of the index; the engine's data is stored next to it. */
  readonly path: string;
  /** Returns the vectors in pieces, each with the number of its first. */
  pieces(): AsyncIterable<readonly [first: number, values: Float32Array]>;
}

/** How an engine is opened. */
export interface OpenOptions {
  readonly threads?: number | undefined;
  readonly onRows?: ((done: number) => void) | undefined;
}

/** Loads a package that is no dependency. @throws {ConfigError} when it is not installed. */
export async function loadPeer<T>(engine: string, name: string): Promise<T> {
  try {
    return (await import(name)) as T;
  } catch (cause) {
    throw new ConfigError(
      `search: the engine ${engine} needs the package ${name}; run npm install ${name}, or use the built-in search`,
      { cause, reason: "search-engine-missing" },
    );
  }
}
