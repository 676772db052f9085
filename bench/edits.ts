/**
 * Edits of held-out drawings beside trivial ways to make them:
 *   npx tsx bench/edits.ts [--each 50] [--data outputs/data/stickers] [--out outputs/bench/edits] [--generator stickers] [--sheet docs/images/edits.webp] [--first docs/images/edits-first.webp] [--report] [--development] [--kinds colour,add]
 * Sources are drawings of the firefox style, from which no model here learned, each used once; texts are made from their labels by a fixed
 * seed (bench/edits/cases.ts). Every result is written when it is done; the next run goes on where this one ended. Prints the table of
 * docs/quality.md; `--sheet` draws the first fifteen edits of each kind, `--first` the first three; none is picked. `--report` makes no edit and reports those that are there.
 */
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadStickerData } from "../src/data/index.js";
import { bootstrap, figure, markdownTable, medianOf, percent, rate } from "../src/evaluate/index.js";
import { measureChange } from "../src/guidance/edits/report.js";
import { createSessionPrograms } from "../src/guidance/sessionPrograms.js";
import {
  type LoadedPicture,
  type Picture,
  type RgbaBytes,
  contactSheet,
  encodePicture,
  loadPicture,
  onWhite,
  savePicture,
  writeFileAtomic,
} from "../src/images/index.js";
import { memoryAssets, memoryStore, openRunSession, runEdit } from "../src/runs/index.js";
import { hueShift, nearestFinder, pasted } from "./edits/baselines.js";
import { type Case, type Kind, casesOf, drawingOf, kinds } from "./edits/cases.js";
import { type Preserved, preservedOf } from "./edits/measures.js";

const { values } = parseArgs({
  options: {
    each: { type: "string", default: "50" },
    data: { type: "string", default: "outputs/data/stickers" },
    out: { type: "string", default: "outputs/bench/edits" },
    generator: { type: "string", default: "stickers" },
    sheet: { type: "string" },
    first: { type: "string" },
    report: { type: "boolean", default: false },
    development: { type: "boolean", default: false },
    kinds: { type: "string", default: kinds.join(",") },
  },
});
const ways = ["clipsteer", "hue shift", "pasted target drawing", "nearest learned drawing"] as const;
type Way = (typeof ways)[number];

/** What is kept of one edit made one way. */
interface Result extends Preserved {
  readonly direction: number;
  readonly gain: number;
}
interface Done {
  readonly kind: Kind;
  readonly from: string;
  readonly to: string;
  readonly change: string;
  readonly changedOutside?: number;
  readonly results: Readonly<Record<Way, Result>>;
}

const data = await loadStickerData(values.data);
await using session = await openRunSession(values.generator, { threads: 1 });
const { models, run } = session;
const programs = createSessionPrograms(models, run);
const set = values.development ? "development" : "reported";
const planned = casesOf(data, models.generator.vocabulary ?? [], Number(values.each), set).filter(
  ({ kind }) => values.kinds.split(",").includes(kind),
);
await mkdir(values.out, { recursive: true });
const stemOf = ({ kind, item, to }: Case): string =>
  join(values.out, `${kind}-${item}-${to.replace(/[^\p{L}]+/gu, "-")}`);
const cases = planned.filter((each) => !values.report || existsSync(`${stemOf(each)}.json`));
let nearest: Awaited<ReturnType<typeof nearestFinder>> | undefined;

async function edit(source: RgbaBytes, { from, to }: Case, mask: readonly string[] = []) {
  const picture = await encodePicture(source, { format: "png" });
  const request = { generator: values.generator, picture: "in.png", prompt: [to], from: [from], seed: 0 };
  const assets = memoryAssets({ "in.png": picture });
  const running = runEdit({ ...request, mask: [...mask] }, { session, store: memoryStore(), assets });
  for (;;) {
    const next = await running.next();
    if (!next.done) continue;
    const [made] = next.value.pictures;
    return { file: made!.bytes, report: made!.reports[0]! };
  }
}

async function resultOf(source: RgbaBytes, result: RgbaBytes, each: Case): Promise<Result> {
  const { templates } = models;
  const terms = [each.to, each.from].map((text) => ({ text, weight: 1, templates }));
  const texts = await programs.embedder.embed(terms);
  const pictures = { before: onWhite(source), after: onWhite(result) };
  const { direction, gain } = await measureChange(models, pictures, texts, programs);
  return {
    direction: direction.judge,
    gain: gain.judge,
    ...preservedOf(data, each.item, source, result, each.colour),
  };
}

