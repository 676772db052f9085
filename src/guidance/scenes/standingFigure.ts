import type { Rgb } from "../../prompts/index.js";
import type { Look } from "./look.js";
import { type Sprite, centreOf, findRunAround, heightOf } from "./sprite.js";

/**
 * Places of standing figures, by which all of them are drawn (generators/drawings/README.md), in a square of side 128. The hands are at
 * the sides of the trunk; see `handReach`.
 */
export const places = {
  eyes: { y: 35.5, distance: 13.6, extent: 19 },
  chin: 52,
  hand: { aside: 27, y: 90 },
  foot: { aside: 11 },
  trunk: { aside: 32, top: 60, bottom: 116 },
  soles: 123,
};

/** Radius of the discs that are drawn over what the hands hold / distance of the hands. */
export const handSize = 0.125;

/** Maximum distance of eyes / their height above the soles. The dark insides of a fox's ears are further apart. */
const widestEyes = 0.23;

/** Tells whether the eyes that were found on a drawing may be those of a standing figure. */
const hasEyes = ({ eyes, box }: Sprite): boolean =>
  eyes !== undefined && eyes.distance > 0 && eyes.distance < widestEyes * (box.bottom - eyes.y);

/**
 * Finds where the places are on the canvas. Drawings are centred, with their tails and wings, so that the eyes and the soles count; the
 * middle is that of the head.
 */
function findFrame(sprite: Sprite): { x: number; unit: number; at: (y: number) => number } {
  const { eyes, box } = sprite;
  const isFound = hasEyes(sprite);
  const unit = isFound ? (box.bottom - eyes!.y) / (places.soles - places.eyes.y) : 1 / 64;
  const at = (y: number): number => box.bottom - (places.soles - y) * unit;
  const part = (at(places.eyes.y) - box.top) / heightOf(box);
  const { centre } = findRunAround(sprite, part, isFound ? eyes!.x : centreOf(box).x);
  return { x: centre, unit, at };
}

/** Adds the places of a standing figure to its sprite. Eyes that were found are preserved. */
export function addStandingPlaces(sprite: Sprite): Sprite {
  const { x, unit, at } = findFrame(sprite);
  const { eyes, chin, trunk } = places;
  return {
    ...sprite,
    eyes: hasEyes(sprite)
      ? sprite.eyes
      : { x, y: at(eyes.y), distance: eyes.distance * unit, extent: eyes.extent * unit },
    hasHands: true,
    chin: at(chin),
    trunk: {
      left: x - trunk.aside * unit,
      top: at(trunk.top),
      right: x + trunk.aside * unit,
      bottom: at(trunk.bottom),
    },
  };
}

/** Finds the colour of a figure's hands: that of the region in the middle of one. */
export function findHandColour({ labels, side, regions }: Look, sprite: Sprite): Rgb | undefined {
  const { x, unit, at } = findFrame(sprite);
  const pixelOf = (coordinate: number): number => Math.floor(((coordinate + 1) / 2) * side);
  for (const aside of [-places.hand.aside, places.hand.aside]) {
    const slot = labels[pixelOf(at(places.hand.y)) * side + pixelOf(x + aside * unit)];
    const region = regions.find((each) => each.slot === slot);
    if (region) return region.rgb;
  }
  return undefined;
}
