import { type Picture, measureDrawnParts } from "../../images/index.js";

/** A box in fractions of a picture's sides, as in masks. */
export interface PartBox {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Shares of a picture's parts that visibly changed, 0 to 1, where the mask allows a change. */
export interface VisibleChange {
  /** Of the drawing: pixels that differ from the colour of the border. 0 for an empty picture. */
  readonly drawing: number;
  /** Of the background: pixels of the border's colour. 0 without any. */
  readonly background: number;
  /** Of the pixels outside the boxes of what was added; absent without additions, and where the drawing was moved to make space for them. */
  readonly elsewhere?: number | undefined;
}

/** Minimum change of a channel (values in [0, 1]) that is visible. */
const visible = 0.15;

/**
 * Measures which parts of a picture visibly changed.
 * @param options.mask weights of the pixels `[height, width]`; pixels with 0 are not counted.
 * @param options.added boxes of what was added.
 */
export function measureVisibleChange(
  before: Picture,
  after: Picture,
  {
    mask,
    added,
  }: { readonly mask?: Float32Array | undefined; readonly added?: readonly PartBox[] | undefined } = {},
): VisibleChange {
  const { width, height } = before;
  const counts = { drawing: 0, background: 0, elsewhere: 0 };
  const changed = { drawing: 0, background: 0, elsewhere: 0 };
  const isIn = (pixel: number, { left, top, right, bottom }: PartBox): boolean => {
    const [x, y] = [((pixel % width) + 0.5) / width, (Math.floor(pixel / width) + 0.5) / height];
    return x >= left && x <= right && y >= top && y <= bottom;
  };
  measureDrawnParts(before).forEach((part, pixel) => {
    if (mask?.[pixel] === 0) return;
    const apart = [0, 1, 2].map((channel) =>
      Math.abs(after.data[pixel * 3 + channel]! - before.data[pixel * 3 + channel]!),
    );
    const isVisible = Math.max(...apart) > visible ? 1 : 0;
    const kind = part > 0 ? "drawing" : "background";
    counts[kind]++;
    changed[kind] += isVisible;
    if (!added || added.some((box) => isIn(pixel, box))) return;
    counts.elsewhere++;
    changed.elsewhere += isVisible;
  });
  const shareOf = (kind: keyof typeof counts): number =>
    counts[kind] === 0 ? 0 : changed[kind] / counts[kind];
  return {
    drawing: shareOf("drawing"),
    background: shareOf("background"),
    elsewhere: added && shareOf("elsewhere"),
  };
}
