import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { WeightsError } from "../errors.js";
import { type HostTensor, type TensorRecord, sizeOf } from "../tensor/index.js";
import {
  type ElementType,
  type StoredTensor,
  type WeightsFile,
  blamed,
  decodeElements,
  isElementType,
  widthOf,
} from "./elements.js";
import { toHalf } from "./half.js";
import { canWait, lazyTensor } from "./lazy.js";
import { FileSource, quoted } from "./source.js";

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
 * Opens a safetensors file: the header is checked whole (every tensor inside the file, none overlapping, no byte unowned),
 * values are read when asked for. Source: huggingface/safetensors, format description.
 * @throws {WeightsError} naming the file, and the tensor where one is to blame.
 */
export async function openSafetensors(path: string): Promise<WeightsFile> {
  const source = await FileSource.open(path);
  try {
    const { size } = source;
    const headerSize = size < 8 ? NaN : Number(source.readNow(0, 8).readBigUInt64LE());
    if (!(headerSize >= 2 && headerSize <= Math.min(largestHeader, size - 8)))
      throw new WeightsError(`${path}: not a safetensors file, or truncated`);
    const header = source.readNow(8, headerSize);
    const { entries, metadata } = parseHeader(path, header.toString("utf8"), size - 8 - headerSize);
    const tensors = new Map<string, StoredTensor>();
    for (const { name, type, shape, begin, end } of entries) {
      const place = { path, type, shape, begin: 8 + headerSize + begin, end: 8 + headerSize + end };
      const stored = blamed(path, name, {
        shape,
        type,
        read: async () => decodeElements(type, shape, await source.read(place.begin, end - begin)),
      });
      tensors.set(name, { ...stored, ...(canWait(place) && { later: () => lazyTensor(place) }) });
    }
    return { path, format: "safetensors", tensors, metadata, close: () => source.close() };
  } catch (error) {
    await source.close();
    throw error;
  }
}

/**
 * Opens the safetensors files that a `*.safetensors.index.json` beside them names, as one.
 * @throws {WeightsError} as `openSafetensors`, and when a tensor is not in the file that the index says.
 */
