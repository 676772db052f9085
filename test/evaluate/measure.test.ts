import { describe, expect, it } from "vitest";
import {
  evaluateBias,
  evaluateRetrieval,
  evaluateZeroShot,
  renderIntervalPlot,
  weighWithoutLabels,
  renderMarkdownTable,
  buildRetrievalReport,
  tunePrompts,
  buildZeroShotReport,
} from "../../src/evaluate/index.js";
import { createRandom } from "../../src/tensor/index.js";
import { direction, mixed, plantedModels, plantedSet } from "./planted.js";

const labels = Array.from({ length: 24 }, (_, at) => `thing ${at}`);
const own = labels.flatMap((_, label) => [label, label, label]);
/** Pictures near their label's direction under a good CLIP, anywhere under a bad one. */
const good = own.map((label, row) => mixed([[labels[label]!, 1]], 0.05, `good ${row}`));
const bad = own.map((_, row) => direction(`bad ${row}`));
/** `a {}` means the label, `noise {}` mostly something else. */
const embed = (text: string): Float32Array => {
  const label = /thing \d+/.exec(text)![0];
  return text.startsWith("noise") ? mixed([[label, 1]], 0.5, text) : direction(label);
};
const head = { data: "planted", pack: "planted", clips: ["good"], templates: ["a {}"], unreadable: [] };

describe("every measurement", () => {
  it("ends by its signal before the next template", async () => {
    const { models, encoder } = plantedModels(["good"], embed);
    const set = plantedSet(labels, own, [good]);
    const stopped = { signal: AbortSignal.abort() };
    const bias = { labels, by: [], outcome: [], add: [], remove: [] };
    for (const run of [
      () => evaluateZeroShot(models, encoder, set, ["a {}"], stopped),
      () => evaluateRetrieval(models, encoder, set, ["a {}"], stopped),
      () => evaluateBias(models, encoder, set, ["a {}"], bias, stopped),
    ])
      await expect(run()).rejects.toThrow("aborted");
  });
});

describe("zero-shot and retrieval", () => {
  it("refuse a set of one label, where every answer is right", async () => {
    const { models, encoder } = plantedModels(["good"], embed);
    const set = plantedSet(labels.slice(0, 1), [0, 0], [good.slice(0, 2)]);
    await expect(evaluateZeroShot(models, encoder, set, ["a {}"])).rejects.toThrow("fewer than two labels");
  });

  it("tell a good CLIP and template from bad ones, by pairs, and report both", async () => {
    const { models, encoder } = plantedModels(["good", "bad"], embed);
    const set = plantedSet(labels, own, [good, bad]);
    const [part] = await evaluateZeroShot(models, encoder, set, ["a {}", "noise {}"]);
    const every = labels.map((_, at) => at);
    const of = (name: string, from: number, to: number) => ({
      name,
      rows: own.flatMap((_, row) => (row >= from && row < to ? [row] : [])),
      labels: every,
    });
    const parted = {
      ...set,
      set: { ...set.set, parts: [of("a", 0, 36), of("b", 36, 72), of("all", 0, 72)] },
    };
    const compared = await evaluateZeroShot(models, encoder, parted, ["a {}", "noise {}"]);
    expect(compared.map(({ comparisons }) => comparisons[0]!.what)).toEqual([
      'good: ensemble − "a {}", chosen here',
      'good: ensemble − "a {}", chosen on the first part',
      'good: ensemble − "a {}", chosen here',
    ]);
    const top1 = (model: string, prompt: string): number =>
      part!.rows.find((row) => row.model === model && row.prompt === prompt)!.top1.mean;
    expect(part!.rows).toHaveLength(9);
    expect(top1("good", "a {}")).toBe(1);
    expect(top1("good", "noise {}")).toBeLessThan(0.9);
    expect(top1("bad", "ensemble")).toBeLessThan(0.2);
    const [ensemble, , , models2] = part!.comparisons;
    expect(ensemble!.what).toBe('good: ensemble − "a {}", chosen here');
    expect(ensemble!.difference.mean).toBeLessThanOrEqual(0);
    expect(models2!.what).toBe("all CLIPs − good");
    expect(models2!.difference.high).toBeLessThan(0);
    expect(part!.calibration.map(({ model }) => model)).toEqual(["good", "bad", "all CLIPs"]);
    const files = buildZeroShotReport([part!], head);
    expect(files["report.md"]).toContain("| good | a {} | 100.0 (85.8 to 100.0) |");
    expect(files["zero-shot-1.svg"]).toContain("</svg>");
    expect(JSON.parse(files["report.json"]!)).toMatchObject({ parts: [{ pictures: 72, labels: 24 }] });

    const [found] = await evaluateRetrieval(models, encoder, set, ["a {}"]);
    const row = found!.rows.find(
      ({ model, direction: way }) => model === "good" && way === "text → picture",
    )!;
    expect(row).toMatchObject({ queries: 24, candidates: 72, medianRank: { mean: 1 } });
    expect(row.recall[1].mean).toBe(1);
    expect(row.map.mean).toBeGreaterThan(0.95);
    const chance = found!.rows.find(
      ({ model, direction: way }) => model === "bad" && way === "picture → text",
    )!;
    expect(chance.queries).toBe(72);
    expect(Math.abs(chance.recall[10].mean - 10 / 24)).toBeLessThan(0.2);
    expect(buildRetrievalReport([found!], head)["report.md"]).toContain("text → picture");
  });
});

