import { EngineError, ToolkitError } from "../errors.js";
import * as tf from "../tf.js";
import { type HostTensor, sizeOf } from "../tensor/index.js";
import { Graph, type Value, type ValueSpec, uniformValueOf } from "./graph.js";
import { convolutions } from "./kernels/convolution.js";
import { elementwise } from "./kernels/elementwise.js";
import { gathers } from "./kernels/gather.js";
import { type Lowering, expand } from "./kernels/kit.js";
import { pairs } from "./kernels/pair.js";
import { pools } from "./kernels/pool.js";
import { products } from "./kernels/product.js";
import { reductions } from "./kernels/reduction.js";
import { resizes } from "./kernels/resize.js";
import { shapes } from "./kernels/shape.js";

/** Kernels that can be recorded, by what they do. */
export const kernelGroups: Readonly<Record<string, Readonly<Record<string, Lowering>>>> = {
  "One operand": elementwise,
  "Two operands": pairs,
  "Reductions, scans, norms": reductions,
  "Moving, cutting, joining, making": shapes,
  "Picking and placing": gathers,
  "Matrix products": products,
  Convolutions: convolutions,
  "Pools and grey dilation": pools,
  Resizing: resizes,
};

/** Kernels that can be recorded, by TensorFlow.js kernel name. */
export const lowerings: Readonly<Record<string, Lowering>> = Object.assign(
  {},
  ...Object.values(kernelGroups),
) as Record<string, Lowering>;

type KernelBackend = InstanceType<typeof tf.KernelBackend>;
type BackendValues = Parameters<KernelBackend["write"]>[0];

const backendName = "clipsteer-record";

/** Equal values of a constant from which they are kept as one. */
const many = 4096;

/** A TensorFlow.js backend that computes nothing: its tensors are values of the graph being recorded. Not a subclass, which would load TensorFlow.js at import. */
class RecordBackend implements Partial<KernelBackend> {
  private readonly recorded = new WeakMap<object, Value>();
  private count = 0;
  graph = new Graph();

  store(value: Value): object {
    const dataId = { id: this.count++ };
    this.recorded.set(dataId, value);
    return dataId;
  }

  lookUp(dataId: object): Value {
    const value = this.recorded.get(dataId);
    if (!value)
      throw new EngineError("compile: a tensor from outside the recorded function; pass it as an input");
    return value;
  }

  write(values: BackendValues, shape: number[], dtype: tf.DataType): object {
    return this.store(this.constant(values, shape, dtype));
  }

  move(dataId: object, values: BackendValues, shape: number[], dtype: tf.DataType): void {
    this.recorded.set(dataId, this.constant(values, shape, dtype));
  }

  /** Records a constant. Many equal floats, as gradients of means and sums have them, are stored as one. */
  private constant(values: BackendValues, shape: readonly number[], dtype: tf.DataType): Value {
    const isOne =
      values instanceof Float32Array && values.length > many && values.every((value) => value === values[0]);
    if (dtype === "float32" && isOne) return expand(this.graph, this.graph.addScalar(values[0]!), shape);
    return this.graph.addConstant(toHostTensor(values, shape, dtype));
  }

  readSync(dataId: object): BackendValues {
    const value = this.lookUp(dataId);
    const number = value.constant || value.dtype !== "float32" ? undefined : uniformValueOf(value);
    if (number !== undefined) return new Float32Array(sizeOf(value.shape)).fill(number);
    if (!value.constant)
      throw new EngineError(
        "compile: the function reads a tensor's values; a recorded function must not depend on them",
      );
    return value.constant.data;
  }

  read(dataId: object): Promise<BackendValues> {
    return Promise.resolve(this.readSync(dataId));
  }

  numDataIds(): number {
    return this.count;
  }

  disposeData(): boolean {
    return true;
  }

  refCount(): number {
    return 1;
  }

  incRef(): void {
    // Values live as long as the recording.
  }

  floatPrecision(): 16 | 32 {
    return 32;
  }

  epsilon(): number {
    return 1e-7;
  }

  timerAvailable(): boolean {
    return false;
  }

  dispose(): void {
    this.graph = new Graph();
  }
}

