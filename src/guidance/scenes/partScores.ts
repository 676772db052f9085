import { type RelationKind, isBeing, isFigure } from "../../prompts/index.js";
import type { SteerModels } from "../steerModels.js";
import { type Drawing, measureLooseShare } from "./drawing.js";
import { findLooseEyes } from "./eyes.js";
import { findMiddle } from "./figure.js";
import { deltaE, labOf } from "./lab.js";
import { type ScenePlan, listKinds } from "./plan.js";
import { heightOf, widthOf } from "./sprite.js";

/** Penalty for the share of ink outside the largest connected part. */
const looseWeight = 0.5;
/** Colour difference (ΔE) from the requested colour that has no penalty, and the penalty of each unit above. */
const colourLimit = { free: 15, cost: 0.01 };
/** Relations in which one thing is in front of the other. */
const touching = new Set<RelationKind>([
  "in",
  "on",
  "riding",
  "holding",
  "neck",
  "body",
  "eyes",
  "head",
  "front",
  "behind",
]);

/**
 * Penalties of a being that wears or holds something: no eyes, eyes below `lowest` (seen from above), seen from the side,
 * or a full hand; of a board that is taller than `flat` / width; and of an animal to ride of which the head alone is drawn, whose eyes are farther from each other than `near` / width.
 */
const poseLoss = {
  tilted: 0.4,
  flat: 0.4,
  eyeless: 0.2,
  low: 0.2,
  lowest: 0.62,
  side: 0.06,
  occupied: 0.1,
  head: 0.2,
  near: 0.2,
};
/** Boards on which others stand: a drawing of one from the side is preferred to one that is tilted. */
const boards = /\b(?:skateboard|surfboard|snowboard|longboard)$/;
/** Relations that need a being seen from the front. */
const facing = new Set<RelationKind>(["eyes", "neck", "body", "face", "head"]);

/** Relations that need a being whose head is visible. */
const bearing = new Set<RelationKind>(["holding", "back", "feet"]);

/** Computes the penalty of a drawing of a being that wears or holds something and whose head is not clearly visible. */
export function computePoseLoss({ sprite }: Drawing, plan: ScenePlan, part: number): number {
  const { eyes, box } = sprite;
  const borne = listKinds(plan, "object", part);
  if (boards.test(plan.parts[part]!) && (borne.includes("riding") || borne.includes("on")))
    return poseLoss.tilted * Math.max(0, heightOf(box) / widthOf(box) - poseLoss.flat);
  const isMount = listKinds(plan, "object", part).includes("riding") && isBeing(plan.parts[part]!);
  if (isMount && eyes && eyes.distance > poseLoss.near * widthOf(box)) return poseLoss.head;
  const kinds = listKinds(plan, "subject", part);
  if (!isBeing(plan.parts[part]!) || !kinds.some((kind) => facing.has(kind) || bearing.has(kind))) return 0;
  if (!eyes) return poseLoss.eyeless;
  if (eyes.y > box.top + poseLoss.lowest * (box.bottom - box.top)) return poseLoss.low;
  const isHolder = kinds.includes("holding") && isFigure(plan.parts[part]!);
  if (isHolder && findMiddle(sprite).freeSide !== undefined) return poseLoss.occupied;
  return eyes.distance === 0 && kinds.some((kind) => facing.has(kind)) ? poseLoss.side : 0;
}

/** Adds eyes to the drawing of a being without any, found by the relaxed limits. */
export function addLooseEyes(drawing: Drawing, text: string): Drawing {
  if (drawing.sprite.eyes || !isBeing(text) || drawing.pieces.length > 1) return drawing;
  const eyes = findLooseEyes(drawing.pieces[0]!.look);
  return eyes ? { ...drawing, sprite: { ...drawing.sprite, eyes } } : drawing;
}

/** Computes the score of a drawing as a part: loose ink and a wrong colour reduce it. */
export function computePartScore(drawing: Drawing, { phrases }: Pick<SteerModels, "phrases">): number {
  const rgb = phrases?.read(drawing.text)?.colour?.rgb;
  const main = drawing.pieces[0]!.look.regions[0];
  const difference = rgb && main ? deltaE(labOf(rgb), main.lab) : 0;
  const wrongColour = colourLimit.cost * Math.max(0, difference - colourLimit.free);
  return drawing.score - looseWeight * measureLooseShare(drawing) - wrongColour;
}

/** Penalty of a style for two touching things with the same main colour. */
export const sameColourLoss = 0.1;
/** Maximum difference (ΔE) of colours that count as the same. */
const oneColour = 14;

/** Counts the touching things with the same main colour, such as an egg in a box. */
export function countSameColours({ relations }: ScenePlan, parts: readonly (readonly Drawing[])[]): number {
  const mainOf = (part: number) => parts[part]![0]?.pieces[0]!.look.regions[0]?.lab;
  return relations.filter(({ subject, kind, object }) => {
    const [one, other] = [mainOf(subject), mainOf(object)];
    return touching.has(kind) && one && other && deltaE(one, other) < oneColour;
  }).length;
}
