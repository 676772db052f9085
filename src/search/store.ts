import { createHash } from "node:crypto";
import { appendFile, open, readFile, rename, rm, stat, truncate } from "node:fs/promises";
import { z } from "zod";
import { InputError } from "../errors.js";

/** Name of the index inside the folder it is about. */
export const indexFile = ".clipsteer-index";

const headerSchema = z.strictObject({
  format: z.literal(1),
  /** Pack whose CLIPs made the vectors. */
  pack: z.string(),
  clips: z.array(z.strictObject({ name: z.string(), hash: z.string() })).min(1),
  features: z.int().min(1).max(65536),
});

/** What an index was made with. */
export type IndexHeader = z.infer<typeof headerSchema>;

const entrySchema = z.strictObject({
  /** Relative to the folder, with `/`. */
  path: z.string(),
  size: z.number(),
  /** Time of the last change, in milliseconds. */
  changed: z.number(),
  /** SHA-256 of the file. */
  hash: z.string(),
});
const filesSchema = z.array(entrySchema).min(1);

/** A file of an index. */
export type IndexEntry = z.infer<typeof entrySchema>;

/** Files and their unit vectors. */
export interface VectorIndex {
  readonly header: IndexHeader;
  readonly entries: readonly IndexEntry[];
  /** `[entries, features]`. */
  readonly vectors: Float32Array;
}

/** An index as found on disk. */
export interface ReadIndex extends VectorIndex {
  /** Whether parts did not match their checksums and were left out. */
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
 * Reads an index: a header line, then blocks of a line (checksum, files) and the vectors of these files. What is returned is
 * what was written, by the checksums; a block cut short by a kill ends the index.
 * @returns undefined when there is no index, or no header that makes sense.
 * @throws {InputError} when it is larger than 2 GB.
 */
export async function readIndex(path: string): Promise<ReadIndex | undefined> {
  const info = await stat(path).catch(() => undefined);
  if (!info) return undefined;
  if (info.size > largest) throw new InputError(`${path}: is larger than 2 GB; index its subfolders instead`);
  const file = await readFile(path);
  const lineAt = (at: number): [text: string, next: number] | undefined => {
    const end = file.indexOf(newline, at);
    return end < 0 ? undefined : [file.toString("utf8", at, end), end + 1];
  };
  const first = lineAt(0);
  const header = first && parsed(headerSchema, first[0]);
  if (!header) return undefined;
  const width = header.features * 4;
  const entries: IndexEntry[] = [];
  let [at, end, filled, damaged, torn] = [first[1], first[1], 0, false, false];
  while (at < file.length) {
    const line = lineAt(at);
    torn = !line;
    if (!line) break;
    const text = line[0].slice(sumLength);
    const files = parsed(filesSchema, text);
    if (!files) {
      damaged = true; // without its line nobody knows where the next block begins
      break;
    }
    const [from, to] = [line[1], line[1] + files.length * width];
    torn = to > file.length;
    if (torn) break;
    if (line[0].startsWith(sumOf(text, file.subarray(from, to)))) {
      file.copyWithin(filled, from, to); // vectors side by side, in the memory of what is read already
      filled += to - from;
      entries.push(...files);
    } else damaged = true;
    at = end = to;
  }
  return { header, entries, vectors: floatsOf(file, filled), damaged, torn, end };
}

function parsed<T>(schema: z.ZodType<T>, text: string): T | undefined {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return undefined;
    throw error;
  }
}

function floatsOf(file: Buffer, length: number): Float32Array {
  const aligned = file.byteOffset % 4 === 0;
  const bytes = aligned ? file.subarray(0, length) : Buffer.from(file.subarray(0, length));
  return new Float32Array(bytes.buffer, bytes.byteOffset, length / 4);
}

const headerLine = (header: IndexHeader): string => `${JSON.stringify(header)}\n`;

function blockOf(files: readonly IndexEntry[], vectors: Float32Array): Buffer {
  const bytes = new Uint8Array(vectors.buffer, vectors.byteOffset, vectors.byteLength);
  const text = JSON.stringify(files);
  return Buffer.concat([Buffer.from(`${sumOf(text, bytes)}${text}\n`), bytes]);
}

/** Adds files and their vectors `[files, features]` at the end of an index. */
export async function appendBlock(
  path: string,
  files: readonly IndexEntry[],
  vectors: Float32Array,
): Promise<void> {
  await appendFile(path, blockOf(files, vectors));
}

/** Cuts off what was being written when the last run was killed. */
export async function cutIndex(path: string, end: number): Promise<void> {
  await truncate(path, end);
}

const rowsPerBlock = 256;

/** Writes an index whole or not at all. @throws {InputError} when the place cannot be written. */
export async function writeIndex(path: string, { header, entries, vectors }: VectorIndex): Promise<void> {
  if (!littleEndian) throw new InputError(`${path}: an index needs a little-endian machine`);
  const part = `${path}.part`;
  try {
    const handle = await open(part, "w");
    try {
      await handle.writeFile(headerLine(header));
      for (let row = 0; row < entries.length; row += rowsPerBlock) {
        const files = entries.slice(row, row + rowsPerBlock);
        const from = row * header.features;
        await handle.writeFile(blockOf(files, vectors.subarray(from, from + files.length * header.features)));
      }
    } finally {
      await handle.close();
    }
    await rename(part, path);
  } catch (cause) {
    await rm(part, { force: true });
    throw new InputError(
      `${path}: cannot be written (${(cause as NodeJS.ErrnoException).code}); choose another --out`,
      { cause },
    );
  }
}
