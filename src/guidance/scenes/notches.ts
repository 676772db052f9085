import { type Sprite, heightOf, widthOf } from "./sprite.js";

/** The low part of a container's outline beside a higher part: the seat of a toilet before its tank, a stroller beside its hood. */
export interface Notch {
  readonly x: number;
  readonly y: number;
  readonly half: number;
}

/**
 * Limits of a notch, in heights of the container from its top: minimum depth, and lowest level; how near the outline must reach to the top
 * somewhere; minimum width / container width; and the largest difference of levels in it.
 */
const limits = { deep: 0.24, high: 0.12, lowest: 0.9, narrow: 0.26, uneven: 0.16 };
/** Minimum width of the part of a notch that nothing hangs over / container width; and the air above its level and ink below it / height. */
const opened = { least: 0.1, above: 0.06, below: 0.05 };
const notches = new WeakMap<Sprite, { readonly notch: Notch | undefined }>();

/** Finds the widest even run of a sprite's top contour that is much lower than its top. */
function measureNotch({ alpha, side, box }: Sprite): Notch | undefined {
  const [width, height] = [widthOf(box), heightOf(box)];
  const [first, last] = [box.left, box.right].map((x) => Math.round(((x + 1) / 2) * side)) as [
    number,
    number,
  ];
  const tops = Array.from({ length: last - first }, (_, at) => {
    let row = 0;
    while (row < side && alpha[row * side + first + at]! < 0.5) row++;
    return ((2 * row) / side - 1 - box.top) / height;
  });
  if (Math.min(...tops) > limits.high) return undefined;
  let best = { from: 0, to: 0 };
  for (let from = 0; from < tops.length; from++) {
    let [lowest, highest] = [-Infinity, Infinity];
    for (let to = from; to < tops.length; to++) {
      lowest = Math.max(lowest, tops[to]!);
      highest = Math.min(highest, tops[to]!);
      if (highest < limits.deep || lowest > limits.lowest || lowest - highest > limits.uneven) break;
      if (to + 1 - from > best.to - best.from) best = { from, to: to + 1 };
    }
  }
  if ((2 * (best.to - best.from)) / side < opened.least * width) return undefined;
  // Thin parts, such as a handle, may rise above its level.
  const y = box.top + Math.max(...tops.slice(best.from, best.to)) * height;
  // It continues below what hangs over it, such as a hood.
  const isInk = (column: number, at: number): boolean =>
    alpha[Math.floor(((at + 1) / 2) * side) * side + column]! >= 0.5;
  const isOpen = (column: number): boolean =>
    !isInk(column, y - opened.above * height) && isInk(column, y + opened.below * height);
  let [from, to] = [first + best.from, first + best.to];
  while (from > first && isOpen(from - 1)) from--;
  while (to < last && isOpen(to)) to++;
  while (from < to && !isOpen(from)) from++;
  while (to > from && !isOpen(to - 1)) to--;
  const half = (to - from) / side;
  return 2 * half < limits.narrow * width ? undefined : { x: (from + to) / side - 1, y, half };
}

/** Finds the notch of a container. Layouts of a scene need it many times, so it is cached. @returns undefined when its outline has none. */
export function findNotch(container: Sprite): Notch | undefined {
  const known = notches.get(container);
  if (known) return known.notch;
  const notch = measureNotch(container);
  notches.set(container, { notch });
  return notch;
}
