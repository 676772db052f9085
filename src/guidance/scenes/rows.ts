import { isBeing } from "../../prompts/index.js";
import type { ScenePlan } from "./plan.js";

/** Most copies in one row. */
const longestRow = 3;
/** Closed things, in which copies are above each other. */
const closedThings = /\b(?:glass|bottle|jar|ball|bubble|balloon|tree|bush|nest|house|castle)$/;

/** Tells whether a part is one being. */
const isSingle = ({ parts, counts }: ScenePlan, part: number): boolean =>
  (counts?.[part] ?? 1) === 1 && isBeing(parts[part]!);

/** Things that stand on others, each for itself, and most of them in one row. */
const upright = /\bcandle$/;
const longestUpright = 5;

/** Things that stand on the ground. */
const grounded = /\b(?:mountain|hill|tree|palm|house|castle|building|tent|snowman|scarecrow)$/;
/** Things on which others lie side by side, and are not heaped up. */
const ledges = /\b(?:tray|shelf|fence|wall|window ?sill|branch|clothesline)$/;

/** Tells whether copies are in one row, since those of an upper row would float: beings in a boat, on a back or on a head, hens at a farmer's feet, candles on a cake. */
export function standsInRow(plan: ScenePlan, part: number, count: number): boolean {
  const text = plan.parts[part]!;
  if (upright.test(text) && count <= longestUpright)
    return plan.relations.some(({ subject, kind }) => subject === part && kind === "on");
  const isOnLedge = plan.relations.some(
    ({ subject, kind, object }) => subject === part && kind === "on" && ledges.test(plan.parts[object]!),
  );
  if (count <= longestRow && (isOnLedge || grounded.test(text))) return true;
  if (count > longestRow || !isBeing(text)) return false;
  const isBesideOne = plan.relations.some(
    ({ subject, kind, object }) =>
      kind === "beside" &&
      ((object === part && isSingle(plan, subject)) || (subject === part && isSingle(plan, object))),
  );
  if (isBesideOne) return true;
  return plan.relations.some(
    ({ subject, kind, object }) =>
      (object === part && kind === "head") ||
      (subject === part &&
        (kind === "on" || kind === "below" || (kind === "in" && !closedThings.test(plan.parts[object]!)))),
  );
}
