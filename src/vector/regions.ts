import { type Point, traceContours } from "./contours.js";
import { type Fill, fitFill } from "./fills.js";

/** A picture of regions as painted at one size. */
export interface RegionPicture {
  readonly side: number;
  /** Slots, the transparent slot 0 included. */
  readonly slots: number;
  /** `[side, side, slots]`; their softmax are the slots' shares of each pixel. */
  readonly logits: Float32Array;
  /** `[side, side, 4]`, premultiplied sRGB and alpha. */
  readonly rgba: Float32Array;
}

/** A region in drawing order: over the previous ones, and below the edges of the following ones. */
export interface DrawnRegion {
  /** Islands, each an outline and the outlines of its holes, in pixels. */
  readonly islands: readonly (readonly (readonly Point[])[])[];
  readonly fill: Fill;
}

/** Logits by which a region is extended beneath the regions above it: some three pixels at usual sharpness. */
const overlap = 24;
/** Parts of the picture's area below which a region, an island or a hole is dropped: 4 pixels at 256×256. */
const smallestPart = 6e-5;

/**
 * Computes the logarithm of the sum of the exponentials of the slots from 1 on, minus slot 0: above 0 where alpha is above a
 * half.
 */
function computeInkField({ side, slots, logits }: RegionPicture): Float32Array {
  const field = new Float32Array(side * side);
  for (let pixel = 0; pixel < field.length; pixel++) {
    const at = pixel * slots;
    let most = -Infinity;
    for (let slot = 1; slot < slots; slot++) most = Math.max(most, logits[at + slot]!);
    let sum = 0;
    for (let slot = 1; slot < slots; slot++) sum += Math.exp(logits[at + slot]! - most);
    field[pixel] = most + Math.log(sum) - logits[at]!;
  }
  return field;
}

/** Labels each pixel by its leading slot; 0 where it is transparent. */
function labelPixels({ slots, logits }: RegionPicture, ink: Float32Array): Uint8Array {
  return Uint8Array.from(ink, (value, pixel) => {
    if (value <= 0) return 0;
    let best = 1;
    for (let slot = 2; slot < slots; slot++)
      if (logits[pixel * slots + slot]! > logits[pixel * slots + best]!) best = slot;
    return best;
  });
}

/** Fits the fill of a slot to the painted colours of its pixels; only to inner pixels if there are enough. */
function fitSlotFill({ side, rgba }: RegionPicture, labels: Uint8Array, slot: number): Fill {
  const all: number[] = [];
  const inner: number[] = [];
  for (let pixel = 0; pixel < labels.length; pixel++) {
    if (labels[pixel] !== slot) continue;
    all.push(pixel);
    const [column, row] = [pixel % side, Math.floor(pixel / side)];
    const same = (right: number, down: number): boolean => {
      const [x, y] = [column + right, row + down];
      return x < 0 || y < 0 || x >= side || y >= side || labels[pixel + right + down * side] === slot;
    };
    if (same(-1, 0) && same(1, 0) && same(0, -1) && same(0, 1)) inner.push(pixel);
  }
  const pixels = inner.length >= 12 ? inner : all;
  const colours = new Float32Array(pixels.length * 3);
  pixels.forEach((pixel, at) => {
    const alpha = Math.max(0.1, rgba[pixel * 4 + 3]!);
    for (let channel = 0; channel < 3; channel++)
      colours[at * 3 + channel] = Math.min(1, Math.max(0, rgba[pixel * 4 + channel]! / alpha));
  });
  return fitFill({
    x: pixels.map((pixel) => (pixel % side) + 0.5),
    y: pixels.map((pixel) => Math.floor(pixel / side) + 0.5),
    colours,
  });
}

/** Traces the outlines of everything that is not transparent. */
export function traceSilhouette(picture: RegionPicture): Point[][][] {
  return traceContours(computeInkField(picture), picture.side, smallestPart * picture.side ** 2);
}

/**
 * Traces the regions of a picture in the order in which they are drawn, by decreasing area. Each one is extended beneath the
 * edges of the later ones, so that no background shows between neighbours.
 */
export function traceRegions(picture: RegionPicture): DrawnRegion[] {
  const { side, slots, logits } = picture;
  const smallest = smallestPart * side ** 2;
  const ink = computeInkField(picture);
  const labels = labelPixels(picture, ink);
  const areas = new Uint32Array(slots);
  for (const label of labels) areas[label]!++;
  const order = Array.from({ length: slots - 1 }, (_, at) => at + 1)
    .filter((slot) => areas[slot]! >= smallest)
    .sort((a, b) => areas[b]! - areas[a]!);
  return order.flatMap((slot, place) => {
    const bonus = new Float32Array(slots);
    for (const later of order.slice(place + 1)) bonus[later] = overlap;
    const field = new Float32Array(side * side);
    for (let pixel = 0; pixel < field.length; pixel++) {
      const at = pixel * slots;
      const own = logits[at + slot]!;
      let least = ink[pixel]!;
      for (const other of order)
        if (other !== slot) least = Math.min(least, own + bonus[other]! - logits[at + other]!);
      field[pixel] = least;
    }
    const islands = traceContours(field, side, smallest).filter(([outline]) =>
      showsSlot(outline!, labels, side, slot),
    );
    return islands.length > 0 ? [{ islands, fill: fitSlotFill(picture, labels, slot) }] : [];
  });
}

/**
 * Tells whether a pixel at the outline or inside of its bounding box has the label; islands without are hidden beneath other
 * regions.
 */
function showsSlot(outline: readonly Point[], labels: Uint8Array, side: number, slot: number): boolean {
  const [xs, ys] = [outline.map(([x]) => x), outline.map(([, y]) => y)];
  const bounds = (values: readonly number[]): [number, number] => [
    Math.max(0, Math.floor(Math.min(...values))),
    Math.min(side - 1, Math.ceil(Math.max(...values))),
  ];
  const [[left, right], [top, bottom]] = [bounds(xs), bounds(ys)];
  for (let row = top; row <= bottom; row++)
    for (let column = left; column <= right; column++) if (labels[row * side + column] === slot) return true;
  return false;
}
