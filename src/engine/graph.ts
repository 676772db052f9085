import { EngineError } from "../errors.js";
import { type HostTensor, sizeOf } from "../tensor/index.js";

/** Element types of a recorded value; `int64` is used only for shapes and indices that ONNX requires in it. */
export type ValueType = "float32" | "int32" | "bool" | "int64";

/** ONNX codes of element types (`TensorProto.DataType`). */
export const typeCodes: Readonly<Record<ValueType, number>> = { float32: 1, int32: 6, int64: 7, bool: 9 };

/** A tensor of the recorded graph: an input, a constant, or the result of a node. */
export interface Value {
  readonly id: number;
  readonly shape: readonly number[];
  readonly dtype: ValueType;
  /** Name of a graph input or weight. */
  readonly name?: string;
  /** Values of a constant; an `int64` constant holds them as int32. */
  readonly constant?: HostTensor;
  readonly producer?: Node;
}

/** An attribute of an ONNX operator, tagged by its type. */
export type Attribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly ints: readonly number[] }
  | { readonly floats: readonly number[] }
  | { readonly text: string };

/** One ONNX operator, of which one result is used. */
export interface Node {
  readonly operator: string;
  readonly inputs: readonly (Value | undefined)[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly output: Value;
  /** Index of the used result, for an operator with several results. */
  readonly slot: number;
}

/** Shape and type of a value to be made. */
export interface ValueSpec {
  readonly shape: readonly number[];
  readonly dtype: ValueType;
}

/** The graph under recording. Equal operators on equal inputs are one node, so there are no common subexpressions. */
export class Graph {
  private count = 0;
  private readonly known = new Map<string, Value>();
  private readonly constants = new Map<string, Value[]>();

  /** Adds a named input or weight. */
  addInput(name: string, spec: ValueSpec): Value {
    return { id: this.count++, name, shape: spec.shape, dtype: spec.dtype };
  }

  /** Adds a constant tensor; equal constants are shared. */
  addConstant(tensor: HostTensor, dtype: ValueType = tensor.dtype): Value {
    const bytes = bytesOf(tensor);
    const key = `${dtype}[${tensor.shape}]${hashOf(bytes)}`;
    const alike = this.constants.get(key) ?? [];
    const shared = alike.find(({ constant }) => bytes.equals(bytesOf(constant!)));
    if (shared) return shared;
    const value: Value = { id: this.count++, shape: tensor.shape, dtype, constant: tensor };
    this.constants.set(key, [...alike, value]);
    return value;
  }

  /** Adds a float32 or int32 scalar. */
  addScalar(value: number, dtype: "float32" | "int32" = "float32"): Value {
    const data = dtype === "int32" ? Int32Array.of(value) : Float32Array.of(value);
    return this.addConstant({ shape: [], dtype, data });
  }

  /** Adds a vector of int64: the type that ONNX uses for shapes, axes and indices. */
  addInts(values: readonly number[]): Value {
    return this.addConstant(
      { shape: [values.length], dtype: "int32", data: Int32Array.from(values) },
      "int64",
    );
  }

  /** Appends an operator, or returns the equal one that exists. */
  add(
    operator: string,
    inputs: readonly (Value | undefined)[],
    spec: ValueSpec,
    attributes: Readonly<Record<string, Attribute>> = {},
    slot = 0,
  ): Value {
    const key = `${operator}(${inputs.map((value) => value?.id ?? "-")})${spec.dtype}[${spec.shape}]${JSON.stringify(attributes)}#${slot}`;
    const shared = this.known.get(key);
    if (shared) return shared;
    if (spec.shape.some((side) => !Number.isInteger(side) || side < 0))
      throw new EngineError(`compile: ${operator} would give the shape [${spec.shape}]`);
    const { shape, dtype } = spec; // a value can be passed as its own spec
    const value: { -readonly [K in keyof Value]: Value[K] } = { id: this.count++, shape, dtype };
    value.producer = { operator, inputs, attributes, output: value, slot };
    this.known.set(key, value);
    return value;
  }
}

/**
 * Lists the nodes that the outputs depend on, in the order of recording: the inputs of a node come before it. Other nodes are dead
 * and omitted.
 */
export function listLiveNodes(outputs: readonly Value[]): Node[] {
  const order: Node[] = [];
  const seen = new Set<number>();
  const open: { value: Value; next: number }[] = [];
  for (const output of outputs) {
    open.push({ value: output, next: 0 });
    while (open.length > 0) {
      const top = open[open.length - 1]!;
      const node = top.value.producer;
      if (node === undefined || (top.next === 0 && seen.has(top.value.id))) {
        open.pop();
        continue;
      }
      seen.add(top.value.id);
      const input = node.inputs[top.next];
      if (top.next < node.inputs.length) {
        top.next++;
        if (input !== undefined && !seen.has(input.id)) open.push({ value: input, next: 0 });
      } else {
        order.push(node);
        open.pop();
      }
    }
  }
  return order.sort((a, b) => a.output.id - b.output.id);
}

/** Returns the number that a constant consists of, also after broadcasting; undefined for any other value. */
export function uniformValueOf(value: Value): number | undefined {
  if (value.constant) return sizeOf(value.shape) === 1 ? Number(value.constant.data[0]) : undefined;
  const producer = value.producer;
  if (producer?.operator === "Expand" || producer?.operator === "Reshape")
    return uniformValueOf(producer.inputs[0]!);
  return undefined;
}

const bytesOf = ({ data }: HostTensor): Buffer => Buffer.from(data.buffer, data.byteOffset, data.byteLength);

/** Computes a hash of a few thousand bytes spread over the data, enough to distinguish most arrays. */
function hashOf(bytes: Buffer): number {
  const step = Math.max(1, Math.floor(bytes.length / 4096));
  let hash = bytes.length;
  for (let at = 0; at < bytes.length; at += step) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  return hash;
}
