import { type PlacingKind, type RelationKind, type SceneRelation, isStage } from "../../prompts/index.js";
import type { Layout, LayoutPart } from "./layout.js";
import { type Box, centreOf, measureCover, heightOf, placeBox, widthOf } from "./sprite.js";

/** Length of the overlap of two intervals, relative to the shorter one; negative for a gap. */
const measureOverlap = (from: number, to: number, otherFrom: number, otherTo: number): number =>
  (Math.min(to, otherTo) - Math.max(from, otherFrom)) / Math.min(to - from, otherTo - otherFrom);

const overlapAcross = (a: Box, b: Box): number => measureOverlap(a.left, a.right, b.left, b.right);
const overlapDown = (a: Box, b: Box): number => measureOverlap(a.top, a.bottom, b.top, b.bottom);
const isInside = ({ x, y }: { x: number; y: number }, { left, top, right, bottom }: Box): boolean =>
  x >= left && x <= right && y >= top && y <= bottom;
/** Enlarges a box on each side by a share of its width and height. */
const growBox = (box: Box, share: number): Box => ({
  left: box.left - share * widthOf(box),
  top: box.top - share * heightOf(box),
  right: box.right + share * widthOf(box),
  bottom: box.bottom + share * heightOf(box),
});

type Test = (subject: Box, object: Box) => boolean;

const isWorn: Test = (subject, object) => isInside(centreOf(object), growBox(subject, 0.05));
const isBeside: Test = (subject, object) =>
  overlapAcross(subject, object) < 0.25 && overlapDown(subject, object) > 0.3;

/** Tests whether the boxes of a subject and an object show a relation. */
const tests: Readonly<Record<PlacingKind, Test>> = {
  head: (subject, object) =>
    centreOf(object).y < centreOf(subject).y &&
    overlapDown(subject, object) > -0.05 &&
    overlapAcross(subject, object) > 0.5,
  eyes: isWorn,
  neck: isWorn,
  body: (subject, object) => overlapAcross(subject, object) > 0.5 && centreOf(object).y > subject.top,
  feet: (subject, object) => centreOf(object).y > centreOf(subject).y && overlapAcross(subject, object) > 0.5,
  wrist: (subject, object) => isInside(centreOf(object), growBox(subject, 0.15)),
  back: (subject, object) => overlapAcross(subject, object) > 0.1 && overlapDown(subject, object) > 0.1,
  face: isWorn,
  scattered: (subject, object) => overlapAcross(subject, object) > 0.5 && overlapDown(subject, object) > 0,
  around: (subject, object) => isInside(centreOf(subject), growBox(object, 0.1)),
  mouth: (subject, object) => isInside(centreOf(object), growBox(subject, 0.3)),
  holding: (subject, object) => overlapAcross(subject, object) > -0.1 && overlapDown(subject, object) > 0.2,
  // What sits on a swing or hangs on a door is before it.
  on: (subject, object) =>
    centreOf(subject).y < centreOf(object).y + 0.25 * heightOf(object) &&
    overlapDown(subject, object) > -0.05 &&
    overlapAcross(subject, object) > 0.5,
  riding: (subject, object) =>
    centreOf(subject).y < centreOf(object).y &&
    overlapDown(subject, object) > 0 &&
    overlapAcross(subject, object) > 0.5,
  climbing: (subject, object) => overlapAcross(subject, object) > 0.5 && overlapDown(subject, object) > 0.5,
  in: (subject, object) => overlapAcross(subject, object) > 0.5 && overlapDown(subject, object) > 0.1,
  above: (subject, object) => centreOf(subject).y < centreOf(object).y && overlapDown(subject, object) < 0.35,
  // What is under a blanket looks out above it.
  below: (subject, object) =>
    centreOf(subject).y > centreOf(object).y ||
    (overlapAcross(subject, object) > 0.9 && overlapDown(subject, object) > 0.25),
  beside: (subject, object) =>
    isBeside(subject, object) || (overlapAcross(subject, object) > 0.5 && overlapDown(subject, object) < 0.4),
  left: (subject, object) => isBeside(subject, object) && centreOf(subject).x < centreOf(object).x,
  right: (subject, object) => isBeside(subject, object) && centreOf(subject).x > centreOf(object).x,
  leftFlank: (subject, object) =>
    centreOf(object).x < subject.left + 0.1 * widthOf(subject) && overlapDown(subject, object) > 0.3,
  rightFlank: (subject, object) =>
    centreOf(object).x > subject.right - 0.1 * widthOf(subject) && overlapDown(subject, object) > 0.3,
  behind: (subject, object) => overlapAcross(subject, object) > 0.1 && overlapDown(subject, object) > 0.1,
  front: (subject, object) => overlapAcross(subject, object) > 0.1 && overlapDown(subject, object) > 0.1,
  mark: (subject, object) => centreOf(object).y < centreOf(subject).y,
  paws: () => true,
  collar: () => true,
};

/** Relations whose object may cover the face of the subject. */
const ofFaces = new Set<RelationKind>(["eyes", "face", "head", "mouth", "mark"]);
/** Maximum share of a face, from its eyes to its mouth, that other things may cover. */
const freeCover = 0.12;

/** Finds the box of a drawing from its eyes to its mouth. */
function findFace({ eyes, box }: LayoutPart["sprite"]): Box | undefined {
  if (!eyes) return undefined;
  const { x, y, distance, extent } = eyes;
  const half = distance > 0 ? 0.55 * extent : Math.max(extent, 0.05 * widthOf(box));
  return {
    left: x - half,
    right: x + half,
    top: y - half,
    bottom: y + (distance > 0 ? 1.3 * distance : half),
  };
}

/** Whether no face is covered by a thing other than those worn there. */
export function showsFaces(
  parts: readonly LayoutPart[],
  relations: readonly SceneRelation[],
  { placements, order }: Layout,
): boolean {
  return parts.every(({ sprite }, part) => {
    const face = findFace(sprite);
    if (!face) return true;
    // A face that is drawn again is before the collar of what is worn.
    const shown =
      relations.find(({ subject, kind }) => subject === part && kind === "collar")?.object ?? part;
    const before = order
      .slice(order.indexOf(shown) + 1)
      .filter(
        (other) =>
          !relations.some(
            ({ subject, kind, object }) => subject === part && object === other && ofFaces.has(kind),
          ),
      );
    const covering = before.map((other) => ({ sprite: parts[other]!.sprite, at: placements[other]! }));
    return measureCover(placeBox(face, placements[part]!), covering) <= freeCover;
  });
}

/** Whether a layout shows all relations. It compares boxes, since CLIPs cannot distinguish left from right. */
export function showsRelations(
  parts: readonly LayoutPart[],
  relations: readonly SceneRelation[],
  { placements }: Layout,
): boolean {
  const boxOf = (part: number): Box => placeBox(parts[part]!.sprite.box, placements[part]!);
  return relations.every(
    ({ subject, kind, object }) => isStage(kind) || tests[kind](boxOf(subject), boxOf(object)),
  );
}
