import { type Island, type Look, findInkExtent, findIslands, flagSlots } from "./look.js";
import { type Box, heightOf, joinBoxes, widthOf } from "./sprite.js";
import { deltaE } from "./lab.js";

/** Limits of a container's opening: width and lowest edge relative to the drawing, range of its aspect, and share of its box that it fills. */
const openingLimits = { narrowest: 0.38, lowest: 0.72, flattest: 8, tallest: 0.92, filled: 0.45 };
/** Length of an opening's edge that may lie on the outline / its width; and the maximum difference of colours that count as equal. */
const openingTolerance = { outline: 0.5, colour: 14 };
/** Lowest edge of an opening that another region divides / height of the drawing. */
const dividedOpeningBottom = 0.6;
/** Limits of a window: minimum share of the ink, range of its aspect, minimum share of its box that it fills, and colour difference. */
const paneLimits = {
  least: 0.006,
  narrowest: 0.45,
  widest: 5,
  filled: 0.62,
  difference: 14,
  highest: 0.12,
  most: 0.85,
};
/** Maximum difference of the lower edges of windows in a row / their height. */
const rowTolerance = 0.35;
/** Maximum ratio of the heights of windows in a row. */
const rowRatio = 1.6;

type Extent = Pick<Island, "left" | "top" | "right" | "bottom">;
const width = ({ left, right }: Extent): number => right - left;
const height = ({ top, bottom }: Extent): number => bottom - top;

const boxOf = ({ left, top, right, bottom }: Extent, side: number): Box => ({
  left: (2 * left) / side - 1,
  top: (2 * top) / side - 1,
  right: (2 * right) / side - 1,
  bottom: (2 * bottom) / side - 1,
});

/** Finds the opening of a container that is seen from above: a wide region in its upper part, surrounded by ink. */
export function findOpening(look: Look): Box | undefined {
  const ink = findInkExtent(look);
  // Shades of one colour, such as the inside of a nest, count as one region.
  const shadeOf = new Map<number, number>([[0, 0]]);
  for (const { slot, lab } of look.regions) {
    const known = look.regions.find(
      (each) => shadeOf.get(each.slot) === each.slot && deltaE(each.lab, lab) < openingTolerance.colour,
    );
    shadeOf.set(slot, known?.slot ?? slot);
  }
  const shades = look.labels.map((slot) => shadeOf.get(slot) ?? slot);
  const found = findIslands(shades, look.side).filter(
    (island) =>
      island.zeroSides <= openingTolerance.outline * width(island) &&
      width(island) >= openingLimits.narrowest * width(ink) &&
      width(island) >= openingLimits.tallest * height(island) &&
      width(island) <= openingLimits.flattest * height(island) &&
      island.pixels >= openingLimits.filled * width(island) * height(island) &&
      island.bottom - ink.top <= openingLimits.lowest * height(ink),
  );
  const [largest] = found.sort((a, b) => b.pixels - a.pixels);
  if (largest) return boxOf(largest, look.side);
  // Something in front, such as a spoon in a bowl, may divide the opening.
  const part = findWindows(look);
  if (!part || widthOf(part) * look.side < 2 * openingLimits.narrowest * width(ink)) return undefined;
  const outline = boxOf(ink, look.side);
  return part.bottom < outline.top + dividedOpeningBottom * heightOf(outline) ? part : undefined;
}

/** Finds the windows of a vehicle or a building: the row of one colour with the largest area. @returns the box of the row. */
export function findWindows(look: Look): Box | undefined {
  const ink = findInkExtent(look);
  const [main] = look.regions;
  if (!main) return undefined;
  const colourOf = new Map(look.regions.map(({ slot, lab }) => [slot, lab]));
  const panes = findIslands(look.labels, look.side).filter(
    (island) =>
      !island.touchesZero &&
      island.pixels >= paneLimits.least * ink.pixels &&
      width(island) >= paneLimits.narrowest * height(island) &&
      width(island) <= paneLimits.widest * height(island) &&
      island.pixels >= paneLimits.filled * width(island) * height(island) &&
      (island.value === main.slot || deltaE(colourOf.get(island.value)!, main.lab) > paneLimits.difference) &&
      width(island) <= paneLimits.most * width(ink) &&
      island.bottom - ink.top < (1 - paneLimits.highest) * height(ink),
  );
  const rows = panes.map((first) =>
    panes.filter(
      (each) =>
        each.value === first.value &&
        Math.abs(each.bottom - first.bottom) <= rowTolerance * height(first) &&
        height(each) <= rowRatio * height(first) &&
        height(first) <= rowRatio * height(each),
    ),
  );
  const area = (row: readonly Island[]): number => row.reduce((sum, { pixels }) => sum + pixels, 0);
  const [best] = rows.sort((a, b) => area(b) - area(a));
  if (!best) return undefined;
  return boxOf(
    {
      left: Math.min(...best.map(({ left }) => left)),
      top: Math.min(...best.map(({ top }) => top)),
      right: Math.max(...best.map(({ right }) => right)),
      bottom: Math.max(...best.map(({ bottom }) => bottom)),
    },
    look.side,
  );
}

