/** What the report of an edit says in words: whether it followed its words, and what else changed. */
import { nameOf } from "./changes.js";
import { maskIdOf } from "./state.js";

/** Report of an edit, as the server sends it. */
export type Report = Readonly<Record<string, unknown>>;

/** A measure under the guides and under the judge. */
interface Pair {
  readonly guide: number;
  readonly judge: number;
}

/** Reads a measure of a report. @returns no values where the report has none. */
export const pairOf = (report: Report, name: string): Partial<Pair> => (report[name] ?? {}) as Partial<Pair>;

/** Formats a share in percent; small ones never as 0. */
export function formatShare(share: number): string {
  const percent = 100 * share;
  return percent > 0 && percent < 1 ? "less than 1 %" : `${Math.round(percent)} %`;
}

/** Share of a part that may visibly change without being mentioned: soft edges, and pixels that the enlargement shifts. */
const tolerance = 0.02;
/** Share of an unmasked drawing from which its shapes do not count as preserved. */
const mostReshaped = 0.3;

interface VisibleChange {
  readonly drawing: number;
  readonly background: number;
  readonly elsewhere?: number;
}

/** Shares that visibly changed; absent in reports of earlier versions. */
export const visibleOf = (report: Report): VisibleChange | undefined =>
  report.visible as VisibleChange | undefined;

interface AlphaChange {
  /** Pixels that became more opaque. */
  readonly grown: number;
  /** Pixels that became more transparent. */
  readonly lost: number;
}

/** Numbers of pixels whose transparency changed; absent for opaque pictures. */
export const alphaOf = (report: Report): AlphaChange | undefined => report.alpha as AlphaChange | undefined;

/** Share of the changed pixels from which on those that became transparent count as holes, not as a soft edge. */
const mostCleared = 0.05;

/**
 * Says that an edit left transparent places where the picture was drawn; empty if it did not. It does not tell them from pixels that the
 * old outline covers and a new one does not, so another drawing without a mask is not judged by it.
 */
function describeHoles(report: Report): string {
  const lost = alphaOf(report)?.lost ?? 0;
  if (lost <= mostCleared * Number(report.changed ?? 0)) return "";
  return `${lost.toLocaleString("en")} pixels of the picture became transparent: look for holes.`;
}

/**
 * Lists what changed although the words do not name it. With a mask, everything in it may change, and nothing else.
 * @param masked whether the edit was limited by a mask.
 */
export function listUnnamedChanges(report: Report, masked: boolean): string[] {
  const visible = visibleOf(report);
  if (masked) {
    const outside = Number(report.changedOutside ?? 0);
    return outside > 0 ? [`${outside.toLocaleString("en")} pixels outside the mask`] : [];
  }
  if (!visible) return [];
  const { drawing, background, elsewhere } = visible;
  const changes: string[] = [];
  if (report.moved) changes.push("the position and size of the drawing");
  if (elsewhere !== undefined && elsewhere > tolerance)
    changes.push(`${formatShare(elsewhere)} of the picture beside what was added`);
  if (report.change === "shape" && drawing > mostReshaped)
    changes.push(`${formatShare(drawing)} of the drawing`);
  if (
    elsewhere === undefined &&
    report.change !== "layer" &&
    report.change !== "drawing" &&
    background > tolerance
  )
    changes.push(`${formatShare(background)} of the background`);
  return changes;
}

/** Whether the fills of the named thing have the named colour: this needs no judge. */
const hasNamedColour = ({ recolouring }: Report): boolean =>
  (recolouring as { readonly isReached: boolean } | undefined)?.isReached === true;

/** The first lines of a report card. */
export interface Verdict {
  readonly kind: "good" | "note" | "warn";
  readonly title: string;
  readonly text: string;
}

/** Weighs whether an edit followed its words, and whether the rest stayed. */
export function judgeEdit(report: Report, request: Readonly<Record<string, unknown>>): Verdict {
  if (report.change === "scene")
    return {
      kind: "good",
      title: "The named layer was changed, and all others stayed.",
      text: "Whether it looks good is for you to decide.",
    };
  const masked = maskIdOf(request) !== undefined;
  const unnamed = listUnnamedChanges(report, masked);
  const list = unnamed.join(" and ");
  const advice = masked ? "" : "Paint a mask over the part that may change to keep the rest.";
  if (report.judgeAgrees !== true && !hasNamedColour(report))
    return {
      kind: "warn",
      title: "The judge does not agree",
      text: `that the words were followed.${list === "" ? "" : ` Also changed: ${list}.`} Compare before and after yourself.`,
    };
  if (unnamed.length > 0)
    return {
      kind: "warn",
      title: "The words were followed, but more changed than they name:",
      text: `${list}. ${advice}`.trim(),
    };
  const limit = "Whether it looks good is for you to decide.";
  if (report.change === "drawing" && !masked)
    return {
      kind: "note",
      title: "The words were followed by another drawing.",
      text: `Nothing of the old one was kept. ${advice}`,
    };
  const holes = describeHoles(report);
  if (masked && (report.change === "drawing" || report.change === "shape"))
    return {
      kind: "note",
      title: "The painted part was drawn anew.",
      text: [
        report.changedOutside === 0 ? "Nothing outside it changed." : "",
        holes || limit,
        `To change only its colours, choose “${nameOf("colour")}”.`,
      ]
        .filter(Boolean)
        .join(" "),
    };
  if (holes !== "")
    return { kind: "warn", title: "The words were followed, but parts were cleared.", text: holes };
  return { kind: "good", title: "The words were followed, and the rest stayed.", text: limit };
}
