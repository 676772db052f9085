import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type FinishedGenerate,
  type GenerateRequest,
  type RunSession,
  createFileAssets,
  createMemoryAssets,
  createMemoryStore,
  openRunSession,
  resolveGenerate,
  runGenerate,
} from "../../src/runs/index.js";
import { planGenerate } from "../../src/runs/planGenerate.js";

/** Prompts whose pictures have few and many regions, flat colours and gradients. */
const prompts = ["a red heart", "a cat face", "a pizza", "a unicorn", "a blue car", "a butterfly", "a house"];

let session: RunSession;
beforeAll(async () => {
  session = await openRunSession("stickers", { threads: 1 });
});
afterAll(() => session.dispose());

async function finish(task: Parameters<typeof runGenerate>[0]): Promise<FinishedGenerate> {
  const run = runGenerate(task, { session, store: createMemoryStore(), assets: createFileAssets() });
  for (;;) {
    const next = await run.next();
    if (next.done) return next.value.pictures[0]!;
  }
}

const pixels = (file: Buffer): Promise<Buffer> =>
  sharp(file).flatten({ background: "#fff" }).removeAlpha().raw().toBuffer();

describe("the pack stickers", () => {
  it("writes SVG near to what it paints, 2 of 255 in the mean of some prompts, each below 60 kB", async () => {
    const errors: number[] = [];
    for (const prompt of prompts) {
      const request = { text: [prompt], seed: 1, candidates: 4, steps: 0, size: 256, generator: "stickers" };
      const { bytes: png, record } = await finish(request);
      const settings = { ...record.settings, format: "svg" as const };
      const { bytes: svg } = await finish({ replay: { ...record, settings } });
      const [painted, rendered] = await Promise.all([pixels(png), pixels(svg)]);
      errors.push(
        painted.reduce((sum, value, at) => sum + Math.abs(value - rendered[at]!), 0) / painted.length,
      );
      expect(svg.length, prompt).toBeLessThan(60_000);
    }
    expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(2);
    for (const error of errors) expect(error).toBeLessThan(3);
  }, 300_000);

  it("takes no steps for a known thing, unless something about the ascent is asked for", async () => {
    const stepsOf = async (request: GenerateRequest): Promise<number> => {
      const resolved = resolveGenerate({ seed: 1, generator: "stickers", ...request });
      return (await planGenerate(resolved, session, createMemoryAssets({}))).job.record.settings.steps;
    };
    for (const text of ["a red heart", "a blue car", "winter sport", "a cat wearing a crown"])
      expect(await stepsOf({ text: [text] }), text).toBe(0);
    expect(await stepsOf({ text: ["a blue car"], count: 4, style: "noto" })).toBe(0);
    expect(await stepsOf({ text: ["a zorgly contraption"] })).toBe(60);
    expect(await stepsOf({ text: ["a red heart", "a blue car"] })).toBe(60);
    expect(await stepsOf({ text: ["a red heart"], negative: ["a face"] })).toBe(60);
    expect(await stepsOf({ text: ["a red heart"], steps: 5 })).toBe(5);
    expect(await stepsOf({ text: ["a red heart"], quality: "best" })).toBe(200);
    for (const setting of [
      { views: 8 },
      { lr: 0.1 },
      { plateau: 0 },
      { optimizer: "cma-es" },
      { animate: true },
    ] as const)
      expect(await stepsOf({ text: ["a red heart"], ...setting }), JSON.stringify(setting)).toBe(60);
  });

  it("draws a member of a category, says which, and draws others by other seeds", async () => {
    const seen = new Set<string>();
    for (const seed of [1, 2, 3, 4]) {
      const request = {
        text: ["winter sport"],
        seed,
        candidates: 24,
        steps: 0,
        size: 64,
        generator: "stickers",
      };
      const run = runGenerate(request, { session, store: createMemoryStore(), assets: createFileAssets() });
      const labels: unknown[] = [];
      for await (const event of run)
        if (event.type === "finding" && event.finding.code === "drawn-as")
          labels.push((event.finding.data as { label: string }).label);
      expect(labels).toHaveLength(1);
      expect(["skis", "skier", "snowboarder", "ice skate", "sled", "ice hockey", "curling stone"]).toContain(
        labels[0],
      );
      seen.add(String(labels[0]));
    }
    expect(seen.size).toBeGreaterThan(1);
  }, 300_000);
});
