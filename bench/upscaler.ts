// Compares the upscaler with Lanczos on emoji that it was not trained on: npx tsx bench/upscaler.ts
//   [--run outputs/train/upscaler] of a training run instead of the pack's · [--count 100] · [--out outputs/bench/upscaler]
// Needs `clipsteer data emoji`. Errors are mean absolute ones to the picture drawn at 256×256; differences are paired.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createEncoder } from "../src/embedding/index.js";
import { formatEstimate, renderMarkdownTable, estimatePairedDifference } from "../src/evaluate/index.js";
import { createSteerSession, loadModels, enlargePictures } from "../src/guidance/index.js";
import {
  type Picture,
  composeContactSheet,
  toPicture,
  resizePicture,
  savePicture,
} from "../src/images/index.js";
import { loadPack } from "../src/packs/index.js";
import { selectPrefix } from "../src/tensor/index.js";
import { loadTrainedUpscaler, toUnitPictures, makeUpscalerPictures } from "../src/training/index.js";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "100" },
    data: { type: "string", default: "outputs/data/emoji" },
    generator: { type: "string", default: "emoji" },
    run: { type: "string" },
    out: { type: "string", default: "outputs/bench/upscaler" },
  },
});
const run = { engine: "compiled", threads: 1 } as const;
const loaded = await loadModels(await loadPack(values.generator));
const upscaler = values.run === undefined ? loaded.upscaler : await loadTrainedUpscaler(values.run);
if (!upscaler) throw new Error("bench/upscaler.ts: no upscaler in the pack, and no --run");
const models = { ...loaded, upscaler };
const count = Number(values.count);
const { data, generator } = values;
const held = ["val_pair", "test_concept", "test_concept_style", "test_style"];
const sets = await makeUpscalerPictures(held, count, { data, generator, seed: 7, threads: 1 });
const rows = Array.from({ length: count }, (_, at) => at);
const unpack = (bytes: Uint8Array, side: number): Picture[] => {
  const { data: floats } = toUnitPictures(bytes, rows, side);
  return rows.map((row) => toPicture(floats as Float32Array, side, row));
};
const large = unpack(sets.large, 256);

const clip = { config: models.judge.config, weights: selectPrefix(models.judge.prefix, models.weights) };
const encoder = createEncoder([clip], models.tokenizer, run);
/** Unit embeddings under the judge, seen at its own size. */
async function embedPictures(pictures: readonly Picture[]): Promise<Float32Array[]> {
  const out: Float32Array[] = [];
  for await (const [row] of encoder.encodeImages(pictures)) out.push(row!);
  return out;
}
const apart = (a: Picture, b: Picture): number =>
  a.data.reduce((sum, value, at) => sum + Math.abs(Math.min(1, Math.max(0, value)) - b.data[at]!), 0) /
  a.data.length;
/** Mean absolute difference of neighbours' differences: how far edges are from the true ones. */
const edgesApart = (a: Picture, b: Picture): number => {
  const step = ({ data: values }: Picture, at: number, by: number): number => values[at + by]! - values[at]!;
  let sum = 0;
  const { width, height } = a;
  for (let y = 0; y < height - 1; y++)
    for (let at = y * width * 3; at < (y * width + width - 1) * 3; at++)
      sum +=
        Math.abs(step(a, at, 3) - step(b, at, 3)) + Math.abs(step(a, at, width * 3) - step(b, at, width * 3));
  return sum / (2 * (width - 1) * (height - 1) * 3);
};
const cosines = (a: Float32Array[], b: Float32Array[]): number[] =>
  a.map((row, at) => row.reduce((sum, value, index) => sum + value * b[at]![index]!, 0));

const truth = await embedPictures(large);
const table: string[][] = [];
const tiles: Picture[] = [];
const shown = 5;
for (const [name, bytes] of [
  ["emoji at 64×64", sets.small],
  ["the generator's copies of them", sets.copies],
] as const) {
  const small = unpack(bytes, 64);
  const smooth = await Promise.all(small.map((picture) => resizePicture(picture, 256, 256)));
  const enlarged = await enlargePictures(models, small, 256, run);
  const back = async (pictures: readonly Picture[]): Promise<number[]> =>
    cosines(
      await embedPictures(await Promise.all(pictures.map((picture) => resizePicture(picture, 64, 64)))),
      truth,
    );
  const each = (of: (a: Picture, b: Picture) => number, pictures: readonly Picture[]): number[] =>
    pictures.map((picture, at) => of(picture, large[at]!));
  for (const [what, ours, theirs] of [
    ["error, of 255", each(apart, enlarged), each(apart, smooth)],
    ["error of edges, of 255", each(edgesApart, enlarged), each(edgesApart, smooth)],
    ["judge's cosine to the true picture", await back(enlarged), await back(smooth)],
  ] as const) {
    const unit = what.includes("255") ? 255 : 1;
    const scaled = (list: readonly number[]): number[] => list.map((value) => value * unit);
    const mean = (list: readonly number[]): string =>
      (scaled(list).reduce((sum, value) => sum + value, 0) / list.length).toFixed(3);
    table.push([
      name,
      what,
      mean(theirs),
      mean(ours),
      formatEstimate(estimatePairedDifference(scaled(ours), scaled(theirs))),
    ]);
  }
  tiles.push(
    ...[smooth, enlarged, ...(name.startsWith("the") ? [large] : [])].flatMap((list) => list.slice(0, shown)),
  );
}
await encoder.dispose();

// What people get: pictures made from words.
const session = createSteerSession(models, run);
const [ours, theirs]: [Picture[], Picture[]] = [[], []];
for (const text of ["a red heart", "a cat face", "a blue car", "a sunflower", "a slice of pizza"]) {
  const ascent = session.run(
    [{ text, weight: 1, templates: models.templates }],
    { seed: 1, steps: 30, views: 16, lr: 0.03, candidates: 96, truncation: 0.5 },
    {},
  );
  let next = await ascent.next();
  while (!next.done) next = await ascent.next();
  const { picture } = next.value;
  theirs.push(await resizePicture(picture, 256, 256));
  ours.push(...(await enlargePictures(models, [picture], 256, run)));
}
await session.dispose();
tiles.push(...theirs, ...ours);
const titles = [
  "emoji, Lanczos",
  "emoji, upscaler",
  "copy, Lanczos",
  "copy, upscaler",
  "drawn at 256",
  "made, Lanczos",
  "made, upscaler",
];
const labels = titles.flatMap((title) => Array.from({ length: shown }, () => title));
await mkdir(values.out, { recursive: true });
await savePicture(
  join(values.out, "upscaler.png"),
  await composeContactSheet(tiles, { columns: shown, labels }),
  {
    format: "png",
  },
);
const text = renderMarkdownTable(["of", "", "Lanczos", "upscaler", "difference (95 %)"], table);
process.stdout.write(`${text}\n`);
