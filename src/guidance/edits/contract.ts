import type { Picture, RgbaBytes } from "../../images/index.js";
import type { AscentStep } from "../ascent/ascent.js";
import type { AscentConfig } from "../ascent/contract.js";
import type { Snapshot } from "../ascent/snapshot.js";
import type { ChangeKind, RequestedChange } from "./changeKind.js";
import type { EditFinding } from "./findings.js";
import type { ReportCard } from "./report.js";

/** Settings of an edit: those of an ascent, and how much may change. */
export interface EditConfig extends Omit<AscentConfig, "candidates" | "truncation" | "style"> {
  /** What the picture shows now, in words. */
  readonly from: string;
  /** Strength of the change: 0 returns the input unchanged, 1 applies the whole change. */
  readonly strength: number;
  /** What may change; `auto` changes only colours if the texts differ only in words for colours. */
  readonly change: RequestedChange;
}

/** How an edit is limited, continued and stopped. */
export interface EditOptions {
  /** Where the picture may change, `[height, width]`, 0 to 1; everywhere when absent. */
  readonly mask?: Float32Array;
  /** State that an interrupted edit is continued from. */
  readonly from?: Snapshot;
  /** Before the ascent, it ends the edit with the signal's reason. During the ascent, it ends the ascent, whose result is applied. */
  readonly signal?: AbortSignal;
}

/** Progress of an edit; step 0 is the generator's copy, before anything is changed. */
export interface EditStep extends AscentStep {
  /** Peak signal-to-noise ratio of the copy to the input, dB; on step 0. */
  readonly inversionPsnr?: number;
}

/** An edited picture at the original's size. */
export interface EditResult {
  /** The result at the input's size, with its alpha. */
  readonly bytes: RgbaBytes;
  /** The generator's pictures before and after. In an edit without inversion, the input and the result at the generator's size. */
  readonly before: Picture;
  /** As `before`, with the change. */
  readonly after: Picture;
  /** Mean absolute error of the inversion, for values in [0, 1]; absent without an inversion. */
  readonly inversionError?: number;
  /** Measurements of the change. */
  readonly report: ReportCard;
  /** What was changed: colours or shapes of the picture, the whole drawing, layers were added, or the layers of a scene were changed. */
  readonly kind: ChangeKind | "drawing" | "layer" | "scene";
  /** Steps done; fewer than configured when it was stopped or ended early. */
  readonly steps: number;
  /** Whether it ended because the loss had stopped falling. */
  readonly plateaued: boolean;
  /** Number of CLIP passes. */
  readonly passes: number;
  /** Notes and warnings for the user. */
  readonly findings: readonly EditFinding[];
}
