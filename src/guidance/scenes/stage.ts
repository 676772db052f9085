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

/** Y coordinates of the horizon, the ground's upper edge, the feet of things on the ground, and the surface of water. */
const heights = { horizon: -0.12, ground: 0.3, feet: 0.78, water: 0.42 };
/** Half side of parts that fill the canvas: above 1, so that their edges are outside. */
const fullHalfSide = 1.08;
/** Boxes for the things: on the ground, in water, and in the air. */
const rooms: Readonly<Record<"ground" | "water" | "air", Box>> = {
  ground: { left: -0.78, right: 0.78, top: -0.6, bottom: heights.feet },
  water: { left: -0.75, right: 0.75, top: -0.55, bottom: 0.68 },
  air: { left: -0.66, right: 0.66, top: -0.55, bottom: 0.78 },
};
/** Height of scenery behind the things. */
const sceneryHeight = 1.25;
/** Centres of parts in the sky, and their sizes. */
const skySpots = [0.66, -0.66, 0.22, -0.22].flatMap((x) => [-0.68, -0.3].map((y) => ({ x, y })));
const skySize = { one: 0.46, several: 1.7 };

/** Computes the placement that moves the box of all things into the box of the setting: to its bottom, or in the air to its middle. */
export function findStageRoom(box: Box, kinds: readonly StageKind[]): Placement {
  const stageBox = kinds.includes("immersed")
    ? rooms.water
    : kinds.includes("ground")
      ? rooms.ground
      : rooms.air;
  const scale = Math.min(widthOf(stageBox) / widthOf(box), heightOf(stageBox) / heightOf(box));
  const stands = stageBox !== rooms.air;
  const from = stands ? { x: centreOf(box).x, y: box.bottom } : centreOf(box);
  const to = stands ? { x: centreOf(stageBox).x, y: stageBox.bottom } : centreOf(stageBox);
  return pinPoint(scale, from, to);
}

const wholeCanvas: Box = { left: -1, top: -1, right: 1, bottom: 1 };
const measureOutside = (box: Box): number =>
  Math.max(wholeCanvas.left - box.left, box.right - wholeCanvas.right, wholeCanvas.top - box.top, 0);

/** Places a part of a setting. @param placed parts that it should not cover. @param dials vary position and size of scenery and sky parts. */
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

/** Chooses the spot at which things cover least of a box: the first one of nearly equal spots. */
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

/** Splits the relations of a scene into those between things and those of its setting, from back to front. */
export function splitRelations(relations: readonly SceneRelation[]): {
  placing: readonly SceneRelation[];
  staging: readonly (SceneRelation & { kind: StageKind })[];
} {
  const isStaging = (relation: SceneRelation): relation is SceneRelation & { kind: StageKind } =>
    isStage(relation.kind);
  return { placing: relations.filter((each) => !isStaging(each)), staging: relations.filter(isStaging) };
}
