import { createHash, randomBytes } from "node:crypto";
import { open, readdir, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { InputError } from "../errors.js";
import {
  type AtomicFile,
  createAtomicFile,
  openForWriting,
  readPlainFile,
  explainUnwritable,
  writeAt,
} from "../files/index.js";
import { openPieces } from "./vectorFile.js";

/** Name of the index inside the folder it is about. */
export const indexFile = ".clipsteer-index";

const vectorsEnd = ".f32";

const storedSchema = z.strictObject({
  format: z.literal(2),
  /** Pack whose CLIPs made the vectors. */
  pack: z.string(),
  clips: z.array(z.strictObject({ name: z.string(), hash: z.string() })).min(1),
  features: z.int().min(1).max(65536),
  /** File of the vectors, beside the index. */
  vectors: z.string().regex(/^[^/\\]+\.[0-9a-f]{8}\.f32$/),
});

/** What an index was made with. */
export type IndexHeader = Omit<z.infer<typeof storedSchema>, "format" | "vectors">;

/** Tells whether a relative path names something below its folder, on any system. */
function isInside(path: string): boolean {
  const parts = path.split(process.platform === "win32" ? /[/\\]/ : "/");
  const isRooted = parts[0] === "" || (process.platform === "win32" && path.includes(":"));
  return !isRooted && !parts.includes("..") && !path.includes("\0");
}

const entrySchema = z.strictObject({
  /** Relative to the folder, with `/`. */
  path: z.string().refine(isInside, "leaves the folder"),
  size: z.number(),
  /** Time of the last change, in milliseconds. */
  changed: z.number(),
  /** SHA-256 of the file. */
  hash: z.string(),
});
const filesSchema = z.array(entrySchema).min(1);

/** A file of an index. */
export type IndexEntry = z.infer<typeof entrySchema>;

/** Files and where their unit vectors are. */
export interface VectorIndex {
  /** Pack, CLIPs and length of a vector. */
  readonly header: IndexHeader;
  /** Files in the order in which they were added. */
  readonly entries: readonly IndexEntry[];
  /** Row of each entry in the file of vectors, from 0. */
  readonly rows: readonly number[];
  /** Path of the file of vectors: little-endian float32 `[rows, features]`, each row of length 1. */
  readonly vectors: string;
}

/** An index as found on disk. */
export interface ReadIndex extends VectorIndex {
  /** Whether parts did not match their checksums and were skipped. */
  readonly damaged: boolean;
  /** Bytes up to the end of the last whole block; what follows was cut off while being written. */
  readonly end: number;
  readonly torn: boolean;
}

const largest = 2 ** 31 - 1;
const newline = 10;
const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

const sumLength = 32;

function sumOf(files: string, vectors: Uint8Array): string {
  return createHash("sha256").update(files).update(vectors).digest("hex").slice(0, sumLength);
}

/**
 * Reads an index. Its list is a header line, followed by one line for each block of files with a checksum over the block and its vectors. The
 * vectors are stored in a second file and verified in pieces, which are not kept in memory. A truncated last block is ignored.
 * @param path path of the list; the vectors are in a second file beside it.
 * @returns undefined when there is no index, or its header is invalid.
 * @throws {InputError} when the list of files is larger than 2 GB.
 */
export async function readIndex(path: string): Promise<ReadIndex | undefined> {
  const info = await stat(path).catch(() => undefined);
  if (!info) return undefined;
  if (info.size > largest) throw new InputError(`${path}: is larger than 2 GB; index its subfolders instead`);
  const text = await readPlainFile(path);
  const lineAt = (at: number): [line: string, next: number] | undefined => {
    const end = text.indexOf(newline, at);
    return end < 0 ? undefined : [text.toString("utf8", at, end), end + 1];
  };
  const first = lineAt(0);
  const stored = first && parseOrUndefined(storedSchema, first[0]);
  if (!stored) return undefined;
  const { vectors: name, format: _, ...header } = stored;
  const vectors = join(dirname(path), name);
  const entries: IndexEntry[] = [];
  const rows: number[] = [];
  let [row, end, damaged, torn] = [0, first[1], false, false];
  const reader = await openPieces(vectors).catch(() => undefined);
  try {
    while (end < text.length) {
      const line = lineAt(end);
      torn = !line;
      if (!line) break;
      const list = line[0].slice(sumLength);
      const files = parseOrUndefined(filesSchema, list);
      damaged ||= !files || !reader;
      if (!files || !reader) break; // without its list the position of the next block is unknown
      const size = files.length * header.features * 4;
      const bytes = await reader.readNext(size);
      if (bytes.length === size && line[0].startsWith(sumOf(list, bytes)))
        files.forEach((file, at) => {
          entries.push(file);
          rows.push(row + at);
        });
      else damaged = true;
      row += files.length;
      end = line[1];
    }
  } finally {
    await reader?.close();
  }
  return { header, entries, rows, vectors, damaged, torn, end };
}

function parseOrUndefined<T>(schema: z.ZodType<T>, text: string): T | undefined {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return undefined;
    throw error;
  }
}

