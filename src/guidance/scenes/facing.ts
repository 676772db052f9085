import { type Drawing, joinPieces, mirrorPiece } from "./drawing.js";
import { type ScenePlan, listKinds } from "./plan.js";
import { centreOf, widthOf } from "./sprite.js";

/** Measures in which direction a drawing from the side looks: −1 is left, 1 is right; 0 for other drawings. */
export function measureFacing({ sprite: { eyes, box } }: Drawing): -1 | 0 | 1 {
  if (eyes?.distance !== 0) return 0;
  const aside = (eyes.x - centreOf(box).x) / widthOf(box);
  return Math.abs(aside) < 0.12 ? 0 : aside < 0 ? -1 : 1;
}

/** Mirrors a drawing if necessary, so that it looks at its neighbour, or at the one between it and another. */
export function turnToNeighbour(drawing: Drawing, plan: ScenePlan, part: number): Drawing {
  const [flank] = listKinds(plan, "object", part).filter((kind) => /Flank$/.test(kind));
  if (flank) {
    const inward = flank === "leftFlank" ? 1 : -1;
    return measureFacing(drawing) === -inward
      ? joinPieces(drawing.text, drawing.pieces.map(mirrorPiece), drawing.score)
      : drawing;
  }
  const beside = plan.relations.filter(
    ({ subject, kind, object }) =>
      (subject === part || object === part) && ["beside", "left", "right"].includes(kind),
  );
  const [relation] = beside;
  if (!relation || beside.length > 1) return drawing;
  const direction = (relation.subject === part) === (relation.kind !== "right") ? 1 : -1;
  if (measureFacing(drawing) !== -direction) return drawing;
  return joinPieces(drawing.text, drawing.pieces.map(mirrorPiece), drawing.score);
}
