import { isMoved, isRunning, isSeated } from "../../prompts/index.js";
import { type Drawing, joinPieces, mirrorPiece } from "./drawing.js";
import { type ScenePlan, listKinds } from "./plan.js";
import { type Sprite, centreOf, measureTopContour, widthOf } from "./sprite.js";

/** Measures in which direction a drawing from the side looks: −1 is left, 1 is right; 0 for other drawings. */
export function measureFacing({ sprite: { eyes, box } }: Drawing): -1 | 0 | 1 {
  if (eyes?.distance !== 0) return 0;
  const aside = (eyes.x - centreOf(box).x) / widthOf(box);
  return Math.abs(aside) < 0.12 ? 0 : aside < 0 ? -1 : 1;
}

const mirror = (drawing: Drawing): Drawing =>
  joinPieces(drawing.text, drawing.pieces.map(mirrorPiece), drawing.score);

/** Tells whether a vehicle is drawn with its front at the right: the handlebar is higher than the rear. */
function leadsRight(vehicle: Sprite): boolean {
  const { box } = vehicle;
  const { x } = centreOf(box);
  return measureTopContour(vehicle, x, box.right) < measureTopContour(vehicle, box.left, x);
}

/** Tells whether a part is ridden by a seated figure; these look to the left. */
const isRiddenBySeated = ({ parts, relations }: ScenePlan, part: number): boolean =>
  relations.some(
    ({ subject, kind, object }) =>
      object === part && (kind === "riding" || kind === "on") && isSeated(parts[subject]!),
  );

/** Mirrors a drawing if necessary, so that it looks at its neighbour, at the one between it and another, or where its rider looks. */
export function turnToNeighbour(drawing: Drawing, plan: ScenePlan, part: number): Drawing {
  if (isRiddenBySeated(plan, part)) {
    const facing = measureFacing(drawing);
    return facing > 0 || (facing === 0 && leadsRight(drawing.sprite)) ? mirror(drawing) : drawing;
  }
  const [flank] = listKinds(plan, "object", part).filter((kind) => /Flank$/.test(kind));
  if (flank) {
    const inward = flank === "leftFlank" ? 1 : -1;
    return measureFacing(drawing) === -inward ? mirror(drawing) : drawing;
  }
  const beside = plan.relations.filter(
    ({ subject, kind, object }) =>
      (subject === part || object === part) && ["beside", "left", "right"].includes(kind),
  );
  const [relation] = beside;
  if (!relation || beside.length > 1) return drawing;
  // One runs after the other.
  if (isRunning(plan.parts[relation.subject]!) && isRunning(plan.parts[relation.object]!)) return drawing;
  // Who pulls a cart is before it, and looks ahead.
  const pulls =
    relation.subject === part && relation.kind === "left" && isMoved(plan.parts[relation.object]!);
  const direction = !pulls && (relation.subject === part) === (relation.kind !== "right") ? 1 : -1;
  if (measureFacing(drawing) !== -direction) return drawing;
  return mirror(drawing);
}
