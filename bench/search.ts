/**
 * What docs/search.md says about speed; run on a quiet machine: npm run build && npx tsx bench/search.ts [pictures]
 * Indexing and the encoder fed from memory take turns, so that what else the machine does hits both alike; the search runs over
 * an index of random vectors; a cold start is a new process that ends with its first result.
 */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { clipNames, createEncoder, loadClips } from "../src/embedding/index.js";
import { savePicture } from "../src/images/index.js";
import { loadPack } from "../src/packs/index.js";
import {
  createSearcher,
  headerOf,
  indexFile,
  readIndex,
  updateIndex,
  writeIndex,
} from "../src/search/index.js";
import { createRandom } from "../src/tensor/index.js";

const pictures = Number(process.argv[2] ?? 3000);
const [rows, turns] = [100_000, 5];
const random = createRandom("bench");
const pack = await loadPack("emoji");
const folder = await mkdtemp(join(tmpdir(), "clipsteer-bench-"));
const path = join(folder, indexFile);
const median = (times: readonly number[]): number => [...times].sort((a, b) => a - b)[times.length >> 1]!;

async function seconds(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

const drawn = Array.from({ length: 64 }, () => {
  const flat = random.normals(12).map((value) => Math.min(1, Math.max(0, 0.5 + value / 4)));
  const data = Float32Array.from({ length: 64 * 64 * 3 }, (_, at) => flat[(at % 3) + 3 * ((at >> 9) & 3)]!);
  return { width: 64, height: 64, data };
});
for (let at = 0; at < pictures; at++) {
  // A pixel of its own, so that no two files are the same.
  const data = drawn[at % 64]!.data.slice();
  data.set([(at & 255) / 255, (at >> 8) / 255, 0]);
  await savePicture(join(folder, `${at}.png`), { width: 64, height: 64, data }, { format: "png" });
}

const first = clipNames(pack)[0]!.name;
for (const choice of [first, "all"]) {
  const models = await loadClips(pack, choice);
  const encoder = createEncoder(models.clips, models.tokenizer);
  const fed = Array.from({ length: pictures }, (_, at) => drawn[at % 64]!);
  for await (const _ of encoder.encodeImages(drawn)) void _;
  const [alone, indexed]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < turns; turn++) {
    alone.push(
      await seconds(async () => {
        for await (const _ of encoder.encodeImages(fed)) void _;
      }),
    );
    await rm(path, { force: true });
    indexed.push(
      await seconds(async () => {
        for await (const _ of updateIndex(folder, path, models, encoder)) void _;
      }),
    );
  }
  await encoder.dispose();
  const ratios = alone.map((time, turn) => time / indexed[turn]!);
  console.log(
    `--clip ${choice}: encoder ${(pictures / median(alone)).toFixed(0)} pictures/s, indexing ${(pictures / median(indexed)).toFixed(0)}/s: ` +
      `${(100 * median(ratios)).toFixed(0)} % (${ratios.map((ratio) => (100 * ratio).toFixed(0)).join(", ")})`,
  );
}

const header = headerOf(await loadClips(pack, first));
await writeIndex(path, {
  header,
  entries: Array.from({ length: rows }, (_, at) => ({
    path: `${at}.png`,
    size: 1,
    changed: 0,
    hash: `${at}`,
  })),
  vectors: random.normals(rows * header.features).map((value) => value / 16),
});
const reading = await seconds(async () => void (await readIndex(path)));
const index = (await readIndex(path))!;
const searcher = await createSearcher(index);
const wanted = index.vectors.slice(0, header.features);
const times: number[] = [];
for (let run = 0; run < 20; run++)
  times.push(await seconds(async () => void (await searcher.search({ wanted, unwanted: [] }, 20))));
await searcher.dispose();
console.log(
  `search over ${rows} vectors: median ${(1000 * median(times)).toFixed(1)} ms, best ${(1000 * Math.min(...times)).toFixed(1)} ms; reading the index ${(1000 * reading).toFixed(0)} ms`,
);

const cold = Array.from({ length: 7 }, () => {
  const began = performance.now();
  const args = [
    resolve(import.meta.dirname, "../bin/clipsteer.js"),
    "search",
    "red heart",
    "--folder",
    folder,
    "-q",
  ];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return performance.now() - began;
});
console.log(
  `search from a cold start over ${rows} vectors: median ${(median(cold) / 1000).toFixed(2)} s, best ${(Math.min(...cold) / 1000).toFixed(2)} s`,
);
await rm(folder, { recursive: true });
