import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import type { EmojiData } from "../../src/data/index.js";
import {
  formatEstimate,
  correctByHolm,
  renderIntervalPlot,
  renderMarkdownTable,
  formatPercent,
} from "../../src/evaluate/index.js";
import { composeContactSheet, savePicture, writeFileAtomic } from "../../src/images/index.js";
import {
  type Configuration,
  base,
  compositionConfigurations,
  configurations,
  unseenConfigurations,
} from "./configurations.js";
import { type Making, keyOf } from "./make.js";
import { type Judge, type Measured, openJudge } from "./measure.js";
import { retrievalKey, retrievalName } from "./retrieve.js";
import { type MadeSet, readMade } from "./store.js";

/** A configuration with its pictures and their measurements. */
interface Result {
  readonly configuration: Pick<Configuration, "name" | "description" | "table">;
  readonly pictures: MadeSet;
  readonly measured: Measured;
}

/** What the document is written from. */
export interface RenderOptions {
  readonly evaluation: Making;
  readonly compositions: Making;
  readonly unseen: Making;
  readonly data: EmojiData;
  readonly docs: string;
}

const retrieval = {
  name: retrievalName,
  description: "nearest training picture under the guides",
  table: "floor",
} as const;

async function resultsOf(making: Making, list: readonly Configuration[], judge: Judge): Promise<Result[]> {
  const found: Result[] = [];
  const add = async (configuration: Result["configuration"], key: string): Promise<void> => {
    const pictures = await readMade(making.folder, configuration.name, key);
    if (pictures.rows.length < making.prompts.length) return;
    found.push({ configuration, pictures: pictures, measured: await judge.measure(pictures) });
  };
  for (const configuration of list) await add(configuration, keyOf(configuration, making));
  await add(retrieval, retrievalKey(making));
  return found;
}

const signed = (
  { mean, low, high }: { mean: number; low: number; high: number },
  unit: number,
  digits: number,
): string => {
  const of = (value: number): string => `${value < 0 ? "−" : "+"}${Math.abs(value * unit).toFixed(digits)}`;
  return `${of(mean)} (${of(low)} to ${of(high)})`;
};

/** Configurations of one table of the document, compared with the first, prompt by prompt. */
interface Comparison {
  /** Name of the table's marks in the document. */
  readonly mark: string;
  readonly title?: string;
  readonly judge: Judge;
  /** The first is the one that the others are compared with. */
  readonly results: readonly [Result, ...Result[]];
}

/** Tables by mark; the p values of all their contrasts are corrected together. Source: Holm 1979. */
function tablesOf(comparisons: readonly Comparison[]): Map<string, string> {
  const contrasts = comparisons.map(({ judge, results: [first, ...others] }) =>
    others.map((each) => judge.compare(each.measured, first.measured)),
  );
  const corrected = correctByHolm(contrasts.flat().map(({ rPrecision }) => rPrecision.p));
  const tables = new Map<string, string>();
  let next = 0;
  comparisons.forEach(({ mark, title, results }, at) => {
    const rows = results.map(({ configuration, measured }, row) => {
      const contrast = row === 0 ? undefined : contrasts[at]![row - 1]!;
      return [
        configuration.description,
        formatPercent(measured.rPrecision),
        contrast ? signed(contrast.rPrecision, 100, 0) : "",
        contrast ? `${contrast.rPrecision.won}, ${contrast.rPrecision.lost}` : "",
        contrast ? corrected[next++]!.toPrecision(2) : "",
        measured.gap ? signed(measured.gap, 100, 0) : "",
        measured.distance ? formatEstimate(measured.distance) : "",
        measured.passes.toFixed(0),
        measured.seconds.toFixed(1),
      ];
    });
    const table = renderMarkdownTable(
      [
        "",
        "R-precision@1, %",
        "minus the first line, points",
        "won, lost",
        "p, Holm",
        "gap, percentiles",
        "kernel distance",
        "passes",
        "s",
      ],
      rows,
    );
    const block = title === undefined ? table : `${title}\n\n${table}`;
    tables.set(mark, tables.has(mark) ? `${tables.get(mark)!}\n\n${block}` : block);
  });
  return tables;
}

/** Puts text between the marks of a name in a document. */
function replaceMarked(text: string, name: string, content: string): string {
  const [open, close] = [`<!-- measured: ${name} -->`, `<!-- end: ${name} -->`];
  const [from, to] = [text.indexOf(open), text.indexOf(close)];
  if (from < 0 || to < from) throw new Error(`docs/quality-emoji.md: has no ${open} … ${close}`);
  return `${text.slice(0, from + open.length)}\n\n${content}\n\n${text.slice(to)}`;
}

