import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type VitConfig, declareClipParameters } from "../../src/clip/index.js";
import { ConfigError } from "../../src/errors.js";
import {
  type AscentConfig,
  type AscentResult,
  type ScheduledTerm,
  type SteerModels,
  type Snapshot,
  ascentRateAt,
  countClipPasses,
  generate,
  latentNoiseAt,
  loadModels,
  loadSnapshot,
  saveSnapshot,
  countStepsForPasses,
  countStepsForSeconds,
  wantedOf,
} from "../../src/guidance/index.js";
import type { Picture } from "../../src/images/index.js";
import { loadPack } from "../../src/packs/index.js";
import type { NamedClip } from "../../src/guidance/steerModels.js";
import { viewSidesOf } from "../../src/guidance/objectives/views.js";
import { createRandom, hostFloats, initialise, withPrefix } from "../../src/tensor/index.js";
import { writeTinyPack } from "../tiny.js";

let models: SteerModels;
beforeAll(async () => {
  models = await loadModels(await loadPack(await writeTinyPack()));
});

const config: AscentConfig = { seed: 5, steps: 8, views: 4, lr: 0.1, candidates: 3, truncation: 0.7 };
const heart: ScheduledTerm = { text: "a red heart", weight: 1, templates: ["{}", "an emoji of {}"] };

async function run(
  terms: ScheduledTerm[],
  given: Partial<AscentConfig> = {},
  options: { signal?: AbortSignal; stopAt?: number; engine?: "cpu" } = {},
): Promise<{ result: AscentResult; indices: number[]; losses: number[]; pictures: Picture[] }> {
  const stop = new AbortController();
  const steps = generate(
    models,
    terms,
    { ...config, ...given },
    { engine: options.engine ?? "compiled", threads: 1, signal: stop.signal },
  );
  const indices: number[] = [];
  const losses: number[] = [];
  const pictures: Picture[] = [];
  for (;;) {
    const next = await steps.next();
    if (next.done) return { result: next.value, indices, losses, pictures };
    indices.push(next.value.index);
    pictures.push(next.value.picture);
    if (next.value.loss !== undefined) losses.push(next.value.loss);
    if (next.value.index === options.stopAt) stop.abort();
  }
}

describe("generate", () => {
  it("yields the draft and each step, and the same picture for the same seed", async () => {
    const first = await run([heart]);
    expect(first.indices).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    const second = await run([heart]);
    expect(second.result.picture.data).toEqual(first.result.picture.data);
    expect(second.losses).toEqual(first.losses);
    const other = await run([heart], { seed: 6 });
    expect(other.result.picture.data).not.toEqual(first.result.picture.data);
  });

  it("never reads out a picture that the judge likes less than the draft", async () => {
    for (const seed of [1, 2, 3]) {
      const draft = await run([heart], { seed, steps: 0 });
      const steered = await run([heart], { seed });
      expect(steered.result.judge).toBeGreaterThanOrEqual(draft.result.judge);
      expect(draft.result.chosen).toBe(0);
    }
  });

  it("gives the compiled numbers on the cpu engine, to 1e-3", async () => {
    const compiled = await run([heart], { steps: 2, candidates: 1, views: 2 });
    const eager = await run([heart], { steps: 2, candidates: 1, views: 2 }, { engine: "cpu" });
    compiled.losses.forEach((loss, at) => expect(eager.losses[at]).toBeCloseTo(loss, 3));
    expect(eager.result.judge).toBeCloseTo(compiled.result.judge, 3);
  });

  it("stops where it is asked to, and keeps what it has", async () => {
    const { result, indices } = await run([heart], {}, { stopAt: 3 });
    expect(indices.at(-1)).toBe(3);
    expect(result.steps).toBe(3);
    expect(result.picture.data.every(Number.isFinite)).toBe(true);
  });

  it("heeds pictures as prompts, negatives and schedules", async () => {
    const plain = await run([heart]);
    const picture = { width: 8, height: 8, data: new Float32Array(192).fill(0.3) };
    const variants: ScheduledTerm[][] = [
      [heart, { text: "cat face", weight: -1, templates: ["{}"] }],
      [heart, { picture, weight: 1, templates: [] }],
      [{ ...heart, weightAt: (part) => 2 - part }],
    ];
    for (const terms of variants) expect((await run(terms)).losses).not.toEqual(plain.losses);
  });

  it("refuses to go only away from things", async () => {
    await expect(run([{ ...heart, weight: -1 }])).rejects.toThrow(ConfigError);
  });
});

