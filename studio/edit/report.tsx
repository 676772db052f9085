import type { RunView } from "../../src/studio/api.js";
import { Notice, formatScore } from "../ui.js";
import { describeChange } from "./changes.js";
import { maskIdOf, source } from "./state.js";
import { type Report, alphaOf, formatShare, judgeEdit, pairOf, visibleOf } from "./verdict.js";

const formatSigned = (value: number | undefined): string =>
  value === undefined ? "–" : `${value < 0 ? "−" : "+"}${formatScore(Math.abs(value))}`;
const formatCount = (value: unknown): string => Number(value ?? 0).toLocaleString("en");
const formatPart = (share: number): string => (share === 0 ? "unchanged" : `${formatShare(share)} changed`);

/** What changed and what stayed, by parts of the picture. */
function listParts(report: Report, masked: boolean, pixels: number | undefined): [string, string][] {
  const visible = visibleOf(report);
  const changed = Number(report.changed ?? 0);
  const share = pixels === undefined ? "" : ` (${formatShare(changed / pixels)})`;
  const alpha = alphaOf(report);
  const within = masked ? " in the mask" : "";
  const parts: ([string, string] | false)[] = [
    masked && [
      "Outside the mask",
      report.changedOutside === 0 ? "unchanged" : `${formatCount(report.changedOutside)} pixels changed`,
    ],
    visible !== undefined && [`Drawing${within}`, formatPart(visible.drawing)],
    visible !== undefined && [`Background${within}`, formatPart(visible.background)],
    visible?.elsewhere !== undefined && ["Beside what was added", formatPart(visible.elsewhere)],
    ["Pixels changed", `${formatCount(changed)}${share}`],
    alpha !== undefined &&
      alpha.grown + alpha.lost > 0 && [
        "Transparency",
        `${formatCount(alpha.grown)} pixels less, ${formatCount(alpha.lost)} more`,
      ],
  ];
  return parts.filter((part) => part !== false);
}

/** Whether an edit did what its words say, and what it preserved. */
export function ReportCard({ run, report }: { run: RunView; report: Report }) {
  const { picture, change = "auto" } = run.request;
  const known = source.value?.id === picture ? source.value : undefined;
  const { kind, title, text } = judgeEdit(report, run.request);
  const masked = maskIdOf(run.request) !== undefined;
  return (
    <section class="card stack" aria-label="Report card">
      <h2>Report card</h2>
      <Notice kind={kind}>
        <strong>{title}</strong> {text}
      </Notice>
      <p class="kind-of-change">
        <span class="small soft">Kind of change</span>
        {describeChange(String(report.change ?? ""), String(change))}
      </p>
      <dl class="facts numbers">
        {listParts(report, masked, known && known.width * known.height).map(([name, value]) => (
          <>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </>
        ))}
      </dl>
    </section>
  );
}

interface Measure {
  readonly name: string;
  /** The scale of its values, and which are good. */
  readonly scale: string;
  /** Values of guides and judge, or one value. */
  readonly values: readonly string[];
}

function listMeasures(report: Report): Measure[] {
  const direction = pairOf(report, "direction");
  const gain = pairOf(report, "gain");
  const score = pairOf(report, "score");
  const named = pairOf(report, "namedGain");
  const likeness = (network: "guide" | "judge"): string => {
    const [now, added] = [score[network], gain[network]];
    return now === undefined || added === undefined
      ? "–"
      : `${formatScore(now - added)} → ${formatScore(now)}`;
  };
  return [
    {
      name: "Likeness to the words, before and after",
      scale:
        "Higher is more alike. What a right picture gets depends on the words: compare before and after.",
      values: [likeness("guide"), likeness("judge")],
    },
    {
      name: "Direction of the change",
      scale: "+1: exactly towards the words, 0: unrelated, −1: the opposite. 0.2 and more is good.",
      values: [formatSigned(direction.guide), formatSigned(direction.judge)],
    },
    ...(report.namedGain
      ? [
          {
            name: "Likeness to what was added",
            scale: "The gain, for the added thing alone. Good when positive.",
            values: [formatSigned(named.guide), formatSigned(named.judge)],
          },
        ]
      : []),
    ...(report.inversionPsnr === undefined
      ? []
      : [
          {
            name: "Copy of the picture",
            scale: "How well the generator can draw it (signal to noise). 18 dB and more is good.",
            values: [`${Number(report.inversionPsnr).toFixed(1)} dB`],
          },
        ]),
  ];
}

/** The numbers behind a report card, with their scales. */
export function Measurements({ report }: { report: Report }) {
  return (
    <details class="card measurements">
      <summary>
        <h2>Measurements</h2>
      </summary>
      <table class="report numbers">
        <thead>
          <tr>
            <th scope="col">
              <span class="visually-hidden">Measure</span>
            </th>
            <th scope="col">Guides</th>
            <th scope="col">Judge</th>
          </tr>
        </thead>
        <tbody>
          {listMeasures(report).map(({ name, scale, values }) => (
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
                <td colSpan={3}>{scale}</td>
              </tr>
            </>
          ))}
        </tbody>
      </table>
      <p class="small soft">
        {Number(report.steps) > 0 && "The guides are the networks that steered the edit. "}The judge is
        another network, which only measured the result: when it does not agree, the change may fool the
        guides alone.
      </p>
    </details>
  );
}
