import { type HostTensor, sizeOf } from "../tensor/index.js";
import { fromHalf } from "./half.js";
import { Damage } from "./source.js";

/** How a file stores one value; names as in safetensors. */
export type ElementType = keyof typeof widths;

const widths = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I16: 2, I8: 1, U8: 1, BOOL: 1 };

/** Returns the bytes a value takes. */
export function widthOf(type: ElementType): number {
  return widths[type];
}

/** Tells whether a name is one of a type that can be read. */
export function isElementType(name: unknown): name is ElementType {
  return typeof name === "string" && Object.hasOwn(widths, name);
}

/** Returns what values of a type become: floats of any width float32, integers int32. */
export function dtypeOf(type: ElementType): HostTensor["dtype"] {
  if (type === "BOOL") return "bool";
  return type.includes("F") ? "float32" : "int32";
}

/** A tensor of a file whose values were not read yet. */
export interface StoredTensor {
  /** Sizes, outermost first; `[]` for a scalar. */
  readonly shape: readonly number[];
  /** Type in the file, which `read` may widen. */
  readonly type: ElementType;
  /** Reads the values: floats of any width become float32, integers int32. @throws {WeightsError} */
  read(): Promise<HostTensor>;
  /** Returns the same tensor whose values are read on access, also after the file is closed. */
  mapped(): HostTensor;
}

/** A tensor of a file as its bytes. */
export interface RawTensor {
  readonly shape: readonly number[];
  readonly type: ElementType;
  /** Bytes that have to be inflated before any value can be read; 0 or absent if values are not compressed. */
  readonly inflatedBytes?: number;
  /** Returns the little-endian values in row-major order, in memory of their own. @throws {Damage} */
  bytes(): Uint8Array;
  /** Returns the bytes `from` up to `to` of these alone, in memory of their own; absent where they cannot be read alone. */
  slice?(from: number, to: number): Uint8Array;
}

/** A file of named tensors, open: names, shapes and types are known, values are read one tensor at a time. */
export interface WeightsFile {
  /** Path as it was given. */
  readonly path: string;
  /** `safetensors`, `safetensors (sharded)`, `PyTorch`, `PyTorch, legacy`, `TorchScript` or `pickle`. */
  readonly format: string;
  /** Tensors by name, in the file's order. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Texts that safetensors files carry; empty for other formats. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Closes the file; tensors already read stay valid. */
  close(): Promise<void>;
}

/** Value of every half-precision number, by its bits; made when first needed. */
let halves: Float32Array | undefined;

/**
 * Turns little-endian values into a tensor; float32, int32 and bool are views of `bytes`.
 * @param bytes memory of their own, exactly as long as shape and type say.
 * @throws {Damage} for a 64-bit integer that has no place in 32 bits.
 */
export function decodeElements(type: ElementType, shape: readonly number[], bytes: Uint8Array): HostTensor {
  const count = sizeOf(shape);
  const { buffer } = bytes;
  const floats = (data: Float32Array): HostTensor => ({ shape, dtype: "float32", data });
  const ints = (data: Int32Array): HostTensor => ({ shape, dtype: "int32", data });
  switch (type) {
    case "F32":
      return floats(new Float32Array(buffer));
    case "F64":
      return floats(Float32Array.from(new Float64Array(buffer)));
    case "F16": {
      const table = (halves ??= Float32Array.from({ length: 65536 }, (_, bits) => fromHalf(bits)));
      const bits = new Uint16Array(buffer);
      const data = new Float32Array(count);
      for (let at = 0; at < count; at++) data[at] = table[bits[at]!]!;
      return floats(data);
    }
    case "BF16": {
      const bits = new Uint16Array(buffer);
      const words = new Uint32Array(count);
      for (let at = 0; at < count; at++) words[at] = bits[at]! << 16;
      return floats(new Float32Array(words.buffer));
    }
    case "I64": {
      const words = new BigInt64Array(buffer);
      const data = new Int32Array(count);
      for (let at = 0; at < count; at++) {
        data[at] = Number(words[at]!);
        if (BigInt(data[at]!) !== words[at])
          throw new Damage(`holds the integer ${words[at]}, which does not fit into 32 bits`);
      }
      return ints(data);
    }
    case "I32":
      return ints(new Int32Array(buffer));
    case "I16":
      return ints(Int32Array.from(new Int16Array(buffer)));
    case "I8":
      return ints(new Int32Array(new Int8Array(buffer)));
    case "U8":
      return ints(Int32Array.from(bytes));
    case "BOOL":
      return { shape, dtype: "bool", data: bytes.map((value) => (value ? 1 : 0)) };
  }
}
