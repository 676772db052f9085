import { barText, findOpeningText, isCage, listAddedTexts } from "../../prompts/index.js";
import type { SessionPrograms } from "../sessionPrograms.js";
import { addOpening } from "./doors.js";
import { type Drawing, joinPieces, shrinkToSquare } from "./drawing.js";
import type { ScenePlan } from "./plan.js";
import { widthOf } from "./sprite.js";

/** Distance of the ladders of a cage / ladder width. Neighbours share a rail. */
const ladderStep = 0.82;

/** Draws the bars of a cage: ladders side by side. */
function drawBars({ text, pieces, score }: Drawing): Drawing {
  const piece = pieces[0]!;
  const step = ladderStep * widthOf(piece.sprite.box);
  const bars = [-1, 0, 1].map((at) => ({ ...piece, placement: { scale: 1, x: at * step, y: 0 } }));
  return joinPieces(text, shrinkToSquare(bars), score);
}

/** Adds the layers that a part needs besides its own drawing: the bars of a cage, or the opening of a container. */
export async function addLayers(
  programs: SessionPrograms,
  plan: ScenePlan,
  part: number,
  drawing: Drawing,
  style: string | undefined,
): Promise<Drawing> {
  const texts = listAddedTexts(plan, part);
  if (texts.length === 0) return drawing;
  if (isCage(plan.parts[part]!) && texts.includes(barText)) return drawBars(drawing);
  return texts[0] === findOpeningText(plan.parts[part]!)
    ? addOpening(programs, drawing, texts[0]!, style)
    : drawing;
}
