import { type RgbaBytes, oklabDistance, oklabOfRgb } from "../../images/index.js";
import type { Rgb } from "../../prompts/index.js";
import { deltaE } from "../scenes/lab.js";
import { mapDrawnShares } from "./drawn.js";
import { type Fill, findFills } from "./fills.js";
import type { Ground } from "./ground.js";
import { reduceMask, reducePicture } from "./workingCopy.js";

/** How near the fills of a recoloured thing are to the named colour. Measured on pixels, without a CLIP. */
export interface Recolouring {
  /** Difference (100 times the distance in Oklab) of the largest fill that changed to the colour before; of the largest fill if none changed. */
  readonly before: number;
  /** The same of this fill afterwards. */
  readonly after: number;
  /** Area of the fills that changed, as a share of the thing's drawn pixels, 0 to 1. */
  readonly share: number;
}

/** Maximum difference at which a fill has the named colour. */
export const namedColour = 15;
/** Minimum share of a thing whose fills have changed. */
const leastShare = 0.1;
/** Minimum difference between two colours of a fill that changed. */
const leastChange = 2;

/** Tells whether the fills of a thing have the named colour now and had another one before. */
export const isRecoloured = ({ before, after, share }: Recolouring): boolean =>
  before > namedColour && after <= namedColour && share >= leastShare;

/** Longest side of the copy that fills are found on. */
const searched = 256;
/** Distance in Oklab within which a pixel has a fill's colour. */
const pure = 0.03;

/**
 * Measures whether the fills of a picture, or of a part of it, have got a colour.
 * @param goal the named colour, sRGB in [0, 1].
 * @param mask the part, `[height, width]` in [0, 1]; the whole drawing when absent.
 * @returns undefined when the part has no fills.
 */
export function measureRecolouring(
  before: RgbaBytes,
  after: RgbaBytes,
  goal: Rgb,
  { ground, mask }: { readonly ground: Ground; readonly mask?: Float32Array | undefined },
): Recolouring | undefined {
  const [first, second] = [reducePicture(before, searched), reducePicture(after, searched)];
  const inside = mask && reduceMask(mask, before, searched);
  const fills = findFills(first, mapDrawnShares(first, ground), inside);
  const target = oklabOfRgb(...goal);
  const changes = findColoursAfter(fills, first, second, inside).map(({ fill, lab }) => ({
    before: deltaE(fill.lab, target),
    after: deltaE(lab, target),
    change: deltaE(fill.lab, lab),
    area: fill.area,
  }));
  const changed = changes.filter(({ change }) => change >= leastChange);
  const [largest] = changed.length > 0 ? changed : changes;
  if (!largest) return undefined;
  const area = changed.reduce((sum, each) => sum + each.area, 0);
  return { before: largest.before, after: largest.after, share: Math.min(1, area) };
}

/** Finds the mean colour that the pixels of each fill have in another picture of the same size. */
function findColoursAfter(
  fills: readonly Fill[],
  before: RgbaBytes,
  after: RgbaBytes,
  mask: Float32Array | undefined,
): { fill: Fill; lab: Fill["lab"] }[] {
  const sums = fills.map(() => [0, 0, 0, 0]);
  const colourAt = ({ rgba }: RgbaBytes, pixel: number): [number, number, number] =>
    [0, 1, 2].map((channel) => rgba[pixel * 4 + channel]! / 255) as [number, number, number];
  for (let pixel = 0; pixel < before.width * before.height; pixel++) {
    const weight = mask?.[pixel] ?? 1;
    if (weight < 0.5 || before.rgba[pixel * 4 + 3]! < 255) continue;
    const lab = oklabOfRgb(...colourAt(before, pixel));
    const at = fills.findIndex((fill) => oklabDistance(fill.lab, lab) < pure);
    if (at < 0) continue;
    const rgb = colourAt(after, pixel);
    for (const channel of [0, 1, 2]) sums[at]![channel]! += weight * rgb[channel]!;
    sums[at]![3]! += weight;
  }
  return fills.flatMap((fill, at) => {
    const [red, green, blue, count] = sums[at] as [number, number, number, number];
    return count === 0 ? [] : [{ fill, lab: oklabOfRgb(red / count, green / count, blue / count) }];
  });
}
