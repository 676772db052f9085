import type { ElementType } from "./elements.js";
import { type BytesOf, NumpyArray, NumpyType } from "./numpyArray.js";
import { PickleBytes, PickleGlobal, PickleRecord, type PickleValue } from "./pickleValues.js";
import { Damage, quoteName } from "./source.js";
import { TorchStorage, TorchTensor } from "./torchTensor.js";

type Args = readonly PickleValue[];
type Build = (args: Args) => PickleValue;

const storageTypes: Readonly<Record<string, ElementType>> = {
  DoubleStorage: "F64",
  FloatStorage: "F32",
  HalfStorage: "F16",
  BFloat16Storage: "BF16",
  LongStorage: "I64",
  IntStorage: "I32",
  ShortStorage: "I16",
  CharStorage: "I8",
  ByteStorage: "U8",
  BoolStorage: "BOOL",
};
const valueTypes: Readonly<Record<string, ElementType>> = {
  float64: "F64",
  float32: "F32",
  float16: "F16",
  bfloat16: "BF16",
  int64: "I64",
  int32: "I32",
  int16: "I16",
  int8: "I8",
  uint8: "U8",
  bool: "BOOL",
};

/** Finds the type of a storage class by its name; undefined for untyped ones. @throws {Damage} for any other. */
export function findStorageType(global: PickleValue | undefined): ElementType | undefined {
  const name = global instanceof PickleGlobal ? global.name : "";
  if (name === "torch.storage.UntypedStorage") return undefined;
  const short = name.replace(/^torch\./, "");
  const type = Object.hasOwn(storageTypes, short) ? storageTypes[short] : undefined;
  if (!type) throw new Damage(`has a storage of type ${quoteName(name)}, which is not read`);
  return type;
}

/** Options of the allow-list. */
export interface GlobalsOptions {
  /** Prefixes of further names (`omegaconf.`) that become inert records; their content is never used as weights. */
  readonly inert: readonly string[];
  /** Whether it is a TorchScript archive, whose classes are all called `__torch__.…`. */
  readonly script: boolean;
  readonly bytesOf: BytesOf;
  /** Reads a byte string as a legacy PyTorch file. */
  readonly nested: (bytes: PickleBytes) => PickleValue;
}

/**
 * Creates the allow-list. It maps each class or function that checkpoints use to a builder of ours, which only stores its arguments.
 *
 * The rule: tensors, containers and numbers of PyTorch, numpy and Python are built; modules of `torch.nn.modules`, of NVIDIA's
 * persistence (whose embedded source text is skipped) and of TorchScript become records with their state; names with a prefix
 * that the caller lists become records without weights; any other name is refused, in any part of the file. So only objects of
 * the first two kinds contain weights.
 * @throws {Damage} from the result, with the refused name.
 */
export function createTorchGlobals(options: GlobalsOptions): (name: string) => PickleGlobal {
  const { inert, script } = options;
  const known = createBuilders(options);
  const found = new Map<string, PickleGlobal>();
  const record =
    (name: string, module: boolean): Build =>
    (args) =>
      new PickleRecord(name, args, module);
  const builderOf = (name: string): Build => {
    if (Object.hasOwn(known, name)) return known[name]!;
    const short = name.replace(/^torch\./, "");
    if (
      name === "torch.storage.UntypedStorage" ||
      (short !== name && (Object.hasOwn(storageTypes, short) || Object.hasOwn(valueTypes, short)))
    )
      return () => {
        throw new Damage(`corrupt pickle: a call of ${name}`);
      };
    if (/^torch\.nn\.modules\.[a-z_]+\.[A-Z]\w*$/.test(name)) return record(name, true);
    if (script && name.startsWith("__torch__.")) return record(name, true);
    if (inert.some((beginning) => name.startsWith(beginning))) return record(name, false);
    throw new Damage(
      `asks for ${quoteName(name)}, which is not on the list of what a checkpoint may hold; refused, nothing was run`,
    );
  };
  return (name) => {
    let global = found.get(name);
    if (!global) found.set(name, (global = new PickleGlobal(name, builderOf(name))));
    return global;
  };
}

