import type { Random } from "../tensor/index.js";
import { maxRegions } from "./fills.js";
import type { Region } from "./regions.js";

/** Numbers that describe a region for its slot: centre, log area, mean colour, each scaled to matter about equally. */
const descriptorSize = 6;

/** Describes a region by numbers. */
export function describeRegion({ fill, area, x, y }: Region): Float64Array {
  const colour = [0, 1, 2].map((channel) => fill[channel]! + fill[3 + channel]! * x + fill[6 + channel]! * y);
  return Float64Array.of(
    x * 1.2,
    y * 1.2,
    Math.log(area + 1e-4) * 0.35,
    ...colour.map((value) => value * 1.6),
  );
}

/**
 * Assigns each row a column of its own at least total cost (the linear assignment problem), by shortest augmenting paths.
 * Source: Jonker & Volgenant 1987, "A shortest augmenting path algorithm for dense and sparse linear assignment problems".
 * @param cost rows of equal length, no more rows than columns.
 * @returns the column of each row.
 */
export function assign(cost: readonly ArrayLike<number>[]): Int32Array {
  const rows = cost.length;
  const columns = cost[0]?.length ?? 0;
  const rowPrice = new Float64Array(rows + 1);
  const columnPrice = new Float64Array(columns + 1);
  const rowOf = new Int32Array(columns + 1); // 1-based; 0 is free
  for (let row = 1; row <= rows; row++) {
    rowOf[0] = row;
    let column = 0;
    const distance = new Float64Array(columns + 1).fill(Infinity);
    const previous = new Int32Array(columns + 1);
    const visited = new Uint8Array(columns + 1);
    do {
      visited[column] = 1;
      const current = rowOf[column]!;
      let delta = Infinity;
      let next = 0;
      for (let other = 1; other <= columns; other++) {
        if (visited[other]) continue;
        const reduced = cost[current - 1]![other - 1]! - rowPrice[current]! - columnPrice[other]!;
        if (reduced < distance[other]!) {
          distance[other] = reduced;
          previous[other] = column;
        }
        if (distance[other]! < delta) [delta, next] = [distance[other]!, other];
      }
      for (let other = 0; other <= columns; other++)
        if (visited[other]) {
          rowPrice[rowOf[other]!]! += delta;
          columnPrice[other]! -= delta;
        } else distance[other]! -= delta;
      column = next;
    } while (rowOf[column] !== 0);
    do {
      const before = previous[column]!;
      rowOf[column] = rowOf[before]!;
      column = before;
    } while (column !== 0);
  }
  const result = new Int32Array(rows);
  for (let column = 1; column <= columns; column++)
    if (rowOf[column]) result[rowOf[column]! - 1] = column - 1;
  return result;
}

/**
 * Gives every region of every drawing a slot in 1 … 15, so that like regions of different drawings share one: k-means of the
 * regions' descriptors in which each drawing uses a prototype once at most.
 * @returns for each drawing, the slot of each region.
 */
export function assignSlots(
  drawings: readonly (readonly Region[])[],
  random: Random,
  rounds = 12,
): Int32Array[] {
  const descriptors = drawings.map((regions) => regions.map(describeRegion));
  const all = descriptors.flat();
  const draw = (): Float64Array => Float64Array.from(all[random.integer(all.length)]!);
  let prototypes = Array.from({ length: maxRegions }, draw);
  const nearest = (list: readonly Float64Array[]): Int32Array =>
    assign(
      list.map((descriptor) =>
        prototypes.map((prototype) =>
          descriptor.reduce((sum, value, at) => sum + (value - prototype[at]!) ** 2, 0),
        ),
      ),
    );
  for (let round = 0; round < rounds; round++) {
    const sums = Array.from({ length: maxRegions }, () => new Float64Array(descriptorSize));
    const counts = new Float64Array(maxRegions);
    for (const list of descriptors)
      nearest(list).forEach((slot, at) => {
        list[at]!.forEach((value, index) => (sums[slot]![index]! += value));
        counts[slot]!++;
      });
    prototypes = sums.map((sum, slot) =>
      counts[slot]! > 0 ? sum.map((value) => value / counts[slot]!) : draw(),
    );
  }
  return descriptors.map((list) => nearest(list).map((slot) => slot + 1));
}
