import { score } from "../ui.js";

interface Pair {
  readonly guide: number;
  readonly judge: number;
}

const signed = (value: number | undefined): string =>
  value === undefined ? "–" : `${value < 0 ? "−" : "+"}${score(Math.abs(value))}`;

/** What an edit did, as measured on the picture that came out. */
export function ReportCard({ report }: { report: Readonly<Record<string, unknown>> }) {
  const pair = (name: string): Partial<Pair> => (report[name] ?? {}) as Partial<Pair>;
  const [direction, gain, now] = [pair("direction"), pair("gain"), pair("score")];
  const agrees = report.judgeAgrees === true;
  const rows: readonly (readonly [label: string, guide: string, judge: string])[] = [
    ["Along the words", signed(direction.guide), signed(direction.judge)],
    ["Gain", signed(gain.guide), signed(gain.judge)],
    ["Likeness now", score(now.guide), score(now.judge)],
  ];
  const number = (name: string): string => Number(report[name] ?? 0).toLocaleString();
  return (
    <section class="card stack" aria-label="Report card">
      <div class="row">
        <h2 class="grow">Report card</h2>
        <span class={`tag ${agrees ? "active" : "warn"}`}>
          {agrees ? "the judge agrees" : "the judge disagrees"}
        </span>
      </div>
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
          {rows.map(([label, guide, judge]) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td>{guide}</td>
              <td>{judge}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <dl class="facts">
        <dt>Pixels changed</dt>
        <dd>{number("changed")}</dd>
        <dt>Outside the mask</dt>
        <dd>{number("changedOutside")}</dd>
        {report.inversionPsnr !== undefined && (
          <>
            <dt>Copy by the generator</dt>
            <dd>{Number(report.inversionPsnr).toFixed(1)} dB</dd>
          </>
        )}
      </dl>
    </section>
  );
}