/** Configurations side by side, a row each, with what they show above. */
async function sheet(
  path: string,
  results: readonly Result[],
  prompts: readonly string[],
  chosen: readonly number[],
): Promise<void> {
  const pictures = results.flatMap(({ pictures: generated }) => chosen.map((at) => generated.pictures[at]!));
  const labels = results.flatMap(({ measured, configuration }) =>
    chosen.map((at, place) =>
      place === 0
        ? `${configuration.name}: ${prompts[at]!}`
        : `${measured.hits[at] ? "✓" : "✗"} ${prompts[at]!}`,
    ),
  );
  const sheet = await composeContactSheet(pictures, { columns: chosen.length, scale: 2, labels });
  await savePicture(path, sheet, { format: "png" });
}

/** Quality against passes, one point a configuration. */
function curve(results: readonly Result[]): string {
  const points = [...results].sort((a, b) => a.measured.passes - b.measured.passes);
  const rows = points.map(({ configuration, measured }) => ({
    label: `${measured.passes.toFixed(0)} passes: ${configuration.description}`,
    estimate: measured.rPrecision,
  }));
  return renderIntervalPlot(rows, { title: "R-precision at 1, % of the prompts", factor: 100 });
}

/** Writes the measured parts of `quality-emoji.md` and its pictures; parts of which nothing is made yet stay as they are. */
export async function renderQuality({
  evaluation,
  compositions,
  unseen,
  data,
  docs,
}: RenderOptions): Promise<string[]> {
  const path = join(docs, "quality-emoji.md");
  let text = await readFile(path, "utf8");
  const images = join(docs, "images");
  await mkdir(images, { recursive: true });
  const written = [path];
  const comparisons: Comparison[] = [];
  const open = (making: Making): Promise<Judge> =>
    openJudge(making.models, making.prompts, making.threads, data);
  const add = (mark: string, judge: Judge, results: readonly Result[], title?: string): void => {
    const [first, ...others] = results;
    if (first && others.length > 0)
      comparisons.push({ mark, judge, results: [first, ...others], ...(title !== undefined && { title }) });
  };

  const judge = await open(evaluation);
  const all = await resultsOf(evaluation, configurations, judge);
  await judge.dispose();
  const named = (name: string): Result[] => all.filter(({ configuration }) => configuration.name === name);
  const of = (first: string, ...tables: readonly string[]): Result[] => [
    ...named(first),
    ...all.filter(({ configuration: { name, table } }) => name !== first && tables.includes(table)),
  ];
  add("ablation", judge, of("all", "floor", "ablation"));
  add("gap", judge, of("no-judge", "views"));
  add("recipes", judge, of("no-judge", "recipe"), "Nobody may use the judge:");
  add("recipes", judge, of("all", "optimizer"), "Everybody may use the judge:");
  add("negatives", judge, of("all", "negative"));
  const grown = of("all", "floor", "curve");
  add("curve", judge, grown);
  if (grown.length > 1) {
    await writeFileAtomic(join(images, "quality-curve.svg"), curve(grown));
    const shown = all.filter(({ configuration }) => configuration.table !== "curve");
    const chosen = [0, 3, 9, 36, 46, 65, 75, 90].filter((at) => at < evaluation.prompts.length);
    await sheet(join(images, "quality-sheet.png"), shown, evaluation.prompts, chosen);
    written.push(join(images, "quality-curve.svg"), join(images, "quality-sheet.png"));
  }

  const compositionJudge = await open(compositions);
  const composed = await resultsOf(compositions, compositionConfigurations, compositionJudge);
  await compositionJudge.dispose();
  const steered = composed.filter(({ configuration }) => configuration.name === "steered");
  add("compositions", compositionJudge, [...steered, ...composed.filter((each) => !steered.includes(each))]);
  if (steered.length > 0) {
    await sheet(
      join(images, "quality-compositions.png"),
      composed.filter(({ configuration }) => ["retrieval", "sample", "steered"].includes(configuration.name)),
      compositions.prompts,
      compositions.prompts.map((_, at) => at).filter((at) => at % 5 === 0),
    );
    written.push(join(images, "quality-compositions.png"));
  }

  const unseenJudge = await open(unseen);
  add("unseen", unseenJudge, await resultsOf(unseen, unseenConfigurations, unseenJudge));
  await unseenJudge.dispose();

  for (const [mark, table] of tablesOf(comparisons))
    text = replaceMarked(
      text,
      mark,
      mark === "curve" ? `${table}\n\n![Quality against passes](images/quality-curve.svg)` : table,
    );
  text = replaceMarked(
    text,
    "setting",
    `Pack \`${evaluation.stamp}\`, ${evaluation.prompts.length} prompts, ${base.steps} steps of ${base.views} views, ${base.candidates} drafts, seed ${base.seed}.`,
  );
  const rules = await resolveConfig(path);
  await writeFileAtomic(path, await format(text, { ...rules, filepath: path }));
  return written;
}
