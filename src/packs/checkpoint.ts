import { WeightsError } from "../errors.js";
import { sizeOf } from "../tensor/index.js";
import type { RawTensor, WeightsFile } from "./elements.js";
import { describeStoredTensor } from "./mappedTensor.js";
import { NumpyArray } from "./numpyArray.js";
import { PickleRecord, type PickleValue } from "./pickleValues.js";
import { openSafetensors, openShardedSafetensors } from "./safetensors.js";
import { Damage, FileSource, nameFileInErrors, limitPlausibleBytes, quoteName } from "./source.js";
import { isZip, readPickles, readTorchArchive } from "./torchFiles.js";
import { TorchTensor } from "./torchTensor.js";

/** How to read a checkpoint. */
export interface CheckpointOptions {
  /**
   * Prefixes of class names (`omegaconf.`) that the file may contain in addition to weights; they become inert records. Any other
   * class that is not on the allow-list is refused, in any part of the file.
   */
  readonly inert?: readonly string[];
  /** The part that holds the weights, as keys joined by dots (`state_dict`, `G_ema`); its tensors are named from there. */
  readonly within?: string;
}

/** Classes that checkpoints of PyTorch Lightning (such as VQGAN's) contain in addition to weights; for `inert`. */
export const lightningClasses: readonly string[] = ["pytorch_lightning.", "omegaconf.", "typing."];