export async function openShardedSafetensors(path: string): Promise<WeightsFile> {
  const index = await FileSource.open(path);
  let map: unknown;
  try {
    if (index.size > largestHeader) throw new WeightsError(`${path}: is too large for an index`);
    map = (JSON.parse(index.readNow(0, index.size).toString("utf8")) as { weight_map?: unknown } | null)
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
          `${path}: corrupt index: ${quoted(name)} is in ${quoted(typeof file === "string" ? file : typeof file)}`,
        );
      if (!shards.has(file)) shards.set(file, await openSafetensors(join(dirname(path), file)));
      const tensor = shards.get(file)!.tensors.get(name);
      if (!tensor) throw new WeightsError(`${path}: ${quoted(name)} is not in ${file}, as the index says`);
      tensors.set(name, tensor);
    }
    return { path, format: "safetensors (sharded)", tensors, metadata: {}, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Reads named tensors of a safetensors file; floats of any width become float32, integers int32. With `lazy`, the values of
 * large ones are read when they are used, each time anew.
 * @throws {WeightsError} as `openSafetensors`.
 */
export async function readSafetensors(
  path: string,
  options: { only?: (name: string) => boolean; lazy?: boolean } = {},
): Promise<SafetensorsFile> {
  const file = await openSafetensors(path);
  try {
    const tensors = await readTensors(options.lazy ? waiting(file) : file, options.only);
    return { tensors, metadata: file.metadata };
  } finally {
    await file.close();
  }
}

/** Reads the values of an open file's tensors, or of those that `only` picks. */
export async function readTensors(
  file: WeightsFile,
  only: (name: string) => boolean = () => true,
): Promise<TensorRecord> {
  const tensors: TensorRecord = Object.create(null) as TensorRecord;
  for (const [name, tensor] of file.tensors) if (only(name)) tensors[name] = await tensor.read();
  return tensors;
}

/** The file with its large tensors left where they are. */
function waiting(file: WeightsFile): WeightsFile {
  const tensors = [...file.tensors].map(([name, tensor]): [string, StoredTensor] => [
    name,
    tensor.later ? { ...tensor, read: () => Promise.resolve(tensor.later!()) } : tensor,
  ]);
  return { ...file, tensors: new Map(tensors) };
}

function parseHeader(
  path: string,
  text: string,
  room: number,
): { entries: Entry[]; metadata: Record<string, string> } {
  const bad = (what: string): WeightsError =>
    new WeightsError(`${path}: corrupt safetensors header: ${what}`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new WeightsError(`${path}: corrupt safetensors header: not JSON`, { cause });
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) throw bad("not an object");
  const metadata = Object.create(null) as Record<string, string>;
  const entries: Entry[] = [];
  for (const [name, value] of Object.entries(parsed as Record<string, unknown>)) {
    if (name === "__metadata__") {
      for (const [key, item] of Object.entries((value ?? {}) as object)) {
        if (typeof item !== "string") throw bad(`metadata ${quoted(key)} is no text`);
        metadata[key] = item;
      }
      continue;
    }
    const { dtype: type, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
    const isCount = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) >= 0;
    if (!isElementType(type))
      throw bad(`${quoted(name)} has type ${quoted(typeof type === "string" ? type : typeof type)}`);
    if (!Array.isArray(shape) || shape.length > 32 || !shape.every(isCount))
      throw bad(`${quoted(name)} has no shape`);
    if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount))
      throw bad(`${quoted(name)} has no offsets`);
    const [begin, end] = offsets as [number, number];
    if (begin > end || end > room) throw bad(`${quoted(name)} lies outside the file, which may be truncated`);
    if (sizeOf(shape) * widthOf(type) !== end - begin)
      throw bad(`${quoted(name)} has [${shape}] ${type} in ${end - begin} bytes`);
    entries.push({ name, type, shape, begin, end });
  }
  let owned = 0;
  let before = "";
  for (const { name, begin, end } of entries
    .filter((entry) => entry.end > entry.begin)
    .sort((a, b) => a.begin - b.begin)) {
    if (begin < owned) throw bad(`${quoted(name)} overlaps ${quoted(before)}`);
    if (begin > owned) throw bad(`bytes ${owned} to ${begin} belong to no tensor`);
    owned = end;
    before = name;
  }
  if (owned !== room) throw bad(`bytes ${owned} to ${room} belong to no tensor`);
  return { entries, metadata };
}

/** Writes named tensors in the order of their names; floats as `dtype`. The file appears whole or not at all. */
export async function writeSafetensors(
  path: string,
  tensors: TensorRecord,
  { dtype, metadata = {} }: { dtype: "F32" | "F16"; metadata?: Readonly<Record<string, string>> },
): Promise<void> {
  const names = Object.keys(tensors).sort();
  const parts = names.map((name) => encode(tensors[name]!, dtype));
  let at = 0;
  const header: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  header.__metadata__ = metadata;
  names.forEach((name, index) => {
    const { code, bytes } = parts[index]!;
    header[name] = { dtype: code, shape: tensors[name]!.shape, data_offsets: [at, at + bytes.length] };
    at += bytes.length;
  });
  const text = Buffer.from(JSON.stringify(header));
  const padded = Buffer.alloc(Math.ceil(text.length / 8) * 8, " ");
  text.copy(padded);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  const part = `${path}.${randomBytes(4).toString("hex")}.part`;
  try {
    const handle = await open(part, "wx");
    try {
      for (const bytes of [length, padded, ...parts.map((each) => each.bytes)]) await handle.writeFile(bytes);
    } finally {
      await handle.close();
    }
    await rename(part, path);
  } catch (cause) {
    await rm(part, { force: true });
    throw new WeightsError(`${path}: cannot be written: ${(cause as Error).message}`, { cause });
  }
}

function encode({ dtype, data }: HostTensor, floatType: "F32" | "F16"): { code: string; bytes: Uint8Array } {
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (dtype === "int32") return { code: "I32", bytes: raw };
  if (dtype === "bool") return { code: "BOOL", bytes: raw };
  if (floatType === "F32") return { code: "F32", bytes: raw };
  const halves = Uint16Array.from(data as Float32Array, toHalf);
  return { code: "F16", bytes: new Uint8Array(halves.buffer) };
}
