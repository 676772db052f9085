import { mkdtemp, readFile, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { WeightsError } from "../../src/errors.js";
import { fromHalf, toHalf } from "../../src/packs/half.js";
import {
  openSafetensors,
  openShardedSafetensors,
  readSafetensors,
  readTensors,
  writeSafetensors,
} from "../../src/packs/index.js";
import { gatherRows, hostFloats, hostInts } from "../../src/tensor/index.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipsteer-"));
});

describe("half precision", () => {
  it("gives every one of the 65 536 numbers back", () => {
    for (let bits = 0; bits < 65536; bits++) {
      const value = fromHalf(bits);
      if (!Number.isNaN(value)) expect(toHalf(value)).toBe(bits);
    }
  });

  it("rounds to the nearest, ties to even", () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, min: -65000, max: 65000 }), (value) => {
        const bits = toHalf(value);
        const error = Math.abs(fromHalf(bits) - value);
        for (const other of [bits - 1, bits + 1])
          if (other >= 0 && other < 65536 && Number.isFinite(fromHalf(other)))
            expect(error).toBeLessThanOrEqual(Math.abs(fromHalf(other) - value));
      }),
    );
    expect(toHalf(1 + 2 ** -11)).toBe(0x3c00);
    expect(toHalf(1 + 3 * 2 ** -11)).toBe(0x3c02);
  });
});

