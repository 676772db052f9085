import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type CheckpointOptions,
  mapTensors,
  openCheckpoint,
  openWeights,
  readTensors,
} from "../../src/packs/index.js";

const fixtures = join(import.meta.dirname, "fixtures");

/** What PyTorch says a fixture holds: values of each tensor, or of a network's only their sum and the first. */
type Expected = Record<
  string,
  Record<string, { shape: number[]; values?: number[]; sum?: number; first?: number | null }>
>;

let expected: Expected = {};
let folder = "";
beforeAll(async () => {
  expected = JSON.parse(await readFile(join(fixtures, "expected.json"), "utf8")) as Expected;
  folder = await mkdtemp(join(tmpdir(), "clipsteer-checkpoint-"));
});

async function save(name: string, ...parts: (string | Uint8Array | number[])[]): Promise<string> {
  const path = join(folder, name);
  const bytes = parts.map((part) =>
    typeof part === "string" ? Buffer.from(part, "latin1") : Buffer.from(part),
  );
  await writeFile(path, Buffer.concat(bytes));
  return path;
}

const refused = async (path: string, options: CheckpointOptions = {}): Promise<string> => {
  const error: unknown = await openWeights(path, options).then(
    (file) => file.close(),
    (reason: unknown) => reason,
  );
  expect((error as Error | undefined)?.name).toBe("WeightsError");
  const { message } = error as Error;
  expect(message.startsWith(path)).toBe(true);
  expect(message).not.toContain("\n");
  return message.slice(path.length);
};

describe("files that PyTorch and NVIDIA's code wrote", () => {
  it.each<[file: string, format: string, options?: CheckpointOptions]>([
    ["archive.pt", "PyTorch"],
    ["legacy.pth", "PyTorch, legacy"],
    ["protocol4.pt", "PyTorch"],
    ["script.pt", "TorchScript"],
    ["lightning.ckpt", "PyTorch", { inert: ["lightning_like."], within: "state_dict" }],
    ["stylegan2.pkl", "pickle"],
    ["stylegan3.pkl", "pickle"],
  ])("%s gives the tensors that they say it holds", async (name, format, options) => {
    const file = await openWeights(join(fixtures, name), options);
    expect(file.format).toBe(format);
    expect([...file.tensors.keys()].sort()).toEqual(Object.keys(expected[name]!).sort());
    for (const [key, tensor] of file.tensors) {
      const { shape, values, sum, first } = expected[name]![key]!;
      const { data, shape: got } = await tensor.read();
      expect(tensor.shape, key).toEqual(shape);
      expect(got, key).toEqual(shape);
      if (values) expect([...data].map(Number), key).toEqual(values);
      else {
        expect(data[0] ?? null, key).toBe(first);
        expect(
          [...data].reduce((total, value) => total + value, 0),
          key,
        ).toBeCloseTo(sum!, 5);
      }
    }
    await file.close();
  });

  it.each(["archive.pt", "legacy.pth", "script.pt", "stylegan3.pkl"])(
    "%s keeps its values until they are asked for, also when it is closed",
    async (name) => {
      const path = join(folder, `kept-${name}`);
      await copyFile(join(fixtures, name), path);
      const file = await openWeights(path);
      const now = await readTensors(file);
      const [later, changed, gone] = [mapTensors(file), mapTensors(file), mapTensors(file)];
      await file.close();
      for (const [key, { shape, dtype, data }] of Object.entries(now)) {
        expect([later[key]!.shape, later[key]!.dtype], key).toEqual([shape, dtype]);
        expect(later[key]!.data, key).toEqual(data);
      }
      const key = Object.keys(now).find((each) => now[each]!.data.length > 0)!;
      await writeFile(path, Buffer.concat([await readFile(path), Buffer.alloc(1)]));
      expect(() => changed[key]!.data).toThrow(/changed while it was in use/);
      await rm(path);
      expect(() => gone[key]!.data).toThrow(/was removed while it was in use/);
    },
  );

  it("says what else a checkpoint holds, and what its modules were made with", async () => {
    const torch = await openCheckpoint(join(fixtures, "archive.pt"));
    expect(torch.content).toMatchObject({
      epoch: 3,
      args: { size: 64, name: "tiny", mixing: 0.5 },
      history: [1.5, null, true, "text", [1, 2], 2 ** 40, -(2n ** 70n), undefined],
    });
    expect(torch.module("state_dict")).toBeUndefined();
    await torch.close();
    const nvidia = await openCheckpoint(join(fixtures, "stylegan3.pkl"), { within: "G_ema" });
    expect([...nvidia.tensors.keys()]).toContain("synthesis.L0_36_8.weight");
    expect(nvidia.module("G_ema")).toMatchObject({
      type: "Generator",
      initKwargs: { z_dim: 4, w_dim: 6, img_resolution: 16, mapping_kwargs: { num_layers: 2 } },
      attributes: { num_ws: 6 },
    });
    expect(nvidia.module("G_ema.synthesis")?.attributes.layer_names).toHaveLength(5);
    await nvidia.close();
  });

  it("keep classes of others out unless they are named, and weights out of those", async () => {
    const path = join(fixtures, "lightning.ckpt");
    expect(await refused(path)).toMatch(/asks for "lightning_like.callbacks.ModelCheckpoint".*refused/);
    expect(await refused(path, { inert: ["lightning_like."], within: "state" })).toMatch(
      /has no "state"; it has: state_dict, callbacks/,
    );
    const file = await openWeights(path, { inert: ["lightning_like."] });
    expect([...file.tensors.keys()]).toEqual(["state_dict.encoder.weight"]);
    await file.close();
  });
});

