/** Regions of a drawing, not counting the transparent background. */
export const maxRegions = 15;
/** Numbers of a linear fill: constant, slope along x and slope along y, for red, green and blue. */
export const fillSize = 9;
/** Regions of fewer pixels are merged with their best neighbour in colour. */
const smallest = 40;

/** Sums over a region's pixels for a least-squares fit of a linear fill. */
export interface Sums {
  /** Normal matrix of (1, x, y): 1·1, 1·x, 1·y, x·x, x·y, y·y. */
  readonly normal: Float64Array;
  /** Products of (1, x, y) with red, green and blue, `[3, 3]`. */
  readonly products: Float64Array;
  squares: number;
  count: number;
}

/** Creates the sums of no pixels. */
export const createSums = (): Sums => ({
  normal: new Float64Array(6),
  products: new Float64Array(9),
  squares: 0,
  count: 0,
});

const joinSums = (a: Sums, b: Sums): Sums => ({
  normal: a.normal.map((value, at) => value + b.normal[at]!),
  products: a.products.map((value, at) => value + b.products[at]!),
  squares: a.squares + b.squares,
  count: a.count + b.count,
});

/** Fits a fill to a region by least squares, with slopes regularised in small regions. */
function fitFill({ normal, products, squares }: Sums): { fill: number[]; error: number } {
  const a = normal[0]! + 1e-3;
  const [b, c, e] = [normal[1]!, normal[2]!, normal[4]!];
  const d = normal[3]! + 0.5;
  const f = normal[5]! + 0.5;
  // Inverse of the symmetric 3×3 matrix by cofactors.
  const [i0, i1, i2] = [d * f - e * e, c * e - b * f, b * e - c * d];
  const [i3, i4, i5] = [a * f - c * c, b * c - a * e, a * d - b * b];
  const scale = 1 / (a * i0 + b * i1 + c * i2);
  const fill = new Array<number>(fillSize).fill(0);
  let error = squares;
  for (let channel = 0; channel < 3; channel++) {
    const [p, q, r] = [products[channel]!, products[3 + channel]!, products[6 + channel]!];
    const w = [i0 * p + i1 * q + i2 * r, i1 * p + i3 * q + i4 * r, i2 * p + i4 * q + i5 * r].map(
      (value) => value * scale,
    );
    w.forEach((value, row) => (fill[row * 3 + channel] = value));
    error -= w[0]! * p + w[1]! * q + w[2]! * r;
  }
  return { fill, error };
}

/** Shapes that make one region, and their fill. */
export interface Group extends Sums {
  readonly members: readonly number[];
  readonly fill: number[];
  readonly error: number;
}

/** Returns a region of shapes with these sums. */
export const groupOf = (members: readonly number[], sums: Sums): Group => ({
  members,
  ...sums,
  ...fitFill(sums),
});

/** Merges the pair that costs least, until at most `maxRegions` are left and none is tiny. @returns largest first. */
export function mergeGroups(groups: readonly Group[]): Group[] {
  let list = [...groups].sort((a, b) => b.count - a.count);
  while (list.length > maxRegions || (list.length > 1 && list[list.length - 1]!.count < smallest)) {
    const last = list.length - 1;
    const alone = list[last]!.count < smallest || list.length > 2 * maxRegions;
    let best: { first: number; second: number; cost: number; group: Group } | undefined;
    for (let first = alone ? last : 0; first <= last; first++)
      for (let second = 0; second <= last; second++) {
        if (second === first || (!alone && second < first)) continue;
        const [a, b] = [list[first]!, list[second]!];
        const group = groupOf([...a.members, ...b.members], joinSums(a, b));
        const cost = group.error - a.error - b.error;
        if (!best || cost < best.cost) best = { first, second, cost, group };
      }
    const { first, second, group } = best!;
    list = list.filter((_, at) => at !== first && at !== second);
    list.push(group);
    list.sort((a, b) => b.count - a.count);
  }
  return list;
}
