import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { readPlainFile, writeFileAtomic } from "../files/index.js";
import { type Neighbours, type NeighbourSource, type OpenOptions, loadPeer } from "./peer.js";
import { sealOf } from "./seal.js";

/** The used part of the API of `@lancedb/lancedb`. */
interface Table {
  add(rows: readonly object[]): Promise<unknown>;
  vectorSearch(vector: Float32Array): {
    distanceType(name: "dot"): {
      select(columns: readonly string[]): {
        limit(count: number): { toArray(): Promise<readonly { readonly row: number }[]> };
      };
    };
  };
  close(): void;
}
interface Lance {
  connect(folder: string): Promise<{
    createTable(name: string, rows: readonly object[], options: { mode: "overwrite" }): Promise<Table>;
    openTable(name: string): Promise<Table>;
    close(): void;
  }>;
}

const name = "vectors";

/** Computes the user's seal on the fingerprint of an index and on all files of a folder. */
async function computeStamp(of: string, folder: string): Promise<string> {
  const hash = createHash("sha256").update(of);
  for (const file of (await readdir(folder, { recursive: true })).sort()) {
    const path = join(folder, file);
    if (!(await stat(path)).isFile()) continue;
    hash.update(`${file}\n`);
    for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  }
  return sealOf(hash.digest("hex"));
}

/**
 * Opens a table whose vectors are read from disk by each query. It is stored in the folder `<index>.lancedb` with a seal; a table
 * that another user wrote is rebuilt. The table has no index: every query reads all rows.
 * Source: package @lancedb/lancedb.
 * @throws {ConfigError} when the package is not installed.
 */
export async function openLance(
  { of, features, path, pieces }: NeighbourSource,
  { onRows }: OpenOptions,
): Promise<Neighbours> {
  process.env.LANCEDB_LOG ??= "error"; // otherwise it logs every new table to stderr
  const { connect } = await loadPeer<Lance>("lancedb", "@lancedb/lancedb");
  const folder = `${path}.lancedb`;
  const stamp = `${folder}.json`;
  const builtFrom = await readPlainFile(stamp)
    .then(String)
    .catch(() => undefined);
  const isWhole =
    builtFrom !== undefined && builtFrom === (await computeStamp(of, folder).catch(() => undefined));
  if (!isWhole) await rm(folder, { recursive: true, force: true });
  const database = await connect(folder);
  let table = isWhole ? await database.openTable(name) : undefined;
  if (!table) {
    await rm(stamp, { force: true });
    for await (const [at, values] of pieces()) {
      const rows = Array.from({ length: values.length / features }, (_, row) => ({
        row: at + row,
        vector: [...values.subarray(row * features, (row + 1) * features)],
      }));
      if (table) await table.add(rows);
      else table = await database.createTable(name, rows, { mode: "overwrite" });
      onRows?.(at + rows.length);
    }
    await writeFileAtomic(stamp, await computeStamp(of, folder));
  }
  const opened = table!;
  return {
    async findNearest(vector, count) {
      const found = opened.vectorSearch(vector).distanceType("dot").select(["row", "_distance"]);
      return (await found.limit(count).toArray()).map(({ row }) => row);
    },
    close() {
      opened.close();
      database.close();
    },
  };
}
