import { stat } from "node:fs/promises";
import { relative, sep } from "node:path";
import {
  type ClipModels,
  type Encoder,
  type Skipped,
  joinRows,
  readAhead,
  reasonOf,
} from "../embedding/index.js";
import { InputError } from "../errors.js";
import { acquireLock, explainUnwritable, hashSha256 } from "../files/index.js";
import { type ListOptions, type Picture, listPictures, readPictureFile } from "../images/index.js";
import {
  type IndexEntry,
  type IndexHeader,
  type VectorIndex,
  appendBlock,
  cutIndex,
  readIndex,
  removeStale,
  writeIndex,
} from "./indexFile.js";
import { readRows } from "./vectorFile.js";

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
  /** Whether a part of the index was damaged and has been rebuilt. */
  readonly repaired: boolean;
}

/** How far an update is. */
export interface IndexProgress {
  readonly done: number;
  readonly total: number;
}

/** Makes the header of an index made with these CLIPs. */
export function describeIndex({ pack, clips }: ClipModels): IndexHeader {
  return {
    pack,
    clips: clips.map(({ name, hash }) => ({ name, hash })),
    features: clips.reduce((sum, { config }) => sum + config.image.features, 0),
  };
}

/**
 * Checks that an index was made with the given CLIPs; vectors of other CLIPs are not comparable.
 * @param path path of the index, for the message.
 * @param indexed pack and CLIPs in the header of the index.
 * @param current pack and CLIPs in use.
 * @throws {InputError} otherwise.
 */
export function requireModel(
  path: string,
  indexed: Pick<IndexHeader, "pack" | "clips">,
  current: Pick<IndexHeader, "pack" | "clips">,
): void {
  if (JSON.stringify(indexed.clips) === JSON.stringify(current.clips)) return;
  const nameOf = ({ pack, clips }: typeof indexed): string =>
    [pack, ...clips.map(({ name }) => name)].join(" ");
  const same = nameOf(indexed) === nameOf(current);
  throw new InputError(
    `${path}: made with ${same ? "other weights of " : ""}${nameOf(indexed)}, not with ${same ? "these" : nameOf(current)}; ` +
      `use those, or delete the file and index the folder again`,
    { reason: "other-model-index" },
  );
}

/** Converts a file's path to the form that an index stores. */
function relativeName(folder: string, file: string): string {
  return relative(folder, file).replaceAll(sep, "/");
}

interface Loaded {
  readonly entry: IndexEntry;
  readonly picture?: Picture;
}

const blockRows = 64;

/**
 * Updates the index of a folder. Files with unchanged size and time are skipped; other files are read, and embedded unless the index contains
 * the same content. Each block of files is on disk before the next one is embedded.
 * @param args folder of the pictures, path of the index file, CLIPs, their encoder, and options.
 * @returns numbers of files by what became of them, and the skipped files.
 * @throws {InputError} when another process updates the index, or it cannot be written.
 */
export async function* updateIndex(
  ...args: Parameters<typeof updateLocked>
): AsyncGenerator<IndexProgress, IndexReport> {
  const [, path] = args;
  const lock = await acquireLock(`${path}.lock`, { purpose: "index this folder" }).catch((cause: unknown) => {
    throw explainUnwritable(path, cause);
  });
  try {
    return yield* updateLocked(...args);
  } finally {
    await lock.release();
  }
}

/** Sorts a folder's pictures. @returns indices of the entries whose files have the same size and time, and paths of all other files. */
async function sortFiles(
  folder: string,
  entries: readonly IndexEntry[],
  options: ListOptions,
): Promise<{ unchanged: number[]; fresh: string[] }> {
  const unchanged: number[] = [];
  const fresh: string[] = [];
  // A path that is in twice, by a run killed between append and rewrite, counts by its last row.
  const entryByPath = new Map(entries.map(({ path }, at) => [path, at]));
  for (const file of await listPictures([folder], options)) {
    const at = entryByPath.get(relativeName(folder, file)) ?? -1;
    const entry = entries[at];
    const info = entry && (await stat(file).catch(() => undefined));
    if (entry && info?.size === entry.size && info.mtimeMs === entry.changed) unchanged.push(at);
    else fresh.push(file);
  }
  return { unchanged, fresh };
}

