import { mkdtemp, readFile, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { WeightsError } from "../../src/errors.js";
import { fromHalf, toHalf } from "../../src/packs/half.js";
import { readSafetensors, writeSafetensors } from "../../src/packs/index.js";
import { hostFloats, hostInts } from "../../src/tensor/index.js";

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

  it("refuses tensors outside the file, overlapping, or of the wrong size", async () => {
    const write = async (header: object): Promise<string> => {
      const text = Buffer.from(JSON.stringify(header));
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(text.length));
      const file = path();
      await writeFile(file, Buffer.concat([length, text, Buffer.alloc(16)]));
      return file;
    };
    const entry = (shape: number[], from: number, to: number): object => ({
      dtype: "F32",
      shape,
      data_offsets: [from, to],
    });
    await expect(readSafetensors(await write({ a: entry([1e9], 0, 4e9) }))).rejects.toThrow(
      /outside the file/,
    );
    await expect(readSafetensors(await write({ a: entry([3], 0, 8) }))).rejects.toThrow(
      /\[3\] F32 in 8 bytes/,
    );
    await expect(readSafetensors(await write({ a: entry([2], 0, 8), b: entry([2], 4, 12) }))).rejects.toThrow(
      /overlaps/,
    );
  });
});
