/**
 * Edits of held-out drawings beside trivial ways to make them, and real drawings:
 *   npx tsx bench/edits.ts [--each 50] [--data outputs/data/stickers] [--out outputs/bench/edits] [--generator stickers] [--sheet docs/images/edits.webp] [--first docs/images/edits-first.webp] [--part 1/2] [--report] [--development] [--kinds colour,add]
 * Sources are drawings of the firefox style, from which no model here learned, each used once; texts are made from their labels by a fixed
 * seed (bench/edits/cases.ts). Every result is written when it is done; the next run goes on where this one ended. Prints the table of
 * docs/quality.md; `--sheet` draws the first fifteen edits of each kind, `--first` the first three; none is picked. `--part 1/2` makes the first
 * half, for two processes at once; `--report` makes no edit and reports those that are there.
 */
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadStickerData } from "../src/data/index.js";
import { measureChange } from "../src/guidance/edits/report.js";
import { createSessionPrograms } from "../src/guidance/sessionPrograms.js";
import {
  type LoadedPicture,
  type Picture,
  type RgbaBytes,
  composeContactSheet,
  encodePicture,
  loadPicture,
  compositeOnWhite,
  savePicture,
  writeFileAtomic,
} from "../src/images/index.js";
import { createMemoryAssets, createMemoryStore, openRunSession, runEdit } from "../src/runs/index.js";
import { hueShift, nearestFinder, pasted, targetDrawing } from "./edits/baselines.js";
import { type Case, casesOf, drawingOf, kinds } from "./edits/cases.js";
import { type Done, type Result, type Way, tableOf, ways } from "./edits/table.js";
import { foundBy } from "./edits/found.js";
import { type Stated, preservedOf } from "./edits/measures.js";

const { values } = parseArgs({
  options: {
    each: { type: "string", default: "50" },
    data: { type: "string", default: "outputs/data/stickers" },
    out: { type: "string", default: "outputs/bench/edits" },
    generator: { type: "string", default: "stickers" },
    sheet: { type: "string" },
    first: { type: "string" },
    report: { type: "boolean", default: false },
    part: { type: "string", default: "1/1" },
    development: { type: "boolean", default: false },
    kinds: { type: "string", default: kinds.join(",") },
  },
});
const data = await loadStickerData(values.data);
await using session = await openRunSession(values.generator, { threads: 1 });
const { models, runOptions } = session;
const programs = createSessionPrograms(models, runOptions);
const set = values.development ? "development" : "reported";
const planned = casesOf(data, models.generator.vocabulary ?? [], Number(values.each), set);
await mkdir(values.out, { recursive: true });
const stemOf = ({ kind, item, to }: Case): string =>
  join(values.out, `${kind}-${item}-${to.replace(/[^\p{L}]+/gu, "-")}`);
const [part, parts] = values.part.split("/").map(Number) as [number, number];
const cases = planned.filter((each, at) =>
  values.report
    ? existsSync(`${stemOf(each)}.json`)
    : at % parts === part - 1 && values.kinds.split(",").includes(each.kind),
);
/** Every how manieth edit of a kind is made a second time, where the left half may change. */
const maskedEvery = 5;
const found = values.report ? undefined : await foundBy(programs, data, planned);
const nearest = values.report
  ? undefined
  : await nearestFinder(programs, data, ["noto", "twemoji", "fluent-emoji-flat"]);

async function edit(source: RgbaBytes, { from, to }: Case, mask: readonly string[] = []) {
  const picture = await encodePicture(source, { format: "png" });
  const request = { generator: values.generator, picture: "in.png", prompt: [to], from: [from], seed: 0 };
  const assets = createMemoryAssets({ "in.png": picture });
  const running = runEdit({ ...request, mask: [...mask] }, { session, store: createMemoryStore(), assets });
  for (;;) {
    const next = await running.next();
    if (!next.done) continue;
    const [picture] = next.value.pictures;
    return { file: picture!.bytes, report: picture!.reports[0]! };
  }
}

