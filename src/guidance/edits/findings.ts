import { namedColour } from "./recolouring.js";
import type { ReportCard } from "./report.js";

/** A finding about an edit, as plain data. */
export interface EditFinding {
  /** Stable name. */
  readonly code:
    | "no-gain"
    | "colour-missed"
    | "background-changed"
    | "alpha-changed"
    | "made-room"
    | "style-unknown"
    | "fills-frame";
  readonly level: "note" | "warning";
  /** One sentence. */
  readonly message: string;
  /** The values in the message; they survive JSON. */
  readonly data: Readonly<Record<string, number>>;
}

/** Maximum gain in cosine under the judge that counts as no gain. */
const leastGain = 0.005;
/** Minimum changed share of the background that is reported. */
const mostChanged = 0.5;

/** Makes the finding that the style of a thing could not be taken from a drawing of it. */
export const makeStyleFinding = (thing: string): EditFinding => ({
  code: "style-unknown",
  level: "warning",
  message: `there is no drawing of "${thing}" in the style, so the picture was steered towards the text and may have changed in other ways`,
  data: {},
});

/** The finding that a picture has no ground around its drawing, such as a photograph. */
export const fillsFrame: EditFinding = {
  code: "fills-frame",
  level: "warning",
  message:
    "the picture fills its frame, so the thing cannot be distinguished from its surroundings; use a mask to limit the change",
  data: {},
};

/** Returns the findings about a finished edit. */
export function listEditFindings({
  namedGain,
  gain: wholeGain,
  changed,
  alpha,
  moved,
  recolouring,
  visible: { background },
}: ReportCard): EditFinding[] {
  const findings: EditFinding[] = [];
  const gain = namedGain ?? wholeGain;
  if (moved)
    findings.push({
      code: "made-room",
      level: "note",
      message: `the drawing was moved and is ${Math.round(moved.scale * 100)} % of its size, to make room for what was added`,
      data: moved,
    });
  if (alpha && alpha.grown + alpha.lost > 0)
    findings.push({
      code: "alpha-changed",
      level: "note",
      message: `the transparent part changed: ${alpha.grown} pixels became more opaque, ${alpha.lost} more transparent`,
      data: alpha,
    });
  if (recolouring && changed > 0 && recolouring.after > namedColour)
    findings.push({
      code: "colour-missed",
      level: "warning",
      message: `the fills did not get the named colour: their difference to it is ΔE ${recolouring.after.toFixed(0)}, was ${recolouring.before.toFixed(0)}, and ${namedColour} or less is needed`,
      data: { before: recolouring.before, after: recolouring.after },
    });
  else if (recolouring && changed > 0 && !recolouring.isShown)
    findings.push({
      code: "colour-missed",
      // The guides know a penguin better than "a bird".
      level: "note",
      message:
        "the guides are not certain that the picture shows the named thing; its main colour was changed",
      data: { before: recolouring.before, after: recolouring.after },
    });
  else if (changed > 0 && !recolouring?.isReached && Math.min(gain.guide, gain.judge) <= leastGain)
    findings.push({
      code: "no-gain",
      level: "warning",
      message: `the picture is no nearer to ${namedGain ? "what was added" : "its prompt"} than before (gain under the guides ${gain.guide.toFixed(3)}, under the judge ${gain.judge.toFixed(3)})`,
      data: { guide: gain.guide, judge: gain.judge },
    });
  if (background > mostChanged)
    findings.push({
      code: "background-changed",
      level: "warning",
      message: `${Math.round(background * 100)} % of the background changed; a mask around what should change keeps it`,
      data: { share: background },
    });
  return findings;
}
