/**
 * Measures the speed of indexing and search for docs/performance.md; run it on a quiet machine: npm run build && npx tsx bench/search.ts [pictures]
 * Indexing and the encoder fed from memory take turns, so that what else the machine does hits both alike, in wall-clock and
 * processor time (which a busy machine stretches less); the search runs over
 * an index of random vectors; a cold start is a new process that ends with its first result.
 */
import { spawnSync } from "node:child_process";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import sharp from "sharp";
import { type VitConfig, embedImages } from "../src/clip/index.js";
import { type ClipModels, listClips, createEncoder, loadClips, readAhead } from "../src/embedding/index.js";
import { collectParameters } from "../src/engine/index.js";
import { type Picture, readPictureBytes, listPictures, savePicture } from "../src/images/index.js";
import { loadPack } from "../src/packs/index.js";
import {
  createSearcher,
  describeIndex,
  indexFile,
  readIndex,
  updateIndex,
  writeIndex,
} from "../src/search/index.js";
import { createRandom, initialise } from "../src/tensor/index.js";
import type * as tf from "../src/tf.js";
import { medianOf } from "../src/evaluate/index.js";

const pictures = Number(process.argv[2] ?? 3000);
const [rows, turns] = [100_000, 5];
const random = createRandom("bench");
const pack = await loadPack("emoji");
const folder = await mkdtemp(join(tmpdir(), "clipsteer-bench-"));
const path = join(folder, indexFile);

