import { oneLine } from "../errors.js";

/** A note or warning about a run for its user. It never stops the run. */
export interface Finding {
  /** Stable name, by which a front end can translate the message or add advice. */
  readonly code: FindingCode;
  /** `warning` when the result may not be what the request asks for. */
  readonly level: "note" | "warning";
  /** One sentence on one line of at most 1000 characters. It mentions no flag and no command. */
  readonly message: string;
  /** The values in the message. They can be serialized as JSON. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** Codes of all findings. */
export const findingCodes = [
  "unknown-words",
  "understood-text",
  "drawn-as",
  "scene",
  "one-layer",
  "omitted-things",
  "unknown-things",
  "own-parts",
  "unshown-verbs",
  "contradictory-relations",
  "unknown-emoji",
  "cut-text",
  "cut-texts",
  "equal-labels",
  "contradiction",
  "no-prompt-wanted",
  "several-prompts",
  "other-weights",
  "other-version",
  "changed-file",
  "opened-file",
  "reduced-picture",
  "budget-too-small",
  "plateau",
  "wide-gap",
  "stopped",
  "no-snapshot",
  "mask-scaled",
  "mask-found",
  "mask-blank",
  "mask-everything",
  "poor-inversion",
  "unchanged",
  "judge-disagrees",
  "no-gain",
  "colour-missed",
  "background-changed",
  "alpha-changed",
  "made-room",
  "style-unknown",
  "fills-frame",
  "equal-texts",
  "guessed-source",
  "scene-layers",
] as const;

/** Code of a finding. */
export type FindingCode = (typeof findingCodes)[number];

/** Makes a finding that needs attention. */
export function makeWarning(code: FindingCode, message: string, data: Finding["data"] = {}): Finding {
  return { code, level: "warning", message: oneLine(message), data };
}

/** Returns a finding for information. */
export function makeNote(code: FindingCode, message: string, data: Finding["data"] = {}): Finding {
  return { code, level: "note", message: oneLine(message), data };
}
