import { type ReportFiles, buildReportFiles } from "./documents.js";
import type { IndependentReport } from "./independentJudge.js";
import type { HeldOutComparison, RealComparison } from "./real.js";
import { formatEstimate, renderIntervalPlot, renderMarkdownTable, formatPercent } from "./report.js";
import type { Estimate } from "./statistics.js";
import type { SteeredReport } from "./steered.js";

/**
 * Builds the files of the report of `runGenerationEvaluation`.
 * @param name base name of the files.
 * @param results.missed prompts whose picture the judge did not rank first.
 */
export function buildGenerationReport(
  name: string,
  settings: Readonly<Record<string, string | number>>,
  results: Omit<SteeredReport, "pictures" | "hits"> & {
    readonly real?: RealComparison;
    readonly independent?: IndependentReport;
    readonly missed: readonly string[];
  },
): ReportFiles {
  const { rPrecision, amongAll, judge, guide, real, independent, missed } = results;
  const rates = [
    { label: "generated pictures", estimate: rPrecision },
    ...(amongAll ? [{ label: "generated pictures, among all labels", estimate: amongAll }] : []),
    ...(real ? [{ label: "real emoji", estimate: real.ceiling }] : []),
    ...(real?.ceilingAmongAll
      ? [{ label: "real emoji, among all labels", estimate: real.ceilingAmongAll }]
      : []),
    ...(real?.ceilingKeptBack
      ? [{ label: "real emoji held out from training", estimate: real.ceilingKeptBack }]
      : []),
  ];
  const blocks = [
    "# Generation",
    Object.entries(settings)
      .map(([key, value]) => `${key}: \`${value}\``)
      .join(", "),
    "R-precision at 1: the share of pictures whose own prompt is, of all prompts, the nearest under the judge, which gave no gradient. Intervals are exact 95 % intervals; real emoji of one prompt count as dependent.",
    renderMarkdownTable(
      ["pictures", "number", "R-precision %"],
      rates.map(({ label, estimate }) => [label, String(estimate.samples), formatPercent(estimate)]),
    ),
    `![R-precision](${name}.svg)`,
    renderMarkdownTable(
      ["score", "mean"],
      [
        ["judge", formatEstimate(judge)],
        ["guides", formatEstimate(guide)],
      ],
    ),
    ...(independent ? renderIndependentBlocks(independent) : []),
    ...(real?.heldOut ? renderHeldOutBlocks(real.heldOut) : []),
    missed.length === 0 ? "No prompt was missed." : `Missed: ${missed.join(", ")}.`,
  ];
  const plots = { [`${name}.svg`]: renderIntervalPlot(rates, { title: "R-precision at 1, %", factor: 100 }) };
  return buildReportFiles(name, plots, blocks, { ...settings, ...results });
}

function renderIndependentBlocks({ judge, rPrecision, ceiling, floor, found }: IndependentReport): string[] {
  const rows: [string, Estimate | undefined][] = [
    ["generated pictures, R-precision", rPrecision],
    ["real drawings of the prompts, R-precision: ceiling", ceiling],
    ["real drawings of other concepts, R-precision: floor", floor],
    ["generated pictures, every part found", found?.generated],
    ["real drawings of the prompts, found", found?.real],
  ];
  return [
    `Independent judge \`${judge}\`: it was trained on other drawings with another tokenizer, and never selects.${
      found
        ? ` A text is found in a picture when its cosine exceeds that of 95 % of ${found.drawings} drawings without a word of it.`
        : ""
    }`,
    renderMarkdownTable(
      ["measure", "number", "%"],
      rows.flatMap(([name, estimate]) =>
        estimate ? [[name, String(estimate.samples), formatPercent(estimate)]] : [],
      ),
    ),
  ];
}

function renderHeldOutBlocks({ drawings, distance, percentile }: HeldOutComparison): string[] {
  return [
    `Scores as percentiles of ${drawings} held-out drawings, each scored with its own label. Cosines of different CLIPs have different scales; percentiles can be compared. A gap above 0 means that pictures please the guides more than the judge.`,
    renderMarkdownTable(
      ["score", "mean percentile"],
      [
        ["judge", formatPercent(percentile.judge)],
        ["guides", formatPercent(percentile.guides)],
        ["guides − judge", formatPercent(percentile.gap)],
      ],
    ),
    ...(distance
      ? [
          `Kernel distance of judge embeddings to ${distance.drawings} drawings of a style that no model is trained on (unbiased MMD²). A generator that copies its training drawings gets the second line.`,
          renderMarkdownTable(
            ["pictures", "number", "kernel distance"],
            [
              ["generated", String(distance.generated.samples), formatEstimate(distance.generated)],
              ...(distance.training
                ? [
                    [
                      "training drawings of the prompts",
                      String(distance.training.samples),
                      formatEstimate(distance.training),
                    ],
                  ]
                : []),
            ],
          ),
        ]
      : []),
  ];
}