function toHostTensor(values: BackendValues, shape: readonly number[], dtype: tf.DataType): HostTensor {
  switch (dtype) {
    case "float32":
      return { shape, dtype, data: Float32Array.from(values as Float32Array) };
    case "int32":
      return { shape, dtype, data: Int32Array.from(values as Int32Array) };
    case "bool":
      return { shape, dtype, data: Uint8Array.from(values as Uint8Array) };
    default:
      throw new EngineError(`compile: tensors of type ${dtype} cannot be recorded`);
  }
}

let backend: RecordBackend | undefined;

function getRecorder(): RecordBackend {
  if (backend) return backend;
  const recordBackend = new RecordBackend();
  tf.registerBackend(backendName, () => recordBackend as unknown as KernelBackend, 0);
  // Every kernel that any backend knows gets an entry, so that a missing one is named with the operation that called it.
  const known = new Set(
    [...tf.getKernelsForBackend("cpu"), ...tf.getKernelsForBackend("webgl")].map((k) => k.kernelName),
  );
  for (const kernelName of new Set([...known, ...Object.keys(lowerings)]))
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: (call) => lower(recordBackend, kernelName, call),
    });
  backend = recordBackend;
  return recordBackend;
}

interface RawCall {
  inputs: tf.NamedTensorInfoMap;
  attrs?: tf.NamedAttrMap;
}

function lower(
  recordBackend: RecordBackend,
  kernel: string,
  { inputs, attrs }: RawCall,
): tf.TensorInfo | tf.TensorInfo[] {
  const lowering = lowerings[kernel];
  if (!lowering) {
    const operation = tf.engine().state.activeScope?.name ?? "an unnamed operation";
    throw new EngineError(
      `compile: kernel ${kernel}, called by tf.${operation}, has no compiled form; use another operation or an eager engine`,
    );
  }
  const values = Object.fromEntries(
    Object.entries(inputs)
      .filter(([, info]) => info !== undefined && info !== null)
      .map(([name, info]) => [name, recordBackend.lookUp(info!.dataId)]),
  );
  const result = lowering({ graph: recordBackend.graph, kernel, inputs: values, attrs: attrs ?? {} });
  return Array.isArray(result)
    ? result.map((value) => wrap(recordBackend, value))
    : wrap(recordBackend, result);
}

function wrap(recordBackend: RecordBackend, value: Value): tf.TensorInfo {
  return { dataId: recordBackend.store(value), shape: [...value.shape], dtype: value.dtype as tf.DataType };
}

/** A function of named tensors, of TensorFlow.js operations only. */
export type TensorFunction = (inputs: Record<string, tf.Tensor>) => Record<string, tf.Tensor>;

/** What was recorded: named inputs and outputs as values of one graph. */
export interface Recording {
  readonly inputs: Readonly<Record<string, Value>>;
  readonly outputs: Readonly<Record<string, Value>>;
}

/**
 * Runs the function once on tensors that compute nothing, and returns the graph it describes, gradients included.
 * @throws {EngineError} when a kernel has no compiled form, or the function reads values.
 */
export function record(fn: TensorFunction, specs: Readonly<Record<string, ValueSpec>>): Recording {
  const recordBackend = getRecorder();
  const before = tf.engine().backendName;
  recordBackend.graph = new Graph();
  tf.setBackend(backendName);
  tf.engine().startScope("record");
  try {
    const inputs: Record<string, Value> = {};
    const tensors: Record<string, tf.Tensor> = {};
    for (const [name, spec] of Object.entries(specs)) {
      const value = recordBackend.graph.addInput(name, spec);
      inputs[name] = value;
      tensors[name] = tf
        .engine()
        .makeTensorFromTensorInfo(wrap(recordBackend, value), recordBackend as unknown as KernelBackend);
    }
    const results = fn(tensors);
    const outputs = Object.fromEntries(
      Object.entries(results).map(([name, tensor]) => [name, recordBackend.lookUp(tensor.dataId)]),
    );
    return { inputs, outputs };
  } catch (error) {
    if (error instanceof ToolkitError) throw error;
    throw new EngineError(`compile: the function failed while it was recorded: ${(error as Error).message}`, {
      cause: error,
    });
  } finally {
    tf.engine().endScope();
    // Without a backend before, the recorder would stay, and take the next tensors of others.
    tf.setBackend(before ?? "cpu");
  }
}