describe("a pickle", () => {
  const short = (text: string): number[] => [0x8c, text.length, ...Buffer.from(text)];

  it.each<[what: string, bytes: (string | number[])[], says: RegExp]>([
    [
      "that runs a command",
      [[0x80, 2], "cposix\nsystem\n(X\x02\0\0\0ls", "tR."],
      /asks for "posix.system".*nothing was run/,
    ],
    [
      "that evaluates",
      [[0x80, 4], short("builtins"), short("eval"), [0x93], "."],
      /asks for "builtins.eval"/,
    ],
    [
      "that names a class like a type of ours",
      [[0x80, 2], "ctorch\ntoString\n."],
      /asks for "torch.toString"/,
    ],
    [
      "that climbs out of a known module",
      [[0x80, 2], "ctorch.nn\nmodules.os.system\n."],
      /modules.os.system/,
    ],
    ["with a name that plays with the terminal", [[0x80, 2], "cos\x1b[2J\nsystem\n."], /asks for "os/],
    ["of protocol 1 opcodes", [[0x80, 2], "I1\n."], /opcode "I"/],
    ["with an extension", [[0x80, 2, 0x82, 1], "."], /none of those that hold data/],
    ["with a huge text", [[0x80, 2], "X\xff\xff\xff\xff"], /truncated|a text of/],
    ["with a huge integer", [[0x80, 2, 0x8b, 0xff, 0xff, 0xff, 0x7f], "."], /an integer of 2147483647 bytes/],
    ["with a call of a number", [[0x80, 2], "K\x01)R."], /no class/],
    ["without an end", [[0x80, 2], "}}}}}}}}"], /ends too early|none of those/],
    ["that refers outside", [[0x80, 2], "K\x01Q........"], /outside of itself/],
    ["deep as a well", [[0x80, 2], "]".repeat(200_000), "a".repeat(199_999), "."], /without end/],
    [
      "with a well for a type",
      [[0x80, 2], "cnumpy\ndtype\n", "]".repeat(200_000), "a".repeat(199_999), "\x85R."],
      /type "unknown"/,
    ],
    ["that holds itself", [[0x80, 2], "]q\0h\0a......"], /nested or repeated without end/],
  ])("%s is refused", async (_, bytes, says) => {
    expect(await refused(await save("bad.pkl", ...bytes, [0, 0, 0, 0, 0, 0, 0, 0]))).toMatch(says);
  });

  it("cannot make much out of little: neither by nesting nor by copying", async () => {
    // Lists of two times the one before: 2^40 items to walk, 40 lists in memory.
    let laughs = "]q\0";
    for (let level = 0; level < 40; level++)
      laughs += `](h${String.fromCharCode(level)}h${String.fromCharCode(level)}eq${String.fromCharCode(level + 1)}`;
    expect(await refused(await save("laughs.pkl", [0x80, 2], laughs, "."))).toMatch(/without end/);
    const copies =
      "c__builtin__\nset\nq\x01" + `](${"N".repeat(100_000)}eq\0` + "h\x01h\0\x85R0".repeat(100_000);
    expect(await refused(await save("copies.pkl", [0x80, 2], copies, "."))).toMatch(/over 5000000 steps/);
  });
});

/** A zip archive of stored files, or of deflated ones. */
function zip(files: Record<string, Buffer>, { deflate = false, claim = 0 } = {}): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, data] of Object.entries(files)) {
    const packed = deflate ? deflateRawSync(data) : data;
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50);
    head.writeUInt16LE(name.length, 26);
    const row = Buffer.alloc(46);
    row.writeUInt32LE(0x02014b50);
    row.writeUInt16LE(deflate ? 8 : 0, 10);
    row.writeUInt32LE(packed.length, 20);
    row.writeUInt32LE(claim || data.length, 24);
    row.writeUInt16LE(name.length, 28);
    row.writeUInt32LE(at, 42);
    locals.push(head, Buffer.from(name), packed);
    directory.push(row, Buffer.from(name));
    at += 30 + name.length + packed.length;
  }
  const end = Buffer.alloc(22);
  const size = Buffer.concat(directory).length;
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, ...directory, end]);
}

