import type { BiasOptions, BiasRow } from "./biasRun.js";
import { renderHtmlPage } from "./html.js";
import { formatEstimate, renderIntervalPlot, renderMarkdownTable, formatPercent } from "./report.js";
import type { RetrievalPart } from "./retrieval.js";
import type { ZeroShotPart } from "./zeroShot.js";

/** Files of a report by name: Markdown, its plots, all in one HTML page, and the figures as JSON. */
export type ReportFiles = Readonly<Record<string, string>>;

/** Data, models and templates of a measurement, which every report states. */
export interface ReportHead {
  /** Path of the data. */
  readonly data: string;
  /** Name of the pack. */
  readonly pack: string;
  /** Names of the CLIPs. */
  readonly clips: readonly string[];
  /** Texts with `{}` for the label. */
  readonly templates: readonly string[];
  /** One line for each picture that was left out. */
  readonly unreadable: readonly string[];
}

const intervals =
  "95 % intervals. Rates: exact (Clopper–Pearson) for the effective number of independent pictures; paired differences: " +
  "Newcombe's; other figures: bootstrap of 2000 resamples. Pictures of one label count as dependent.";

function renderHead(title: string, { data, pack, clips, templates, unreadable }: ReportHead): string[] {
  return [
    `# ${title}`,
    `Data: \`${data}\`. Pack: \`${pack}\` (${clips.join(", ")}). Templates: ${templates.map((each) => `\`${each}\``).join(", ")}.`,
    ...(unreadable.length > 0
      ? [`${unreadable.length} pictures could not be read and are left out, e.g. ${unreadable[0]}`]
      : []),
  ];
}

/** Builds the files of a report in memory: the plots, the Markdown blocks as `.md` and `.html`, and `data` as `.json`. */
export function buildReportFiles(
  name: string,
  plots: Readonly<Record<string, string>>,
  blocks: readonly string[],
  data: unknown,
): ReportFiles {
  const markdown = `${blocks.join("\n\n")}\n`;
  return {
    ...plots,
    [`${name}.json`]: `${JSON.stringify(data, null, 2)}\n`,
    [`${name}.html`]: renderHtmlPage(markdown, plots),
    [`${name}.md`]: markdown,
  };
}

/**
 * Builds the report of `evaluateZeroShot`.
 * @param parts result of `evaluateZeroShot`.
 * @param meta data, models and templates of the measurement.
 * @returns contents by file name.
 */
export function buildZeroShotReport(parts: readonly ZeroShotPart[], meta: ReportHead): ReportFiles {
  const plots: Record<string, string> = {};
  const sections = parts.flatMap((part, at) => {
    const name = `zero-shot-${at + 1}.svg`;
    plots[name] = renderIntervalPlot(
      part.rows.map(({ model, prompt, top1 }) => ({
        label: `${model}: ${prompt}`,
        estimate: top1,
        series: model,
      })),
      { title: `${part.name}: top-1 %, ${part.pictures} pictures, ${part.labels} labels`, factor: 100 },
    );
    return [
      `## ${part.name}`,
      `${part.pictures} pictures, ${part.labels} candidate labels.`,
      renderMarkdownTable(
        ["CLIP", "prompt", "top-1 %", "top-5 %"],
        part.rows.map(({ model, prompt, top1, top5 }) => [
          model,
          prompt,
          formatPercent(top1),
          formatPercent(top5),
        ]),
      ),
      `![top-1](${name})`,
      ...(part.comparisons.length > 0
        ? [
            "Paired differences of top-1 in points; an interval that contains 0 shows no difference. The single template is the best one of the first part, where that has other pictures; else the best on these very pictures, which favours it.",
            renderMarkdownTable(
              ["comparison", "difference"],
              part.comparisons.map(({ what, difference }) => [what, formatPercent(difference)]),
            ),
          ]
        : []),
      "Calibration of the ensembles: expected calibration error in 15 bins, under the scale that the CLIP learnt and under a scale fitted on the other half of the labels. Few pictures make the error too large; its interval corrects for that and may lie below it.",
      renderMarkdownTable(
        ["CLIP", "learnt scale", "ECE", "fitted scales", "ECE after"],
        part.calibration.map(({ model, learnt, fitted }) => [
          model,
          learnt ? learnt.scale.toFixed(1) : "–",
          learnt ? learnt.error.toFixed(3) : "–",
          fitted.scales.map((scale) => scale.toFixed(1)).join(", "),
          formatEstimate(fitted.error),
        ]),
      ),
    ];
  });
  const blocks = [...renderHead("Zero-shot classification", meta), intervals, ...sections];
  return buildReportFiles("report", plots, blocks, { ...meta, parts });
}

/**
 * Builds the report of `evaluateRetrieval`.
 * @param parts result of `evaluateRetrieval`.
 * @param meta data, models and templates of the measurement.
 * @returns contents by file name.
 */
