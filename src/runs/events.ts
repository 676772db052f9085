import type { EditResult, ReportCard } from "../guidance/index.js";
import type { Picture } from "../images/index.js";
import type { Finding } from "./findings.js";
import type { EditRecord, GenerateRecord } from "./records.js";
import type { SceneFile } from "./requests/index.js";

/** A run is about to start: its settings are final, apart from the steps of a time budget. */
export interface PlannedEvent {
  readonly type: "planned";
  /** Number of the run in its request, from 0. */
  readonly run: number;
  /** Runs of the request. */
  readonly runs: number;
  /** Where its files are written; absent in memory. */
  readonly folder: string | undefined;
  readonly record: GenerateRecord | EditRecord;
}

/** The first picture: the best draft, or the generator's copy of the picture that is edited. */
export interface DraftEvent {
  readonly type: "draft";
  readonly run: number;
  /** Number of the edit in its run, from 1; absent for `generate`. */
  readonly edit?: number;
  readonly steps: number;
  readonly picture: Picture;
  /** Peak signal-to-noise ratio of the copy to the edited picture, dB. */
  readonly inversionPsnr?: number;
}

/** One step of ascent is done. */
export interface StepEvent {
  readonly type: "step";
  readonly run: number;
  /** Number of the edit in its run, from 1; absent for `generate`. */
  readonly edit?: number;
  /** Steps done, from 1. */
  readonly index: number;
  readonly steps: number;
  readonly loss: number;
  /** Terms of the loss by name. */
  readonly terms: Readonly<Record<string, number>>;
  /** Guide and judge scores, on the steps that are read out. */
  readonly scores?: { readonly guide: number; readonly judge: number } | undefined;
  /** The picture before the step, at the generator's size. */
  readonly picture: Picture;
}

/** A finding about the run. */
export interface FindingEvent {
  readonly type: "finding";
  readonly run: number;
  readonly finding: Finding;
}

/** Report of one finished edit. */
export interface EditReport extends ReportCard {
  readonly prompt: string;
  readonly change: EditResult["kind"];
  readonly inversionError: number;
  /** Steps done. */
  readonly steps: number;
}

/** One edit of a run is done. */
export interface EditedEvent {
  readonly type: "edited";
  readonly run: number;
  readonly edit: number;
  /** Edits of the run. */
  readonly edits: number;
  readonly masked: boolean;
  readonly report: EditReport;
}

/** Measurements of a generated picture. */
export interface GenerateReport {
  /** Mean cosine to the prompt under the CLIPs that gave the gradient. */
  readonly guideScore: number;
  /** The same under the judge, which gave none. */
  readonly judgeScore: number;
  /** Guide score minus judge score. */
  readonly gap: number;
  /** Steps done. */
  readonly steps: number;
  /** Step whose latents were read out; 0 is the draft. */
  readonly chosen: number;
  /** Whether the run ended early because the loss no longer fell. */
  readonly plateaued: boolean;
  /** Pictures and views that went through an image encoder. */
  readonly passes: number;
  /** The budget, as it was given. */
  readonly budget?: string;
  readonly seconds: number;
}

/** What every finished run has. */
interface Finished {
  /** Path of the picture; absent in memory. */
  readonly path: string | undefined;
  readonly seed: number;
  /** The picture's file, as it is written. */
  readonly bytes: Buffer;
  readonly seconds: number;
  /** Whether it was stopped before its end. */
  readonly stopped: boolean;
}

/** A finished picture of `runGenerate`. */
export interface FinishedGenerate extends Finished {
  readonly record: GenerateRecord;
  readonly report: GenerateReport;
  /** The picture over white where it is transparent; of regions, painted at 512 pixels at most. */
  readonly picture: Picture;
  /** The layers of a scene, as its scene file holds them; absent for a picture of one layer. */
  readonly scene?: SceneFile | undefined;
  /** Paths of the layers' own pictures, bottom to top, where they were asked for; empty in memory. */
  readonly layerPaths?: readonly string[] | undefined;
}

/** A finished picture of `runEdit`. */
export interface FinishedEdit extends Finished {
  readonly record: EditRecord;
  /** One report for each edit that was made. */
  readonly reports: readonly EditReport[];
}

/** A run is finished and its files are written. */
export interface FinishedEvent {
  readonly type: "finished";
  readonly run: number;
  readonly result: FinishedGenerate | FinishedEdit;
}

/** Progress of `runGenerate` and `runEdit`. */
export type RunEvent = PlannedEvent | DraftEvent | StepEvent | FindingEvent | EditedEvent | FinishedEvent;

/** What `runGenerate` made. */
export interface GenerateResult {
  /** One for each picture, in the order of seeds. */
  readonly pictures: readonly FinishedGenerate[];
  /** Path of the contact sheet of several pictures; absent for one, and in memory. */
  readonly sheet: string | undefined;
  /** Whether the signal stopped it before its end. */
  readonly stopped: boolean;
  readonly seconds: number;
}

/** A variation that was made before the run was resumed. */
export interface EarlierEdit {
  readonly path: string | undefined;
  readonly seed: number;
  readonly bytes: Buffer;
  readonly reports: readonly EditReport[];
}

/** What `runEdit` made. */
export interface EditRunResult {
  /** One for each variation, those from before a resume included, in the order of seeds. */
  readonly pictures: readonly (FinishedEdit | EarlierEdit)[];
  readonly stopped: boolean;
  readonly seconds: number;
}
