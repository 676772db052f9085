import { cutPiece } from "./cuts.js";
import { type Piece, applyFlags } from "./drawing.js";
import { sameHue } from "./lab.js";
import { type Look, flagSlots } from "./look.js";
import { heightOf, findWidestRun, widthOf } from "./sprite.js";

/** Measures the mean y coordinate of each region, in [−1, 1], by slot. */
function measureHeights({ labels, side }: Look): ReadonlyMap<number, number> {
  const sums = new Map<number, [sum: number, count: number]>();
  labels.forEach((slot, at) => {
    const [sum, count] = sums.get(slot) ?? [0, 0];
    sums.set(slot, [sum + (2 * Math.floor(at / side)) / side - 1, count + 1]);
  });
  return new Map([...sums].map(([slot, [sum, count]]) => [slot, sum / count]));
}

/** Lightness below which a region of a masked face is an eye. */
const darkest = 0.5;

/** Extracts the mask from a masked face: the light regions in the lower half whose hue is not the face's. */
export function extractMask(face: Piece): Piece | undefined {
  const { regions } = face.look;
  const [skin] = regions;
  const heights = measureHeights(face.look);
  const maskSlots = new Set(
    regions
      .filter(({ slot, lab }) => lab[0] > darkest && !sameHue(lab, skin!.lab) && heights.get(slot)! > 0)
      .map(({ slot }) => slot),
  );
  return applyFlags(face, { mirrored: false, hidden: flagSlots((slot) => !maskSlots.has(slot)) });
}

/** Width of a helmet's brim / helmet width, its highest position / helmet height, and the number of rows to search. */
const brim = { width: 0.93, highest: 0.4, rows: 24 };

/** Removes the strap below the brim of a helmet. */
export function removeStrap(helmet: Piece): Piece | undefined {
  const { sprite } = helmet;
  const parts = Array.from({ length: brim.rows }, (_, at) => at / brim.rows).filter(
    (part) => part >= brim.highest && findWidestRun(sprite, part).width >= brim.width * widthOf(sprite.box),
  );
  const lowest = parts.at(-1);
  if (lowest === undefined) return undefined;
  return cutPiece(helmet, sprite.box.top + (lowest + 1.5 / brim.rows) * heightOf(sprite.box));
}
