import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Region } from "../../src/data/regions.js";
import { assign, assignSlots } from "../../src/data/slots.js";
import { createRandom } from "../../src/tensor/index.js";

/** Least total cost by trying every assignment. */
function leastCost(
  cost: readonly (readonly number[])[],
  row = 0,
  taken: ReadonlySet<number> = new Set(),
): number {
  if (row === cost.length) return 0;
  return Math.min(
    ...cost[row]!.flatMap((value, column) =>
      taken.has(column) ? [] : [value + leastCost(cost, row + 1, new Set([...taken, column]))],
    ),
  );
}

describe("assign", () => {
  it("gives each row a column of its own at least total cost, as brute force does", () => {
    const matrices = fc
      .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 2 }))
      .chain(([rows, more]) =>
        fc.array(
          fc.array(fc.double({ min: -10, max: 10, noNaN: true }), {
            minLength: rows + more,
            maxLength: rows + more,
          }),
          { minLength: rows, maxLength: rows },
        ),
      );
    fc.assert(
      fc.property(matrices, (cost) => {
        const columns = [...assign(cost)];
        expect(new Set(columns).size).toBe(cost.length);
        const total = columns.reduce((sum, column, row) => sum + cost[row]![column]!, 0);
        expect(total).toBeCloseTo(leastCost(cost), 6);
      }),
      { numRuns: 200 },
    );
  });

  it("of no rows is empty", () => {
    expect([...assign([])]).toEqual([]);
  });
});

describe("assignSlots", () => {
  const random = createRandom("regions");
  const region = (): Region => ({
    fill: Array.from({ length: 9 }, (_, at) => (at < 3 ? random.uniform() : 0)),
    area: random.uniform() / 4,
    x: random.uniform() * 2 - 1,
    y: random.uniform() * 2 - 1,
  });
  const drawings = Array.from({ length: 12 }, (_, at) => Array.from({ length: 1 + (at % 15) }, region));

  it("is the same every time, uses a slot once a drawing, and stays in 1 to 15", () => {
    const slots = assignSlots(drawings, createRandom("slots"));
    expect(assignSlots(drawings, createRandom("slots"))).toEqual(slots);
    slots.forEach((list, at) => {
      expect(list).toHaveLength(drawings[at]!.length);
      expect(new Set(list).size).toBe(list.length);
      expect(Math.min(...list)).toBeGreaterThanOrEqual(1);
      expect(Math.max(...list)).toBeLessThanOrEqual(15);
    });
  });

  it("gives like regions of different drawings one slot", () => {
    const sun: Region = { fill: [1, 0.9, 0.1, 0, 0, 0, 0, 0, 0], area: 0.5, x: 0, y: 0 };
    const ground: Region = { fill: [0.1, 0.6, 0.1, 0, 0, 0, 0, 0, 0], area: 0.2, x: 0, y: 0.8 };
    const slots = assignSlots([[sun, ground], [ground, sun], ...drawings], createRandom(1));
    expect([...slots[1]!]).toEqual([slots[0]![1], slots[0]![0]]);
  });
});