function createBuilders({ bytesOf, nested }: GlobalsOptions): Readonly<Record<string, Build>> {
  const makeDamage = (what: string): Damage => new Damage(`corrupt pickle: ${what}`);
  const array = (value: PickleValue | undefined): PickleValue[] => {
    if (!Array.isArray(value)) throw makeDamage("a call with other arguments than it takes");
    return value;
  };
  const tensor = (args: Args, type?: ElementType): PickleValue => {
    const [storage, offset, shape, strides] = args;
    if (!(storage instanceof TorchStorage)) throw makeDamage("a tensor without a storage");
    const own = type ?? storage.type;
    if (!own) throw makeDamage("a tensor without a type");
    return new TorchTensor(storage, own, offset as number, {
      shape: array(shape) as number[],
      strides: array(strides) as number[],
    });
  };
  const dict: Build = ([items]) => {
    if (items instanceof Map) return new Map(items);
    const pairs = items === undefined ? [] : array(items).map(array);
    return new Map(pairs.map(([key, value]) => [key ?? null, value ?? null]));
  };
  const set: Build = ([items]) => new Set(items === undefined ? [] : array(items));
  const same: Build = ([value]) => value ?? null;
  const empty: Build = () => new Map();
  const numpyArray: Build = () => new NumpyArray(bytesOf);
  const numpyScalar: Build = (args) => new PickleRecord("numpy.scalar", args, false);
  const numpyBuffer: Build = ([bytes, type, shape, order]) => {
    const created = new NumpyArray(bytesOf);
    created.set(shape, type, order === "F", bytes);
    return created;
  };
  const encode: Build = ([text]) => {
    if (typeof text !== "string") throw makeDamage("a byte string of something that is no text");
    const data = Buffer.from(text, "latin1");
    return new PickleBytes(0, data.length, data);
  };
  const plain =
    (name: string): Build =>
    (args) =>
      new PickleRecord(name, args, false);

  return {
    "collections.OrderedDict": dict,
    "collections.defaultdict": empty,
    "collections.Counter": dict,
    "dnnlib.EasyDict": dict,
    "dnnlib.util.EasyDict": dict,
    "builtins.set": set,
    "builtins.frozenset": set,
    "__builtin__.set": set,
    "__builtin__.frozenset": set,
    "builtins.complex": plain("complex"),
    "builtins.slice": plain("slice"),
    // Named as factories of defaultdict, never called.
    "builtins.dict": empty,
    "builtins.list": () => [],
    "builtins.int": () => 0,
    "__builtin__.dict": empty,
    "__builtin__.list": () => [],
    "_codecs.encode": encode,
    "argparse.Namespace": plain("argparse.Namespace"),
    "torch.Size": ([sides]) => [...array(sides)],
    "torch.device": plain("torch.device"),
    "torch.Tensor": same,
    "torch.nn.parameter.Parameter": same,
    "torch._utils._rebuild_tensor": (args) => tensor(args),
    "torch._utils._rebuild_tensor_v2": (args) => tensor(args),
    "torch._utils._rebuild_tensor_v3": (args) => {
      const type = args[6] instanceof PickleGlobal ? args[6].name.replace(/^torch\./, "") : "";
      if (!Object.hasOwn(valueTypes, type)) throw makeDamage(`a tensor of type ${quoteName(type)}`);
      return tensor(args, valueTypes[type]);
    },
    "torch._utils._rebuild_parameter": same,
    "torch._utils._rebuild_parameter_with_state": same,
    "torch._tensor._rebuild_from_type_v2": ([rebuild, , args]) => {
      if (!(rebuild instanceof PickleGlobal && rebuild.name.startsWith("torch._utils._rebuild_")))
        throw makeDamage("a tensor made by something else");
      return rebuild.build(array(args));
    },
    "torch.storage._load_from_bytes": ([bytes]) => {
      if (!(bytes instanceof PickleBytes)) throw makeDamage("a storage that is no byte string");
      return nested(bytes);
    },
    "torch.jit._pickle.build_intlist": same,
    "torch.jit._pickle.build_doublelist": same,
    "torch.jit._pickle.build_boollist": same,
    "torch.jit._pickle.build_tensorlist": same,
    "torch.jit._pickle.restore_type_tag": same,
    "torch_utils.persistence._reconstruct_persistent_obj": ([meta]) => {
      const name = meta instanceof Map ? meta.get("class_name") : undefined;
      if (typeof name !== "string") throw makeDamage("a persistent object without a class");
      const record = new PickleRecord(name, [], true);
      record.setState((meta as Map<PickleValue, PickleValue>).get("state") ?? null);
      return record;
    },
    "numpy.ndarray": numpyArray,
    "numpy.dtype": ([code]) => new NumpyType(code ?? null),
    "numpy.core.multiarray._reconstruct": numpyArray,
    "numpy._core.multiarray._reconstruct": numpyArray,
    "numpy.core.multiarray.scalar": numpyScalar,
    "numpy._core.multiarray.scalar": numpyScalar,
    "numpy.core.numeric._frombuffer": numpyBuffer,
    "numpy._core.numeric._frombuffer": numpyBuffer,
  };
}
