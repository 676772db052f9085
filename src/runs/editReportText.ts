import type { EditReport } from "./events.js";

const formatSigned = (value: number): string => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`;

const formatShare = (value: number): string => `${Math.round(100 * value)} %`;

/** Describes what of a picture visibly changed. */
function describeVisibleChange({ drawing, background, elsewhere }: EditReport["visible"]): string {
  const added = elsewhere === undefined ? "" : `, ${formatShare(elsewhere)} beside what was added`;
  return `visibly changed: ${formatShare(drawing)} of the drawing, ${formatShare(background)} of the background${added}`;
}

/**
 * Formats the report of an edit: scores in the first line, changed pixels in the second.
 * @param report one report of `runEdit`.
 * @param masked whether the edit was limited by a mask.
 * @returns the two lines.
 */
export function formatEditReport(report: EditReport, masked: boolean): string[] {
  const {
    prompt,
    direction,
    namedGain,
    gain,
    score,
    change,
    changed,
    changedOutside,
    visible,
    alpha,
    realism,
    recolouring,
  } = report;
  const addedGain = namedGain
    ? ` · gain to what was added: guides ${formatSigned(namedGain.guide)}, judge ${formatSigned(namedGain.judge)}`
    : "";
  const outsideText = masked ? ` · pixels changed outside the mask: ${changedOutside}` : "";
  const alphaText = alpha ? ` · alpha: ${alpha.grown} pixels more opaque, ${alpha.lost} less` : "";
  const colourText = recolouring
    ? ` · difference to the named colour: ΔE ${recolouring.before.toFixed(0)} → ${recolouring.after.toFixed(0)}`
    : "";
  const realismText = realism ? ` · realism ${realism.before.toFixed(2)} → ${realism.after.toFixed(2)}` : "";
  // Another place of a thing is no change of what the words say.
  const isNamed = direction.guide !== 0 || direction.judge !== 0;
  const scores = `now: guides ${score.guide.toFixed(3)}, judge ${score.judge.toFixed(3)}`;
  const changes = `${change} change · ${changed} pixels changed${outsideText}${colourText} · ${describeVisibleChange(visible)}${alphaText}${realismText}`;
  if (!isNamed && change === "scene") return [`"${prompt}" · ${scores}`, changes];
  return [
    `"${prompt}" · change along the text's direction: guides ${formatSigned(direction.guide)}, judge ${formatSigned(direction.judge)} · gain: guides ${formatSigned(gain.guide)}, judge ${formatSigned(gain.judge)}${addedGain} · ${scores}`,
    changes,
  ];
}