for (const [at, each] of cases.entries()) {
  const stem = stemOf(each);
  if (existsSync(`${stem}.json`)) continue;
  const source = drawingOf(data, each.item);
  const { file, report } = await edit(source, each);
  await writeFileAtomic(`${stem}.png`, file);
  const made: LoadedPicture = await loadPicture(`${stem}.png`);
  // Changes of colour are made a second time, where the left half may change, for what they leave of the rest.
  const masked = each.kind === "colour" && (await edit(source, each, ["box 0 0 0.5 1"]));
  nearest ??= await nearestFinder(programs, data, ["noto", "twemoji", "fluent-emoji-flat"]);
  const pictures: Readonly<Record<Way, RgbaBytes>> = {
    clipsteer: made,
    "hue shift": hueShift(source, each, data),
    "pasted target drawing": pasted(source, each, data),
    "nearest learned drawing": await nearest(each.to),
  };
  const results = {} as Record<Way, Result>;
  for (const way of ways) results[way] = await resultOf(source, pictures[way], each);
  const done: Done = {
    kind: each.kind,
    from: each.from,
    to: each.to,
    change: report.change,
    ...(masked && { changedOutside: masked.report.changedOutside }),
    results,
  };
  await writeFileAtomic(`${stem}.json`, JSON.stringify(done));
  const { direction, gain } = results.clipsteer;
  process.stderr.write(
    `${at + 1}/${cases.length} ${each.from} → ${each.to}: ${report.change}, ${direction.toFixed(2)}, ${gain.toFixed(3)}\n`,
  );
}
await programs.dispose();

const all = await Promise.all(
  cases.map(async (each) => JSON.parse(await readFile(`${stemOf(each)}.json`, "utf8")) as Done),
);
const masked = all.flatMap(({ changedOutside }) => changedOutside ?? []);
const hits = (list: readonly Result[], test: (result: Result) => boolean): string =>
  percent(rate(list.map((each) => (test(each) ? 1 : 0))));
const median = (list: readonly (number | undefined)[], digits: number): string => {
  const found = list.filter((value) => value !== undefined);
  return found.length === 0 ? "" : figure(bootstrap(found, { statistic: medianOf }), digits);
};
const rows = kinds.flatMap((kind) =>
  ways.map((way) => {
    const list = all.filter((each) => each.kind === kind).map(({ results }) => results[way]);
    return [
      kind,
      way,
      String(list.length),
      hits(list, ({ direction, gain }) => direction > 0 && gain > 0),
      median(
        list.map(({ outline }) => outline),
        2,
      ),
      median(
        list.map(({ kept }) => kept),
        2,
      ),
      median(
        list.map(({ others }) => others),
        1,
      ),
      kind === "colour"
        ? median(
            list.map(({ toColour }) => toColour),
            1,
          )
        : "",
    ];
  }),
);
process.stdout.write(
  `${markdownTable(
    [
      "edits",
      "way",
      "number",
      "direction and gain > 0, %",
      "outline IoU",
      "ink kept",
      "ΔE of the rest",
      "ΔE to the colour",
    ],
    rows,
  )}\n\npixels changed outside a mask: ${masked.reduce((sum, count) => sum + count, 0)} in ${masked.length} edits\n`,
);
const colours = all.filter(({ kind }) => kind === "colour").map(({ results }) => results.clipsteer);
process.stdout.write(
  `colour: outline IoU ≥ 0.97 in ${hits(colours, ({ outline }) => outline >= 0.97)} %, ΔE to the colour ≤ 15 in ${hits(colours, ({ toColour }) => (toColour ?? 99) <= 15)} %\n`,
);

/** Draws the first edits of each kind. */
async function drawSheet(file: string, perKind: number, columns: number): Promise<void> {
  const tiles: Picture[] = [];
  const labels: string[] = [];
  for (const kind of kinds)
    for (const each of cases.filter((one) => one.kind === kind).slice(0, perKind)) {
      tiles.push(onWhite(drawingOf(data, each.item)), (await loadPicture(`${stemOf(each)}.png`)).picture);
      const { direction, gain } = all[cases.indexOf(each)]!.results.clipsteer;
      labels.push(each.from, `${direction > 0 && gain > 0 ? "✓" : "✗"} ${each.to}`);
    }
  await savePicture(file, await contactSheet(tiles, { columns, labels }), { format: "webp" });
}
if (values.sheet) await drawSheet(values.sheet, 15, 10);
if (values.first) await drawSheet(values.first, 3, 6);
