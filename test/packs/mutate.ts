import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WeightsError } from "../../src/errors.js";
import { type CheckpointOptions, openWeights, readTensors, writeSafetensors } from "../../src/packs/index.js";
import { type Random, createRandom, hostFloats, hostInts } from "../../src/tensor/index.js";

const fixtures = join(import.meta.dirname, "fixtures");

/** A file to damage, of each format that is read. */
export const formats: Readonly<Record<string, { file: string; options?: CheckpointOptions }>> = {
  safetensors: { file: "" },
  archive: { file: "archive.pt" },
  legacy: { file: "legacy.pth" },
  script: { file: "script.pt" },
  lightning: { file: "lightning.ckpt", options: { inert: ["lightning_like."], within: "state_dict" } },
  nvidia: { file: "stylegan2.pkl" },
};

/** What became of the damaged files. */
export interface Outcome {
  /** Read without complaint: the damage hit values, or nothing that matters. */
  readonly read: number;
  /** Refused with one line that names the file. */
  readonly refused: number;
  /** Anything else, by the number of its case. */
  readonly failures: readonly string[];
  readonly slowest: number;
}

/** Bytes that cut deep: counts at their limits, and opcodes of pickles. */
const numbers = [
  0n,
  1n,
  0x7fn,
  0xffn,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  0x7fffffffffffffffn,
  2n ** 64n - 1n,
];
const opcodes = Buffer.from(
  "\x80\x95.(012N\x88\x89JKM\x8a\x8bGX\x8c\x8dTUBC\x8e\x96])lt\x85\x86\x87aedsu}\x8f\x90\x91hjqr\x94c\x93R\x81\x92bQ",
  "latin1",
);

/** A copy of `bytes` with one to four things wrong. */
export function damage(bytes: Uint8Array, random: Random): Buffer {
  let copy = Buffer.from(bytes);
  for (let count = 1 + random.integer(4); count > 0 && copy.length > 16; count--) {
    const at = random.integer(copy.length);
    const length = 1 + random.integer(Math.min(64, copy.length - at));
    const other = random.integer(copy.length - length + 1);
    switch (random.integer(9)) {
      case 0:
      case 1:
        copy[at] = random.integer(256);
        break;
      case 2:
        copy[at]! ^= 1 << random.integer(8);
        break;
      case 3:
        copy[at] = opcodes[random.integer(opcodes.length)]!;
        break;
      case 4: {
        const width = [1, 2, 4, 8][random.integer(4)]!;
        const wide = Buffer.alloc(8);
        wide.writeBigUInt64LE(numbers[random.integer(numbers.length)]!);
        wide.copy(copy, at, 0, width);
        break;
      }
      case 5:
        copy.copy(copy, at, other, other + length);
        break;
      case 6:
        copy = Buffer.concat([copy.subarray(0, at), copy.subarray(at + length)]);
        break;
      case 7:
        copy = Buffer.concat([copy.subarray(0, at), copy.subarray(other, other + length), copy.subarray(at)]);
        break;
      default:
        if (random.integer(4) === 0) copy = copy.subarray(0, at);
    }
  }
  return copy;
}

/** Damages a format's file `count` times, and opens and reads each one whole. */
export async function fuzz(format: string, count: number, seed: number | string): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), "clipsteer-fuzz-"));
  const path = join(folder, "damaged");
  const { file, options } = formats[format]!;
  const whole = file === "" ? await sample(folder) : await readFile(join(fixtures, file));
  const random = createRandom(seed);
  let [read, refused, slowest] = [0, 0, 0];
  const failures: string[] = [];
  for (let index = 0; index < count; index++) {
    await writeFile(path, damage(whole, random.stream(index)));
    const began = performance.now();
    try {
      const opened = await openWeights(path, options);
      await readTensors(opened).finally(() => opened.close());
      read++;
    } catch (error) {
      const { message } = error as Error;
      if (error instanceof WeightsError && message.startsWith(path) && /^[\x20-\x7e…]{1,500}$/.test(message))
        refused++;
      else failures.push(`${format} ${seed}/${index}: ${(error as Error).stack}`);
    }
    slowest = Math.max(slowest, performance.now() - began);
  }
  await rm(folder, { recursive: true });
  return { read, refused, failures, slowest };
}

async function sample(folder: string): Promise<Buffer> {
  const path = join(folder, "sample.safetensors");
  const tensors = {
    "text.weight": hostFloats(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]),
    "text.bias": hostFloats(Float32Array.of(1, 2, 3), [3]),
    steps: hostInts(Int32Array.of(7), []),
  };
  await writeSafetensors(path, tensors, { dtype: "F16", metadata: { format: "pt" } });
  return readFile(path);
}
