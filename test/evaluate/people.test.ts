import { describe, expect, it } from "vitest";
import {
  computeAgreement,
  computeCohenKappa,
  evaluatePeople,
  computeFleissKappa,
} from "../../src/evaluate/index.js";

/** Rows of two raters from a 2 × 2 table of counts. */
const rows = (counts: readonly [number, number, number, number]): [string, string][] =>
  (["yy", "yn", "ny", "nn"] as const).flatMap((pair, at) =>
    Array.from({ length: counts[at]! }, () => [pair[0]!, pair[1]!] as [string, string]),
  );

describe("kappa", () => {
  it("is Cohen's, of the textbook's table", () => {
    // Agreement 0.7, expected 0.5 (25 · 30 and 25 · 20 of 50²): 0.4.
    expect(computeCohenKappa(rows([20, 5, 10, 15]))).toBeCloseTo(0.4, 12);
    expect(computeCohenKappa(rows([5, 0, 0, 5]))).toBe(1);
    expect(computeCohenKappa(rows([0, 5, 5, 0]))).toBe(-1);
    expect(computeCohenKappa(rows([7, 0, 0, 0]))).toBeNaN();
  });

  it("is Fleiss', of the worked example with fourteen raters", () => {
    // Ten items in five categories, as in the article's tables of this form: kappa 0.210.
    const counts = [
      [0, 0, 0, 0, 14],
      [0, 2, 6, 4, 2],
      [0, 0, 3, 5, 6],
      [0, 3, 9, 2, 0],
      [2, 2, 8, 1, 1],
      [7, 7, 0, 0, 0],
      [3, 2, 6, 3, 0],
      [2, 5, 3, 2, 2],
      [6, 5, 2, 1, 0],
      [0, 2, 2, 3, 7],
    ];
    const table = counts.map((row) =>
      row.flatMap((count, category) => Array.from({ length: count }, () => `c${category}`)),
    );
    expect(computeFleissKappa(table)).toBeCloseTo(0.21, 3);
    expect(computeAgreement(table, 14)!.name).toBe("Fleiss' kappa");
  });

  it("is undefined where all ratings are of one category, whatever their number", () => {
    for (let items = 1; items <= 60; items++)
      expect(computeFleissKappa(Array.from({ length: items }, () => ["a", "a", "a"]))).toBeNaN();
    expect(computeFleissKappa([])).toBeNaN();
  });

  it("has an interval, and is absent for one rater", () => {
    const agreement = computeAgreement(rows([20, 5, 10, 15]), 2)!;
    expect(agreement).toMatchObject({ name: "Cohen's kappa", raw: 0.7 });
    expect(agreement.kappa.low).toBeLessThan(0.4);
    expect(agreement.kappa.high).toBeGreaterThan(0.4);
    expect(computeAgreement([["a"], ["b"]], 1)).toBeUndefined();
  });
});

describe("evaluatePeople", () => {
  it("counts what people recognise and where the judge is fooled", () => {
    const naming = (answers: (number | null)[], judge: number) =>
      ({ kind: "naming", correct: 0, answers, judge }) as const;
    const report = evaluatePeople(
      [
        naming([0, 0], 0), // both see it, so does the judge
        naming([0, 0], 3), // the judge misses it
        naming([2, null], 0), // nobody sees it, the judge does: a false positive
        naming([1, 1], 4),
        naming([0, 2], 0), // half is not most
      ],
      2,
    );
    expect(report.naming!.recognised).toMatchObject({ mean: 0.5, samples: 10 });
    expect(report.naming!.pictures).toMatchObject({ mean: 0.4, samples: 5 });
    const { falsePositives, falseNegatives, recognised } = report.naming!.judge!;
    expect(recognised.mean).toBeCloseTo(0.6, 12);
    expect(falsePositives).toMatchObject({ samples: 3 });
    expect(falsePositives.mean).toBeCloseTo(2 / 3, 12);
    expect(falsePositives.low).toBeLessThan(0.2); // three pictures say little
    expect(falseNegatives).toMatchObject({ mean: 0.5, samples: 2 });
    expect(report.agreement!.name).toBe("Cohen's kappa");
    expect(report.preference).toBeUndefined();
  });

  it("gives the preference of decided answers with an interval by trial", () => {
    const choice = (answers: (number | null | undefined)[], judge: number) =>
      ({ kind: "choice", methods: ["ascent", "drafts"], answers, judge }) as const;
    const { preference } = evaluatePeople(
      [choice([0, 0, 0], 0), choice([0, 1, null], 1), choice([1, undefined, 0], 0), choice([undefined], 0)],
      3,
    );
    expect(preference).toMatchObject({ methods: ["ascent", "drafts"], undecided: 1, first: { samples: 7 } });
    expect(preference!.first.mean).toBeCloseTo(5 / 7, 12);
    expect(preference!.first.high - preference!.first.low).toBeGreaterThan(0.5);
    expect(preference!.judgeAgrees!.mean).toBeCloseTo(5 / 7, 12);
  });
});
