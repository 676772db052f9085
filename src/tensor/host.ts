/** A tensor in host memory: what goes into and comes out of a compiled program, a checkpoint or a weight file. */
export interface HostTensor {
  /** Sizes, outermost first; `[]` for a scalar. */
  readonly shape: readonly number[];
  /** Type of the elements; other types of a file are converted when it is read. */
  readonly dtype: "float32" | "int32" | "bool";
  /** Row-major values, as many as the product of `shape`: float32 in a Float32Array, int32 in an Int32Array, `bool` as bytes 0 and 1. */
  readonly data: Float32Array | Int32Array | Uint8Array;
  /** Name of where the values come from, where that is known without reading them: tensors of one source have equal values. */
  readonly source?: string | undefined;
  /** Reads the values of the rows `from` up to `to` of the first axis alone; absent where that takes as long as reading all. */
  readRows?(from: number, to: number): HostTensor["data"];
}

/** Named tensors: the weights of a model, or the inputs of a program. */
export type TensorRecord = Record<string, HostTensor>;

/** Returns the number of values in a tensor of this shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

/**
 * Wraps float32 values as a host tensor, without a copy.
 * @param data as many values as the shape has, in row-major order.
 * @param shape sizes, outermost first; not compared with the length of `data`.
 * @returns a tensor of type float32 that shares the memory of `data`.
 */
export function hostFloats(data: Float32Array, shape: readonly number[]): HostTensor {
  return { shape, dtype: "float32", data };
}

/** Wraps integers as a host tensor. */
export function hostInts(data: Int32Array, shape: readonly number[]): HostTensor {
  return { shape, dtype: "int32", data };
}

/** Returns a host tensor of zeros, float32. */
export function hostZeros(shape: readonly number[]): HostTensor {
  return hostFloats(new Float32Array(sizeOf(shape)), shape);
}

/** Returns a float32 scalar. */
export function hostScalar(value: number): HostTensor {
  return hostFloats(Float32Array.of(value), []);
}

/** Returns the rows `from` up to `to` of a tensor, along its first axis: a copy. */
export function sliceRows({ shape, dtype, data }: HostTensor, from: number, to: number): HostTensor {
  const size = sizeOf(shape.slice(1));
  return { shape: [to - from, ...shape.slice(1)], dtype, data: data.slice(from * size, to * size) };
}

/** Gathers rows of a tensor, along its first axis: a copy. Rows of a tensor in a file are read without the others. */
export function gatherRows(tensor: HostTensor, rows: readonly number[]): HostTensor {
  const { shape, dtype } = tensor;
  const size = sizeOf(shape.slice(1));
  const readRow = (row: number): HostTensor["data"] =>
    tensor.readRows?.(row, row + 1) ?? tensor.data.subarray(row * size, (row + 1) * size);
  const values = new Map(rows.map((row) => [row, undefined as HostTensor["data"] | undefined]));
  for (const row of values.keys()) values.set(row, readRow(row));
  const length = rows.length * size;
  const data =
    dtype === "float32"
      ? new Float32Array(length)
      : dtype === "int32"
        ? new Int32Array(length)
        : new Uint8Array(length);
  rows.forEach((row, at) => data.set(values.get(row)!, at * size));
  return { shape: [rows.length, ...shape.slice(1)], dtype, data };
}

/**
 * Makes a float tensor whose values are computed when they are read, freed when nothing refers to them, and computed again when
 * they are read again.
 * @param make returns `sizeOf(shape)` values, always the same.
 * @param source names how they are computed: see `HostTensor`.
 */
export function deferFloats(
  shape: readonly number[],
  make: () => Float32Array,
  source?: string | undefined,
): HostTensor {
  let cached: WeakRef<Float32Array> | undefined;
  return {
    shape,
    dtype: "float32",
    source,
    get data() {
      const data = cached?.deref() ?? make();
      cached = new WeakRef(data);
      return data;
    },
  };
}