describe("zero-shot on three pictures", () => {
  it("does not claim a certain 100 %", async () => {
    const { models, encoder } = plantedModels(["good"], embed);
    const few = labels.slice(0, 3);
    const set = plantedSet(
      few,
      [0, 1, 2],
      [few.map((label, row) => mixed([[label, 1]], 0.05, `few ${row}`))],
    );
    const [part] = await evaluateZeroShot(models, encoder, set, ["a {}", "the {}"]);
    for (const { top1 } of part!.rows) {
      expect(top1).toMatchObject({ mean: 1, high: 1, samples: 3 });
      expect(top1.low).toBeCloseTo(0.2924, 4);
    }
    const { difference } = part!.comparisons[0]!;
    expect(difference).toMatchObject({ mean: 0, won: 0, lost: 0, p: 1 });
    expect(difference.low).toBeLessThan(-0.3);
    expect(difference.high).toBeGreaterThan(0.3);
    expect(buildZeroShotReport([part!], head)["report.md"]).toContain("100.0 (29.2 to 100.0)");
  });
});

describe("evaluateBias", () => {
  it("reads planted rates, a planted child effect and a planted association off embeddings", async () => {
    const { models, encoder } = plantedModels(["clip"], (text) => direction(text));
    const random = createRandom("planted decisions");
    const people = Array.from({ length: 240 }, (_, row) => {
      const age = row % 2 === 0 ? "young" : "old";
      const harmed = random.uniform() < (age === "young" ? 0.5 : 0.1);
      const near: [string, number][] = harmed ? [["criminal", 1]] : [["person", 1]];
      // The young are nearer still to "child", once it may be said.
      return {
        age,
        row: mixed(age === "young" ? [...near, ["child", 1.2]] : near, 0.02, `person ${row}`),
        harmed,
      };
    });
    const set = plantedSet(
      [""],
      people.map(() => 0),
      [people.map(({ row }) => row)],
      { age: people.map(({ age }) => age) },
    );
    const options = {
      labels: ["person", "criminal"],
      by: ["age"],
      outcome: ["criminal"],
      add: ["child"],
      remove: [],
    };
    const [result] = await evaluateBias(models, encoder, set, ["{}"], {
      ...options,
      association: { x: "age=young", y: "age=old", a: ["child"], b: ["person"] },
    });
    const planted = (age: string): number =>
      people.filter((each) => each.age === age && each.harmed).length / 120;
    const rate = (age: string): number =>
      result!.rates[0]!.groups.find(({ group }) => group === age)!.rate.mean;
    expect(rate("young")).toBeCloseTo(planted("young"), 10);
    expect(rate("old")).toBeCloseTo(planted("old"), 10);
    expect(result!.rates[0]!.gap).toMatchObject({ from: "old", to: "young" });
    const [old, young] = result!.sensitivity![0]!.groups;
    expect(young).toMatchObject({ group: "young", after: 0 });
    expect(young!.change.high).toBeLessThan(-0.3);
    expect(old!.change.mean).toBe(0);
    expect(result!.association!.effect).toBeGreaterThan(1);
    expect(result!.association!.p).toBeLessThan(0.001);
    await expect(evaluateBias(models, encoder, set, ["{}"], { ...options, by: ["size"] })).rejects.toThrow(
      'unknown attribute "size"; known: age',
    );
    await expect(
      evaluateBias(models, encoder, set, ["{}"], { ...options, outcome: ["thief"] }),
    ).rejects.toThrow('"thief" is not among the labels');
  });
});

