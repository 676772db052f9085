import { describe, expect, it } from "vitest";
import {
  testAssociation,
  findBestColumns,
  measureGroupRates,
  joinAttributes,
  measureLabelSensitivity,
} from "../../src/evaluate/index.js";
import { type HostTensor, createRandom, hostFloats } from "../../src/tensor/index.js";

/** Groups of different size with the rates that are planted in them. */
const planted = { "man × dark": 0.31, "man × light": 0.07, "woman × dark": 0.18, "woman × light": 0.02 };
const sizes = { "man × dark": 60, "man × light": 240, "woman × dark": 90, "woman × light": 150 };

describe("the bias meter", () => {
  it("finds planted rates inside its intervals in at least 93 % of 200 simulated data sets", () => {
    const random = createRandom("planted bias");
    let [all, gaps] = [0, 0];
    for (let round = 0; round < 200; round++) {
      const [gender, tone, scores]: [string[], string[], number[]] = [[], [], []];
      for (const [group, rate] of Object.entries(planted))
        for (let at = 0; at < sizes[group as keyof typeof sizes]; at++) {
          const [first, second] = group.split(" × ") as [string, string];
          gender.push(first);
          tone.push(second);
          // Scores of two labels whose difference decides for the second at the planted rate.
          scores.push(0, rate - random.uniform());
        }
      const outcomes = findBestColumns(Float32Array.from(scores), 2);
      const { groups, gap } = measureGroupRates(outcomes, joinAttributes([gender, tone]), "gender × tone");
      const inside = groups.map(({ group, rate }) => {
        const truth = planted[group as keyof typeof planted];
        return rate.low <= truth && truth <= rate.high;
      });
      if (inside.every(Boolean)) all++;
      const truth = planted[gap!.to as keyof typeof planted] - planted[gap!.from as keyof typeof planted];
      if (gap!.difference.low <= truth && truth <= gap!.difference.high) gaps++;
    }
    expect(all).toBeGreaterThanOrEqual(186);
    expect(gaps).toBeGreaterThanOrEqual(186);
    expect(all).toBeLessThan(200); // intervals that never miss would say nothing
  });

  it("reads no gap where none is planted, and a large one where it is", () => {
    const random = createRandom("no bias");
    let alarms = 0;
    const groups = Array.from({ length: 300 }, (_, at) => (at % 3 === 0 ? "a" : "b"));
    for (let round = 0; round < 200; round++) {
      const { gap } = measureGroupRates(
        groups.map(() => (random.uniform() < 0.2 ? 1 : 0)),
        groups,
        "group",
      );
      if ((gap?.difference.low ?? 0) > 0) alarms++;
    }
    expect(alarms).toBeLessThanOrEqual(14); // 7 %
    const table = measureGroupRates(
      groups.map((group) => (random.uniform() < (group === "a" ? 0.6 : 0.2) ? 1 : 0)),
      groups,
      "group",
    );
    expect(table.gap).toMatchObject({ from: "b", to: "a" });
    expect(table.gap!.difference.low).toBeGreaterThan(0.2);
    expect(table.groups.map(({ rate }) => rate.samples)).toEqual([100, 200]);
  });

  it.each([
    [2, 100, 0.5],
    [3, 20, 0.5],
    [5, 5, 0.5],
    [10, 100, 0.5],
    [10, 60, 0.2],
    [20, 20, 0.3],
    [30, 20, 0.5],
    [30, 100, 0.2],
  ])("raises a false alarm in at most 5 %% of data sets of %i equal groups", (count, size, truth) => {
    const random = createRandom(`equal groups ${count} ${size}`);
    const groups = Array.from({ length: count * size }, (_, at) => `g${at % count}`);
    const rounds = 400;
    let alarms = 0;
    for (let round = 0; round < rounds; round++) {
      const outcomes = groups.map(() => (random.uniform() < truth ? 1 : 0));
      const { gap } = measureGroupRates(outcomes, groups, "group");
      if ((gap?.difference.low ?? 0) > 0) alarms++;
    }
    // 5 % and two standard errors of 400 rounds
    expect(alarms / rounds).toBeLessThanOrEqual(0.05 + 2 * Math.sqrt((0.05 * 0.95) / rounds));
  });

  it("finds planted rates where drawings of one thing are decided alike, too", () => {
    const random = createRandom("clustered bias");
    let [aware, unaware] = [0, 0];
    for (let round = 0; round < 200; round++) {
      const [outcomes, groups, clusters]: [number[], string[], string[]] = [[], [], []];
      for (const [group, rate] of [
        ["a", 0.3],
        ["b", 0.5],
      ] as const)
        for (let thing = 0; thing < 60; thing++) {
          const shared = random.uniform() < rate ? 1 : 0;
          for (let drawing = 0; drawing < 6; drawing++) {
            // Two in three drawings follow the thing, the others are on their own.
            outcomes.push(random.uniform() < 2 / 3 ? shared : random.uniform() < rate ? 1 : 0);
            groups.push(group);
            clusters.push(`${group}${thing}`);
          }
        }
      const holds = (given?: string[]): boolean =>
        measureGroupRates(outcomes, groups, "group", given).groups.every(({ group, rate }) => {
          const truth = group === "a" ? 0.3 : 0.5;
          return rate.low <= truth && truth <= rate.high;
        });
      if (holds(clusters)) aware++;
      if (holds()) unaware++;
    }
    expect(aware).toBeGreaterThanOrEqual(186);
    expect(unaware).toBeLessThan(160);
  });

  it("leaves out pictures without a group and crosses attributes", () => {
    expect(
      joinAttributes([
        ["a", "b", undefined],
        ["x", "", "y"],
      ]),
    ).toEqual(["a × x", undefined, undefined]);
    const { groups, gap } = measureGroupRates([1, 0, 1], ["a", undefined, "a"], "one");
    expect(groups).toHaveLength(1);
    expect(groups[0]!.rate).toMatchObject({ mean: 1, samples: 2 });
    expect(gap).toBeUndefined();
  });
});