/** Reads a file, and decodes it unless its content is known. @returns its entry, or the reason why it cannot be used. */
async function loadFile(
  folder: string,
  file: string,
  isKnown: (hash: string) => boolean,
  encoder: Encoder,
): Promise<Loaded | Skipped> {
  try {
    const { bytes, modifiedMs } = await readPictureFile(file);
    const hash = hashSha256(bytes);
    const entry = { path: relativeName(folder, file), size: bytes.length, changed: modifiedMs, hash };
    return isKnown(hash) ? { entry } : { entry, picture: await encoder.open(bytes, file) };
  } catch (error) {
    return { path: file, reason: reasonOf(file, error) };
  }
}

async function* updateLocked(
  folder: string,
  path: string,
  models: ClipModels,
  encoder: Encoder,
  options: ListOptions & { signal?: AbortSignal; onSkip?: (file: Skipped) => void } = {},
): AsyncGenerator<IndexProgress, IndexReport> {
  const header = describeIndex(models);
  const { features } = header;
  const found = await readIndex(path);
  if (found) requireModel(path, found.header, header);
  const old = found?.header.features === features ? found : undefined; // else its header is damaged
  const repaired = old ? old.damaged : await stat(path).then(Boolean, () => false);
  const was: VectorIndex = old ?? { header, entries: [], rows: [], vectors: "" };
  const vectorsOf = (entries: readonly number[]): Promise<Float32Array> =>
    readRows(
      was.vectors,
      features,
      entries.map((entry) => was.rows[entry]!),
    );
  const entryByHash = new Map(was.entries.map(({ hash }, at) => [hash, at]));

  const skipped: Skipped[] = [];
  const skip = (file: Skipped): void => {
    skipped.push(file);
    options.onSkip?.(file);
  };
  const { unchanged, fresh } = await sortFiles(folder, was.entries, options);
  const removed = was.entries.length - unchanged.length;
  let vectors = was.vectors;
  if (!old || old.damaged || removed > 0)
    vectors = await writeIndex(
      path,
      header,
      unchanged.map((at) => was.entries[at]!),
      (from, to) => vectorsOf(unchanged.slice(from, to)),
    );
  else if (old.torn) await cutIndex(path, old.end);
  let filled = unchanged.length;
  const append = async (files: readonly IndexEntry[], values: Float32Array): Promise<void> => {
    const row = filled;
    filled += files.length; // before the first await, since known and embedded files are written alternately
    await appendBlock({ path, vectors, features }, row, files, values);
  };
  const load = (file: string): Promise<Loaded | Skipped> =>
    loadFile(folder, file, (hash) => entryByHash.has(hash), encoder);
  let [embedded, known, done] = [0, 0, 0];
  const total = fresh.length;
  const waiting: IndexEntry[] = [];
  async function* pictures(): AsyncGenerator<Picture> {
    const familiar: IndexEntry[] = [];
    const flush = async (): Promise<void> => {
      if (familiar.length === 0) return;
      await append(familiar, await vectorsOf(familiar.map(({ hash }) => entryByHash.get(hash)!)));
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
    const values = new Float32Array(files.length * features);
    block.forEach((vector, row) => values.set(vector, row * features));
    block = [];
    await append(files, values);
    embedded += files.length;
    done += files.length;
  };
  for await (const rows of encoder.encodeImages(pictures())) {
    if (block.push(joinRows(rows)) < blockRows) continue;
    await write();
    yield { done, total };
  }
  if (block.length > 0) await write();
  await removeStale(path, vectors);
  yield { done, total };
  return {
    files: unchanged.length + embedded + known,
    unchanged: unchanged.length,
    embedded,
    known,
    removed,
    skipped,
    repaired,
  };
}