/** Limits of an entrance: maximum lightness, and minimum share of the ink. */
const entranceLimits = { lightness: 0.4, least: 0.03 };

/** Finds the x coordinate, in [−1, 1], of the largest dark area that reaches the lower part of a drawing. */
export function findEntrance(look: Look): number | undefined {
  const ink = findInkExtent(look);
  const dark = new Set(
    look.regions.filter(({ lab }) => lab[0] < entranceLimits.lightness).map(({ slot }) => slot),
  );
  const [largest] = findIslands(
    look.labels.map((slot) => (dark.has(slot) ? 1 : 0)),
    look.side,
  )
    .filter(
      ({ pixels, bottom }) =>
        pixels >= entranceLimits.least * ink.pixels && bottom > ink.top + 0.8 * height(ink),
    )
    .sort((one, other) => other.pixels - one.pixels);
  return largest && (largest.left + largest.right) / look.side - 1;
}

/** Limits of a region in the middle: its width and its distance from the middle, relative to the drawing's width. */
const middleLimits = { widest: 0.5, farthest: 0.12 };

/** Flags the regions that are wide or not in the middle, such as the shirt behind a tie. @returns `[15]`. */
export function flagOffCentreRegions(look: Look): boolean[] {
  const ink = findInkExtent(look);
  const extents = new Map(look.regions.map(({ slot }) => [slot, { left: look.side, right: 0 }]));
  look.labels.forEach((slot, at) => {
    const extent = extents.get(slot);
    if (!extent) return;
    extent.left = Math.min(extent.left, at % look.side);
    extent.right = Math.max(extent.right, (at % look.side) + 1);
  });
  return flagSlots((slot) => {
    const { left, right } = extents.get(slot) ?? { left: 0, right: look.side };
    const aside = Math.abs((left + right) / 2 - (ink.left + ink.right) / 2);
    return right - left > middleLimits.widest * width(ink) || aside > middleLimits.farthest * width(ink);
  });
}

/** Limits of the hole for a face: maximum lightness, minimum share of the ink, its lowest edge / height, and its maximum width / width. */
const holeLimits = { lightness: 0.52, least: 0.015, lowest: 0.68, widest: 0.5 };

/** Two holes are those of two eyes if the smaller one has at least this share of the other's pixels, and the distance of their middles in height / height is less. */
const eyeHoles = { least: 0.6, apart: 0.05 };

/**
 * Finds the hole for the face in the hood of a costume: the largest dark region in the upper part, inside the drawing, or the holes for
 * two eyes.
 */
export function findFaceHole(look: Look): Box | undefined {
  const ink = findInkExtent(look);
  const dark = new Set(
    look.regions.filter(({ lab }) => lab[0] < holeLimits.lightness).map(({ slot }) => slot),
  );
  const [largest, second] = findIslands(
    look.labels.map((slot) => (dark.has(slot) ? 1 : slot === 0 ? 0 : 2)),
    look.side,
  )
    .filter(
      (island) =>
        island.value === 1 &&
        !island.touchesZero &&
        island.pixels >= holeLimits.least * ink.pixels &&
        width(island) <= holeLimits.widest * width(ink) &&
        island.bottom - ink.top <= holeLimits.lowest * height(ink),
    )
    .sort((one, other) => other.pixels - one.pixels);
  if (!largest) return undefined;
  const areEyes =
    second !== undefined &&
    second.pixels >= eyeHoles.least * largest.pixels &&
    Math.abs(largest.top + largest.bottom - second.top - second.bottom) < 2 * eyeHoles.apart * height(ink);
  const hole = boxOf(largest, look.side);
  return areEyes ? joinBoxes([hole, boxOf(second, look.side)]) : hole;
}