describe("ways to ascend", () => {
  const story: ScheduledTerm[] = [
    { ...heart, weightAt: (part) => 1 - part },
    { text: "cat face", weight: 1, templates: ["{}"], weightAt: (part) => part },
  ];

  it.each([
    ["adam", "adam", [heart]],
    ["cma-es", "cma-es", [heart]],
    ["hybrid", "hybrid", [heart]],
    ["a story", "adam", story],
  ] as const)("%s ends in the same bits when it is continued", async (_, optimizer, terms) => {
    const given = { ...config, steps: 10, plateau: 50, candidates: 6, optimizer };
    const snapshots: (Snapshot | undefined)[] = [];
    const finish = async (from?: Snapshot): Promise<AscentResult> => {
      const steps = generate(models, terms, given, { engine: "compiled", threads: 1, ...(from && { from }) });
      for (;;) {
        const next = await steps.next();
        if (next.done) return next.value;
        if (!from) snapshots.push(next.value.snapshot);
      }
    };
    const whole = await finish();
    const folder = await mkdtemp(join(tmpdir(), "clipsteer-snapshot-"));
    for (const at of [1, 6]) {
      await saveSnapshot(folder, snapshots[at]!, "about");
      const { snapshot, job } = await loadSnapshot(folder);
      expect(job).toBe("about");
      const resumed = await finish(snapshot);
      expect(resumed.latents.data).toEqual(whole.latents.data);
      expect(resumed.picture.data).toEqual(whole.picture.data);
      expect(resumed).toMatchObject({ judge: whole.judge, steps: 10, chosen: whole.chosen });
    }
  });

  it("leads a story to where its last prompt alone would begin", async () => {
    const last = { ...story[1]!, weightAt: () => 1 };
    const still = { lr: 1e-9, steps: 30, recipe: { noise: 0, average: 0, judged: false } };
    const [stepped, alone] = [await run(story, still), await run([last], { ...still, steps: 1 })];
    const apart = (from: number): number =>
      stepped.pictures[from]!.data.reduce<number>(
        (sum, value, at) => sum + Math.abs(value - alone.pictures[0]!.data[at]!),
        0,
      );
    expect(apart(29)).toBeLessThan(0.5 * apart(0));
  });

  it("lets evolution lower the loss", async () => {
    const { losses } = await run([heart], { steps: 25, views: 16, candidates: 9, optimizer: "cma-es" });
    const mean = (part: number[]): number => part.reduce((sum, value) => sum + value, 0) / part.length;
    expect(mean(losses.slice(-5))).toBeLessThan(mean(losses.slice(0, 5)));
  });

  it("ends where the loss falls no more, unless prompts change", async () => {
    const still = { lr: 1e-9, steps: 40, plateau: 6, recipe: { noise: 0 } };
    const { result } = await run([heart], still);
    expect(result.plateaued).toBe(true);
    expect(result.steps).toBeLessThan(40);
    const changing = await run([{ ...heart, weightAt: (part) => 2 - part }], { ...still, steps: 12 });
    expect(changing.result).toMatchObject({ plateaued: false, steps: 12 });
  });
});

describe("budgets", () => {
  const size = { guides: 2, views: 16, candidates: 96, resolution: 64 };
  it("count every picture and view that goes through an image encoder", () => {
    // drafts, views, and read-outs of 8 views under 3 CLIPs: of the start, after 20, 25, … 60 of 60 steps, and of the end
    expect(countClipPasses(60, size)).toBe(96 * 2 + 60 * 16 * 2 + (2 + 9) * 24);
    for (const passes of [300, 1000, 5000]) {
      const steps = countStepsForPasses(passes, size);
      expect(countClipPasses(steps, size)).toBeLessThanOrEqual(passes);
      expect(countClipPasses(steps + 2, size)).toBeGreaterThan(passes);
    }
    expect(countStepsForPasses(200, size)).toBe(-1);
  });

  it("leave time for read-outs", () => {
    expect(countStepsForSeconds(0.05, 0.1)).toBe(0);
    expect(countStepsForSeconds(10, 0.1)).toBeGreaterThan(70);
    expect(countStepsForSeconds(10, 0.1)).toBeLessThan(100);
  });
});

