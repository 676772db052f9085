// Edits of real emoji, measured by the judge: npx tsx bench/edits.ts [--count N] [--out DIR] [--steps N] [--generator PACK] [--kind colour|object|expression|style]
// Needs `clipsteer data emoji`. Every edit is written when it is done; the next run goes on where this one ended.
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parse } from "yaml";
import { iconSets, loadEmojiData } from "../src/data/index.js";
import { bootstrap, figure, markdownTable, medianOf, percent, wilson } from "../src/evaluate/index.js";
import { type ReportCard, edit, embedTerms, loadModels } from "../src/guidance/index.js";
import { measureChange } from "../src/guidance/edits/report.js";
import {
  type LoadedPicture,
  type Picture,
  contactSheet,
  loadPicture,
  onWhite,
  savePicture,
  shapeMask,
  writeFileAtomic,
} from "../src/images/index.js";
import { loadPack } from "../src/packs/index.js";

type Row = [set: string, label: string, from: string, prompt: string, mask?: string];

/** What is kept of one edit. */
interface Result {
  readonly kind: string;
  readonly row: Row;
  readonly report: ReportCard;
}

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "60" },
    out: { type: "string", default: "outputs/bench/edits" },
    steps: { type: "string", default: "30" },
    generator: { type: "string", default: "emoji" },
    kind: { type: "string" },
    data: { type: "string", default: "outputs/data/emoji" },
  },
});
const lists = parse(await readFile(join(import.meta.dirname, "edits.yaml"), "utf8")) as Record<string, Row[]>;
const kinds = Object.keys(lists).filter((kind) => values.kind === undefined || kind === values.kind);
// One of each kind in turn, so that a part of the list is of all kinds.
const all = Array.from({ length: Math.max(...Object.values(lists).map(({ length }) => length)) }, (_, at) =>
  kinds.flatMap((kind) => (lists[kind]![at] ? [{ kind, row: lists[kind]![at] }] : [])),
)
  .flat()
  .slice(0, Number(values.count));
const data = await loadEmojiData(values.data);
const models = await loadModels(await loadPack(values.generator));
const folder = values.out;
await mkdir(folder, { recursive: true });

const indexOf = (set: string, label: string): number =>
  data.items.findIndex((item) => item.set === set && item.label === label);

function source([set, label]: Row): LoadedPicture {
  const index = indexOf(set, label);
  if (index < 0) throw new Error(`bench/edits.yaml: no "${label}" in ${set}`);
  return pictureAt(index);
}

function pictureAt(index: number): LoadedPicture {
  const { size } = data;
  const rgba = new Uint8Array(size * size * 4).fill(255);
  for (let pixel = 0; pixel < size * size; pixel++)
    rgba.set(
      data.images.subarray((index * size * size + pixel) * 3, (index * size * size + pixel + 1) * 3),
      pixel * 4,
    );
  const bytes = { width: size, height: size, rgba };
  return { ...bytes, format: "png", hasAlpha: false, picture: onWhite(bytes) };
}

/** What the judge says of the real emoji that the edit asks for, in the place of its result; undefined where no set has one. */
async function real(row: Row): Promise<Pick<ReportCard, "direction" | "gain"> | undefined> {
  const [label, style] = row[3].replace(/^an? /, "").split(", ") as [string, string?];
  const set = style === undefined ? row[0] : iconSets.find((each) => each.style === style)!.name;
  const index = indexOf(set, label);
  if (index < 0) return undefined;
  const run = { engine: "compiled" } as const;
  const terms = [row[3], row[2]].map((text) => ({ text, weight: 1, templates: models.templates }));
  const texts = await embedTerms(models, [...models.guides, models.judge], terms, run);
  const pictures = { before: source(row).picture, after: pictureAt(index).picture };
  return measureChange(models, pictures, texts, run);
}

const path = join(folder, "results.json");
const done = JSON.parse(await readFile(path, "utf8").catch(() => "{}")) as Record<string, Result>;
const tiles: Picture[] = [];
const labels: string[] = [];
for (const [at, { kind, row }] of all.entries()) {
  const original = source(row);
  const file = join(folder, `${String(at).padStart(2, "0")}.png`);
  const key = JSON.stringify([row, values.steps, models.pack]);
  if (!done[key]) {
    const mask = row[4] === undefined ? undefined : shapeMask(row[4], original.width, original.height)!;
    const config = {
      seed: 0,
      steps: Number(values.steps),
      views: 16,
      lr: 0.02,
      strength: 1,
      from: row[2],
      change: "auto",
    } as const;
    const term = { text: row[3], weight: 1, templates: models.templates };
    const steps = edit(models, original, term, config, { engine: "compiled", ...(mask && { mask }) });
    let next = await steps.next();
    while (!next.done) next = await steps.next();
    await savePicture(file, next.value.bytes, { format: "png" });
    done[key] = { kind, row, report: next.value.report };
    await writeFileAtomic(path, JSON.stringify(done, undefined, 1));
  }
  const { report } = done[key];
  process.stderr.write(`${at + 1}/${all.length} ${row[3]}: judge ${report.gain.judge.toFixed(3)}\n`);
  tiles.push(original.picture, (await loadPicture(file)).picture);
  labels.push(row[2], `${report.direction.judge > 0 ? "✓" : "✗"} ${row[3]}`);
}
await savePicture(join(folder, "edits.png"), await contactSheet(tiles, { columns: 12, scale: 1.5, labels }), {
  format: "png",
});
const results = all.map(({ row }) => done[JSON.stringify([row, values.steps, models.pack])]!);
const line = (name: string, of: readonly Result[]): string[] => {
  const reports = of.map(({ report }) => report);
  const rate = (test: (report: ReportCard) => boolean): string =>
    percent(wilson(reports.filter(test).length, reports.length));
  return [
    name,
    String(of.length),
    rate(({ direction }) => direction.judge > 0),
    rate(({ gain }) => gain.judge > 0),
    figure(bootstrap(reports.map(({ direction }) => direction.judge))),
    figure(bootstrap(reports.map(({ gain }) => gain.judge))),
    figure(bootstrap(reports.map(({ direction }) => direction.guide))),
    figure(
      bootstrap(
        reports.map(({ inversionPsnr }) => inversionPsnr),
        { statistic: medianOf },
      ),
      1,
    ),
    String(reports.reduce((sum, { changedOutside }) => sum + changedOutside, 0)),
  ];
};
const table = markdownTable(
  [
    "edits",
    "number",
    "judge's direction > 0, %",
    "judge's gain > 0, %",
    "direction, judge",
    "gain, judge",
    "direction, guides",
    "copy, median dB",
    "pixels outside the mask",
  ],
  [
    line("all", results),
    ...kinds.map((kind) =>
      line(
        kind,
        results.filter((each) => each.kind === kind),
      ),
    ),
  ],
);
const ceilings: string[][] = [];
for (const kind of kinds) {
  const found = (
    await Promise.all(results.filter((each) => each.kind === kind).map(({ row }) => real(row)))
  ).filter((each) => each !== undefined);
  if (found.length === 0) continue;
  const rate = (key: "direction" | "gain"): string =>
    percent(wilson(found.filter((each) => each[key].judge > 0).length, found.length));
  ceilings.push([kind, String(found.length), rate("direction"), rate("gain")]);
}
const ceiling = markdownTable(
  ["real emoji in the place of the edit", "number", "judge's direction > 0, %", "judge's gain > 0, %"],
  ceilings,
);
await writeFileAtomic(join(folder, "edits.md"), `${table}\n\n${ceiling}\n`);
process.stdout.write(`${table}\n\n${ceiling}\n`);