async function seconds(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

const samples = Array.from({ length: 64 }, () => {
  const flat = random.normals(12).map((value) => Math.min(1, Math.max(0, 0.5 + value / 4)));
  const data = Float32Array.from({ length: 64 * 64 * 3 }, (_, at) => flat[(at % 3) + 3 * ((at >> 9) & 3)]!);
  return { width: 64, height: 64, data };
});
for (let at = 0; at < pictures; at++) {
  // A pixel of its own, so that no two files are the same.
  const data = samples[at % 64]!.data.slice();
  data.set([(at & 255) / 255, (at >> 8) / 255, 0]);
  await savePicture(join(folder, `${at}.png`), { width: 64, height: 64, data }, { format: "png" });
}

/** Seconds of the wall clock and of all cores. */
async function cost(work: () => Promise<void>): Promise<[wall: number, cpu: number]> {
  const before = process.cpuUsage();
  const wall = await seconds(work);
  const { user, system } = process.cpuUsage(before);
  return [wall, (user + system) / 1e6];
}

/** Indexing a folder and the encoder alone, fed what the folder decodes to, by turns. */
async function compare(name: string, models: ClipModels, files: string, repeats: number): Promise<void> {
  const encoder = createEncoder(models.clips, models.tokenizer);
  const index = join(files, indexFile);
  const paths = await listPictures([files]);
  const fed: Picture[] = [];
  for (const path of paths.slice(0, 64)) fed.push(await encoder.open(await readPictureBytes(path), path));
  const all = paths.map((_, at) => fed[at % fed.length]!);
  for await (const _ of encoder.encodeImages(fed)) void _;
  const turnsOf: { alone: [number, number]; indexed: [number, number]; decoded: number }[] = [];
  for (let turn = 0; turn < repeats; turn++) {
    const alone = await cost(async () => {
      for await (const _ of encoder.encodeImages(all)) void _;
    });
    await rm(index, { force: true });
    const indexed = await cost(async () => {
      for await (const _ of updateIndex(files, index, models, encoder)) void _;
    });
    const [, decoded] = await cost(async () => {
      for await (const _ of readAhead(paths, async (path) =>
        encoder.open(await readPictureBytes(path), path),
      ))
        void _;
    });
    turnsOf.push({ alone, indexed, decoded });
  }
  await encoder.dispose();
  const each = (value: (turn: (typeof turnsOf)[0]) => number): number => medianOf(turnsOf.map(value));
  const milliseconds = (value: (turn: (typeof turnsOf)[0]) => number): string =>
    `${((1000 * each(value)) / paths.length).toFixed(2)} ms`;
  console.log(
    `${name}: encoder ${(paths.length / each(({ alone }) => alone[0])).toFixed(0)} pictures/s, ` +
      `indexing ${(paths.length / each(({ indexed }) => indexed[0])).toFixed(0)}/s: ` +
      `${(100 * each(({ alone, indexed }) => alone[0] / indexed[0])).toFixed(0)} % ` +
      `(${turnsOf.map(({ alone, indexed }) => (100 * (alone[0] / indexed[0])).toFixed(0)).join(", ")}); processor time a picture: ` +
      `encoder ${milliseconds(({ alone }) => alone[1])}, reading and decoding ${milliseconds(({ decoded }) => decoded)}, ` +
      `indexing in all ${milliseconds(({ indexed }) => indexed[1])}`,
  );
}

const first = listClips(pack)[0]!.name;
for (const choice of [first, "all"])
  await compare(`64×64 PNG, --clip ${choice}`, await loadClips(pack, choice), folder, turns);

/** Of the size of OpenAI's ViT-B/32, untrained: speed does not depend on what weights learned. */
async function published(): Promise<ClipModels> {
  const image: VitConfig = {
    ...{ kind: "vit", side: 224, patch: 32, width: 768, layers: 12, heads: 12, hidden: 3072, features: 512 },
    ...{
      activation: "quickGelu",
      epsilon: 1e-5,
      pool: "class",
      pixels: { mean: [0.5, 0.5, 0.5], deviation: [0.25, 0.25, 0.25] },
    },
  };
  const models = await loadClips(pack, first);
  const clip = models.clips[0]!;
  const config = { ...clip.config, image };
  const specs = collectParameters(
    (parameters, { images }) => embedImages(parameters, config, images as tf.Tensor4D),
    {
      images: { shape: [1, 224, 224, 3], dtype: "float32" },
    },
  );
  return {
    ...models,
    clips: [{ ...clip, name: "vit", hash: "", config, weights: initialise(specs, random) }],
  };
}

/** Photographs, as far as a decoder can tell: smooth noise in JPEG. */
async function photographs(count: number): Promise<string> {
  const photos = await mkdtemp(join(tmpdir(), "clipsteer-bench-"));
  for (let at = 0; at < count; at++) {
    const small = Uint8Array.from(random.normals(80 * 60 * 3), (value) =>
      Math.min(255, Math.max(0, 128 + 50 * value)),
    );
    await sharp(small, { raw: { width: 80, height: 60, channels: 3 } })
      .resize(640, 480)
      .jpeg({ quality: 85 })
      .toFile(join(photos, `${at}.jpg`));
  }
  return photos;
}

const large = await published();
const few = await mkdtemp(join(tmpdir(), "clipsteer-bench-"));
for (let at = 0; at < 256; at++) await copyFile(join(folder, `${at}.png`), join(few, `${at}.png`));
await compare("64×64 PNG, ViT-B/32", large, few, 3);
const photos = await photographs(256);
await compare("640×480 JPEG, ViT-B/32", large, photos, 3);
await compare(`640×480 JPEG, --clip ${first}`, await loadClips(pack, first), photos, 3);
await Promise.all([few, photos].map((each) => rm(each, { recursive: true })));

const header = describeIndex(await loadClips(pack, first));
const values = random.normals(rows * header.features).map((value) => value / 16);
await writeIndex(
  path,
  header,
  Array.from({ length: rows }, (_, at) => ({ path: `${at}.png`, size: 1, changed: 0, hash: `${at}` })),
  (from, to) => values.subarray(from * header.features, to * header.features),
);
const reading = await seconds(async () => void (await readIndex(path)));
const searcher = await createSearcher((await readIndex(path))!);
const queryVector = values.slice(0, header.features);
const times: number[] = [];
for (let run = 0; run < 20; run++)
  times.push(
    await seconds(async () => void (await searcher.search({ positive: queryVector, negatives: [] }, 20))),
  );
await searcher.dispose();
console.log(
  `search over ${rows} vectors: median ${(1000 * medianOf(times)).toFixed(1)} ms, best ${(1000 * Math.min(...times)).toFixed(1)} ms; reading the index ${(1000 * reading).toFixed(0)} ms`,
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
  `search from a cold start over ${rows} vectors: median ${(medianOf(cold) / 1000).toFixed(2)} s, best ${(Math.min(...cold) / 1000).toFixed(2)} s`,
);
await rm(folder, { recursive: true });
