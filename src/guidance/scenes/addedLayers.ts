import { listAddedTexts } from "../../prompts/index.js";
import type { SessionPrograms } from "../sessionPrograms.js";
import { addOpening } from "./doors.js";
import type { Drawing } from "./drawing.js";
import type { ScenePlan } from "./plan.js";

/** Adds the layer that a part needs besides its own drawing: the opening of a closed container. */
export async function addLayers(
  programs: SessionPrograms,
  plan: ScenePlan,
  part: number,
  drawing: Drawing,
  style: string | undefined,
): Promise<Drawing> {
  const [text] = listAddedTexts(plan, part);
  return text === undefined ? drawing : addOpening(programs, drawing, text, style);
}