export function buildRetrievalReport(parts: readonly RetrievalPart[], meta: ReportHead): ReportFiles {
  const plots: Record<string, string> = {};
  const sections = parts.flatMap(({ name, pictures, rows }, at) => {
    const plot = `retrieval-${at + 1}.svg`;
    plots[plot] = renderIntervalPlot(
      rows.map(({ model, direction, recall }) => ({
        label: `${model}: ${direction}`,
        estimate: recall[10],
        series: model,
      })),
      { title: `${name}: R@10 %, ${pictures} pictures`, factor: 100 },
    );
    return [
      `## ${name}`,
      `${pictures} pictures.`,
      renderMarkdownTable(
        ["CLIP", "direction", "queries", "candidates", "R@1 %", "R@5 %", "R@10 %", "median rank", "mAP %"],
        rows.map(({ model, direction, queries, candidates, recall, medianRank, map }) => [
          model,
          direction,
          String(queries),
          String(candidates),
          formatPercent(recall[1]),
          formatPercent(recall[5]),
          formatPercent(recall[10]),
          formatEstimate(medianRank, 1),
          formatPercent(map),
        ]),
      ),
      `![R@10](${plot})`,
    ];
  });
  const blocks = [
    ...renderHead("Retrieval", meta),
    "R@K is the share of queries with a right answer among the first K. A text's right answers are all pictures of its label.",
    intervals,
    ...sections,
  ];
  return buildReportFiles("report", plots, blocks, { ...meta, parts });
}

/**
 * Builds the report of `evaluateBias`.
 * @param rows result of `evaluateBias`.
 * @param options settings of the measurement.
 * @param meta data, models and templates of the measurement.
 * @param meta.pictures number of pictures that were measured.
 * @param meta.where condition that selected the pictures, as for `selectRows`.
 * @returns contents by file name.
 */
export function buildBiasReport(
  rows: readonly BiasRow[],
  options: BiasOptions,
  meta: ReportHead & { readonly pictures: number; readonly where?: string },
): ReportFiles {
  const { labels, outcome, add, remove, association } = options;
  const list = (texts: readonly string[]): string => texts.map((text) => `\`${text}\``).join(", ");
  const plots: Record<string, string> = {};
  const sections = rows.flatMap(({ model, rates, sensitivity, association: found }, at) => {
    const plot = `bias-${at + 1}.svg`;
    plots[plot] = renderIntervalPlot(
      rates.flatMap(({ by, groups }) =>
        groups.map(({ group, rate }) => ({ label: `${by}: ${group}`, estimate: rate, series: by })),
      ),
      { title: `${model}: rate, %`, factor: 100 },
    );
    return [
      `## ${model}`,
      `![rates](${plot})`,
      ...rates.flatMap(({ by, groups, gap }) => [
        `### By ${by}`,
        renderMarkdownTable(
          ["group", "pictures", "rate %"],
          groups.map(({ group, rate }) => [group, String(rate.samples), formatPercent(rate)]),
        ),
        ...(gap
          ? [
              `Gap with the largest lower bound: ${gap.to} − ${gap.from} = ${formatPercent(gap.difference)} points.`,
            ]
          : []),
      ]),
      ...(sensitivity ?? []).flatMap(({ by, groups }) => [
        `### Another label set, by ${by}`,
        renderMarkdownTable(
          ["group", "before %", "after %", "change in points"],
          groups.map(({ group, before, after, change }) => [
            group,
            (100 * before).toFixed(1),
            (100 * after).toFixed(1),
            formatPercent(change),
          ]),
        ),
      ]),
      ...(found
        ? [
            "### Association",
            `Effect ${found.effect.toFixed(2)} standard deviations, p = ${found.p.toPrecision(2)} (${found.permutations} permutations; ${found.samples.x} and ${found.samples.y} targets, ${found.samples.a} and ${found.samples.b} attributes).`,
          ]
        : []),
    ];
  });
  const blocks = [
    ...renderHead("Bias", meta),
    `${meta.pictures} pictures${meta.where ? ` where ${meta.where}` : ""}. Labels: ${list(labels)}. Counted: ${outcome.length > 0 ? `a picture decided for ${list(outcome)}` : "a picture decided for its own label"}.`,
    ...(add.length + remove.length > 0
      ? [
          `Second label set: ${[...(add.length ? [`with ${list(add)}`] : []), ...(remove.length ? [`without ${list(remove)}`] : [])].join(", ")}.`,
        ]
      : []),
    ...(association
      ? [
          `Association: X \`${association.x}\`, Y \`${association.y}\`; A ${list(association.a)}; B ${list(association.b)}. A positive effect says that X goes with A and Y with B.`,
        ]
      : []),
    "Rates have exact intervals, all of which in a table hold at once in 95 % of samples (Bonferroni); the gap is corrected for the number of pairs. Pictures of one label count as dependent. Changes have Newcombe's 95 % interval for pairs. Rates hold for these CLIPs and these pictures; a difference can have many causes.",
    ...sections,
  ];
  return buildReportFiles("report", plots, blocks, { ...meta, options, rows });
}