describe("labelSensitivity", () => {
  it("finds a planted child effect in the group it was planted in, and in no other", () => {
    // Labels: adult, criminal, child. Half of the young are "criminal" until "child" may be said, as in §7.1 of CLIP's paper.
    const random = createRandom("child");
    const groups = Array.from({ length: 400 }, (_, at) => (at < 100 ? "young" : "old"));
    const scores = Float32Array.from(
      groups.flatMap((group) => {
        const criminal = random.uniform() < (group === "young" ? 0.5 : 0.1) ? 0.9 : 0.1;
        return [0.5, criminal, group === "young" ? 0.95 : 0.2];
      }),
    );
    const decide = (labels: readonly number[]): number[] => {
      const columns = Float32Array.from(
        groups.flatMap((_, row) => labels.map((label) => scores[row * 3 + label]!)),
      );
      return findBestColumns(columns, labels.length).map((best) => (labels[best] === 1 ? 1 : 0));
    };
    const [old, young] = measureLabelSensitivity(decide([0, 1]), decide([0, 1, 2]), groups);
    expect(young).toMatchObject({ group: "young", after: 0 });
    expect(young!.change.high).toBeLessThan(-0.3);
    expect(old!.change).toMatchObject({ mean: 0, won: 0, lost: 0, samples: 300 });
    expect(old!.change.low).toBeLessThan(0);
    expect(old!.change.high).toBeGreaterThan(0);
  });
});

describe("associationTest", () => {
  const around = (angles: readonly number[]): HostTensor =>
    hostFloats(Float32Array.from(angles.flatMap((angle) => [Math.cos(angle), Math.sin(angle)])), [
      angles.length,
      2,
    ]);

  it("has the effect size of its formula", () => {
    // s = cos θ − sin θ: 1 and 1 for X, −1 and −1 for Y; mean difference 2, deviation √(4/3).
    const result = testAssociation({
      x: around([0, 0]),
      y: around([Math.PI / 2, Math.PI / 2]),
      a: around([0]),
      b: around([Math.PI / 2]),
    });
    expect(result.effect).toBeCloseTo(2 / Math.sqrt(4 / 3), 5);
    // 2 of the 6 ways to part four targets are as extreme.
    expect(result.p).toBeCloseTo(1 / 3, 1);
    expect(result.samples).toEqual({ x: 2, y: 2, a: 1, b: 1 });
  });

  it("is sure of a planted association and gives even p values without one", () => {
    const random = createRandom("weat");
    const cloud = (centre: number, count: number): HostTensor =>
      around(Array.from({ length: count }, () => centre + 0.2 * random.normal()));
    const sets = { x: cloud(0.5, 15), y: cloud(1, 15), a: cloud(0.3, 6), b: cloud(1.2, 6) };
    expect(testAssociation(sets).p).toBeLessThan(0.001);
    expect(testAssociation({ ...sets, x: sets.y, y: sets.x }).effect).toBeCloseTo(
      -testAssociation(sets).effect,
      10,
    );
    const low = Array.from({ length: 20 }, () =>
      testAssociation({ x: cloud(1, 8), y: cloud(1, 8), a: cloud(0.3, 6), b: cloud(1.2, 6) }),
    ).filter(({ p }) => p < 0.25).length;
    expect(low).toBeGreaterThanOrEqual(1);
    expect(low).toBeLessThanOrEqual(11);
  });
});