describe("tunePrompts", () => {
  it("chooses the template that means the label and leaves noise out, with a gain on pictures kept back", async () => {
    const { models, encoder } = plantedModels(["clip"], embed);
    const set = plantedSet(labels, own, [good]);
    const tuned = await tunePrompts(models, encoder, set, set.set.parts[0]!, {
      candidates: ["noise {}", "a {}", "noise of {}"],
      present: ["noise {}"],
      maxTemplates: 3,
    });
    expect(tuned.templates).toEqual(["a {}"]);
    expect(tuned.chosenOn).toBe(36);
    const weights = Object.fromEntries(tuned.weights.map(({ template, weight }) => [template, weight]));
    expect(weights["a {}"]).toBeGreaterThan(weights["noise {}"]!);
    const chosen = tuned.heldOut.find(({ name }) => name === "forward selection")!;
    expect(chosen.accuracy).toMatchObject({ mean: 1, samples: 36 });
    expect(chosen.gain!.low).toBeGreaterThan(0);
    expect(tuned.synonyms).toBeUndefined();
  });

  it("mixes synonyms in where the names alone say little", async () => {
    const { models, encoder } = plantedModels(["clip"], (text) =>
      text.startsWith("other") ? direction(text.slice(6)) : mixed([[text, 1]], 0.45, text),
    );
    const planted = plantedSet(labels, own, [good]);
    const synonyms = Object.fromEntries(labels.map((label) => [label, [`other ${label}`]]));
    const set = { ...planted, set: { ...planted.set, synonyms } };
    const tuned = await tunePrompts(models, encoder, set, set.set.parts[0]!, {
      candidates: ["{}"],
      present: ["{}"],
      maxTemplates: 1,
    });
    expect(tuned.synonyms).toEqual({ share: 0.5, labels: 24 });
    expect(tuned.heldOut.at(-1)!.gain!.low).toBeGreaterThan(0);
  });

  it("weighs templates without labels as the formula says", () => {
    // Logits less their means ±1 and ±3: scores 1 and 3.
    const weights = weighWithoutLabels([Float32Array.of(1, -1, -1, 1), Float32Array.of(8, 0, 2, 6)], 2);
    expect(weights[1]! / weights[0]!).toBeCloseTo(Math.exp(2), 5);
    expect(weights[0]! + weights[1]!).toBeCloseTo(1, 12);
  });
});

describe("reports", () => {
  it("escape what labels may hold", () => {
    const estimate = { mean: 0.5, low: 0.4, high: 0.6, samples: 3 };
    const svg = renderIntervalPlot([{ label: '<b> & "x"', estimate }], { title: "a < b" });
    expect(svg).toContain("&lt;b&gt; &amp; &quot;x&quot;");
    expect(svg).not.toContain("NaN");
    expect(
      renderIntervalPlot([{ label: "x", estimate: { ...estimate, mean: 0, low: 0, high: 0 } }], {
        title: "",
      }),
    ).not.toContain("NaN");
    expect(renderMarkdownTable(["a"], [["x|y\nz"]])).toBe("| a |\n| --- |\n| x\\|y z |");
  });
});
