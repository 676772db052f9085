import type { DraftProgress, EditResult, ReportCard } from "../guidance/index.js";
import type { Picture } from "../images/index.js";
import type { Finding } from "./findings.js";
import type { EditRecord, GenerateRecord } from "./records.js";
import type { SceneFile } from "./requests/index.js";

/** A run is about to start. Its settings are final, except the number of steps of a time budget. */
export interface PlannedEvent {
  readonly type: "planned";
  /** Number of the run in its request, from 0. */
  readonly run: number;
  /** Number of runs of the request. */
  readonly runs: number;
  /** Folder of its files; absent in memory. */
  readonly folder: string | undefined;
  readonly record: GenerateRecord | EditRecord;
  /**
   * Paints a quick preview of the run: the known drawing of the thing that the prompt names, or the picture to start from. The run
   * does not depend on it.
   * @param side its width and height in pixels. @returns undefined when the generator has no drawing of it.
   */
  readonly sketch: (side: number) => Promise<Picture | undefined>;
}

/**
 * Paints the picture of a draft or a step for a preview. Pictures of regions are painted at the given side in pixels, an edit is shown on
 * its original whose longer side is reduced to it, and pictures of pixels are unchanged.
 */
type PaintAt = (side: number) => Promise<Picture>;

/** Drafts are being made; the best one follows as `DraftEvent`. */
export interface DraftingEvent extends DraftProgress {
  readonly type: "drafting";
  readonly run: number;
}

/** The first picture: the best draft, or the generator's copy of the edited picture. */
export interface DraftEvent {
  readonly type: "draft";
  readonly run: number;
  /** Number of the edit in its run, from 1; absent for `generate`. */
  readonly edit?: number;
  readonly steps: number;
  readonly picture: Picture;
  readonly paint: PaintAt;
  /** Peak signal-to-noise ratio of the copy to the edited picture, dB. */
  readonly inversionPsnr?: number;
}

/** One step of ascent has finished. */
export interface StepEvent {
  readonly type: "step";
  readonly run: number;
  /** Number of the edit in its run, from 1; absent for `generate`. */
  readonly edit?: number;
  /** Number of finished steps, from 1. */
  readonly index: number;
  readonly steps: number;
  readonly loss: number;
  /** Terms of the loss by name. */
  readonly terms: Readonly<Record<string, number>>;
  /** Guide and judge scores, on steps at which they are computed. */
  readonly scores?: { readonly guide: number; readonly judge: number } | undefined;
  /** The picture before the step, at the generator's size. */
  readonly picture: Picture;
  /** The same picture as it was painted for the guides: larger, and without the cost of `paint`. Absent where it would look different. */
  readonly seen?: Picture | undefined;
  readonly paint: PaintAt;
}

/** A finding about the run. */
export interface FindingEvent {
  readonly type: "finding";
  readonly run: number;
  readonly finding: Finding;
}

/** Report of one finished edit. */
export interface EditReport extends ReportCard {
  /** The prompt of this edit. */
  readonly prompt: string;
  /** What was changed, as in `EditResult.kind`. */
  readonly change: EditResult["kind"];
  /** Mean absolute error of the generator's copy, of 1; absent where nothing was copied. */
  readonly inversionError?: number;
  /** Steps done. */
  readonly steps: number;
}

/** One edit of a run has finished. */
export interface EditedEvent {
  readonly type: "edited";
  readonly run: number;
  readonly edit: number;
  /** Number of edits of the run. */
  readonly edits: number;
  readonly masked: boolean;
  readonly report: EditReport;
}

/** Measurements of a generated picture. */
export interface GenerateReport {
  /** Mean cosine to the prompt under the guides, whose gradient steers the run, in [−1, 1]. */
  readonly guideScore: number;
  /** Cosine to the prompt under the judge, whose gradient is not used, in [−1, 1]. */
  readonly judgeScore: number;
  /** Guide score minus judge score, in [−2, 2]; it is wide where guides see what the judge does not. */
  readonly gap: number;
  /** Steps done. */
  readonly steps: number;
  /** Step whose latents became the picture; 0 is the draft. */
  readonly chosen: number;
  /** Whether the run ended early because the loss stopped falling. */
  readonly plateaued: boolean;
  /** Number of pictures and views that an image encoder embedded. */
  readonly passes: number;
  /** The budget as the request states it. */
  readonly budget?: string;
  /** Time from the start of this picture to its end, seconds. */
  readonly seconds: number;
}

/** Fields that every finished run has. */
interface Finished {
  /** Path of the picture; absent in memory. */
  readonly path: string | undefined;
  readonly seed: number;
  /** Bytes of the picture's file. */
  readonly bytes: Buffer;
  readonly seconds: number;
  /** Whether it was stopped before its end. */
  readonly stopped: boolean;
}

/** A finished picture of `runGenerate`. */
export interface FinishedGenerate extends Finished {
  /** The record in the picture's metadata. */
  readonly record: GenerateRecord;
  /** Scores, steps and time. */
  readonly report: GenerateReport;
  /** The picture over white. A picture of regions is painted at 512 pixels a side at most. */
  readonly picture: Picture;
  /** Contents of the scene file; absent for a picture of one layer. */
  readonly scene?: SceneFile | undefined;
  /** Paths of the layers' own pictures, bottom to top; empty when they are not requested, and in memory. */
  readonly layerPaths?: readonly string[] | undefined;
}

/** A finished picture of `runEdit`. */
export interface FinishedEdit extends Finished {
  /** The record in the picture's metadata. */
  readonly record: EditRecord;
  /** One report for each finished edit. */
  readonly reports: readonly EditReport[];
}

/** A run has finished and its files are written. */
export interface FinishedEvent {
  readonly type: "finished";
  readonly run: number;
  readonly result: FinishedGenerate | FinishedEdit;
}

/** Progress of `runGenerate` and `runEdit`. */
export type RunEvent =
  PlannedEvent | DraftingEvent | DraftEvent | StepEvent | FindingEvent | EditedEvent | FinishedEvent;

/** Result of `runGenerate`. */
export interface GenerateResult {
  /** Finished pictures in the order of seeds. */
  readonly pictures: readonly FinishedGenerate[];
  /** Path of the contact sheet; absent for a single picture, and in memory. */
  readonly sheet: string | undefined;
  /** Whether the signal stopped it before its end. */
  readonly stopped: boolean;
  readonly seconds: number;
}

/** A variation that was finished before the run was resumed. */
export interface EarlierEdit {
  readonly path: string | undefined;
  readonly seed: number;
  readonly bytes: Buffer;
  readonly reports: readonly EditReport[];
}

/** Result of `runEdit`. */
export interface EditRunResult {
  /** Variations in the order of seeds. Variations from before a resume are included. */
  readonly pictures: readonly (FinishedEdit | EarlierEdit)[];
  readonly stopped: boolean;
  readonly seconds: number;
}
