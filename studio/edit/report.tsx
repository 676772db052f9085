import { Notice, formatScore } from "../ui.js";

interface Pair {
  readonly guide: number;
  readonly judge: number;
}

const formatSigned = (value: number | undefined): string =>
  value === undefined ? "–" : `${value < 0 ? "−" : "+"}${formatScore(Math.abs(value))}`;

/** Name of a measure, and a short explanation. */
function MeasureName({ name, meaning }: { name: string; meaning: string }) {
  return (
    <>
      {name}
      <span class="meaning small soft">{meaning}</span>
    </>
  );
}

/** Measurements of the result of an edit. */
export function ReportCard({ report }: { report: Readonly<Record<string, unknown>> }) {
  const pair = (name: string): Partial<Pair> => (report[name] ?? {}) as Partial<Pair>;
  const [direction, gain, now] = [pair("direction"), pair("gain"), pair("score")];
  const agrees = report.judgeAgrees === true;
  const rows: readonly (readonly [name: string, meaning: string, guide: string, judge: string])[] = [
    [
      "Changed as asked",
      "1: exactly as the words say; 0: in another way",
      formatSigned(direction.guide),
      formatSigned(direction.judge),
    ],
    [
      "Closer to the words",
      "than before; above 0 is better",
      formatSigned(gain.guide),
      formatSigned(gain.judge),
    ],
    ...(report.namedGain
      ? ([
          [
            "Closer to the added part",
            "than before; above 0 is better",
            formatSigned(pair("namedGain").guide),
            formatSigned(pair("namedGain").judge),
          ],
        ] as const)
      : []),
    ["Likeness to the words", "now; at most 1", formatScore(now.guide), formatScore(now.judge)],
  ];
  const alpha = report.alpha as { readonly grown: number; readonly lost: number } | undefined;
  const number = (name: string): string => Number(report[name] ?? 0).toLocaleString();
  return (
    <section class="card stack" aria-label="Report card">
      <h2>Report card</h2>
      <Notice kind={agrees ? "good" : "warn"}>
        {agrees
          ? "Confirmed: the judge sees the change, too."
          : "Not confirmed: the judge does not see this change. Compare before and after yourself."}
      </Notice>
      <p class="small soft">
        The guides are the networks that steered the edit. The judge is another network, which only measured
        the result.
      </p>
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
          {rows.map(([name, meaning, guide, judge]) => (
            <tr key={name}>
              <th scope="row">
                <MeasureName name={name} meaning={meaning} />
              </th>
              <td>{guide}</td>
              <td>{judge}</td>
            </tr>
          ))}
          <tr>
            <th scope="row">
              <MeasureName name="Pixels changed" meaning="in the whole picture" />
            </th>
            <td colSpan={2}>{number("changed")}</td>
          </tr>
          <tr>
            <th scope="row">
              <MeasureName name="Outside the mask" meaning="pixels changed there; none may be" />
            </th>
            <td colSpan={2}>{number("changedOutside")}</td>
          </tr>
          {alpha && alpha.grown + alpha.lost > 0 && (
            <tr>
              <th scope="row">
                <MeasureName
                  name="Transparency"
                  meaning="pixels that became more opaque, and more transparent"
                />
              </th>
              <td colSpan={2}>
                +{alpha.grown.toLocaleString()} −{alpha.lost.toLocaleString()}
              </td>
            </tr>
          )}
          {report.inversionPsnr !== undefined && (
            <tr>
              <th scope="row">
                <MeasureName
                  name="Copy"
                  meaning="how well the generator can draw it; from 18 dB it is good"
                />
              </th>
              <td colSpan={2}>{Number(report.inversionPsnr).toFixed(1)} dB</td>
            </tr>
          )}
        </tbody>
      </table>
    </section>
  );
}
