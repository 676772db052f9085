import type { RunView } from "../../src/studio/api.js";
import { Notice, formatScore } from "../ui.js";
import { describeChange } from "./changes.js";
import { maskIdOf, source } from "./state.js";

interface Pair {
  readonly guide: number;
  readonly judge: number;
}

type Report = Readonly<Record<string, unknown>>;

const formatSigned = (value: number | undefined): string =>
  value === undefined ? "–" : `${value < 0 ? "−" : "+"}${formatScore(Math.abs(value))}`;

const pairOf = (report: Report, name: string): Partial<Pair> => (report[name] ?? {}) as Partial<Pair>;
const formatCount = (value: unknown): string => Number(value ?? 0).toLocaleString("en");

/** What the judge measured, in a sentence. */
function Verdict({ report }: { report: Report }) {
  const [direction, gain] = [pairOf(report, "direction").judge, pairOf(report, "gain").judge];
  const added = pairOf(report, "namedGain").judge;
  const measured = `Change as asked ${formatSigned(direction)}, closer to the words ${formatSigned(added ?? gain)}.`;
  return report.judgeAgrees === true ? (
    <Notice>
      <strong>The judge agrees.</strong> {measured} It cannot tell whether the result looks good.
    </Notice>
  ) : (
    <Notice kind="warn">
      <strong>The judge does not agree.</strong> {measured} Compare before and after yourself.
    </Notice>
  );
}

interface Row {
  readonly name: string;
  /** A short sentence that explains the number. */
  readonly meaning: string;
  /** Values of guides and judge, or one value. */
  readonly values: readonly string[];
}

function scoreRows(report: Report): Row[] {
  const signed = (name: string): string[] => {
    const { guide, judge } = pairOf(report, name);
    return [formatSigned(guide), formatSigned(judge)];
  };
  const now = pairOf(report, "score");
  return [
    {
      name: "Change as asked",
      meaning: "+1: exactly as the words say. 0: in another way. Below 0: the opposite.",
      values: signed("direction"),
    },
    {
      name: "Closer to the words",
      meaning: "How much better the words fit than before.",
      values: signed("gain"),
    },
    ...(report.namedGain
      ? [
          {
            name: "Closer to what was added",
            meaning: "The same, for the added thing alone.",
            values: signed("namedGain"),
          },
        ]
      : []),
    {
      name: "Fits the words now",
      meaning: "How well the words fit the result. 1 is the most.",
      values: [formatScore(now.guide), formatScore(now.judge)],
    },
  ];
}

function pixelRows(report: Report, masked: boolean, pixels: number | undefined): Row[] {
  const share =
    pixels === undefined ? "" : ` (${Math.round((100 * Number(report.changed ?? 0)) / pixels)} %)`;
  const alpha = report.alpha as { readonly grown: number; readonly lost: number } | undefined;
  const rows: (Row | false)[] = [
    {
      name: "Pixels changed",
      meaning: "In the whole picture.",
      values: [`${formatCount(report.changed)}${share}`],
    },
    masked && {
      name: "Outside the mask",
      meaning: "Pixels that changed there. It must be 0.",
      values: [formatCount(report.changedOutside)],
    },
    alpha !== undefined &&
      alpha.grown + alpha.lost > 0 && {
        name: "Transparency",
        meaning: "Pixels that became more opaque (+) and more transparent (−).",
        values: [`+${formatCount(alpha.grown)} −${formatCount(alpha.lost)}`],
      },
    report.inversionPsnr !== undefined && {
      name: "Copy",
      meaning: "How well the generator can draw this picture. From 18 dB on it is good.",
      values: [`${Number(report.inversionPsnr).toFixed(1)} dB`],
    },
  ];
  return rows.filter((row) => row !== false);
}

/** Measurements of the result of an edit. */
export function ReportCard({ run, report }: { run: RunView; report: Report }) {
  const { picture, change = "auto" } = run.request;
  const known = source.value?.id === picture ? source.value : undefined;
  const rows = [
    ...scoreRows(report),
    ...pixelRows(report, maskIdOf(run.request) !== undefined, known && known.width * known.height),
  ];
  return (
    <section class="card stack" aria-label="Report card">
      <h2>Report card</h2>
      <p class="kind-of-change">
        <span class="small soft">Kind of change</span>
        {describeChange(String(report.change ?? ""), String(change))}
      </p>
      <Verdict report={report} />
      <table class="report numbers">
        <thead>
          <tr>
            <th scope="col">
              <span class="visually-hidden">Measure</span>
            </th>
            <th scope="col" title="The networks that steered the edit">
              Guides
            </th>
            <th scope="col" title="Another network, which only measured the result">
              Judge
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, meaning, values }) => (
            <>
              <tr key={name}>
                <th scope="row">{name}</th>
                {values.map((value, at) => (
                  <td key={at} colSpan={values.length === 1 ? 2 : 1}>
                    {value}
                  </td>
                ))}
              </tr>
              <tr class="meaning">
                <td colSpan={3}>{meaning}</td>
              </tr>
            </>
          ))}
        </tbody>
      </table>
      <p class="small soft">
        The guides are the networks that steered the edit. The judge is another network, which only measured
        the result.
      </p>
    </section>
  );
}
