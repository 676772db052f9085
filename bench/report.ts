import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { writeFileAtomic } from "../src/images/index.js";
import { type BenchCase } from "./case.js";
import { cases } from "./cases.js";
import { shareTable } from "./profile.js";
import { type Results, type Runner, type Timing, median, runners } from "./results.js";

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

/** Compiled against the faster of PyTorch eager and torch.compile, in time and in memory. */
function ratios(results: Results, name: string): { time?: number; memory?: number } {
  const ours = timing(results, name, "compiled");
  const theirs = (["torch-eager", "torch-compile"] as const).flatMap(
    (runner) => timing(results, name, runner) ?? [],
  );
  if (!ours || theirs.length === 0) return {};
  const best = theirs.reduce((a, b) => (median(b.seconds) < median(a.seconds) ? b : a));
  return { time: median(ours.seconds) / median(best.seconds), memory: ours.megabytes / best.megabytes };
}

function rate(bench: BenchCase, found: Timing): number | undefined {
  return bench.multiplyAdds === undefined
    ? undefined
    : (2 * bench.multiplyAdds) / median(found.seconds) / 1e9;
}

/** Best matrix-multiply rate that any runner reached, in GFLOP/s. */
function peak(results: Results): number | undefined {
  const rates = runners.flatMap((runner) => {
    const found = timing(results, "matmul", runner);
    return found ? [rate(cases[0]!, found)!] : [];
  });
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
    const ours = timing(results, bench.name, "compiled");
    const reached = ours && rate(bench, ours);
    row([
      `\`${bench.name}\``,
      ...runners.map((runner) => {
        const found = timing(results, bench.name, runner);
        return found ? `${seconds(median(found.seconds))}` : "–";
      }),
      ratios(results, bench.name).time?.toFixed(2) ?? "–",
      reached && top ? `${Math.round((100 * reached) / top)} %` : "–",
    ]);
  }
  lines.push("", "Peak memory of the process, MB:", "");
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
    for (const [kind, values] of Object.entries(results.start)) row([kind, seconds(median(values))]);
  }
  if (Object.keys(results.rewrites).length > 0) {
    lines.push("", "A step with one rewrite left out, against all rewrites:", "");
    row(["work", "rewrite left out", "step", "gain"]);
    row(["---", "---", "---", "---"]);
    for (const [name, times] of Object.entries(results.rewrites))
      for (const [rule, time] of Object.entries(times))
        row([
          `\`${name}\``,
          rule,
          seconds(time),
          rule === "all" ? "" : `${((time / times.all! - 1) * 100).toFixed(1)} %`,
        ]);
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

const begin = "<!-- made by npm run bench: begin -->";
const end = "<!-- made by npm run bench: end -->";

/** Puts the tables into docs/performance.md, between its marks. */
export async function writeReport(results: Results): Promise<void> {
  const path = resolve(import.meta.dirname, "../docs/performance.md");
  const text = await readFile(path, "utf8");
  const { cpu, cores, gigabytes, system, node } = results.machine;
  const top = peak(results);
  const machine = `${cpu}, ${cores} cores, ${gigabytes} GB; ${system}; Node ${node}${top ? `; matrix-multiply peak ${Math.round(top)} GFLOP/s` : ""}.`;
  const about = cases.map((bench) => `- \`${bench.name}\`: ${bench.about}`).join("\n");
  const made = `${begin}\n\n${machine}\n\n${tables(results)}\n\n${about}\n\n${end}`;
  await writeFileAtomic(
    path,
    text.slice(0, text.indexOf(begin)) + made + text.slice(text.indexOf(end) + end.length),
  );
}