async function resultOf(source: RgbaBytes, result: RgbaBytes, each: Case, stated: Stated): Promise<Result> {
  const { templates } = models;
  const named = each.kind === "add" ? [each.named] : [];
  const terms = [each.to, each.from, ...named].map((text) => ({ text, weight: 1, templates }));
  const texts = await programs.embedder.embed(terms);
  const after = compositeOnWhite(result);
  const { direction, gain, namedGain } = await measureChange(
    models,
    { before: compositeOnWhite(source), after },
    texts,
    programs,
  );
  return {
    direction: direction.judge,
    gain: gain.judge,
    ...(namedGain && { namedGain: namedGain.judge }),
    found: await found!(after, each.named),
    ...preservedOf(data, each.item, source, result, each.colour, stated),
  };
}

for (const [at, each] of cases.entries()) {
  const stem = stemOf(each);
  if (existsSync(`${stem}.json`)) continue;
  const source = drawingOf(data, each.item);
  const { file, report } = await edit(source, each);
  await writeFileAtomic(`${stem}.png`, file);
  const result: LoadedPicture = await loadPicture(`${stem}.png`);
  const ofKind = planned.filter(({ kind }) => kind === each.kind);
  const masked = ofKind.indexOf(each) % maskedEvery === 0 && (await edit(source, each, ["box 0 0 0.5 1"]));
  const { moved, added } = report;
  const middle = { left: 0.25, top: 0.25, right: 0.75, bottom: 0.75 };
  const pictures: Readonly<Partial<Record<Way, readonly [picture: RgbaBytes, stated?: Stated]>>> = {
    clipsteer: [result, { moved, added }],
    "hue shift": [hueShift(source, each, data)],
    "pasted target drawing": [pasted(source, each, data), each.kind === "add" ? { added: [middle] } : {}],
    "nearest learned drawing": [await nearest!(each.to)],
    ...((each.kind === "object" || each.kind === "style") && {
      "real drawing of the text": [targetDrawing(each, data)],
    }),
  };
  const results: Partial<Record<Way, Result>> = {};
  for (const way of ways) {
    const [picture, stated = {}] = pictures[way] ?? [];
    if (picture) results[way] = await resultOf(source, picture, each, stated);
  }
  const done: Done = {
    kind: each.kind,
    from: each.from,
    to: each.to,
    change: report.change,
    moved,
    added,
    ...(masked && { changedOutside: masked.report.changedOutside }),
    results,
  };
  await writeFileAtomic(`${stem}.json`, JSON.stringify(done));
  const { direction, gain } = results.clipsteer!;
  process.stderr.write(
    `${at + 1}/${cases.length} ${each.from} → ${each.to}: ${report.change}, ${direction.toFixed(2)}, ${gain.toFixed(3)}\n`,
  );
}
await programs.dispose();

const all = await Promise.all(
  cases.map(async (each) => JSON.parse(await readFile(`${stemOf(each)}.json`, "utf8")) as Done),
);
process.stdout.write(`${tableOf(all)}\n\n`);
const masked = all.flatMap(({ changedOutside }) => changedOutside ?? []);
process.stdout.write(
  `pixels changed outside a mask: ${masked.reduce((sum, count) => sum + count, 0)} in ${masked.length} edits\n`,
);

/** Draws the first edits of each kind. */
async function drawSheet(file: string, perKind: number, columns: number): Promise<void> {
  const tiles: Picture[] = [];
  const labels: string[] = [];
  for (const kind of kinds)
    for (const each of cases.filter((one) => one.kind === kind).slice(0, perKind)) {
      tiles.push(
        compositeOnWhite(drawingOf(data, each.item)),
        (await loadPicture(`${stemOf(each)}.png`)).picture,
      );
      const { direction, gain, namedGain = gain } = all[cases.indexOf(each)]!.results.clipsteer!;
      labels.push(each.from, `${direction > 0 && namedGain > 0 ? "✓" : "✗"} ${each.to}`);
    }
  await savePicture(file, await composeContactSheet(tiles, { columns, labels }), { format: "webp" });
}
if (values.sheet) await drawSheet(values.sheet, 15, 10);
if (values.first) await drawSheet(values.first, 3, 6);
