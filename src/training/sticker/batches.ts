import { type StickerData, type StickerItem, maxRegions, regionSide, thingGroup } from "../../data/index.js";
import { fillSize, listPixelCentres, logitSide, slotCount } from "../../gan/index.js";
import { type Random, type TensorRecord, hostFloats, hostInts } from "../../tensor/index.js";

/** Side of a quadrant of a drawing's 256×256 label map. A training step compares one with what it paints. */
export const quadrantSide = regionSide / 2;
/** Number of quadrants of a label map. */
export const quadrantCount = 4;

/** Drawings that a sticker generator learns from, and the slot of each of their regions. */
export interface StickerSet {
  readonly data: StickerData;
  /** Indices of the drawings in `data.items`. */
  readonly rows: readonly number[];
  /** Slot of each region, `[rows, 15]`; 0 where a drawing has fewer regions. */
  readonly slots: Float32Array;
}

/**
 * Selects the drawings of some sets and splits.
 * @param sets names of icon sets.
 */
export function selectStickers(
  data: StickerData,
  sets: readonly string[],
  splits: readonly StickerItem["split"][],
): StickerSet {
  const rows = data.items.flatMap(({ set, split }, at) =>
    sets.includes(set) && splits.includes(split) ? [at] : [],
  );
  const slots = new Float32Array(rows.length * maxRegions);
  rows.forEach((item, row) => slots.set(data.items[item]!.slots, row * maxRegions));
  return { data, rows, slots };
}

/** Fills of a drawing by region, moved in hue by an angle (radians) about the grey axis. */
function turnFills(fills: StickerItem["fills"], angle: number): number[][] {
  if (angle === 0) return fills;
  const [c, s] = [Math.cos(angle), Math.sin(angle) / Math.sqrt(3)];
  const rest = (1 - c) / 3;
  // Rotation about (1, 1, 1): Rodrigues' formula.
  const matrix = [
    [c + rest, rest - s, rest + s],
    [rest + s, c + rest, rest - s],
    [rest - s, rest + s, c + rest],
  ];
  return fills.map((fill) =>
    fill.map((_, at) => {
      const row = matrix[at % 3]!;
      const start = at - (at % 3);
      const value = row.reduce((sum, weight, channel) => sum + weight * fill[start + channel]!, 0);
      return at < 3 ? Math.min(1, Math.max(0, value)) : value;
    }),
  );
}

/**
 * Returns the drawings of things that no emoji shows (our own drawings), as rows after those of `set`. A pack knows
 * them beside what its generator was trained on.
 */
export function addThingDrawings({ data, rows, slots }: StickerSet): StickerSet {
  const labels = new Set(rows.map((row) => data.items[row]!.label));
  const things = data.items.flatMap(({ group, label }, at) =>
    group === thingGroup && !labels.has(label) ? [at] : [],
  );
  const all = new Float32Array(slots.length + things.length * maxRegions);
  all.set(slots);
  things.forEach((item, at) => all.set(data.items[item]!.slots, slots.length + at * maxRegions));
  return { data, rows: [...rows, ...things], slots: all };
}

/** Returns the drawings of a set from a row on. */
export function selectRowsFrom({ data, rows, slots }: StickerSet, first: number): StickerSet {
  return { data, rows: rows.slice(first), slots: slots.slice(first * maxRegions) };
}

/** A batch as inputs of the training program. */
export interface StickerBatchOptions {
  /** Drawings, as rows of the set. */
  readonly batch: readonly number[];
  /** Part of the label maps that becomes `labels`: all of them, or a quadrant, 0 … 3 by rows. No labels when absent. */
  readonly window?: number | "all" | undefined;
  /** Part of the drawings whose hue is turned at random. */
  readonly recoloured: number;
  /** Rows that keep their colours; none when absent. */
  readonly keepsColours?: ((at: number) => boolean) | undefined;
  readonly random: Random;
  /** `region` orders channels by region instead of by slot. */
  readonly order: "slot" | "region";
}

/**
 * Makes the targets of a batch: `coverage` `[batch, 64, 64, 16]`, the share of each pixel that each slot covers; `labels`
 * `[batch, side, side]`, the slot of each pixel of the window at 256×256, and `windowX` and `windowY` `[1, side]`, the centres of
 * its pixels in [−1, 1]; `fills` `[batch, 15, 9]`; `present` `[batch, 15]`.
 */
export function makeStickerBatch(
  { data, rows, slots }: StickerSet,
  { batch, window, recoloured, keepsColours, random, order }: StickerBatchOptions,
): TensorRecord {
  const pixels = logitSide * logitSide;
  const factor = regionSide / logitSide;
  const coverage = new Float32Array(batch.length * pixels * slotCount);
  const quadrant = typeof window === "number" ? window : 0;
  const side = window === undefined ? 0 : window === "all" ? regionSide : quadrantSide;
  const labels = new Int32Array(batch.length * side * side);
  const left = (quadrant % 2) * quadrantSide;
  const top = Math.floor(quadrant / 2) * quadrantSide;
  const fills = new Float32Array(batch.length * maxRegions * fillSize);
  const present = new Float32Array(batch.length * maxRegions);
  const part = 1 / (factor * factor);
  const centres = listPixelCentres(regionSide);
  batch.forEach((row, at) => {
    const item = data.items[rows[row]!]!;
    const map = data.labels(rows[row]!);
    const slotOf = new Uint8Array(maxRegions + 1);
    item.fills.forEach((_, region) => {
      slotOf[region + 1] = order === "region" ? region + 1 : slots[row * maxRegions + region]!;
    });
    const start = at * pixels * slotCount;
    for (let y = 0; y < regionSide; y++) {
      const line = start + Math.floor(y / factor) * logitSide * slotCount;
      for (let x = 0; x < regionSide; x++)
        coverage[line + Math.floor(x / factor) * slotCount + slotOf[map[y * regionSide + x]!]!]! += part;
    }
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++)
        labels[(at * side + y) * side + x] = slotOf[map[(top + y) * regionSide + left + x]!]!;
    const turned = random.uniform() < recoloured ? random.uniform() * 2 * Math.PI : 0;
    const angle = keepsColours?.(at) ? 0 : turned;
    turnFills(item.fills, angle).forEach((fill, region) => {
      const slot = slotOf[region + 1]! - 1;
      fills.set(fill, (at * maxRegions + slot) * fillSize);
      present[at * maxRegions + slot] = 1;
    });
  });
  return {
    coverage: hostFloats(coverage, [batch.length, logitSide, logitSide, slotCount]),
    ...(window !== undefined && {
      labels: hostInts(labels, [batch.length, side, side]),
      windowX: hostFloats(centres.slice(left, left + side), [1, side]),
      windowY: hostFloats(centres.slice(top, top + side), [1, side]),
    }),
    fills: hostFloats(fills, [batch.length, maxRegions, fillSize]),
    present: hostFloats(present, [batch.length, maxRegions]),
  };
}
