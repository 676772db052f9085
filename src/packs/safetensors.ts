import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { WeightsError } from "../errors.js";
import { type HostTensor, type TensorRecord, sizeOf } from "../tensor/index.js";
import { fromHalf, toHalf } from "./half.js";

const widths: Record<string, number> = { F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, U8: 1, BOOL: 1 };
const largestHeader = 100 << 20;

/** Value of every half-precision number, by its bits; made when first needed. */
let halves: Float32Array | undefined;

interface Entry {
  readonly name: string;
  readonly dtype: string;
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
 * Reads named tensors; halves become float32, int64 becomes int32. Sizes are checked against the file before memory is taken.
 * Source: huggingface/safetensors, format description.
 * @throws {WeightsError} naming the file, and the tensor where one is to blame.
 */
export async function readSafetensors(
  path: string,
  options: { only?: (name: string) => boolean } = {},
): Promise<SafetensorsFile> {
  const handle = await open(path).catch((cause: unknown) => {
    throw new WeightsError(`${path}: cannot be opened; is the path right?`, { cause });
  });
  try {
    const { size } = await handle.stat();
    const length = Buffer.alloc(8);
    await handle.read(length, 0, 8, 0);
    const headerSize = size < 8 ? NaN : Number(length.readBigUInt64LE());
    if (!(headerSize >= 2 && headerSize <= Math.min(largestHeader, size - 8)))
      throw new WeightsError(`${path}: not a safetensors file, or truncated`);
    const header = Buffer.alloc(headerSize);
    await handle.read(header, 0, headerSize, 8);
    const { entries, metadata } = parseHeader(path, header.toString("utf8"), size - 8 - headerSize);
    const tensors: TensorRecord = Object.create(null) as TensorRecord;
    for (const entry of entries) {
      if (options.only && !options.only(entry.name)) continue;
      const bytes = new Uint8Array(entry.end - entry.begin);
      await handle.read(bytes, 0, bytes.length, 8 + headerSize + entry.begin);
      tensors[entry.name] = decode(entry, bytes);
    }
    return { tensors, metadata };
  } finally {
    await handle.close();
  }
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
  const metadata: Record<string, string> = {};
  const entries: Entry[] = [];
  for (const [name, value] of Object.entries(parsed as Record<string, unknown>)) {
    if (name === "__metadata__") {
      for (const [key, item] of Object.entries((value ?? {}) as object)) metadata[key] = String(item);
      continue;
    }
    const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
    const isCount = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) >= 0;
    if (typeof dtype !== "string" || !Object.hasOwn(widths, dtype))
      throw bad(`"${name}" has type ${String(dtype)}`);
    if (!Array.isArray(shape) || !shape.every(isCount)) throw bad(`"${name}" has no shape`);
    if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount))
      throw bad(`"${name}" has no offsets`);
    const [begin, end] = offsets as [number, number];
    if (begin > end || end > room) throw bad(`"${name}" lies outside the file, which may be truncated`);
    if (sizeOf(shape) * widths[dtype]! !== end - begin)
      throw bad(`"${name}" has [${shape}] ${dtype} in ${end - begin} bytes`);
    entries.push({ name, dtype, shape, begin, end });
  }
  const sorted = entries.filter(({ begin, end }) => end > begin).sort((a, b) => a.begin - b.begin);
  sorted.forEach((entry, index) => {
    if (index > 0 && entry.begin < sorted[index - 1]!.end)
      throw bad(`"${entry.name}" overlaps "${sorted[index - 1]!.name}"`);
  });
  return { entries, metadata };
}

function decode({ dtype, shape }: Entry, bytes: Uint8Array): HostTensor {
  const view = new DataView(bytes.buffer);
  const count = bytes.length / widths[dtype]!;
  const floats = (read: (index: number) => number): HostTensor => {
    const data = new Float32Array(count);
    for (let index = 0; index < count; index++) data[index] = read(index);
    return { shape, dtype: "float32", data };
  };
  const single = new Float32Array(1);
  const word = new Uint32Array(single.buffer);
  switch (dtype) {
    case "F32":
      return { shape, dtype: "float32", data: new Float32Array(bytes.buffer) };
    case "F16":
      halves ??= Float32Array.from({ length: 65536 }, (_, bits) => fromHalf(bits));
      return floats((index) => halves![view.getUint16(index * 2, true)]!);
    case "BF16":
      return floats((index) => {
        word[0] = view.getUint16(index * 2, true) << 16;
        return single[0]!;
      });
    case "I64":
      return {
        shape,
        dtype: "int32",
        data: Int32Array.from({ length: count }, (_, index) => Number(view.getBigInt64(index * 8, true))),
      };
    case "I32":
      return { shape, dtype: "int32", data: new Int32Array(bytes.buffer) };
    case "BOOL":
      return { shape, dtype: "bool", data: bytes.map((value) => (value ? 1 : 0)) };
    default:
      return { shape, dtype: "int32", data: Int32Array.from(bytes) };
  }
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
