import type { Snapshot } from "../guidance/index.js";
import { type LoadedPicture, type Picture, type RgbaBytes, composeContactSheet } from "../images/index.js";
import type { EditReport } from "./events.js";
import type { InputFiles } from "./inputs.js";
import type { EditJob } from "./jobs.js";
import type { RunLog } from "./log.js";
import type { SceneFile } from "./requests/index.js";

/** Result of one edit of a run. */
export interface EditOutcome {
  readonly bytes: RgbaBytes;
  /** The generator's copy before and after the edit, side by side. */
  readonly pair: Picture;
  readonly maskPicture?: Picture;
  readonly report: EditReport;
  /** Scene file of the result, of an edit that changes layers. */
  readonly scene?: SceneFile;
}

/** One edit of a run: its input, settings and position. */
export interface EditTask {
  readonly job: EditJob;
  /** Number of the edit in its run, from 1. */
  readonly edit: number;
  readonly run: number;
  readonly picture: LoadedPicture;
  readonly inputs: InputFiles;
  readonly log: RunLog;
  /** Snapshot from which the edit is resumed. */
  readonly snapshot: Snapshot | undefined;
}

/** Draws the generator's copies before and after an edit side by side. */
export function composePair(before: Picture, after: Picture): Promise<Picture> {
  const scale = Math.max(1, Math.round(192 / before.width));
  return composeContactSheet([before, after], { columns: 2, scale, labels: ["copy", "edited"] });
}

/** Draws a mask, `[height, width]` in [0, 1], as a grey picture. */
export function toGreyPicture(mask: Float32Array, { width, height }: RgbaBytes): Picture {
  const data = Float32Array.from({ length: mask.length * 3 }, (_, at) => mask[Math.floor(at / 3)]!);
  return { width, height, data };
}