function bytesOf(vectors: Float32Array): Uint8Array {
  return new Uint8Array(vectors.buffer, vectors.byteOffset, vectors.byteLength);
}

function lineOf(files: readonly IndexEntry[], vectors: Float32Array): string {
  const list = JSON.stringify(files);
  return `${sumOf(list, bytesOf(vectors))}${list}\n`;
}

/**
 * Adds files at the end of an index: first their vectors, then the line that makes them count.
 * @param row of the first of them in the file of vectors. @param values `[files, features]`.
 * @throws {InputError} when the files cannot be written.
 */
export async function appendBlock(
  { path, vectors, features }: { path: string; vectors: string; features: number },
  row: number,
  files: readonly IndexEntry[],
  values: Float32Array,
): Promise<void> {
  const handle = await openForWriting(vectors, "update");
  try {
    await writeAt(handle, bytesOf(values), row * features * 4);
    await handle.datasync(); // on disk before the line that makes them count
  } catch (cause) {
    throw explainUnwritable(vectors, cause);
  } finally {
    await handle.close();
  }
  const lines = await openForWriting(path, "append");
  try {
    await lines.writeFile(lineOf(files, values));
    await lines.datasync();
  } catch (cause) {
    throw explainUnwritable(path, cause);
  } finally {
    await lines.close();
  }
}

/** Truncates an index after its last complete block, after a run was killed. */
export async function cutIndex(path: string, end: number): Promise<void> {
  const handle = await openForWriting(path, "update");
  try {
    await handle.truncate(end);
  } catch (cause) {
    throw explainUnwritable(path, cause);
  } finally {
    await handle.close();
  }
}

const rowsPerBlock = 256;

/**
 * Writes an index whole or not at all; the file of vectors of the one before stays.
 * @param valuesOf vectors `[to − from, features]` of the entries from one to another.
 * @returns the new file of vectors.
 * @throws {InputError} when the place cannot be written.
 */
export async function writeIndex(
  path: string,
  header: IndexHeader,
  entries: readonly IndexEntry[],
  valuesOf: (from: number, to: number) => Promise<Float32Array> | Float32Array,
): Promise<string> {
  if (!littleEndian) throw new InputError(`${path}: an index needs a little-endian machine`);
  const folder = dirname(path);
  const name = `${basename(path)}.${randomBytes(4).toString("hex")}${vectorsEnd}`;
  let lines: AtomicFile | undefined;
  try {
    lines = await createAtomicFile(path);
    const vectors = await open(join(folder, name), "wx");
    try {
      await lines.handle.writeFile(`${JSON.stringify({ format: 2, ...header, vectors: name })}\n`);
      for (let from = 0; from < entries.length; from += rowsPerBlock) {
        const files = entries.slice(from, from + rowsPerBlock);
        const values = await valuesOf(from, from + files.length);
        await vectors.writeFile(bytesOf(values));
        await lines.handle.writeFile(lineOf(files, values));
      }
      await vectors.datasync(); // on disk before the list that names it
    } finally {
      await vectors.close();
    }
    await lines.commit();
  } catch (cause) {
    await Promise.all([lines?.discard(), rm(join(folder, name), { force: true })]);
    throw explainUnwritable(path, cause);
  }
  return join(folder, name);
}

/** Removes files of vectors that an index had before. One that a search has open may stay on Windows, until the next time. */
export async function removeStale(path: string, vectors: string): Promise<void> {
  const folder = dirname(path);
  for (const file of await readdir(folder))
    if (file !== basename(vectors) && file.startsWith(`${basename(path)}.`) && file.endsWith(vectorsEnd))
      await rm(join(folder, file), { force: true }).catch(() => undefined);
}
