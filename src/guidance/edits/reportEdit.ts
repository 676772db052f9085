import { type RgbaBytes, compositeOnWhite } from "../../images/index.js";
import type { PassCounter } from "../ascent/passes.js";
import { type Embeddings, type Term, sumPositiveEmbeddings } from "../programs/embedTerms.js";
import type { SessionPrograms } from "../sessionPrograms.js";
import { type EditFinding, listEditFindings } from "./findings.js";
import {
  type ReportCard,
  measureAlphaChange,
  countChangedPixels,
  measureChange,
  measureRealism,
} from "./report.js";
import { measureVisibleChange } from "./visibleChange.js";
import { reduceMask, reducePicture } from "./workingCopy.js";

/** Longest side of the copies that the report is measured on. */
const reportSide = 512;

/** Measures what an edit did to a picture. @param texts unit embeddings of target and source text by CLIP, `[2, features]`. */
export async function reportEdit(
  programs: SessionPrograms,
  {
    original,
    bytes,
    mask,
    moved,
    added,
    recolouring,
  }: {
    readonly original: RgbaBytes;
    readonly bytes: RgbaBytes;
    readonly mask: Float32Array | undefined;
    readonly moved?: ReportCard["moved"];
    readonly added?: ReportCard["added"];
    readonly recolouring?: ReportCard["recolouring"];
  },
  { texts, term, passes }: { readonly texts: Embeddings; readonly term: Term; readonly passes: PassCounter },
): Promise<{ report: ReportCard; findings: readonly EditFinding[] }> {
  const { models } = programs;
  const [before, after] = [original, bytes].map((each) => compositeOnWhite(reducePicture(each, reportSide)));
  const pictures = { before: before!, after: after! };
  const positives = sumPositiveEmbeddings(texts, [term, { ...term, weight: -1 }]);
  const condition = positives[models.guides[0]!.prefix]!;
  const realism = await measureRealism(models, pictures, condition, programs.options);
  const boxes = added && added.length > 0 ? added : undefined;
  const report: ReportCard = {
    ...(await measureChange(models, pictures, texts, programs)),
    changedOutside: mask ? countChangedPixels(original, bytes, mask) : 0,
    changed: countChangedPixels(original, bytes),
    alpha: measureAlphaChange(original, bytes),
    moved,
    added: boxes,
    recolouring,
    visible: measureVisibleChange(before!, after!, {
      mask: mask && reduceMask(mask, original, reportSide),
      added: moved ? undefined : boxes,
    }),
    realism,
  };
  passes.add(2 * (models.guides.length + 1));
  return { report, findings: listEditFindings(report) };
}
