import { widthOf } from "./elements.js";
import { type PickleOptions, readPickle } from "./pickle.js";
import type { PickleBytes } from "./pickleValues.js";
import { PickleGlobal, type PickleValue } from "./pickleValues.js";
import { type ByteRange, type ByteSource, Damage, openMemorySource, quoteName, rangeOf } from "./source.js";
import { findStorageType, createTorchGlobals } from "./torchGlobals.js";
import { TorchStorage } from "./torchTensor.js";
import { readZip } from "./zip.js";

/** The number that legacy files begin with. */
const magic = 0x1950a86a20f9469cfc6cn;
const largestPickle = 256 << 20;

/** What a PyTorch file holds. */
export interface TorchContent {
  readonly format: "PyTorch" | "PyTorch, legacy" | "TorchScript" | "pickle";
  readonly value: PickleValue;
}

/** Tells whether bytes at the start of a file are those of a zip archive. */
export function isZip(start: Uint8Array): boolean {
  return Buffer.from(start).readUInt32LE() === 0x04034b50;
}

/**
 * Reads the archive that `torch.save` or TorchScript writes: its `data.pkl`, with storages left in the archive. The code in
 * a TorchScript archive is ignored. Source: PyTorch, `torch/serialization.py`, `torch/csrc/jit/docs/serialization.md`.
 * @throws {Damage}
 */
export function readTorchArchive(source: ByteSource, inert: readonly string[]): TorchContent {
  const files = readZip(source);
  const roots = [...files.keys()].filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (roots.length !== 1) throw new Damage("a zip archive, but not one of PyTorch (it has no data.pkl)");
  const root = roots[0]!.slice(0, -"data.pkl".length);
  const whole = (name: string, largest: number): Uint8Array => {
    const file = files.get(name)!;
    if (file.size > largest) throw new Damage(`corrupt archive: ${quoteName(name)} has ${file.size} bytes`);
    return file.read(0, file.size);
  };
  if (files.has(`${root}byteorder`)) {
    const order = Buffer.from(whole(`${root}byteorder`, 100)).toString("latin1");
    if (order.trim() !== "little")
      throw new Damage(`has ${quoteName(order)}-endian values; only little is read`);
  }
  const script = files.has(`${root}constants.pkl`);
  const pickle = openMemorySource(whole(roots[0]!, largestPickle));
  const storages = new Map<PickleValue, TorchStorage>();
  const persistent = (id: PickleValue): PickleValue => {
    const { type, key, size } = parseStorageId(id);
    const name = `${root}data/${key}`;
    let storage = storages.get(key);
    if (!storage) {
      const place = files.get(name);
      if (!place) throw new Damage(`corrupt archive: ${quoteName(name)} is missing`);
      if (place.size < size)
        throw new Damage(`corrupt archive: ${quoteName(name)} has ${place.size} bytes, not ${size}`);
      storage = new TorchStorage(type, size);
      storage.place = place;
      storages.set(key, storage);
    }
    return requireSameStorage(storage, type, size);
  };
  const { value } = readPickle({
    source: pickle,
    at: 0,
    end: pickle.size,
    find: makeAllowList(pickle, inert, script),
    persistent,
  });
  return { format: script ? "TorchScript" : "PyTorch", value };
}

/**
 * Reads a file that is not an archive: a legacy `torch.save` file (five pickles, then the storages), or a bare pickle, such as NVIDIA's,
 * whose storages are such files inside byte strings. Source: PyTorch, `torch/serialization.py`, `_legacy_save`.
 * @throws {Damage}
 */
export function readPickles(source: ByteSource, inert: readonly string[]): TorchContent {
  const find = makeAllowList(source, inert, false);
  return readLegacy(source, { at: 0, end: source.size, find });
}

