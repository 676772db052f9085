import { crc32, deflateRawSync } from "node:zlib";

/** Concatenates opcodes given as Latin-1 text, numbers (one byte each) or bytes. */
export function opcodes(...parts: (string | number | Uint8Array)[]): Buffer {
  return Buffer.concat(
    parts.map((part) =>
      typeof part === "string"
        ? Buffer.from(part, "latin1")
        : typeof part === "number"
          ? Buffer.of(part)
          : part,
    ),
  );
}

/** A little-endian 32-bit count. */
export function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** BINUNICODE: a text of any length. */
export function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return opcodes("X", word(bytes.length), bytes);
}

/** GLOBAL: a class or function by its name. */
export function global(module: string, name: string): Buffer {
  return opcodes("c", module, "\n", name, "\n");
}

/** A file of a zip archive. */
export interface ZipEntry {
  readonly name: string;
  readonly data: Uint8Array;
  readonly deflated?: boolean;
}

/** A zip archive, as `torch.save` writes it but that entries may be deflated. */
export function zip(entries: readonly ZipEntry[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, data, deflated = false } of entries) {
    const packed = deflated ? deflateRawSync(data) : data;
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(deflated ? 8 : 0, 4);
    fields.writeUInt32LE(crc32(data), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(data.length, 18);
    fields.writeUInt16LE(name.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(at, 10);
    bodies.push(opcodes("PK\x03\x04", fields, name, packed));
    directory.push(opcodes("PK\x01\x02", Buffer.of(20, 0), fields, tail, name));
    at += bodies.at(-1)!.length;
  }
  const index = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(index.length, 8);
  end.writeUInt32LE(at, 12);
  return opcodes(...bodies, index, "PK\x05\x06", end);
}

/** A tensor of shape [1] at the start of a float storage of `count` values, as a value on the pickle's stack. */
function oneValue(key: string, count: number): Buffer {
  return opcodes(
    global("torch._utils", "_rebuild_tensor_v2"),
    "((",
    text("storage"),
    global("torch", "FloatStorage"),
    text(key),
    text("cpu"),
    "J",
    word(count),
    "tQK\x00",
    "K\x01\x85K\x01\x85",
    "\x89",
    "}",
    "tR",
  );
}

/**
 * A PyTorch archive whose tensors, of one value each, view deflated storages of `bytes` zeros by turns.
 * @param storages number of storages.
 */
export function deflatedArchive(tensors: number, storages: number, bytes: number): Buffer {
  const values = Array.from({ length: tensors }, (_, index) =>
    opcodes(text(`w${index}`), oneValue(String(index % storages), bytes / 4)),
  );
  const data = new Uint8Array(bytes);
  return zip([
    { name: "archive/data.pkl", data: opcodes("\x80\x02}(", ...values, "u."), deflated: true },
    ...Array.from({ length: storages }, (_, index) => ({
      name: `archive/data/${index}`,
      data,
      deflated: true,
    })),
  ]);
}

const record = global("torch.nn.modules.linear", "Linear");
const nones = (count: number): string => `(${"N".repeat(count)}t`;

/**
 * Pickles that ask for much more work or memory than their size, by name; `size` is about the number of bytes.
 * Each holds the class in memory 0 and the large argument in memory 1.
 */
export const pickleBombs: Readonly<Record<string, (size: number) => Buffer>> = {
  "a long argument list, called again and again": (size) =>
    opcodes("\x80\x02", record, "q\x00", nones(size / 2), "q\x01", "h\x00h\x01R0".repeat(size / 12), "."),
  "a long argument list with named arguments": (size) =>
    opcodes("\x80\x04", record, "q\x00", nones(size / 2), "q\x01", "h\x00h\x01N\x92".repeat(size / 12), "."),
  "a long state for a dict that is copied": (size) =>
    opcodes(
      "\x80\x02",
      global("collections", "OrderedDict"),
      "q\x00",
      `(${"N\x85\x85".repeat(1)}t0](${"(NNt".repeat(size / 8)}e\x85q\x01`,
      "h\x00h\x01R0".repeat(size / 12),
      ".",
    ),
  "tensors of a shape with many sides, rebuilt by another function": (size) =>
    opcodes(
      "\x80\x02",
      global("torch._tensor", "_rebuild_from_type_v2"),
      "q\x00",
      global("torch._utils", "_rebuild_tensor_v2"),
      `N(N${nones(size / 2)}Nt\x87q\x01`,
      "h\x00h\x01R0".repeat(size / 12),
      ".",
    ),
  "a class of a very long name, looked up again and again": (size) =>
    opcodes(
      "\x80\x04",
      text(`omegaconf.${"x".repeat(size / 2)}`),
      "q\x00",
      text("y"),
      "q\x01",
      "h\x00h\x01\x930".repeat(size / 12),
      ".",
    ),
  "empty dicts": (size) => opcodes("\x80\x02", "(", "}".repeat(size), "l."),
  "empty lists": (size) => opcodes("\x80\x02", "(", "]".repeat(size), "l."),
  "empty sets": (size) => opcodes("\x80\x04", "(", "\x8f".repeat(size), "l."),
  "records without arguments": (size) =>
    opcodes("\x80\x02", record, "q\x00)q\x01(", "h\x00h\x01R".repeat(size / 5), "l."),
  "lists nested without end": (size) => opcodes("\x80\x02", "]q\x00", "h\x00a".repeat(size / 3), "."),
  "deeply nested tuples": (size) => opcodes("\x80\x02N", "\x85".repeat(size), "."),
  "a long text encoded again and again": (size) =>
    opcodes(
      "\x80\x02",
      global("_codecs", "encode"),
      "q\x00",
      text("x".repeat(size / 2)),
      text("latin1"),
      "\x86q\x01(",
      "h\x00h\x01R".repeat(size / 10),
      "l.",
    ),
  marks: (size) => opcodes("\x80\x02", "(".repeat(size), "."),
  "a long integer": (size) => opcodes("\x80\x02", "\x8b", word(size), new Uint8Array(size), "."),
};
