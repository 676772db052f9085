import sharp from "sharp";
import { describe, expect, it } from "vitest";
import type { ImageConfig } from "../../src/clip/index.js";
import { fitForEncoder, openShown, prepare } from "../../src/embedding/prepare.js";

const strip = (width: number, height: number): { width: number; height: number; data: Float32Array } => ({
  width,
  height,
  data: new Float32Array(width * height * 3).fill(0.25),
});
const vit = {
  kind: "vit",
  side: 32,
  patch: 8,
  width: 8,
  layers: 1,
  heads: 1,
  hidden: 8,
  features: 4,
  activation: "gelu",
  epsilon: 1e-5,
  pool: "class",
  pixels: { mean: [0, 0, 0], deviation: [1, 1, 1] },
} as unknown as ImageConfig;
const small = {} as ImageConfig;

describe("a picture of extreme sides", () => {
  it.each([
    [1, 20_000],
    [20_000, 1],
    [60_000, 2],
    [3_000_000, 1], // enlarged as a whole it would have more values than an array can hold
  ])("of %i×%i is prepared for every encoder without a square around it", async (width, height) => {
    const picture = strip(width, height);
    const before = process.memoryUsage();
    const [ours, theirs] = await Promise.all([fitForEncoder(picture, 32), prepare(picture, vit)]);
    expect([ours.width, ours.height, ours.data.length]).toEqual([32, 32, 32 * 32 * 3]);
    expect(theirs).toHaveLength(32 * 32 * 3);
    expect((theirs as Float32Array)[0]).toBeCloseTo(0.25, 2);
    const after = process.memoryUsage();
    expect(after.rss - before.rss).toBeLessThan(200 << 20);
  });

  it("or of many megapixels is prepared from its file at once, also for several encoders", async () => {
    const file = await sharp({ create: { width: 3000, height: 2000, channels: 3, background: "#406080" } })
      .png()
      .toBuffer();
    const both = await openShown([small, vit], file, "a.png");
    expect(both.data).toHaveLength(0); // let go
    const alone = await openShown([vit], file, "a.png");
    expect(await prepare(both, vit)).toEqual(alone.data);
    expect((await prepare(both, small)).length).toBeGreaterThan(0);
  });
});