describe("safetensors", () => {
  const path = (): string => join(folder, `${Math.floor(performance.now() * 1e6)}.safetensors`);

  it("round-trips tensors and metadata, and leaves no part behind", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string({ minLength: 1 }), fc.float32Array({ maxLength: 20, noNaN: true })),
        async (values) => {
          const names = Object.keys(values).filter((name) => name !== "__metadata__");
          const tensors = Object.fromEntries(
            names.map((name) => [name, hostFloats(values[name]!, [values[name]!.length])]),
          );
          const file = path();
          await writeSafetensors(
            file,
            { ...tensors, ints: hostInts(Int32Array.of(1, -2), [2, 1]) },
            { dtype: "F32", metadata: { a: "b" } },
          );
          const read = await readSafetensors(file);
          expect(read.metadata).toEqual({ a: "b" });
          expect(read.tensors.ints).toEqual(hostInts(Int32Array.of(1, -2), [2, 1]));
          for (const name of names)
            if (name !== "ints") expect(read.tensors[name]!.data).toEqual(values[name]);
        },
      ),
      { numRuns: 25 },
    );
    expect((await readdir(folder)).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  it("writes integer tensors as bytes where asked for, and refuses values that need more", async () => {
    const file = path();
    const write = (...values: number[]) =>
      writeSafetensors(file, { a: hostInts(Int32Array.from(values), [3]) }, { dtype: "F16", bytes: ["a"] });
    await write(-128, 5, 127);
    const before = await readFile(file);
    const { tensors } = await readSafetensors(file);
    expect(tensors.a).toEqual(hostInts(Int32Array.of(-128, 5, 127), [3]));
    const header = before.readUInt32LE(0);
    expect(before.length).toBe(8 + header + 3);
    await expect(write(0, 0, 128)).rejects.toThrow("exceeds a byte");
    expect(await readFile(file)).toEqual(before);
  });

  it("never fails otherwise than with a WeightsError on a damaged file", async () => {
    const file = path();
    await writeSafetensors(file, { w: hostFloats(Float32Array.of(1, 2, 3), [3]) }, { dtype: "F16" });
    const whole = await readFile(file);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.length - 1),
        fc.nat(255),
        fc.nat(whole.length),
        async (at, value, cut) => {
          const damaged = Buffer.from(whole.subarray(0, cut));
          if (at < cut) damaged[at] = value;
          const broken = path();
          await writeFile(broken, damaged);
          await readSafetensors(broken).catch((error: unknown) => {
            expect(error).toBeInstanceOf(WeightsError);
            expect((error as Error).message).toContain(broken);
          });
        },
      ),
      { numRuns: 100 },
    );
  });

  const write = async (header: object, data = Buffer.alloc(0)): Promise<string> => {
    const text = Buffer.from(JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(text.length));
    const file = path();
    await writeFile(file, Buffer.concat([length, text, data]));
    return file;
  };
  const entry = (shape: number[], from: number, to: number, dtype = "F32"): object => ({
    dtype,
    shape,
    data_offsets: [from, to],
  });

  it("refuses tensors outside the file, overlapping, of the wrong size or type, and bytes of nobody", async () => {
    const cases: [header: object, says: RegExp][] = [
      [{ a: entry([1e9], 0, 4e9) }, /outside the file/],
      [{ a: entry([3], 0, 8) }, /\[3\] F32 in 8 bytes/],
      [{ a: entry([2], 0, 8), b: entry([2], 4, 12) }, /"b" overlaps "a"/],
      [{ a: entry([2], 0, 8), b: entry([1], 12, 16) }, /bytes 8 to 12 belong to no tensor/],
      [{ a: entry([2], 0, 8) }, /bytes 8 to 16 belong to no tensor/],
      [{ a: entry([16], 0, 16, "toString") }, /type "toString"/],
      [{ a: entry([-1], 0, 16) }, /no shape/],
      [[1], /not an object/],
    ];
    for (const [header, says] of cases)
      await expect(readSafetensors(await write(header, Buffer.alloc(16)))).rejects.toThrow(says);
    await expect(readSafetensors(folder)).rejects.toThrow(/is not a file/);
  });

  it("reads every type, and only what is asked for", async () => {
    const values: [type: string, bytes: ArrayBufferView, expected: number[]][] = [
      ["F64", Float64Array.of(0.5, -3), [0.5, -3]],
      ["F16", Uint16Array.of(0x3c00, 0xc000), [1, -2]],
      ["BF16", Uint16Array.of(0x3fc0, 0xc000), [1.5, -2]],
      ["I64", BigInt64Array.of(-7n, 2_147_483_647n), [-7, 2_147_483_647]],
      ["I16", Int16Array.of(-300, 300), [-300, 300]],
      ["I8", Int8Array.of(-128, 127), [-128, 127]],
      ["U8", Uint8Array.of(0, 255), [0, 255]],
      ["BOOL", Uint8Array.of(0, 1), [0, 1]],
      ["wide", BigInt64Array.of(2n ** 40n, 0n), []],
    ];
    const header: Record<string, object> = {};
    let at = 0;
    for (const [type, { byteLength }] of values) {
      header[type] = entry([2, 1], at, at + byteLength, type === "wide" ? "I64" : type);
      at += byteLength;
    }
    const bytes = values.map(([, { buffer }]) => Buffer.from(buffer as ArrayBuffer));
    const file = await openSafetensors(await write(header, Buffer.concat(bytes)));
    for (const [type, , expected] of values.slice(0, -1)) {
      const { data, shape } = await file.tensors.get(type)!.read();
      expect([type, ...data]).toEqual([type, ...expected]);
      expect(shape).toEqual([2, 1]);
    }
    await expect(file.tensors.get("wide")!.read()).rejects.toThrow(/"wide": holds the integer 1099511627776/);
    expect(Object.keys(await readTensors(file, (name) => name.startsWith("I1")))).toEqual(["I16"]);
    await file.close();
  });

  it("reads files that an index names as one, and no file from elsewhere", async () => {
    const save = (name: string, value: number): Promise<void> =>
      writeSafetensors(
        join(folder, name),
        { [name]: hostFloats(Float32Array.of(value), [1]) },
        { dtype: "F32" },
      );
    await save("one.safetensors", 1);
    await save("two.safetensors", 2);
    const index = join(folder, "model.safetensors.index.json");
    const open = async (map: object): Promise<number[]> => {
      await writeFile(index, JSON.stringify({ weight_map: map }));
      const file = await openShardedSafetensors(index);
      const tensors = await readTensors(file);
      await file.close();
      return Object.values(tensors).flatMap(({ data }) => [...data]);
    };
    expect(
      await open({ "one.safetensors": "one.safetensors", "two.safetensors": "two.safetensors" }),
    ).toEqual([1, 2]);
    await expect(open({ a: "one.safetensors" })).rejects.toThrow(/"a" is not in one.safetensors/);
    await expect(open({ a: "../one.safetensors" })).rejects.toThrow(/corrupt index/);
    await expect(open([])).rejects.toThrow(/no weight_map/);
  });
});

describe("rows of a tensor in a file", () => {
  it.each(["F16", "F32"] as const)("are those of the whole tensor, read alone: %s", async (dtype) => {
    const path = join(folder, `rows-${dtype}.safetensors`);
    const floats = hostFloats(Float32Array.from({ length: 12 }, (_, at) => at / 4 - 1), [4, 3]); // prettier-ignore
    const ints = hostInts(
      Int32Array.from({ length: 8 }, (_, at) => at - 4),
      [4, 2],
    );
    await writeSafetensors(path, { floats, ints }, { dtype, bytes: ["ints"] });
    const file = await openSafetensors(path);
    for (const [name, expected] of Object.entries({ floats, ints })) {
      const mapped = file.tensors.get(name)!.mapped();
      const rows = gatherRows(mapped, [2, 0, 2]);
      expect(rows).toEqual(gatherRows(expected, [2, 0, 2]));
      expect(rows.shape).toEqual([3, expected.shape[1]]);
      expect(gatherRows(mapped, [3]).data).toEqual(mapped.data.slice(-expected.shape[1]!));
    }
    await file.close();
  });
});
