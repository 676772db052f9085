import type { backend_util } from "@tensorflow/tfjs";
import * as ort from "onnxruntime-node";
import { Graph, type Value, type ValueType, listLiveNodes } from "../../../src/engine/graph.js";
import { lowerings } from "../../../src/engine/index.js";
import { weightsFile, joinWeights } from "../../../src/engine/onnxModel.js";
import { writeOnnx } from "../../../src/engine/onnx.js";
import * as tf from "../../../src/tf.js";

type Values = Float32Array | Int32Array | Uint8Array;
interface Entry {
  value: Value | undefined;
  values: backend_util.BackendValues | undefined;
  dtype: tf.DataType;
}

/**
 * Runs eager TensorFlow.js code on the compiled engine, for tests: a kernel call is recorded with the engine's own
 * lowerings, and reading a tensor compiles what it depends on and runs it.
 */
class DeferredBackend extends tf.KernelBackend {
  private readonly entries = new WeakMap<object, Entry>();
  /** Data that the library holds; a recorded value may outlive them in others that depend on it. */
  private readonly held = new Set<object>();
  private readonly feeds = new Map<string, Value & { values: Values }>();
  private readonly graph = new Graph();

  /** Records a kernel. */
  call(kernel: string, inputs: tf.NamedTensorInfoMap, attrs: tf.NamedAttrMap = {}): tf.TensorInfo[] {
    const lowering = lowerings[kernel];
    if (!lowering) throw new Error(`no compiled form of kernel ${kernel}`);
    const values = Object.fromEntries(
      Object.entries(inputs)
        .filter(([, info]) => info !== undefined && info !== null)
        .map(([name, info]) => [name, this.recorded(kernel, info!.dataId)]),
    );
    const results = [lowering({ graph: this.graph, kernel, inputs: values, attrs })].flat();
    return results.map((value) => {
      const dtype = value.dtype as tf.DataType;
      const dataId = {};
      this.hold(dataId, { value, values: undefined, dtype });
      return { dataId, shape: [...value.shape], dtype };
    });
  }

  private hold(dataId: object, entry: Entry): void {
    this.entries.set(dataId, entry);
    this.held.add(dataId);
  }

  private recorded(kernel: string, dataId: object): Value {
    const entry = this.entries.get(dataId)!;
    if (!entry.value) throw new Error(`no compiled form of kernel ${kernel} for ${entry.dtype}`);
    return entry.value;
  }

  private async evaluate(value: Value): Promise<Values> {
    const reached = [value, ...listLiveNodes([value]).flatMap(({ inputs }) => inputs)];
    const fed = new Map(
      reached.flatMap((input) =>
        input?.name === undefined ? [] : [[input.name, this.feeds.get(input.name)!]],
      ),
    );
    const model = writeOnnx({ inputs: Object.fromEntries(fed), outputs: { y: value } }, {});
    const data = joinWeights(model);
    const session = await ort.InferenceSession.create(model.bytes, {
      graphOptimizationLevel: "all",
      logSeverityLevel: 4,
      intraOpNumThreads: 1,
      externalData: data.length > 0 ? [{ path: weightsFile, data }] : [],
    });
    const results = await session.run(
      Object.fromEntries(
        [...fed].map(([name, { dtype, values, shape }]) => [
          `in:${name}`,
          new ort.Tensor(dtype as "float32", values as Float32Array, shape),
        ]),
      ),
    );
    const { dims, data: outputData } = results["out:y"]!;
    await session.release();
    if (String(dims) !== String(value.shape))
      throw new Error(`recorded shape [${value.shape}], but the result is [${dims}]`);
    return outputData as Values;
  }

  override write(given: backend_util.BackendValues, shape: number[], dtype: tf.DataType): object {
    const dataId = {};
    this.move(dataId, given, shape, dtype);
    return dataId;
  }

  override move(
    dataId: object,
    given: backend_util.BackendValues,
    shape: number[],
    dtype: tf.DataType,
  ): void {
    const make = { float32: Float32Array, int32: Int32Array, bool: Uint8Array }[dtype as "float32"];
    const entry: Entry = { value: undefined, values: given, dtype };
    this.hold(dataId, entry);
    if (!make) return;
    const values = make.from((given ?? []) as Float32Array);
    const name = `t${this.feeds.size}`;
    entry.value = this.graph.addInput(name, { shape, dtype: dtype as ValueType });
    entry.values = values;
    this.feeds.set(name, { ...entry.value, values });
  }

  override async read(dataId: object): Promise<backend_util.BackendValues> {
    const entry = this.entries.get(dataId)!;
    entry.values ??= await this.evaluate(entry.value!);
    return entry.values;
  }

  override readSync(dataId: object): backend_util.BackendValues {
    const { values } = this.entries.get(dataId)!;
    if (!values) throw new Error("the compiled engine gives values by promise only");
    return values;
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }

  override numDataIds(): number {
    return this.held.size;
  }

  override refCount(): number {
    return 1;
  }

  override incRef(): void {
    // Values live as long as their tensors.
  }

  override disposeData(dataId: object): boolean {
    this.held.delete(dataId);
    return true;
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override timerAvailable(): boolean {
    return false;
  }

  override dispose(): void {
    this.feeds.clear();
  }
}

/** Name of the backend. */
export const backendName = "compiled";

/** Registers the backend, with an entry for every kernel that any backend knows. */
export function registerDeferred(): void {
  const backend = new DeferredBackend();
  tf.registerBackend(backendName, () => backend, 0);
  const known = [...tf.getKernelsForBackend("cpu"), ...tf.getKernelsForBackend("webgl")];
  for (const kernelName of new Set([...known.map((kernel) => kernel.kernelName), ...Object.keys(lowerings)]))
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: ({ inputs, attrs }) => {
        const results = backend.call(kernelName, inputs, attrs);
        return results.length === 1 && !["Unpack", "SplitV"].includes(kernelName) ? results[0]! : results;
      },
    });
}
