import { join } from "node:path";
import { makeOutputFolder, writeFileAtomic } from "../files/index.js";
import { escapeXml } from "../images/index.js";
import type { Estimate } from "./statistics.js";

/** One row of an interval plot. */
export interface PlotRow {
  readonly label: string;
  readonly estimate: Estimate;
  /** Rows of one series share a colour. */
  readonly series?: string;
}

const colours = ["#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#17becf", "#8c564b", "#7f7f7f"];

/** Returns the smallest number of the form 1, 2 or 5 times a power of ten that is at least `minimum`. */
function roundStep(minimum: number): number {
  const power = 10 ** Math.floor(Math.log10(minimum));
  return power * [1, 2, 5, 10].find((step) => step * power >= minimum * (1 - 1e-9))!;
}

/**
 * Draws estimates with their intervals, one per line, as an SVG. The line of a row without a finite mean stays empty.
 * @param options.factor number that values are multiplied by: 100 for percent.
 */
export function renderIntervalPlot(
  rows: readonly PlotRow[],
  { title, factor = 1 }: { title: string; factor?: number },
): string {
  const [right, top, line] = [24, 44, 20];
  const shortened = rows.map(({ label }) => (label.length > 60 ? `${label.slice(0, 59)}…` : label));
  const left = 24 + Math.ceil(6.5 * Math.max(8, ...shortened.map(({ length }) => length))); // a letter is about 6.5 pixels wide
  const width = left + 436 + right;
  const height = top + rows.length * line + 34;
  const ends = rows.flatMap(({ estimate }) => [estimate.low, estimate.high, estimate.mean]);
  const finite = ends.filter(Number.isFinite).map((value) => value * factor);
  let [low, high] = [Math.min(0, ...finite), Math.max(0, ...finite)];
  if (low === high) high = low + 1;
  const step = roundStep((high - low) / 6);
  [low, high] = [Math.floor(low / step) * step, Math.ceil(high / step) * step];
  const x = (value: number): string =>
    (left + ((value - low) / (high - low)) * (width - left - right)).toFixed(1);
  const text = (at: string | number, y: number, value: string, anchor: string, size = 12): string =>
    `<text x="${at}" y="${y}" font-size="${size}" text-anchor="${anchor}">${escapeXml(value)}</text>`;
  const series = [...new Set(rows.map((row) => row.series))];
  const ticks = Array.from({ length: Math.round((high - low) / step) + 1 }, (_, at) => low + at * step);
  const parts = [
    text(width / 2, 22, title, "middle", 15),
    ...ticks.map(
      (tick) =>
        `<line x1="${x(tick)}" x2="${x(tick)}" y1="${top - 8}" y2="${height - 26}" stroke="#ddd"/>` +
        text(x(tick), height - 10, String(Number(tick.toPrecision(3))), "middle"),
    ),
    ...rows.flatMap(({ estimate, series: name }, at) => {
      if (!Number.isFinite(estimate.mean)) return [];
      const y = top + at * line + 6;
      const colour = colours[series.indexOf(name) % colours.length]!;
      return [
        text(left - 10, y + 4, shortened[at]!, "end"),
        `<line x1="${x(estimate.low * factor)}" x2="${x(estimate.high * factor)}" y1="${y}" y2="${y}" stroke="${colour}" stroke-width="2"/>`,
        `<circle cx="${x(estimate.mean * factor)}" cy="${y}" r="4" fill="${colour}"/>`,
      ];
    }),
  ];
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" fill="#333">` +
    `<rect width="100%" height="100%" fill="#fff"/>${parts.join("")}</svg>\n`
  );
}

/** Renders a Markdown table. */
export function renderMarkdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replace(/\|/g, "\\|").replace(/\n/g, " ")).join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Formats a fraction of 1, or a difference of two, in percent without the sign: `59.9 (53.7 to 66.0)`; `–` when the mean is NaN. */
export function formatPercent({ mean, low, high }: Estimate): string {
  if (!Number.isFinite(mean)) return "–";
  const of = (value: number): string => (100 * value).toFixed(1);
  return `${of(mean)} (${of(low)} to ${of(high)})`;
}

/** Formats an estimate with its 95 % interval, as `0.615 (0.589 to 0.642)`. NaN is printed as such. */
export function formatEstimate({ mean, low, high }: Estimate, digits = 3): string {
  return `${mean.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
}

/**
 * Writes a report's files into a folder.
 * @param folder path of the folder; created when missing.
 * @param files contents by file name.
 * @throws {InputError} when it cannot be written.
 */
export async function writeReport(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  await makeOutputFolder(folder);
  for (const [name, text] of Object.entries(files)) await writeFileAtomic(join(folder, name), text);
}
