import type { EditReport } from "./events.js";

const signed = (value: number): string => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`;

/**
 * The report of an edit in two lines of text.
 * @param masked whether a mask limited it.
 * @returns two lines.
 */
export function editReportLines(report: EditReport, masked: boolean): string[] {
  const { prompt, direction, namedGain, gain, score, change, changed, changedOutside, alpha, realism } =
    report;
  const part = namedGain
    ? ` · gain to what was added: guides ${signed(namedGain.guide)}, judge ${signed(namedGain.judge)}`
    : "";
  const outside = masked ? ` · pixels changed outside the mask: ${changedOutside}` : "";
  const opacity = alpha ? ` · alpha: ${alpha.grown} pixels more opaque, ${alpha.lost} less` : "";
  const real = realism ? ` · realism ${realism.before.toFixed(2)} → ${realism.after.toFixed(2)}` : "";
  return [
    `"${prompt}" along the text: guides ${signed(direction.guide)}, judge ${signed(direction.judge)} · gain: guides ${signed(gain.guide)}, judge ${signed(gain.judge)}${part} · now: guides ${score.guide.toFixed(3)}, judge ${score.judge.toFixed(3)}`,
    `${change} change · ${changed} pixels changed${outside}${opacity}${real}`,
  ];
}