/** A pickle of `{"w": tensor}` over storage 0 of `count` float32 values. */
function tensorPickle(count: number, view: { offset: number; shape: number[]; strides: number[] }): Buffer {
  const int = (value: number): Buffer => {
    const bytes = Buffer.alloc(10);
    bytes.writeUInt16LE(0x088a);
    bytes.writeBigInt64LE(BigInt(value), 2);
    return bytes;
  };
  const text = (value: string): Buffer =>
    Buffer.concat([Buffer.from([0x58, value.length, 0, 0, 0]), Buffer.from(value)]);
  const tuple = (values: number[]): Buffer =>
    Buffer.concat([Buffer.from("("), ...values.map(int), Buffer.from("t")]);
  return Buffer.concat([
    Buffer.from([0x80, 2]),
    Buffer.from("}"),
    text("w"),
    Buffer.from("ctorch._utils\n_rebuild_tensor_v2\n(("),
    ...[
      text("storage"),
      Buffer.from("ctorch\nFloatStorage\n"),
      text("0"),
      text("cpu"),
      int(count),
      Buffer.from("tQ"),
    ],
    ...[int(view.offset), tuple(view.shape), tuple(view.strides), Buffer.from("\x89NtRs.", "latin1")],
  ]);
}

describe("an archive", () => {
  const values = Buffer.from(Float32Array.of(1, 2, 3, 4).buffer);
  const row = { offset: 0, shape: [4], strides: [1] };
  const open = (
    pickle: Buffer,
    more: Record<string, Buffer> = {},
    options: Parameters<typeof zip>[1] = {},
  ): Promise<string> => save("a.pt", zip({ "a/data.pkl": pickle, "a/data/0": values, ...more }, options));

  it("is read deflated as stored", async () => {
    for (const deflate of [false, true]) {
      const file = await openWeights(
        await open(tensorPickle(4, { offset: 1, shape: [3, 1], strides: [1, 7] }), {}, { deflate }),
      );
      expect([...(await file.tensors.get("w")!.read()).data]).toEqual([2, 3, 4]);
      await file.close();
    }
  });

  it("is refused when a tensor leaves its storage or repeats it without bound", async () => {
    for (const view of [
      { offset: 1, shape: [4], strides: [1] },
      { offset: 0, shape: [2, 2], strides: [3, 1] },
      { offset: 0, shape: [1e6, 1e6], strides: [0, 0] },
      { offset: 0, shape: [2 ** 52, 2 ** 52], strides: [0, 0] },
    ])
      expect(await refused(await open(tensorPickle(4, view)))).toMatch(/has a tensor of shape/);
    for (const view of [
      { offset: -1, shape: [4], strides: [1] },
      { offset: 0, shape: [2], strides: [1, 1] },
      { offset: 0, shape: Array<number>(17).fill(1), strides: Array<number>(17).fill(1) },
    ])
      expect(await refused(await open(tensorPickle(4, view)))).toMatch(/are no counts|over 16 sides/);
    expect(await refused(await open(tensorPickle(5, row)))).toMatch(/"a\/data\/0" has 16 bytes, not 20/);
    // Too large for a number of JavaScript's, though not for pickle's.
    expect(await refused(await open(tensorPickle(2 ** 62, row)))).toMatch(/a storage of no size/);
    expect(await refused(await open(tensorPickle(1e15, row)))).toMatch(/has 16 bytes/);
  });

  it("is refused with paths that leave it, names twice, foreign byte order, bombs, or no weights", async () => {
    const good = tensorPickle(4, row);
    expect(await refused(await open(good, { "a/../../x": values }))).toMatch(/leaves the archive/);
    expect(await refused(await open(good, { "C:/x": values }))).toMatch(/leaves the archive/);
    expect(await refused(await open(good, { "a/byteorder": Buffer.from("big") }))).toMatch(/"big"-endian/);
    expect(await refused(await save("z.pt", zip({ "a/readme": values })))).toMatch(/not one of PyTorch/);
    expect(await refused(await open(good, {}, { deflate: true, claim: 3e9 }))).toMatch(
      /claims 3000000000 bytes/,
    );
    const whole = zip({ "a/data.pkl": good, "a/data/0": values });
    for (const cut of [10, 40, whole.length / 2, whole.length - 1])
      expect(await refused(await save("cut.pt", whole.subarray(0, cut)))).toMatch(/directory|truncated/);
    const twice = Buffer.from(whole.toString("latin1").replaceAll("a/data/0", "a/data.p"), "latin1");
    expect(await refused(await save("twice.pt", twice))).toMatch(/data.pkl|missing/);
  });
});
