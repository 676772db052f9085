/** What files of a command's folder have to be after it was killed, or found a full disk; for `commands.ts` and `everyWrite.ts`. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, readdir } from "node:fs/promises";
import { extname, join, relative } from "node:path";
import sharp from "sharp";
import { parse } from "yaml";
import { openWeights } from "../../src/packs/index.js";
import type { Random } from "../../src/tensor/index.js";
import { served } from "./inputs.js";

const isUnfinished = (name: string): boolean =>
  /\.part$|^clipsteer-scratch-|\.partial$|\.incomplete$|\.download$/.test(name);

/** Tells whether a path is that of an unfinished file, or lies in a folder of a process that the next start removes. */
const isUnfinishedPath = (path: string): boolean => path.split("/").some(isUnfinished);

/** Reads a file by its kind. @param isCut whether the last line of a log may be cut off. */
async function check(path: string, isCut: boolean): Promise<void> {
  const bytes = await readFile(path);
  switch (extname(path)) {
    case ".png":
    case ".webp":
      await sharp(bytes, { animated: true }).raw().toBuffer();
      break;
    case ".json":
      JSON.parse(bytes.toString());
      break;
    case ".jsonl": {
      const lines = bytes.toString().split("\n");
      for (const line of isCut ? lines.slice(0, -1) : lines.filter(Boolean)) JSON.parse(line);
      break;
    }
    case ".yaml":
      if (bytes.length === 0) throw new Error("is empty");
      parse(bytes.toString());
      break;
    case ".safetensors":
      if (/w\.safetensors$/.test(path) && !bytes.equals(served))
        throw new Error("is not what the server has");
      await (await openWeights(path)).close();
      break;
    default:
      // Vectors are on disk before the entries that name them.
      if (bytes.length === 0 && !/lock|\.f32$/.test(path)) throw new Error("is empty");
  }
}

/** What is wrong with the files of a folder. */
export async function problemsOf(place: string, isFinished: boolean): Promise<string[]> {
  const problems: string[] = [];
  for (const entry of await readdir(place, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const shown = path.slice(place.length + 1);
    if (
      isFinished &&
      (isUnfinished(entry.name) || /\.lock$/.test(entry.name) || /^tmp\/(?!tsx-)/.test(shown))
    )
      problems.push(`${shown} is left`);
    const isTemporary = isUnfinishedPath(shown) || shown.startsWith("tmp/tsx-"); // of the loader
    if (!entry.isFile() || isTemporary) continue;
    await check(path, !isFinished).catch((error: unknown) => {
      problems.push(`${shown}: ${(error as Error).message.slice(0, 100)}`);
    });
  }
  return problems;
}

/** Hashes of the pictures that are finished, and 0 for every other file that a next run must not remove. */
export async function resultsOf(place: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const entry of await readdir(place, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const shown = path.slice(place.length + 1);
    const isTemporary = /^(tmp|home)\/|\.lock$|\.f32$|unfinished[.-]|\.new$/.test(shown);
    if (!entry.isFile() || isTemporary || isUnfinishedPath(shown)) continue;
    const isPicture =
      /^image\.\w+$/.test(entry.name) && !existsSync(join(entry.parentPath, "unfinished.safetensors"));
    found.set(
      path,
      isPicture
        ? createHash("sha256")
            .update(await readFile(path))
            .digest("hex")
        : "",
    );
  }
  return found;
}

/** Results that every run of a command makes: samples are drawn beside checkpoints, whose number depends on the time. */
export async function requiredResults(place: string): Promise<string[]> {
  const found = [...(await resultsOf(place)).keys()];
  return found.map((path) => relative(place, path)).filter((path) => !/samples-\d+\.png$/.test(path));
}

/** Numbers of the writes that fail, of a command with `last` writes. @param writes a number, evenly spread, or `40+10`: each of the first, and a sample of later ones. */
export function failingWrites(last: number, writes: string, random: Random): number[] {
  const [, every, sampled] = /^(\d+)\+(\d+)$/.exec(writes) ?? [];
  if (every !== undefined) {
    const first = Math.min(last, Number(every));
    const later = Array.from({ length: last - first }, (_, at) => first + 1 + at);
    const sample = later.map((at) => [random.uniform(), at] as const).sort(([a], [b]) => a - b);
    return [
      ...Array.from({ length: first }, (_, at) => at + 1),
      ...sample
        .slice(0, Number(sampled))
        .map(([, at]) => at)
        .sort((a, b) => a - b),
    ];
  }
  const number = Math.min(last, Number(writes));
  return Array.from({ length: number }, (_, at) =>
    number === 1 ? 1 : 1 + Math.round((at * (last - 1)) / (number - 1)),
  );
}
