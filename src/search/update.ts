import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { relative, resolve, sep } from "node:path";
import {
  type ClipModels,
  type Encoder,
  type Skipped,
  joined,
  readAhead,
  reasonOf,
} from "../embedding/index.js";
import { InputError } from "../errors.js";
import { type Picture, listPictures, readPictureFile, squareFrom } from "../images/index.js";
import {
  type IndexEntry,
  type IndexHeader,
  type VectorIndex,
  appendBlock,
  cutIndex,
  readIndex,
  writeIndex,
} from "./store.js";

/** What an update of an index did, in files. */
export interface IndexReport {
  /** Files in the index now. */
  readonly files: number;
  readonly unchanged: number;
  /** New or changed, and embedded. */
  readonly embedded: number;
  /** New or touched, with a content that was embedded before. */
  readonly known: number;
  /** Gone, or changed since. */
  readonly removed: number;
  readonly skipped: readonly Skipped[];
  /** Whether all or a part of the index was damaged and is made anew. */
  readonly repaired: boolean;
}

/** How far an update is. */
export interface IndexProgress {
  readonly done: number;
  readonly total: number;
}

/** The header of an index made with these CLIPs. */
export function headerOf({ pack, clips }: ClipModels): IndexHeader {
  return {
    format: 1,
    pack,
    clips: clips.map(({ name, hash }) => ({ name, hash })),
    features: clips.reduce((sum, { config }) => sum + config.image.features, 0),
  };
}

/**
 * Checks that an index was made with these CLIPs: vectors of others don't compare.
 * @throws {InputError} saying what to do.
 */
export function requireModel(
  path: string,
  made: Pick<IndexHeader, "pack" | "clips">,
  now: Pick<IndexHeader, "pack" | "clips">,
): void {
  if (JSON.stringify(made.clips) === JSON.stringify(now.clips)) return;
  const nameOf = ({ pack, clips }: typeof made): string => [pack, ...clips.map(({ name }) => name)].join(" ");
  const same = nameOf(made) === nameOf(now);
  throw new InputError(
    `${path}: made with ${same ? "other weights of " : ""}${nameOf(made)}, not with ${same ? "these" : nameOf(now)}; ` +
      `use those (--generator, --clip), or delete the file and run clipsteer index again`,
  );
}

/** Path of a file as an index has it. */
function nameIn(folder: string, file: string): string {
  return relative(resolve(folder), resolve(file)).split(sep).join("/");
}

function pick({ header, entries, vectors }: VectorIndex, rows: readonly number[]): VectorIndex {
  const { features } = header;
  const out = new Float32Array(rows.length * features);
  rows.forEach((row, at) => out.set(vectors.subarray(row * features, (row + 1) * features), at * features));
  return { header, entries: rows.map((row) => entries[row]!), vectors: out };
}

interface Loaded {
  readonly entry: IndexEntry;
  readonly picture?: Picture;
}

const blockRows = 64;

/**
 * Brings a folder's index up to date. Files of the same size and time are taken as unchanged; others are read, and embedded
 * unless their content is in the index already. Every block of files is on disk before the next one is embedded.
 * @param path of the index file.
 */
export async function* updateIndex(
  folder: string,
  path: string,
  models: ClipModels,
  encoder: Encoder,
  options: { signal?: AbortSignal; onSkip?: (file: Skipped) => void } = {},
): AsyncGenerator<IndexProgress, IndexReport> {
  const header = headerOf(models);
  const { features } = header;
  const old = await readIndex(path);
  if (old) requireModel(path, old.header, header);
  const repaired = old ? old.damaged : await stat(path).then(Boolean, () => false);
  const was: VectorIndex = old ?? { header, entries: [], vectors: new Float32Array(0) };
  const rowByPath = new Map(was.entries.map((entry, row) => [entry.path, row]));
  const rowByHash = new Map(was.entries.map((entry, row) => [entry.hash, row]));

  const kept: number[] = [];
  const fresh: string[] = [];
  const skipped: Skipped[] = [];
  const skip = (file: Skipped): void => {
    skipped.push(file);
    options.onSkip?.(file);
  };
  for (const file of await listPictures([folder])) {
    const row = rowByPath.get(nameIn(folder, file));
    const info = row === undefined ? undefined : await stat(file).catch(() => undefined);
    const entry = was.entries[row ?? -1];
    if (entry && info?.size === entry.size && info.mtimeMs === entry.changed) kept.push(row!);
    else fresh.push(file);
  }
  // A path that is in twice, by a run killed between append and rewrite, counts by its last row.
  const removed = was.entries.length - kept.length;
  if (!old || old.damaged || removed > 0) await writeIndex(path, pick(was, kept));
  else if (old.torn) await cutIndex(path, old.end);

  const vectorOf = (row: number): Float32Array => was.vectors.subarray(row * features, (row + 1) * features);
  const load = async (file: string): Promise<Loaded | Skipped> => {
    try {
      const { bytes, changed } = await readPictureFile(file);
      const hash = createHash("sha256").update(bytes).digest("hex");
      const entry = { path: nameIn(folder, file), size: bytes.length, changed, hash };
      return rowByHash.has(hash)
        ? { entry }
        : { entry, picture: await squareFrom(bytes, file, encoder.side) };
    } catch (error) {
      return { path: file, reason: reasonOf(file, error) };
    }
  };
  let [embedded, known, done] = [0, 0, 0];
  const total = fresh.length;
  const waiting: IndexEntry[] = [];
  async function* pictures(): AsyncGenerator<Picture> {
    const familiar: IndexEntry[] = [];
    const flush = async (): Promise<void> => {
      if (familiar.length === 0) return;
      const rows = Float32Array.from(familiar.flatMap(({ hash }) => [...vectorOf(rowByHash.get(hash)!)]));
      await appendBlock(path, familiar, rows);
      known += familiar.length;
      done += familiar.splice(0).length;
    };
    for await (const loaded of readAhead(fresh, load)) {
      if (options.signal?.aborted) break;
      if ("reason" in loaded) {
        skip(loaded);
        done++;
      } else if (loaded.picture) {
        waiting.push(loaded.entry);
        yield loaded.picture;
      } else if (familiar.push(loaded.entry) === blockRows) await flush();
    }
    await flush();
  }
  let block: Float32Array[] = [];
  const write = async (): Promise<void> => {
    const files = waiting.splice(0, block.length);
    const vectors = new Float32Array(files.length * features);
    block.forEach((vector, row) => vectors.set(vector, row * features));
    block = [];
    await appendBlock(path, files, vectors);
    embedded += files.length;
    done += files.length;
  };
  for await (const rows of encoder.encodeImages(pictures())) {
    if (block.push(joined(rows)) < blockRows) continue;
    await write();
    yield { done, total };
  }
  if (block.length > 0) await write();
  yield { done, total };
  return {
    files: kept.length + embedded + known,
    unchanged: kept.length,
    embedded,
    known,
    removed,
    skipped,
    repaired,
  };
}
