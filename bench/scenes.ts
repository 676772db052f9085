/**
 * Prompts of several things, drawn as layers and as one: npx tsx bench/scenes.ts [STEPS] [FOLDER]
 * Makes prompts/compositions-50.yaml (a development set) both ways at seed 1 and default settings, but for STEPS of ascent (default 60),
 * in FOLDER (default outputs/scenes); writes those of several things as layers to docs/images/compositions.webp, and prints a table.
 * The judge is the pack's own: it chooses read-outs, so it flatters both ways.
 */
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { renderMarkdownTable, comparePairedRates, formatPercent, rate } from "../src/evaluate/index.js";
import { embedTerms } from "../src/guidance/index.js";
import { composeContactSheet, encodePicture, loadPicture, resizePicture } from "../src/images/index.js";
import { loadPromptFile } from "../src/prompts/index.js";
import { createFileAssets, createMemoryStore, openRunSession, runGenerate } from "../src/runs/index.js";

const [steps = "60", folder = "outputs/scenes"] = process.argv.slice(2);
const side = 160;
const ways = [
  { name: "one layer", layers: 1 },
  { name: "layers", layers: 3 },
] as const;
const { terms } = await loadPromptFile("prompts/compositions-50.yaml");
const texts = terms.map(({ text }) => text!);
await using session = await openRunSession("stickers", { threads: 1 });
const { models, runOptions } = session;
await mkdir(folder, { recursive: true });

interface Made {
  readonly file: string;
  readonly layers: number;
  readonly judge: number;
}

/** The picture of a prompt, made unless it is in the folder. */
async function make(at: number, layers: number): Promise<Made> {
  const stem = join(resolve(folder), `${at}-${layers}-${steps}`);
  if (!existsSync(`${stem}.json`)) {
    const request = { text: [texts[at]!], layers, seed: 1, size: 256, steps: Number(steps) };
    const running = runGenerate(request, { session, store: createMemoryStore(), assets: createFileAssets() });
    for (;;) {
      const next = await running.next();
      if (!next.done) continue;
      const { bytes, scene, report } = next.value.pictures[0]!;
      await writeFile(`${stem}.png`, bytes);
      const summary = { layers: scene?.layers.length ?? 1, judge: report.judgeScore };
      await writeFile(`${stem}.json`, JSON.stringify(summary));
      break;
    }
  }
  return {
    file: `${stem}.png`,
    ...(JSON.parse(await readFile(`${stem}.json`, "utf8")) as Omit<Made, "file">),
  };
}

const pairs: Made[][] = [];
for (const at of texts.keys()) {
  const layered = await make(at, ways[1].layers);
  // A prompt of one thing is the same both ways.
  pairs.push([layered.layers > 1 ? await make(at, ways[0].layers) : layered, layered]);
  process.stderr.write(`${at + 1}/${texts.length} ${texts[at]!}\n`);
}

/** For each picture 1 where the judge finds its prompt among all of the set, else 0. */
async function markFoundPrompts(pictures: readonly string[]): Promise<number[]> {
  const { templates } = models;
  const shown = await Promise.all(pictures.map(async (file) => (await loadPicture(file)).picture));
  const all = await embedTerms(
    models,
    [models.judge],
    [
      ...texts.map((text) => ({ text, weight: 1, templates })),
      ...shown.map((picture) => ({ picture, weight: 1, templates })),
    ],
    runOptions,
  );
  const { data, shape } = all[models.judge.prefix]!;
  const features = shape[1]!;
  const dot = (a: number, b: number): number => {
    let sum = 0;
    for (let index = 0; index < features; index++)
      sum += data[a * features + index]! * data[b * features + index]!;
    return sum;
  };
  return shown.map((_, at) => {
    const cosines = texts.map((_text, other) => dot(texts.length + at, other));
    return Number(cosines.every((value, other) => other === at || value < cosines[at]!));
  });
}

const scenes = [...texts.keys()].filter((at) => pairs[at]![1]!.layers > 1);
const hits = await Promise.all(
  [0, 1].map(async (way) => markFoundPrompts(pairs.map((pair) => pair[way]!.file))),
);
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
for (const [name, among] of [
  ["all 50", [...texts.keys()]],
  [`the ${scenes.length} of several things`, scenes],
] as const) {
  const [single, layered] = hits.map((way) => among.map((at) => way[at]!)) as [number[], number[]];
  const difference = comparePairedRates(layered, single);
  process.stdout.write(
    `${renderMarkdownTable(
      [`${name}, ${steps} steps`, "R@1 of 50 by the pack's judge, %", "mean judge score"],
      ways.map((way, index) => [
        way.name,
        formatPercent(rate([single, layered][index]!)),
        mean(among.map((at) => pairs[at]![index]!.judge)).toFixed(3),
      ]),
    )}\nlayers − one layer: ${formatPercent(difference)} points; won ${difference.won}, lost ${difference.lost}\n\n`,
  );
}
const tiles = await Promise.all(
  scenes.map(async (at) => resizePicture((await loadPicture(pairs[at]![1]!.file)).picture, side, side)),
);
const sheet = await composeContactSheet(tiles, { columns: 7, labels: scenes.map((at) => texts[at]!) });
await writeFile("docs/images/compositions.webp", await encodePicture(sheet, { format: "webp" }));