describe("counted passes", () => {
  it("are those of the plan for gradient ascent, and those of the populations for evolution", async () => {
    const guides = models.guides.length;
    const size = { guides, views: 4, candidates: 3, resolution: 64 };
    const adam = await run([heart], { steps: 6 });
    expect(adam.result.passes).toBe(countClipPasses(6, size));
    const evolved = await run([heart], { steps: 6, candidates: 9, optimizer: "cma-es" });
    // A generation scores at least four latents by two views each, more than the four views of a gradient step.
    expect(evolved.result.passes).toBe(countClipPasses(6, { ...size, candidates: 9, optimizer: "cma-es" }));
    expect(evolved.result.passes - countClipPasses(6, { ...size, candidates: 9 })).toBe(6 * 4 * guides);
  });

  it("include the drafts of every prompt of a story, and pictures used as prompts", async () => {
    const story: ScheduledTerm[] = [
      { ...heart, weightAt: (part) => 1 - part },
      { text: "cat face", weight: 1, templates: ["{}"], weightAt: (part) => part },
    ];
    const { result } = await run(story, { steps: 6 });
    const size = { guides: models.guides.length, views: 4, resolution: 64 };
    expect(result.passes).toBe(countClipPasses(6, { ...size, candidates: 3 * 3 }));
    const picture = { width: 8, height: 8, data: new Float32Array(192).fill(0.3) };
    const shown = await run([{ picture, weight: 1, templates: [] }], { steps: 0 });
    const plain = await run([heart], { steps: 0 });
    // Once as a term and once as its only word to draft by, and again as a term of the ascent, under each CLIP.
    expect(shown.result.passes - plain.result.passes).toBe(3 * (models.guides.length + 1));
  });
});

describe("wantedOf", () => {
  it("is the weighted mean of the positive terms at unit length", () => {
    const rows = hostFloats(Float32Array.of(1, 0, 0, 1, -1, 0), [3, 2]);
    const { a } = wantedOf(
      { a: rows },
      [3, 4, -9].map((weight) => ({ weight, templates: [] })),
    );
    expect([...a!.data].map((value) => Number(value.toFixed(5)))).toEqual([0.6, 0.8]);
  });
});

describe("schedules of the ascent", () => {
  it("warm up, hold and ramp down, and the noise is gone before the end", () => {
    expect(ascentRateAt(0, 1, 100)).toBeCloseTo(0.2);
    expect(ascentRateAt(0.5, 1, 100)).toBe(1);
    expect(ascentRateAt(0.99, 1, 100)).toBeLessThan(0.06);
    expect(latentNoiseAt(0)).toBeGreaterThan(0);
    expect(latentNoiseAt(0.75)).toBe(0);
  });
});

describe("a published CLIP among the guides", () => {
  const image: VitConfig = {
    kind: "vit",
    side: 96,
    patch: 32,
    width: 8,
    layers: 1,
    heads: 2,
    hidden: 16,
    features: 12,
    activation: "gelu",
    epsilon: 1e-5,
    pool: "class",
    pixels: { mean: [0.5, 0.5, 0.5], deviation: [0.25, 0.25, 0.25] },
  };

  it("sees views of its own side, and the others of theirs", async () => {
    const [small, other] = models.guides as [NamedClip, NamedClip];
    const guide = { ...other, config: { image, text: { ...other.config.text, features: 12 } } };
    const weights = initialise(declareClipParameters(guide.config), createRandom("published"));
    const mixed = {
      ...models,
      guides: [small, guide],
      weights: {
        ...Object.fromEntries(
          Object.entries(models.weights).filter(([name]) => !name.startsWith(guide.prefix)),
        ),
        ...withPrefix(guide.prefix, weights),
      },
    };
    expect(viewSidesOf(mixed)).toEqual({ from: 64, to: 96 });
    const steps = generate(mixed, [heart], { ...config, steps: 3 }, { engine: "compiled", threads: 1 });
    const losses: number[] = [];
    for await (const { terms } of steps)
      if (terms?.[guide.name] !== undefined) losses.push(terms[guide.name]!);
    expect(losses).toHaveLength(3);
    expect(losses.every((loss) => loss > 0 && Number.isFinite(loss))).toBe(true);
  });
});
