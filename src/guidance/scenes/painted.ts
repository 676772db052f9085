import { joinLayer, plainLayer } from "../../gan/index.js";
import { hostFloats } from "../../tensor/index.js";
import type { ScoredDraft } from "../candidates/drafts.js";
import type { SessionPrograms } from "../sessionPrograms.js";
import { type Drawing, joinPieces, createPiece } from "./drawing.js";

/** Converts drafts to drawings of one piece. Drafts without ink are left out. */
export async function createDrawings(
  programs: SessionPrograms,
  text: string,
  drafts: readonly Pick<ScoredDraft, "latents" | "score">[],
): Promise<Drawing[]> {
  const painter = programs.layered(1).painter();
  const drawings: Drawing[] = [];
  for (const { latents, score } of drafts) {
    const own = latents.data as Float32Array;
    const row = joinLayer(own, plainLayer);
    const [picture] = await painter.regions(hostFloats(row, [1, 1, row.length]));
    const piece = createPiece(own, picture!);
    if (piece) drawings.push(joinPieces(text, [piece], score));
  }
  return drawings;
}
