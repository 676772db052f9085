import type { Picture, RgbaBytes } from "../../images/index.js";
import type { AscentStep } from "../ascent/ascent.js";
import type { AscentConfig } from "../ascent/generate.js";
import type { Snapshot } from "../ascent/snapshot.js";
import type { ChangeKind } from "./changeKind.js";
import type { EditFinding } from "./findings.js";
import type { ReportCard } from "./report.js";

/** Settings of an edit. */
export interface EditConfig extends Omit<AscentConfig, "candidates" | "truncation" | "style"> {
  /** What the picture shows now, in words. */
  readonly from: string;
  /** How far to go: 0 gives the picture back to the bit, 1 goes all the way. */
  readonly strength: number;
  /** What may change: colours alone, shapes too, or (`auto`) colours alone where the texts differ in words for colours alone. */
  readonly change: ChangeKind | "auto";
}

/** How an edit is limited, continued and stopped. */
export interface EditOptions {
  /** Where the picture may change, `[height, width]`, 0 to 1; everywhere when absent. */
  readonly mask?: Float32Array;
  /** State that an interrupted edit is continued from. */
  readonly from?: Snapshot;
  /** Before the ascent it ends the edit with the signal's reason; the ascent is cut short and its result applied. */
  readonly signal?: AbortSignal;
}

/** Progress of an edit; step 0 is the generator's copy, before anything is changed. */
export interface EditStep extends AscentStep {
  /** Peak signal-to-noise ratio of the copy to the input, dB; on step 0. */
  readonly inversionPsnr?: number;
}

/** An edited picture at the original's size. */
export interface EditResult {
  readonly bytes: RgbaBytes;
  /** The generator's pictures before and after; the edited picture itself, at the generator's size, where nothing was copied. */
  readonly before: Picture;
  readonly after: Picture;
  /** Mean absolute error of the inversion, of 1; absent where nothing was copied. */
  readonly inversionError?: number;
  readonly report: ReportCard;
  /** What was changed: colours or shapes of the picture, the whole drawing, or layers were added. */
  readonly kind: ChangeKind | "drawing" | "layer";
  /** Steps done; fewer than configured when it was stopped or ended early. */
  readonly steps: number;
  /** Whether it ended because the loss fell no more. */
  readonly plateaued: boolean;
  /** CLIP passes that were made for it, counted. */
  readonly passes: number;
  /** What its user should know. */
  readonly findings: readonly EditFinding[];
}
