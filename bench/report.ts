import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type Estimate, bootstrap } from "../src/evaluate/index.js";
import { rewriteNames } from "../src/engine/rewrites/index.js";
import { writeFileAtomic } from "../src/images/index.js";
import { type BenchCase } from "./case.js";
import { cases } from "./cases.js";
import { shareTable } from "./profile.js";
import { medianOf } from "../src/evaluate/index.js";
import { type Gain, type Results, type Runner, type Timing, runners } from "./results.js";

const seconds = (value: number): string =>
  value >= 10
    ? `${value.toFixed(1)} s`
    : value >= 1
      ? `${value.toFixed(2)} s`
      : `${Math.round(value * 1000)} ms`;

function timing(results: Results, name: string, runner: Runner): Timing | undefined {
  const found = results.cases[name]?.[runner];
  return found && "seconds" in found ? found : undefined;
}

interface Ratios {
  readonly time?: number;
  /** 95 % bootstrap interval of `time` over the rounds; absent for fewer than three. */
  readonly interval?: Estimate | undefined;
  readonly memory?: number;
}

/** Compiled against the faster of PyTorch eager and torch.compile, in time and in memory. */
function ratios(results: Results, name: string): Ratios {
  const ours = timing(results, name, "compiled");
  const theirs = (["torch-eager", "torch-compile"] as const).flatMap(
    (runner) => timing(results, name, runner) ?? [],
  );
  if (!ours || theirs.length === 0) return {};
  const best = theirs.reduce((a, b) => (medianOf(b.seconds) < medianOf(a.seconds) ? b : a));
  const pairs = ours.rounds?.map((time, round) => time / (best.rounds?.[round] ?? NaN)) ?? [];
  return {
    time: medianOf(ours.seconds) / medianOf(best.seconds),
    interval: pairs.length >= 3 && pairs.every(Number.isFinite) ? bootstrap(pairs) : undefined,
    memory: ours.megabytes / best.megabytes,
  };
}

const formatRatio = ({ time, interval }: Ratios): string => {
  if (time === undefined) return "–";
  const range = interval ? ` (${interval.low.toFixed(2)} to ${interval.high.toFixed(2)})` : "";
  return `${time.toFixed(2)}${range}`;
};

/** Rate of a step's matrix products and convolutions in GFLOP/s, with all of its time. */
function rate(results: Results, { name, multiplyAdds }: BenchCase): number | undefined {
  const found = timing(results, name, "compiled");
  const counted = multiplyAdds ?? results.profiles[name]?.multiplyAdds;
  return found && counted && (2 * counted) / medianOf(found.seconds) / 1e9;
}

/** Best matrix-multiply rate of any runner in any of its steps, in GFLOP/s. */
function peak(results: Results): number | undefined {
  const rates = runners.flatMap((runner) =>
    (timing(results, "matmul", runner)?.seconds ?? []).map(
      (time) => (2 * cases[0]!.multiplyAdds!) / time / 1e9,
    ),
  );
  return rates.length > 0 ? Math.max(...rates) : undefined;
}

/** The tables for people, in Markdown. */
export function tables(results: Results): string {
  const top = peak(results);
  const lines: string[] = [];
  const row = (cells: readonly string[]): void => void lines.push(`| ${cells.join(" | ")} |`);
  row(["work", ...runners, "ratio", "of peak"]);
  row(["---", ...runners.map(() => "---"), "---", "---"]);
  for (const bench of cases) {
    if (!results.cases[bench.name]) continue;
    const reached = rate(results, bench);
    row([
      `\`${bench.name}\``,
      ...runners.map((runner) => {
        const found = timing(results, bench.name, runner);
        return found ? `${seconds(medianOf(found.seconds))}` : "–";
      }),
      formatRatio(ratios(results, bench.name)),
      reached && top ? `${Math.round((100 * reached) / top)} %` : "–",
    ]);
  }
  lines.push("", "Peak memory of the process, MB (the ratio is to the faster PyTorch runner):", "");
  row(["work", ...runners, "ratio"]);
  row(["---", ...runners.map(() => "---"), "---"]);
  for (const bench of cases) {
    if (!results.cases[bench.name]) continue;
    const cells = runners.map((runner) => String(timing(results, bench.name, runner)?.megabytes ?? "–"));
    row([`\`${bench.name}\``, ...cells, ratios(results, bench.name).memory?.toFixed(2) ?? "–"]);
  }
  if (Object.keys(results.start).length > 0) {
    lines.push("", "From the start of `clipsteer generate` to its first step:", "");
    row(["cache of programs", "median"]);
    row(["---", "---"]);
    for (const [kind, values] of Object.entries(results.start)) row([kind, seconds(medianOf(values))]);
  }
  if (Object.keys(results.profiles).length > 0)
    lines.push("", "Where the time of a compiled step goes, by operator:", "", shareTable(results.profiles));
  const failures = Object.entries(results.cases).flatMap(([name, by]) =>
    Object.entries(by).flatMap(([runner, found]) =>
      "failed" in found ? [`- \`${name}\` on ${runner}: ${found.failed}`] : [],
    ),
  );
  if (failures.length > 0) lines.push("", "Not run:", "", ...failures);
  return lines.join("\n");
}

/** What each rewrite gains on each case, in Markdown. */
export function gainTable({ rewrites: measured }: Results): string {
  const names = Object.keys(measured);
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const percent = (found?: Gain): string => (found ? `${(100 * (found.ratio - 1)).toFixed(1)} %` : "–");
  return [
    line(["rewrite", ...names.map((name) => `\`${name}\``)]),
    line(["---", ...names.map(() => "---:")]),
    ...rewriteNames.map((rule) =>
      line([`\`${rule}\``, ...names.map((name) => percent(measured[name]![rule]))]),
    ),
  ].join("\n");
}

/** Puts a text into a page of docs, between the marks of that name. */
async function putInto(page: string, mark: string, text: string): Promise<void> {
  const path = resolve("docs", page);
  const whole = await readFile(path, "utf8");
  const [begin, end] = ["begin", "end"].map((side) => `<!-- ${mark} made by npm run bench: ${side} -->`);
  const [from, to] = [whole.indexOf(begin!), whole.indexOf(end!)];
  if (from < 0 || to < from) throw new Error(`${page}: expected the marks ${begin} and ${end}`);
  await writeFileAtomic(path, `${whole.slice(0, from)}${begin}\n\n${text}\n\n${whole.slice(to)}`);
}

/** Puts the tables into docs/performance.md and docs/engine.md. */
export async function writeReport(results: Results): Promise<void> {
  const { cpu, cores, gigabytes, system, node } = results.machine;
  const top = peak(results);
  const machine = `${cpu}, ${cores} cores, ${gigabytes} GB; ${system}; Node ${node}${top ? `; matrix-multiply peak ${Math.round(top)} GFLOP/s` : ""}.`;
  const descriptions = cases.map((bench) => `- \`${bench.name}\`: ${bench.description}`).join("\n");
  await putInto("performance.md", "tables", `${machine}\n\n${tables(results)}\n\n${descriptions}`);
  if (Object.keys(results.rewrites).length > 0) await putInto("engine.md", "gains", gainTable(results));
}