/** Makes the allow-list for pickles in `source`, with byte strings read as legacy files one level deep. */
function makeAllowList(source: ByteSource, inert: readonly string[], script: boolean): PickleOptions["find"] {
  const bytesOf = ({ at, length, data }: PickleBytes): ByteRange =>
    data ? rangeOf(openMemorySource(data), 0, length) : rangeOf(source, at, length);
  const refuse = (): never => {
    throw new Damage("corrupt pickle: a storage inside of a storage");
  };
  const inner = createTorchGlobals({ inert: [], script: false, bytesOf, nested: refuse });
  const read = new Map<PickleBytes, PickleValue>();
  return createTorchGlobals({
    inert,
    script,
    bytesOf,
    nested(bytes) {
      let value = read.get(bytes);
      if (value === undefined) {
        const [inside, at] = bytes.data ? [openMemorySource(bytes.data), 0] : [source, bytes.at];
        ({ value } = readLegacy(inside, { at, end: at + bytes.length, find: inner }));
        read.set(bytes, value);
      }
      return value;
    },
  });
}

function readLegacy(source: ByteSource, place: Pick<PickleOptions, "at" | "end" | "find">): TorchContent {
  let { at } = place;
  const next = (persistent?: PickleOptions["persistent"]): PickleValue => {
    const read = readPickle({ source, ...place, at, persistent });
    at = read.end;
    return read.value;
  };
  const first = next();
  if (first !== magic) return { format: "pickle", value: first };
  const version = next();
  if (version !== 1001)
    throw new Damage(
      `is a legacy PyTorch file of version ${typeof version === "number" ? version : "unknown"}; 1001 is read`,
    );
  const system = next();
  if (!(system instanceof Map) || system.get("little_endian") !== true)
    throw new Damage("has big-endian values; only little is read");

  const storages = new Map<PickleValue, TorchStorage>();
  const views = new Map<TorchStorage, { root: TorchStorage; offset: number }>();
  const value = next((id) => {
    if (Array.isArray(id) && id[0] === "module") return id[1] ?? null;
    const { type, key, size, view } = parseStorageId(id);
    let storage = storages.get(key);
    if (!storage) storages.set(key, (storage = new TorchStorage(type, size)));
    requireSameStorage(storage, type, size);
    if (!Array.isArray(view)) return storage;
    const [, offset, length] = view;
    const width = type ? widthOf(type) : 1;
    if (!isCount(offset) || !isCount(length) || (offset + length) * width > size)
      throw new Damage("corrupt pickle: a view that leaves its storage");
    const part = new TorchStorage(type, length * width);
    views.set(part, { root: storage, offset: offset * width });
    return part;
  });
  const keys = next();
  if (!Array.isArray(keys)) throw new Damage("corrupt pickle: no list of storages");
  for (const key of keys) {
    const storage = storages.get(key);
    if (!storage || storage.place)
      throw new Damage("corrupt pickle: a storage that nobody uses, or two of one name");
    if (at + 8 > place.end) throw new Damage("truncated; fetch or copy it again");
    const count = Number(source.peek(at, 8).readBigInt64LE());
    if (count * (storage.type ? widthOf(storage.type) : 1) !== storage.size)
      throw new Damage(`corrupt: a storage of ${count} values where the pickle says ${storage.size} bytes`);
    if (at + 8 + storage.size > place.end) throw new Damage("truncated; fetch or copy it again");
    storage.place = rangeOf(source, at + 8, storage.size);
    at += 8 + storage.size;
  }
  for (const [part, { root, offset }] of views) {
    const { place: whole } = root;
    if (whole) part.place = { size: part.size, read: (from, length) => whole.read(offset + from, length) };
  }
  return { format: "PyTorch, legacy", value };
}

function parseStorageId(id: PickleValue): {
  type: ReturnType<typeof findStorageType>;
  key: string;
  size: number;
  view: PickleValue;
} {
  const [kind, global, key, , count, view] = Array.isArray(id) ? id : [];
  if (kind !== "storage" || !(global instanceof PickleGlobal) || typeof key !== "string")
    throw new Damage("corrupt pickle: it refers to something that is no storage");
  const type = findStorageType(global);
  if (!isCount(count)) throw new Damage("corrupt pickle: a storage of no size");
  const size = count * (type ? widthOf(type) : 1);
  return { type, key, size, view: view ?? null };
}

function isCount(value: PickleValue | undefined): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function requireSameStorage(storage: TorchStorage, type: TorchStorage["type"], size: number): TorchStorage {
  if (storage.type !== type || storage.size !== size)
    throw new Damage("corrupt pickle: one storage with two types or sizes");
  return storage;
}
