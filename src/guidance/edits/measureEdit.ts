import {
  type LoadedPicture,
  type Picture,
  type RgbaBytes,
  compositeOnWhite,
  toPicture,
} from "../../images/index.js";
import { createPassCounter } from "../ascent/passes.js";
import { type Term, toEncoderInput } from "../programs/embedTerms.js";
import type { SessionPrograms } from "../sessionPrograms.js";
import type { EditResult } from "./contract.js";
import { reportEdit } from "./reportEdit.js";

/** What an edit was asked for. */
export interface EditGoal {
  /** What the picture should show now. */
  readonly term: Term;
  /** What it showed before. */
  readonly from: string;
  /** Where it may have changed, `[height, width]`; everywhere when absent. */
  readonly mask?: Float32Array | undefined;
}

/** What is known of an edit that was made without an ascent. */
export type MeasuredEdit = Pick<EditResult, "before" | "after" | "report" | "findings" | "passes">;

/**
 * Measures an edit by its pictures before and after.
 * @param bytes the result, as large as the original.
 * @returns the pictures at the generator's size, the report card and its findings.
 */
export async function measureEdit(
  programs: SessionPrograms,
  original: LoadedPicture,
  bytes: RgbaBytes,
  { term, from, mask }: EditGoal,
): Promise<MeasuredEdit> {
  const passes = createPassCounter();
  const side = programs.models.generator.resolution;
  const [before, after] = await Promise.all(
    [original, bytes].map(async (each): Promise<Picture> => {
      const input = await toEncoderInput(compositeOnWhite(each), side);
      return toPicture(input.data as Float32Array, side);
    }),
  );
  const texts = await programs.embedder.embed([term, { ...term, text: from, weight: 1 }], passes);
  const pictures = { original, bytes, mask };
  const { report, findings } = await reportEdit(programs, pictures, { texts, term, passes });
  return { before: before!, after: after!, report, findings, passes: passes.total };
}
