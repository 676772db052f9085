import { isBeing } from "../../prompts/index.js";
import type { ScenePlan } from "./plan.js";

/** Most copies in one row. */
const longestRow = 3;
/** Closed things, in which copies are above each other. */
const closedThings = /\b(?:glass|bottle|jar|ball|bubble|balloon|tree|bush|nest|house|castle)$/;

/** Tells whether copies are in one row, since those of an upper row would float: beings in a boat, on a back or on a head. */
export function standsInRow(plan: ScenePlan, part: number, count: number): boolean {
  if (count > longestRow || !isBeing(plan.parts[part]!)) return false;
  return plan.relations.some(
    ({ subject, kind, object }) =>
      (object === part && kind === "head") ||
      (subject === part && (kind === "on" || (kind === "in" && !closedThings.test(plan.parts[object]!)))),
  );
}
