import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import type { EmojiData } from "../../src/data/index.js";
import { figure, intervalPlot, markdownTable, percent } from "../../src/evaluate/index.js";
import { contactSheet, savePicture, writeFileAtomic } from "../../src/images/index.js";
import {
  type Configuration,
  base,
  compositionConfigurations,
  configurations,
  unseenConfigurations,
} from "./configurations.js";
import { type Making, keyOf } from "./make.js";
import { type Judge, type Measured, compare, openJudge } from "./measure.js";
import { retrievalKey, retrievalName } from "./retrieve.js";
import { type MadeSet, readMade } from "./store.js";

/** A configuration with its pictures and what the judge says of them. */
interface Result {
  readonly configuration: Pick<Configuration, "name" | "about" | "table">;
  readonly made: MadeSet;
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
  about: "nearest training picture under the guides",
  table: "floor",
} as const;

async function resultsOf(making: Making, list: readonly Configuration[], judge: Judge): Promise<Result[]> {
  const found: Result[] = [];
  const add = async (configuration: Result["configuration"], key: string): Promise<void> => {
    const made = await readMade(making.folder, configuration.name, key);
    if (made.rows.length < making.prompts.length) return;
    found.push({ configuration, made, measured: await judge.measure(made) });
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

/** One line a configuration; the differences are to `beside`, prompt by prompt. */
function tableOf(results: readonly Result[], beside: Result): string {
  return markdownTable(
    [
      "",
      "R-precision@1, %",
      "less the first line, points",
      "won, lost",
      "judge less the first line",
      "gap",
      "gap less the first line",
      "Fréchet",
      "Fréchet less the first line",
      "passes",
      "s",
    ],
    results.map((result) => {
      const { configuration, measured } = result;
      const difference = compare(result, beside);
      const same = result === beside;
      return [
        configuration.about,
        percent(measured.rPrecision),
        same ? "" : signed(difference.rPrecision, 100, 0),
        same ? "" : `${difference.won}, ${difference.lost}`,
        same ? figure(measured.judge) : signed(difference.judge, 1, 3),
        measured.gap ? figure(measured.gap, 3) : "",
        same || !difference.gap ? "" : signed(difference.gap, 1, 3),
        measured.frechet ? measured.frechet.distance.toFixed(3) : "",
        same || !difference.frechet ? "" : signed(difference.frechet, 1, 3),
        measured.passes.toFixed(0),
        measured.seconds.toFixed(1),
      ];
    }),
  );
}

/** Puts text between the marks of a name in a document. */
function replaceMarked(text: string, name: string, content: string): string {
  const [open, close] = [`<!-- measured: ${name} -->`, `<!-- end: ${name} -->`];
  const [from, to] = [text.indexOf(open), text.indexOf(close)];
  if (from < 0 || to < from) throw new Error(`docs/quality.md: has no ${open} … ${close}`);
  return `${text.slice(0, from + open.length)}\n\n${content}\n\n${text.slice(to)}`;
}

/** Configurations side by side, a row each, with what they show above. */
async function sheet(
  path: string,
  results: readonly Result[],
  prompts: readonly string[],
  chosen: readonly number[],
): Promise<void> {
  const pictures = results.flatMap(({ made }) => chosen.map((at) => made.pictures[at]!));
  const labels = results.flatMap(({ measured, configuration }) =>
    chosen.map((at, place) =>
      place === 0
        ? `${configuration.name}: ${prompts[at]!}`
        : `${measured.hits[at] ? "✓" : "✗"} ${prompts[at]!}`,
    ),
  );
  const drawn = await contactSheet(pictures, { columns: chosen.length, scale: 2, labels });
  await savePicture(path, drawn, { format: "png" });
}

/** Quality against passes, one point a configuration. */
function curve(results: readonly Result[]): string {
  const points = [...results].sort((a, b) => a.measured.passes - b.measured.passes);
  const rows = points.map(({ configuration, measured }) => ({
    label: `${measured.passes.toFixed(0)} passes: ${configuration.about}`,
    estimate: measured.rPrecision,
  }));
  return intervalPlot(rows, { title: "R-precision at 1, % of the prompts", unit: 100 });
}

/** Writes the measured parts of `quality.md` and its pictures; parts of which nothing is made yet stay as they are. */
export async function renderQuality({
  evaluation,
  compositions,
  unseen,
  data,
  docs,
}: RenderOptions): Promise<string[]> {
  const path = join(docs, "quality.md");
  let text = await readFile(path, "utf8");
  const images = join(docs, "images");
  await mkdir(images, { recursive: true });
  const written = [path];
  const judge = await openJudge(evaluation.models, evaluation.prompts, evaluation.threads, data);
  const all = await resultsOf(evaluation, configurations, judge);
  await judge.dispose();
  const full = all.find(({ configuration }) => configuration.name === "all");
  const of = (...tables: readonly string[]): Result[] =>
    all.filter((each) => each === full || tables.includes(each.configuration.table));
  if (full) {
    text = replaceMarked(text, "ablation", tableOf(of("floor", "ablation"), full));
    const blind = all.find(({ configuration }) => configuration.name === "no-judge");
    if (blind) {
      const views = all.filter(({ configuration }) => configuration.table === "views");
      text = replaceMarked(text, "gap", tableOf([blind, ...views], blind));
    }
    text = replaceMarked(text, "recipes", tableOf(of("recipe", "optimizer"), full));
    text = replaceMarked(text, "negatives", tableOf(of("negative"), full));
    const grown = [...of("floor", "curve")];
    text = replaceMarked(
      text,
      "curve",
      `${tableOf(grown, full)}\n\n![Quality against passes](images/quality-curve.svg)`,
    );
    await writeFileAtomic(join(images, "quality-curve.svg"), curve(grown));
    const shown = all.filter(({ configuration }) => configuration.table !== "curve");
    const chosen = [0, 3, 9, 36, 46, 65, 75, 90].filter((at) => at < evaluation.prompts.length);
    await sheet(join(images, "quality-sheet.png"), shown, evaluation.prompts, chosen);
    written.push(join(images, "quality-curve.svg"), join(images, "quality-sheet.png"));
  }
  const other = await openJudge(compositions.models, compositions.prompts, compositions.threads);
  const composed = await resultsOf(compositions, compositionConfigurations, other);
  await other.dispose();
  const steered = composed.find(({ configuration }) => configuration.name === "steered");
  if (steered) {
    const ordered = [steered, ...composed.filter((each) => each !== steered)];
    text = replaceMarked(text, "compositions", tableOf(ordered, steered));
    await sheet(
      join(images, "quality-compositions.png"),
      composed.filter(({ configuration }) => ["retrieval", "sample", "steered"].includes(configuration.name)),
      compositions.prompts,
      compositions.prompts.map((_, at) => at).filter((at) => at % 5 === 0),
    );
    written.push(join(images, "quality-compositions.png"));
  }
  const third = await openJudge(unseen.models, unseen.prompts, unseen.threads, data);
  const untold = await resultsOf(unseen, unseenConfigurations, third);
  await third.dispose();
  const [first] = untold;
  if (first) text = replaceMarked(text, "unseen", tableOf(untold, first));
  text = replaceMarked(
    text,
    "setting",
    `Pack \`${evaluation.stamp}\`, ${evaluation.prompts.length} prompts, ${base.steps} steps of ${base.views} views, ${base.candidates} drafts, seed ${base.seed}.`,
  );
  const rules = await resolveConfig(path);
  await writeFileAtomic(path, await format(text, { ...rules, filepath: path }));
  return written;
}
