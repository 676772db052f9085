import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom, makeSamplingMatrices } from "../../src/tensor/index.js";

describe("random", () => {
  it("gives a seed's and a stream's numbers whatever else is drawn", () => {
    fc.assert(
      fc.property(fc.integer(), fc.string(), (seed, name) => {
        const plain = createRandom(seed);
        const busy = createRandom(seed);
        busy.normals(7);
        expect(busy.stream(name).normals(5)).toEqual(plain.stream(name).normals(5));
      }),
    );
    expect(createRandom(1).normals(4)).not.toEqual(createRandom(2).normals(4));
    expect(createRandom(1).stream("a").uniform()).not.toBe(createRandom(1).stream("b").uniform());
  });

  it("keeps its values from version to version", () => {
    const random = createRandom(42);
    expect([random.integer(1000), random.integer(1000), random.integer(1000)]).toMatchInlineSnapshot(`
      [
        951,
        151,
        517,
      ]
    `);
  });

  it("is uniform and normal: means, variance and tails of 200 000", () => {
    const random = createRandom("moments");
    const count = 200_000;
    const uniforms = Array.from({ length: count }, () => random.uniform());
    expect(Math.abs(uniforms.reduce((a, b) => a + b, 0) / count - 0.5)).toBeLessThan(0.003);
    const counts = new Array<number>(16).fill(0);
    for (const value of uniforms) counts[Math.floor(value * 16)]!++;
    const expected = count / 16;
    const chi = counts.reduce((sum, seen) => sum + (seen - expected) ** 2 / expected, 0);
    expect(chi).toBeLessThan(37.7); // 99.9 % of chi-squared with 15 degrees of freedom
    const normals = random.normals(count);
    let [sum, squares, fourth] = [0, 0, 0];
    for (const value of normals) {
      sum += value;
      squares += value ** 2;
      fourth += value ** 4;
    }
    expect(Math.abs(sum / count)).toBeLessThan(0.01);
    expect(Math.abs(squares / count - 1)).toBeLessThan(0.015);
    expect(Math.abs(fourth / count - 3)).toBeLessThan(0.1);
  });

  it("draws several normal values as it draws one after the other", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 })), (counts) => {
        const [several, single] = [createRandom(5), createRandom(5)];
        for (const count of counts) {
          expect(several.normals(count)).toEqual(Float32Array.from({ length: count }, () => single.normal()));
          expect(several.uniform()).toBe(single.uniform());
        }
      }),
    );
  });

  it("permutes", () => {
    const order = createRandom(1).permute(100);
    expect([...order].sort((a, b) => a - b)).toEqual([...Array(100).keys()]);
    expect([...order]).not.toEqual([...Array(100).keys()]);
  });
});

describe("sampling matrices", () => {
  const row = (matrix: Float32Array, at: number, side: number): number[] => [
    ...matrix.slice(at * side, (at + 1) * side),
  ];

  it("of the whole side at its own size is the identity, and flips", () => {
    const same = makeSamplingMatrices([{ start: 0, span: 1 }], 4, 4);
    const flipped = makeSamplingMatrices([{ start: 0, span: 1, flip: true }], 4, 4);
    for (let at = 0; at < 4; at++) {
      expect(row(same, at, 4)).toEqual([0, 1, 2, 3].map((column) => (column === at ? 1 : 0)));
      expect(row(flipped, at, 4)).toEqual(row(same, 3 - at, 4));
    }
  });

  it("has rows that sum to one inside the picture and to zero outside", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -0.5, max: 1, noNaN: true }),
        fc.double({ min: 0.1, max: 2, noNaN: true }),
        (start, span) => {
          const matrix = makeSamplingMatrices([{ start, span }], 16, 8);
          for (let at = 0; at < 8; at++) {
            const centre = start + ((at + 0.5) / 8) * span;
            const sum = row(matrix, at, 16).reduce((a, b) => a + b, 0);
            if (centre > 0.001 && centre < 0.999) expect(sum).toBeCloseTo(1, 5);
            if (centre < -0.001 || centre > 1.001) expect(sum).toBe(0);
          }
        },
      ),
    );
  });
});
