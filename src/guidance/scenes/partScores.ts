import { type RelationKind, isBeing } from "../../prompts/index.js";
import type { SteerModels } from "../steerModels.js";
import { type Drawing, measureLooseShare } from "./drawing.js";
import { findLooseEyes } from "./eyes.js";
import { deltaE, labOf } from "./lab.js";
import { type ScenePlan, listKinds } from "./plan.js";

/** Weight of the loose share of a drawing's ink against its score. */
const looseWeight = 0.5;
/** Difference of a requested colour from a drawing's main colour that costs nothing, and the cost of each unit above. */
const colourLimit = { free: 15, cost: 0.01 };
/** Relations of things of which one is before the other. */
const touching = new Set<RelationKind>([
  "in",
  "on",
  "holding",
  "neck",
  "body",
  "eyes",
  "head",
  "front",
  "behind",
]);

/** What is lost by a being that bears something and has no eyes, has them low as from above, or is from the side. */
const poseLoss = { eyeless: 0.2, low: 0.2, lowest: 0.62, side: 0.06 };
/** Relations that a being from the front shows better. */
const facing = new Set<RelationKind>(["eyes", "neck", "body", "face", "head"]);

/** Relations that take a being whose head is seen. */
const bearing = new Set<RelationKind>(["holding", "back", "feet"]);

/** What a drawing loses where its being wears or holds something and its head is not seen well. */
export function computePoseLoss({ sprite: { eyes, box } }: Drawing, plan: ScenePlan, part: number): number {
  const kinds = listKinds(plan, "subject", part);
  if (!isBeing(plan.parts[part]!) || !kinds.some((kind) => facing.has(kind) || bearing.has(kind))) return 0;
  if (!eyes) return poseLoss.eyeless;
  if (eyes.y > box.top + poseLoss.lowest * (box.bottom - box.top)) return poseLoss.low;
  return eyes.distance === 0 && kinds.some((kind) => facing.has(kind)) ? poseLoss.side : 0;
}

/** A being with the eyes that its drawing has, if none were found as dark discs. */
export function addLooseEyes(drawing: Drawing, text: string): Drawing {
  if (drawing.sprite.eyes || !isBeing(text) || drawing.pieces.length > 1) return drawing;
  const eyes = findLooseEyes(drawing.pieces[0]!.look);
  return eyes ? { ...drawing, sprite: { ...drawing.sprite, eyes } } : drawing;
}

/** The score of a drawing as a part: loose ink and a wrong colour make it worse. */
export function computePartScore(drawing: Drawing, { phrases }: Pick<SteerModels, "phrases">): number {
  const rgb = phrases?.read(drawing.text)?.colour?.rgb;
  const main = drawing.pieces[0]!.look.regions[0];
  const difference = rgb && main ? deltaE(labOf(rgb), main.lab) : 0;
  const wrongColour = colourLimit.cost * Math.max(0, difference - colourLimit.free);
  return drawing.score - looseWeight * measureLooseShare(drawing) - wrongColour;
}

/** What a style loses for two things that touch and have one main colour. */
export const sameColourLoss = 0.1;
/** Difference of colours that are one. */
const oneColour = 14;

/** Number of relations between things in one main colour: an egg in a box. */
export function countSameColours({ relations }: ScenePlan, parts: readonly (readonly Drawing[])[]): number {
  const mainOf = (part: number) => parts[part]![0]?.pieces[0]!.look.regions[0]?.lab;
  return relations.filter(({ subject, kind, object }) => {
    const [one, other] = [mainOf(subject), mainOf(object)];
    return touching.has(kind) && one && other && deltaE(one, other) < oneColour;
  }).length;
}
