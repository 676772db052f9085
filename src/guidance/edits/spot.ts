import type { SceneRelation } from "../../prompts/index.js";
import type { Pair, Related } from "../scenes/relate.js";
import {
  type Box,
  type Placement,
  centreOf,
  composePlacements,
  heightOf,
  identity,
  invertPlacement,
  placeBox,
  widthOf,
} from "../scenes/sprite.js";
import { findHead } from "../scenes/wornPriors.js";
import { makeRoom } from "./figure.js";
import { isHeadLike, measureCoveredShare, moveHatInsideCanvas, moveInsideCanvas } from "./outline.js";

/** Share of a drawing that a thing may cover, and the cost of covering all of it. */
const freeCover = { worn: 0.2, held: 0.08 };
const coverCost = 1.5;
/** Cost of making the picture's drawing infinitely small. */
const shrinkCost = 0.8;
/** Minimum scale of a thing, and its maximum shift relative to its size, before the drawing makes room for it. */
const bearable = { scale: 0.8, shift: 0.2 };

/** Where a thing goes. */
export interface Spot {
  /** The thing and the picture's own drawing. */
  readonly where: Placement;
  readonly figure: Placement;
  readonly isUnder: boolean;
  /** Relative to a cosine. */
  readonly cost: number;
}

/** What limits places. */
export interface PlaceLimits {
  readonly relation: SceneRelation["kind"];
  /** The part of the canvas that the picture covers. */
  readonly frame: Box;
  /** Whether the picture's drawing can be moved on its ground. */
  readonly movable: boolean;
}

/** Minimum scale of a thing at the neck, relative to its placement, so that it does not cover the face. */
const leastScarf = 0.5;

/** Fits a thing at the neck into a frame by scaling it about its upper edge. */
function fitScarfInsideCanvas(box: Box, at: Placement, frame: Box): Placement {
  const placed = placeBox(box, at);
  const fit = Math.min(1, Math.max(leastScarf, (frame.bottom - placed.top) / heightOf(placed)));
  const scale = at.scale * fit;
  const x = centreOf(placed).x - scale * centreOf(box).x;
  return moveInsideCanvas(box, { scale, x, y: placed.top - scale * box.top }, frame);
}

/** Maximum width and height of a hat, relative to a body seen from the side, whose head is a small part of it. */
const largestHat = { width: 0.3, height: 0.32 };
/** Headgear that fits the head. */
const fitted = /\b(?:helmet|cap|beanie|headphones?|earphones?)$/;

/** Limits the size of a hat on a body seen from the side; its foot stays at its place. */
function limitHat({ subject, object, objectText }: Pair, at: Placement): Placement {
  const isFront = subject.eyes !== undefined && subject.eyes.distance > 0;
  if (isFront || fitted.test(objectText) || isHeadLike(subject)) return at;
  const { box } = object;
  const scale = Math.min(
    at.scale,
    (largestHat.width * widthOf(subject.box)) / widthOf(box),
    (largestHat.height * heightOf(subject.box)) / heightOf(box),
  );
  const change = at.scale - scale;
  return { scale, x: at.x + change * centreOf(box).x, y: at.y + change * box.bottom };
}

/** Fits a placed thing into the frame: by scaling and shifting it a little, otherwise by making room in the drawing. */
export function findSpot(pair: Pair, related: Related, { relation, frame, movable }: PlaceLimits): Spot {
  const { subject, object } = pair;
  const fitInside = (at: Placement, figure: Placement): Placement => {
    if (relation === "neck") return fitScarfInsideCanvas(object.box, at, frame);
    if (relation !== "head") return moveInsideCanvas(object.box, at, frame);
    const head = findHead(subject, pair.subjectText);
    const around = {
      left: 0,
      right: 0,
      top: head.top,
      bottom: head.top + Math.min(head.width, heightOf(subject.box)),
    };
    return moveHatInsideCanvas(object.box, at, placeBox(around, figure), frame);
  };
  const priorPlacement = relation === "head" ? limitHat(pair, related.object) : related.object;
  let [where, figure] = [fitInside(priorPlacement, identity), identity];
  const [from, to] = [placeBox(object.box, priorPlacement), placeBox(object.box, where)];
  const shift = Math.max(
    Math.abs(centreOf(to).x - centreOf(from).x) / widthOf(from),
    relation === "head" ? 0 : Math.abs(centreOf(to).y - centreOf(from).y) / heightOf(from),
  );
  if (movable && (where.scale < bearable.scale * priorPlacement.scale || shift > bearable.shift)) {
    figure = makeRoom(subject.box, from, frame);
    where = fitInside(composePlacements(figure, priorPlacement), figure);
  }
  const isUnder = related.front === "subject";
  const free = relation === "holding" ? freeCover.held : freeCover.worn;
  const relative = composePlacements(invertPlacement(figure), where);
  const covered = isUnder ? 0 : Math.max(0, measureCoveredShare(subject, object, relative) - free);
  return { where, figure, isUnder, cost: coverCost * covered + shrinkCost * (1 - figure.scale) };
}
