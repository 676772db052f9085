import { type LayerFlags, slotCount } from "../../gan/index.js";
import type { RegionPicture } from "../../vector/index.js";
import type { Oklab } from "../../images/index.js";
import { labOf } from "./lab.js";

/** A region of a drawing. */
export interface RegionLook {
  /** Its slot, 1 to 15. */
  readonly slot: number;
  /** Number of pixels in which it leads. */
  readonly pixels: number;
  /** Mean colour, sRGB in [0, 1]. */
  readonly rgb: readonly [number, number, number];
  /** Mean colour in Oklab. */
  readonly lab: Oklab;
}

/** A drawing as pixels with their regions, for geometry and for previews of scenes on the host. */
export interface Look {
  readonly side: number;
  /** `[side, side, 4]`, premultiplied sRGB and alpha. */
  readonly rgba: Float32Array;
  /** Leading slot of each pixel, 0 where it is transparent: `[side, side]`. */
  readonly labels: Uint8Array;
  /** Its regions, the largest first. */
  readonly regions: readonly RegionLook[];
}

/** Side of looks, in pixels. */
export const lookSide = 128;

/** Reduces a painted picture of regions to a look of `lookSide` pixels. */
export function createLook({ side, slots, logits, rgba }: RegionPicture): Look {
  const factor = side / lookSide;
  const out = new Float32Array(lookSide * lookSide * 4);
  const labels = new Uint8Array(lookSide * lookSide);
  for (let pixel = 0; pixel < labels.length; pixel++) {
    const [left, top] = [(pixel % lookSide) * factor, Math.floor(pixel / lookSide) * factor];
    for (let row = top; row < top + factor; row++)
      for (let column = left; column < left + factor; column++)
        for (let channel = 0; channel < 4; channel++) {
          const value = Math.min(1, Math.max(0, rgba[(row * side + column) * 4 + channel]!));
          out[pixel * 4 + channel]! += value / factor ** 2;
        }
    const at = ((top + (factor >> 1)) * side + left + (factor >> 1)) * slots;
    let best = 0;
    for (let slot = 1; slot < slots; slot++) if (logits[at + slot]! > logits[at + best]!) best = slot;
    labels[pixel] = best;
  }
  return { side: lookSide, rgba: out, labels, regions: measureRegions(out, labels) };
}

function measureRegions(rgba: Float32Array, labels: Uint8Array): RegionLook[] {
  const sums = Array.from(
    { length: slotCount },
    () => [0, 0, 0, 0, 0] as [number, number, number, number, number],
  );
  labels.forEach((slot, pixel) => {
    const sum = sums[slot]!;
    for (let channel = 0; channel < 4; channel++) sum[channel]! += rgba[pixel * 4 + channel]!;
    sum[4]++;
  });
  return sums
    .map(([red, green, blue, alpha, pixels], slot): RegionLook => {
      const rgb = [red, green, blue].map((sum) => sum / Math.max(alpha, 1e-6)) as [number, number, number];
      return { slot, pixels, rgb, lab: labOf(rgb) };
    })
    .filter(({ slot, pixels }) => slot > 0 && pixels > 0)
    .sort((a, b) => b.pixels - a.pixels);
}

/** Counts the pixels of all regions of a look. */
export const countInk = ({ regions }: Look): number => regions.reduce((sum, { pixels }) => sum + pixels, 0);

/** Finds the extent of the ink of a look, in pixels (`right` and `bottom` are exclusive), and the number of its pixels. */
export function findInkExtent({
  labels,
  side,
}: Look): Pick<Island, "left" | "top" | "right" | "bottom" | "pixels"> {
  let [left, top, right, bottom, pixels] = [side, side, 0, 0, 0];
  labels.forEach((slot, at) => {
    if (slot === 0) return;
    const [column, row] = [at % side, Math.floor(at / side)];
    [left, right] = [Math.min(left, column), Math.max(right, column + 1)];
    [top, bottom] = [Math.min(top, row), Math.max(bottom, row + 1)];
    pixels++;
  });
  return { left, top, right, bottom, pixels };
}

/** Finds the connected parts of a look's ink. */
export const findInkIslands = ({ labels, side }: Look): Island[] =>
  findIslands(
    labels.map((slot) => (slot > 0 ? 1 : 0)),
    side,
  );

/** Flags slots by a test. @returns `[15]`, from slot 1 on. */
export const flagSlots = (isFlagged: (slot: number) => boolean): boolean[] =>
  Array.from({ length: slotCount - 1 }, (_, at) => isFlagged(at + 1));

/** Mirrors a look and hides regions of it. */
export function mirrorAndHide(
  look: Look,
  { mirrored, hidden }: Pick<LayerFlags, "mirrored" | "hidden">,
): Look {
  const { side } = look;
  const rgba = new Float32Array(look.rgba.length);
  const labels = new Uint8Array(look.labels.length);
  const keepsEdges = !hidden.includes(true);
  for (let pixel = 0; pixel < labels.length; pixel++) {
    const from = mirrored ? pixel - (pixel % side) + side - 1 - (pixel % side) : pixel;
    const slot = look.labels[from]!;
    // Soft edges have slot 0, so whose they are is unknown: they go when a region is hidden, since one of them has its colour.
    if (slot === 0 ? !keepsEdges : hidden[slot - 1]) continue;
    labels[pixel] = slot;
    rgba.set(look.rgba.subarray(from * 4, from * 4 + 4), pixel * 4);
  }
  return { side, rgba, labels, regions: look.regions.filter(({ slot }) => !hidden[slot - 1]) };
}

/** A connected set of pixels with the same property. */
export interface Island {
  /** Value of the property. */
  readonly value: number;
  readonly pixels: number;
  /** Extent in pixels; `right` and `bottom` are exclusive. */
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  /** Whether it touches a pixel of value 0, or the edge of the picture. */
  readonly touchesZero: boolean;
  /** Number of its pixels' sides that do. */
  readonly zeroSides: number;
}

/** Connected sets (by sides) of equal nonzero values of `[side, side]`. */
export function findIslands(values: Uint8Array, side: number): Island[] {
  const seen = new Uint8Array(values.length);
  const islands: Island[] = [];
  for (let start = 0; start < values.length; start++) {
    const value = values[start]!;
    if (value === 0 || seen[start]) continue;
    const stack = [start];
    seen[start] = 1;
    let [pixels, zeroSides] = [0, 0];
    let [left, top, right, bottom] = [side, side, 0, 0];
    while (stack.length > 0) {
      const at = stack.pop()!;
      const [column, row] = [at % side, Math.floor(at / side)];
      pixels++;
      [left, right] = [Math.min(left, column), Math.max(right, column + 1)];
      [top, bottom] = [Math.min(top, row), Math.max(bottom, row + 1)];
      const neighbours = [
        column > 0 ? at - 1 : -1,
        column < side - 1 ? at + 1 : -1,
        row > 0 ? at - side : -1,
        row < side - 1 ? at + side : -1,
      ];
      for (const next of neighbours) {
        const other = next < 0 ? 0 : values[next]!;
        if (other === 0) zeroSides++;
        if (other !== value || seen[next]) continue;
        seen[next] = 1;
        stack.push(next);
      }
    }
    islands.push({ value, pixels, left, top, right, bottom, touchesZero: zeroSides > 0, zeroSides });
  }
  return islands;
}
