import { basename, dirname, join } from "node:path";
import { WeightsError } from "../errors.js";
import { type AtomicFile, createAtomicFile, parseJson } from "../files/index.js";
import { type HostTensor, type TensorRecord, sizeOf } from "../tensor/index.js";
import {
  type ElementType,
  type RawTensor,
  type StoredTensor,
  type WeightsFile,
  isElementType,
  widthOf,
} from "./elements.js";
import { toHalf } from "./half.js";
import { MappedTensor, describeStoredTensor } from "./mappedTensor.js";
import { FileSource, quoteName } from "./source.js";

const largestHeader = 100 << 20;

interface Entry {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** What a safetensors file holds. */
export interface SafetensorsFile {
  readonly tensors: TensorRecord;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Opens a safetensors file: the whole header is checked (every tensor lies in the file, none overlap, and every byte
 * belongs to one); values are read on access. Source: huggingface/safetensors, format description.
 * @throws {WeightsError} naming the file, and the tensor where one is to blame.
 */
export async function openSafetensors(path: string): Promise<WeightsFile> {
  const source = await FileSource.open(path);
  try {
    const { entries, metadata } = readHeader(path, source);
    const tensors = new Map<string, StoredTensor>();
    for (const { name, type, shape, begin, end } of entries)
      tensors.set(
        name,
        describeStoredTensor(path, name, { shape, type, ...readBetween(source, begin, end) }),
      );
    return { path, format: "safetensors", tensors, metadata, close: () => source.close() };
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** Reads all bytes of a tensor, or a part. */
const readBetween = (source: FileSource, begin: number, end: number): Pick<RawTensor, "bytes" | "slice"> => ({
  bytes: () => source.read(begin, end - begin),
  slice: (from, to) => source.read(begin + from, to - from),
});

/** Checks the header of a safetensors file. @returns its entries, placed from the file's beginning. */
function readHeader(path: string, source: FileSource): ReturnType<typeof parseHeader> {
  const { size } = source;
  const headerSize = size < 8 ? NaN : Number(source.peek(0, 8).readBigUInt64LE());
  if (!(headerSize >= 2 && headerSize <= Math.min(largestHeader, size - 8)))
    throw new WeightsError(`${path}: not a safetensors file, or truncated`);
  const text = source.peek(8, headerSize).toString("utf8");
  const { entries, metadata } = parseHeader(path, text, size - 8 - headerSize);
  const start = 8 + headerSize;
  const placed = entries.map((each) => ({ ...each, begin: each.begin + start, end: each.end + start }));
  return { entries: placed, metadata };
}

/**
 * Lists the tensors of a safetensors file; their values are read on access (`MappedTensor`).
 * @param options `digest`: hash of the file, which makes the tensors' `source`.
 * @throws {WeightsError} as `openSafetensors`; also later, when the file was changed.
 */
export function mapSafetensors(
  source: FileSource,
  { only = () => true, digest }: { only?: ((name: string) => boolean) | undefined; digest: string },
): TensorRecord {
  const { path } = source;
  const tensors: TensorRecord = Object.create(null) as TensorRecord;
  for (const { name, type, shape, begin, end } of readHeader(path, source).entries)
    if (only(name))
      tensors[name] = new MappedTensor(
        `${path}: ${quoteName(name)}`,
        { shape, type, ...readBetween(source, begin, end) },
        `${digest} ${name}`,
      );
  return tensors;
}

/**
 * Opens the safetensors files that a `*.safetensors.index.json` beside them names, as one.
 * @throws {WeightsError} as `openSafetensors`, and when a tensor is not in the file that the index names.
 */
export async function openShardedSafetensors(path: string): Promise<WeightsFile> {
  const index = await FileSource.open(path);
  let map: unknown;
  try {
    if (index.size > largestHeader) throw new WeightsError(`${path}: is too large for an index`);
    map = (parseJson(index.peek(0, index.size).toString("utf8")) as { weight_map?: unknown } | null)
      ?.weight_map;
  } catch (cause) {
    if (cause instanceof WeightsError) throw cause;
    throw new WeightsError(`${path}: corrupt index: not JSON`, { cause });
  } finally {
    await index.close();
  }
  if (typeof map !== "object" || map === null || Array.isArray(map))
    throw new WeightsError(`${path}: corrupt index: has no weight_map`);
  const shards = new Map<string, WeightsFile>();
  const close = async (): Promise<void> => {
    for (const shard of shards.values()) await shard.close();
  };
  try {
    const tensors = new Map<string, StoredTensor>();
    for (const [name, file] of Object.entries(map)) {
      if (typeof file !== "string" || basename(file) !== file || !file.endsWith(".safetensors"))
        throw new WeightsError(
          `${path}: corrupt index: ${quoteName(name)} is in ${quoteName(typeof file === "string" ? file : typeof file)}`,
        );
      if (!shards.has(file)) shards.set(file, await openSafetensors(join(dirname(path), file)));
      const tensor = shards.get(file)!.tensors.get(name);
      if (!tensor) throw new WeightsError(`${path}: ${quoteName(name)} is not in ${file}, as the index says`);
      tensors.set(name, tensor);
    }
    return { path, format: "safetensors (sharded)", tensors, metadata: {}, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Reads the tensors of a safetensors file into memory: all, or those whose name `only` accepts. Floats of any width become float32,
 * integers int32; booleans stay.
 * @throws {WeightsError} as `openSafetensors`; also for a 64-bit integer that does not fit into 32 bits.
 */
export async function readSafetensors(
  path: string,
  options: { only?: (name: string) => boolean } = {},
): Promise<SafetensorsFile> {
  const file = await openSafetensors(path);
  try {
    return { tensors: await readTensors(file, options.only), metadata: file.metadata };
  } finally {
    await file.close();
  }
}

/** Lists an open file's tensors, or those that `only` picks; their values are read on access. */
export function mapTensors(file: WeightsFile, only: (name: string) => boolean = () => true): TensorRecord {
  const tensors: TensorRecord = Object.create(null) as TensorRecord;
  for (const [name, tensor] of file.tensors) if (only(name)) tensors[name] = tensor.mapped();
  return tensors;
}

/**
 * Reads the values of an open file's tensors.
 * @param file an open file of any format.
 * @param only selects tensors by name; all when absent.
 * @returns the tensors by name, in memory.
 * @throws {WeightsError} for a truncated file.
 */
export async function readTensors(
  file: WeightsFile,
  only: (name: string) => boolean = () => true,
): Promise<TensorRecord> {
  const tensors: TensorRecord = Object.create(null) as TensorRecord;
  for (const [name, tensor] of file.tensors) if (only(name)) tensors[name] = await tensor.read();
  return tensors;
}

function parseHeader(
  path: string,
  text: string,
  byteBudget: number,
): { entries: Entry[]; metadata: Record<string, string> } {
  const makeError = (what: string): WeightsError =>
    new WeightsError(`${path}: corrupt safetensors header: ${what}`);
  let parsed: unknown;
  try {
    parsed = parseJson(text);
  } catch (cause) {
    // The parser's message quotes bytes of the file, which may be of any kind.
    const isRepeated = /occurs twice$/.test((cause as Error).message);
    const fault = isRepeated ? "not JSON: a key occurs twice" : "not JSON";
    throw new WeightsError(`${path}: corrupt safetensors header: ${fault}`, { cause });
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    throw makeError("not an object");
  const metadata = Object.create(null) as Record<string, string>;
  const entries: Entry[] = [];
  for (const [name, value] of Object.entries(parsed as Record<string, unknown>)) {
    if (name === "__metadata__") {
      for (const [key, item] of Object.entries((value ?? {}) as object)) {
        if (typeof item !== "string") throw makeError(`metadata ${quoteName(key)} is no text`);
        metadata[key] = item;
      }
      continue;
    }
    const { dtype: type, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
    const isCount = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) >= 0;
    if (!isElementType(type))
      throw makeError(
        `${quoteName(name)} has type ${quoteName(typeof type === "string" ? type : typeof type)}`,
      );
    if (!Array.isArray(shape) || shape.length > 32 || !shape.every(isCount))
      throw makeError(`${quoteName(name)} has no shape`);
    if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount))
      throw makeError(`${quoteName(name)} has no offsets`);
    const [begin, end] = offsets as [number, number];
    if (begin > end || end > byteBudget)
      throw makeError(`${quoteName(name)} lies outside the file, which may be truncated`);
    if (sizeOf(shape) * widthOf(type) !== end - begin)
      throw makeError(`${quoteName(name)} has [${shape}] ${type} in ${end - begin} bytes`);
    entries.push({ name, type, shape, begin, end });
  }
  let owned = 0;
  let before = "";
  for (const { name, begin, end } of entries
    .filter((entry) => entry.end > entry.begin)
    .sort((a, b) => a.begin - b.begin)) {
    if (begin < owned) throw makeError(`${quoteName(name)} overlaps ${quoteName(before)}`);
    if (begin > owned) throw makeError(`bytes ${owned} to ${begin} belong to no tensor`);
    owned = end;
    before = name;
  }
  if (owned !== byteBudget) throw makeError(`bytes ${owned} to ${byteBudget} belong to no tensor`);
  return { entries, metadata };
}

/**
 * Writes named tensors in the order of their names; floats as `dtype`. One tensor is held at a time; the file appears whole or
 * not at all.
 * @param options.bytes names of integer tensors that are written as bytes.
 * @throws {WeightsError} when the file cannot be written, or such a tensor has a value outside −128 … 127.
 */
export async function writeSafetensors(
  path: string,
  tensors: TensorRecord,
  {
    dtype,
    metadata = {},
    bytes = [],
  }: {
    dtype: "F32" | "F16";
    metadata?: Readonly<Record<string, string>>;
    bytes?: readonly string[];
  },
): Promise<void> {
  const entries = Object.keys(tensors)
    .sort()
    .map((name) => [name, tensors[name]!] as const);
  const header: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  header.__metadata__ = metadata;
  let at = 0;
  for (const [name, { dtype: kind, shape }] of entries) {
    const integers = bytes.includes(name) ? "I8" : "I32";
    const code = { int32: integers, bool: "BOOL", float32: dtype }[kind] as ElementType;
    const end = at + sizeOf(shape) * widthOf(code);
    header[name] = { dtype: code, shape, data_offsets: [at, end] };
    at = end;
  }
  const text = Buffer.from(JSON.stringify(header));
  const padded = Buffer.alloc(Math.ceil(text.length / 8) * 8, " ");
  text.copy(padded);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  let file: AtomicFile | undefined;
  try {
    file = await createAtomicFile(path);
    for (const part of [length, padded]) await file.handle.writeFile(part);
    for (const [name, tensor] of entries)
      await file.handle.writeFile(encode(tensor, dtype, bytes.includes(name)));
    await file.commit();
  } catch (cause) {
    await file?.discard();
    if (cause instanceof WeightsError) throw cause;
    throw new WeightsError(`${path}: cannot be written: ${(cause as Error).message}`, { cause });
  }
}

function encode({ dtype, data }: HostTensor, floatType: "F32" | "F16", asBytes: boolean): Uint8Array {
  if (asBytes && dtype === "int32") {
    const bytes = Int8Array.from(data);
    if (!bytes.every((value, at) => value === data[at])) throw new RangeError("an integer exceeds a byte");
    return new Uint8Array(bytes.buffer);
  }
  if (dtype !== "float32" || floatType === "F32")
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const halves = new Uint16Array(data.length); // `from` would make a list of numbers first
  for (let at = 0; at < halves.length; at++) halves[at] = toHalf(data[at]!);
  return new Uint8Array(halves.buffer);
}