/** What a module of a checkpoint was made with. */
export interface ModuleRecord {
  /** Name of its class. */
  readonly type: string;
  /** Arguments of its constructor, where NVIDIA's persistence keeps them. */
  readonly initArgs: readonly unknown[];
  /** Arguments of its constructor by name, kept likewise. */
  readonly initKwargs: Readonly<Record<string, unknown>>;
  /** Its further attributes that are numbers, texts, lists or dicts of such. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** An open checkpoint: a file of weights with its further content. */
export interface CheckpointFile extends WeightsFile {
  /** The whole content as plain data: numbers, texts, lists, records; any other value is undefined. */
  readonly content: unknown;
  /** Returns the module at keys joined by dots (`G_ema.mapping`); undefined if there is none. */
  module(at: string): ModuleRecord | undefined;
}

const mostVisits = 1_000_000;
const deepest = 64;
const longestName = 1000;

/**
 * Opens a file of weights of any kind that is read: safetensors (one file, or an index of several), PyTorch (archive or legacy),
 * TorchScript, or a pickle such as NVIDIA's. Nothing that a file brings is run. Tensors are named by their keys, joined by dots.
 * @param path path of the file; of the index (`.safetensors.index.json`) for several files.
 * @param options as for `openCheckpoint`.
 * @returns names, shapes and types of the tensors, and access to their values.
 * @throws {WeightsError} naming the file: damaged, truncated, or asking for a class that is not on the allow-list.
 */
export async function openWeights(path: string, options: CheckpointOptions = {}): Promise<WeightsFile> {
  if (path.endsWith(".index.json")) return openShardedSafetensors(path);
  const source = await FileSource.open(path);
  const start = await nameFileInErrors(path, () => source.peek(0, Math.min(9, source.size))).finally(() =>
    source.close(),
  );
  if (start.length < 9) throw new WeightsError(`${path}: is empty or truncated; fetch or copy it again`);
  // A safetensors file starts with the length of its header, which is a JSON object.
  const isSafetensors = start[8] === 0x7b && start.readBigUInt64LE() < BigInt(source.size);
  const pickled = !isSafetensors && (isZip(start) || start[0] === 0x80);
  return pickled ? openCheckpoint(path, options) : openSafetensors(path);
}

/**
 * Opens a PyTorch file (archive or legacy), a TorchScript archive or a pickle. The caller closes it.
 * @param path path of the file.
 * @param options classes that become inert records, and the part with the weights; none, and the whole file, when absent.
 * @returns the tensors as `openWeights` gives them, and the modules of a pickle.
 * @throws {WeightsError} as `openWeights`.
 */
export async function openCheckpoint(path: string, options: CheckpointOptions = {}): Promise<CheckpointFile> {
  const { inert = [], within } = options;
  const source = await FileSource.open(path);
  try {
    return await nameFileInErrors(path, async () => {
      if (source.size < 4) throw new Damage("is empty or truncated; fetch or copy it again");
      const { format, value } = isZip(source.peek(0, 4))
        ? readTorchArchive(source, inert)
        : readPickles(source, inert);
      const found = new Map<string, RawTensor>();
      collect(partOf(value, within ?? ""), found);
      if (found.size === 0) throw new Damage(`holds no tensors${within ? ` in ${quoteName(within)}` : ""}`);
      // A deflated storage is inflated whole for each tensor that views it.
      const claimed = [...found.values()].reduce(
        (sum, { shape, inflatedBytes = 0 }) => sum + Math.max(4 * sizeOf(shape), inflatedBytes),
        0,
      );
      if (claimed > limitPlausibleBytes(source.size))
        throw new Damage(`claims ${claimed} bytes of values in a file of ${source.size}`);
      const tensors = new Map(
        [...found].map(([name, tensor]) => [name, describeStoredTensor(path, name, tensor)]),
      );
      return {
        path,
        format,
        tensors,
        metadata: {},
        content: toPlainData(value),
        module: (at) => findModule(value, at),
        close: () => source.close(),
      };
    });
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** Counts what a walk visits: shared and circular parts could make it endless. */
class Walk {
  private visits = 0;

  step(depth: number): void {
    if (++this.visits > mostVisits || depth > deepest)
      throw new Damage("corrupt: its parts are nested or repeated without end");
  }
}

/** Lists the members of a value by name; of a module its parameters, buffers and modules, all at one level. */
function* listMembers(value: PickleValue): Generator<[key: string, value: PickleValue]> {
  if (Array.isArray(value)) for (const [index, each] of value.entries()) yield [String(index), each];
  else if (value instanceof Map) for (const [key, each] of value) yield [nameOf(key), each];
  else if (value instanceof PickleRecord && value.module && value.state instanceof Map) {
    const groups = ["_parameters", "_buffers", "_modules"].map(
      (key) => value.state instanceof Map && value.state.get(key),
    );
    if (groups.some((group) => group instanceof Map)) {
      for (const group of groups) if (group instanceof Map) yield* listMembers(group);
    } else
      for (const [key, each] of value.state)
        if (isTensor(each) || each instanceof PickleRecord) yield [nameOf(key), each];
  }
}

function nameOf(key: PickleValue): string {
  return typeof key === "string" || typeof key === "number" ? String(key) : "?";
}

function isTensor(value: PickleValue): value is TorchTensor | NumpyArray {
  return value instanceof TorchTensor || value instanceof NumpyArray;
}

function collect(
  value: PickleValue,
  found: Map<string, RawTensor>,
  name = "",
  depth = 0,
  walk = new Walk(),
): void {
  walk.step(depth);
  if (isTensor(value)) {
    if (name.length > longestName)
      throw new Damage(`corrupt: a tensor with a name of ${name.length} letters`);
    if (found.has(name)) throw new Damage(`corrupt: two tensors are named ${quoteName(name)}`);
    found.set(name, value);
    return;
  }
  for (const [key, each] of listMembers(value))
    collect(each, found, name === "" ? key : `${name}.${key}`, depth + 1, walk);
}

/** @throws {Damage} when the part is missing; the message lists the existing parts. */
function partOf(value: PickleValue, path: string): PickleValue {
  let part = value;
  for (const key of path === "" ? [] : path.split(".")) {
    const next = [...listMembers(part)].find(([name]) => name === key);
    if (!next) {
      const known = [...listMembers(part)].slice(0, 12).map(([name]) => quoteName(name).slice(1, -1));
      throw new Damage(`has no ${quoteName(path)}; it has: ${known.join(", ") || "nothing with a name"}`);
    }
    part = next[1];
  }
  return part;
}

function findModule(value: PickleValue, at: string): ModuleRecord | undefined {
  let found: PickleValue;
  try {
    found = partOf(value, at);
  } catch (error) {
    if (error instanceof Damage) return undefined;
    throw error;
  }
  if (!(found instanceof PickleRecord && found.module)) return undefined;
  const state = toPlainData(found.state) as Record<string, unknown> | undefined;
  const attributes = Object.fromEntries(
    Object.entries(state ?? {}).filter(([key, each]) => !key.startsWith("_") && each !== undefined),
  );
  return {
    type: found.type,
    initArgs: (state?._init_args ?? []) as unknown[],
    initKwargs: (state?._init_kwargs ?? {}) as Record<string, unknown>,
    attributes,
  };
}

/** Converts a value to plain data; tensors, classes, modules and inert records become undefined. */
function toPlainData(value: PickleValue, depth = 0, walk = new Walk()): unknown {
  walk.step(depth);
  if (Array.isArray(value)) return value.map((each) => toPlainData(each, depth + 1, walk));
  if (value instanceof Map) {
    const copied = Object.create(null) as Record<string, unknown>;
    for (const [key, each] of value) copied[nameOf(key)] = toPlainData(each, depth + 1, walk);
    return copied;
  }
  if (value instanceof PickleRecord && value.type === "argparse.Namespace")
    return toPlainData(value.state, depth + 1, walk);
  return value === null || typeof value !== "object" ? value : undefined;
}
