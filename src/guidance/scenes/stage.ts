import { type SceneRelation, type StageKind, isStage } from "../../prompts/index.js";
import { jitter, lerp, pinPoint } from "./relate.js";
import {
  type Box,
  type Placement,
  type PlacedSprite,
  type Sprite,
  centreOf,
  measureCover,
  heightOf,
  placeBox,
  widthOf,
} from "./sprite.js";

/** Height of the horizon, of the ground's upper edge, of the things' feet on the ground, and of water before them. */
const heights = { horizon: -0.12, ground: 0.3, feet: 0.78, water: 0.42 };
/** Half side of what is larger than the canvas, so that its edges are outside. */
const fullHalfSide = 1.08;
/** Boxes that the things are put into: on ground, in water, and in the air. */
const rooms: Readonly<Record<"ground" | "water" | "air", Box>> = {
  ground: { left: -0.78, right: 0.78, top: -0.6, bottom: heights.feet },
  water: { left: -0.75, right: 0.75, top: -0.55, bottom: 0.68 },
  air: { left: -0.66, right: 0.66, top: -0.55, bottom: 0.78 },
};
/** Places of what stands behind the things: middle, relative height of its foot, and size, in turn. */
const sceneryHeight = 1.25;
/** Places for what is in the sky, and its size. */
const skySpots = [0.66, -0.66, 0.22, -0.22].flatMap((x) => [-0.68, -0.3].map((y) => ({ x, y })));
const skySize = { one: 0.46, several: 1.7 };

/** The placement that puts the things' common box into a room, standing at its bottom or in its middle. */
export function findStageRoom(box: Box, kinds: readonly StageKind[]): Placement {
  const room = kinds.includes("immersed") ? rooms.water : kinds.includes("ground") ? rooms.ground : rooms.air;
  const scale = Math.min(widthOf(room) / widthOf(box), heightOf(room) / heightOf(box));
  const stands = room !== rooms.air;
  const from = stands ? { x: centreOf(box).x, y: box.bottom } : centreOf(box);
  const to = stands ? { x: centreOf(room).x, y: room.bottom } : centreOf(room);
  return pinPoint(scale, from, to);
}

const wholeCanvas: Box = { left: -1, top: -1, right: 1, bottom: 1 };
const measureOutside = (box: Box): number =>
  Math.max(wholeCanvas.left - box.left, box.right - wholeCanvas.right, wholeCanvas.top - box.top, 0);

/** The placement of one part of a setting. @param dial moves what has some choice. */
export function placeOnStage(
  kind: StageKind,
  sprite: Sprite,
  copies: number,
  placed: readonly PlacedSprite[],
  dials: readonly number[],
): Placement {
  const { box } = sprite;
  const [a = 0.5, b = 0.5] = dials;
  const full = (2 * fullHalfSide) / Math.min(widthOf(box), heightOf(box));
  const top = { x: centreOf(box).x, y: box.top };
  switch (kind) {
    case "backdrop":
      return pinPoint(full, centreOf(box), { x: 0, y: 0 });
    case "sea":
      return pinPoint(full, top, { x: 0, y: heights.horizon });
    case "ground":
      return pinPoint(full, top, { x: 0, y: heights.ground });
    case "immersed":
      return pinPoint(full, top, { x: 0, y: heights.water });
    case "scenery": {
      const scale = Math.min(sceneryHeight / heightOf(box), 1.9 / widthOf(box)) * lerp(0.9, 1, b);
      const foot = { x: centreOf(box).x, y: box.bottom };
      const half = (scale * widthOf(box)) / 2;
      const reach = copies > 1 ? 0 : Math.max(0.2, 0.92 - half);
      const spots = (copies > 1 ? [0] : [-reach, reach]).map((x) =>
        pinPoint(scale, foot, { x, y: heights.ground + 0.14 }),
      );
      return chooseLeastCovered(spots, box, placed);
    }
    case "aloft": {
      const size = (copies > 1 ? skySize.several : skySize.one) * lerp(0.9, 1.1, b);
      const scale = size / Math.max(widthOf(box), heightOf(box));
      const spots =
        copies > 1
          ? [pinPoint(scale, centreOf(box), { x: 0, y: -0.42 })]
          : skySpots.map(({ x, y }) => pinPoint(scale, centreOf(box), { x: x + jitter(0.04, a), y }));
      return chooseLeastCovered(spots, box, placed);
    }
  }
}

/** The spot, among the first of equal ones, at which things cover least of a box. */
function chooseLeastCovered(
  spots: readonly Placement[],
  box: Box,
  placed: readonly PlacedSprite[],
): Placement {
  const costs = spots.map((at) => {
    const there = placeBox(box, at);
    return measureCover(there, placed) + measureOutside(there);
  });
  const least = Math.min(...costs);
  return spots[costs.findIndex((cost) => cost <= least + 0.04)]!;
}

/** A scene's relations, without those of its stage, and those of its stage in the order from back to front. */
export function splitRelations(relations: readonly SceneRelation[]): {
  placing: readonly SceneRelation[];
  staging: readonly (SceneRelation & { kind: StageKind })[];
} {
  const isStaging = (relation: SceneRelation): relation is SceneRelation & { kind: StageKind } =>
    isStage(relation.kind);
  return { placing: relations.filter((each) => !isStaging(each)), staging: relations.filter(isStaging) };
}
