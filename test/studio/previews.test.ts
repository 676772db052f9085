import sharp from "sharp";
import { describe, expect, it } from "vitest";
import type { DraftEvent, StepEvent } from "../../src/runs/index.js";
import { createPreviewer, encodePreview } from "../../src/studio/previews.js";

/** Shows steps that take `pace` milliseconds, on a clock that moves by `cost` for each painted square of 256 pixels. */
async function play({
  pace,
  cost,
  edit,
  seenFrom = Infinity,
}: {
  pace: number;
  cost: number;
  edit?: number;
  /** First step whose picture comes as the guides saw it. */
  seenFrom?: number;
}) {
  let now = 0;
  const previews = createPreviewer(() => now);
  const shown: { side: number; step: number }[] = [];
  const common = { run: 0, steps: 200, ...(edit !== undefined && { edit }) };
  const paint = (side: number) => {
    now += cost * (side / 256) ** 2;
    return Promise.resolve({ width: side, height: side, data: new Float32Array(side * side * 3) });
  };
  const seen = { width: 128, height: 128, data: new Float32Array(128 * 128 * 3) };
  const show = async (index: number): Promise<void> => {
    const event =
      index === 0
        ? { type: "draft", ...common, paint }
        : { type: "step", ...common, index, paint, ...(index >= seenFrom && { seen }) };
    const picture = await previews.paint(event as unknown as DraftEvent | StepEvent);
    if (picture) shown.push({ side: picture.width, step: index });
  };
  await show(0);
  const began = now;
  let painting = 0;
  for (let index = 1; index <= common.steps; index++) {
    now += pace;
    const before = now;
    await show(index);
    painting += now - before;
  }
  const seconds = (now - began) / 1000;
  return { shown, perSecond: shown.length / seconds, slower: painting / (common.steps * pace) };
}

describe("previews of a run", () => {
  it("are fine where painting costs little, and eight a second", async () => {
    const { shown, perSecond, slower } = await play({ pace: 30, cost: 3 });
    expect(new Set(shown.map(({ side }) => side))).toEqual(new Set([256]));
    expect(perSecond).toBeGreaterThan(8);
    expect(perSecond).toBeLessThan(11);
    expect(slower).toBeLessThan(0.05);
  });

  it("are coarser where painting costs more, but as frequent", async () => {
    for (const pace of [40, 70, 90]) {
      const { shown, perSecond, slower } = await play({ pace, cost: 14 });
      expect(shown.slice(0, 5).map(({ side }) => side)).toEqual([256, 128, 128, 128, 128]);
      expect(perSecond).toBeGreaterThan(8);
      expect(slower).toBeLessThan(0.05);
    }
  });

  it("are rarer while they must be painted and cost much, and come with each step once the guides saw them", async () => {
    const { shown, perSecond, slower } = await play({ pace: 95, cost: 40, seenFrom: 68 });
    const painted = shown.filter(({ step }) => step < 68 && step > 8).length;
    expect(painted / (59 * 0.095)).toBeLessThan(6);
    expect(perSecond).toBeGreaterThan(8);
    expect(slower).toBeLessThan(0.05);
  });

  it("are little more than eight a second, however fast the steps are", async () => {
    for (const pace of [30, 60, 95])
      for (const seenFrom of [1, 68, Infinity]) {
        const { perSecond } = await play({ pace, cost: 14, seenFrom });
        expect(perSecond).toBeGreaterThan(8);
        expect(perSecond).toBeLessThan(8.8);
      }
  });

  it("of an edit stay fine, and come less often where they cost more", async () => {
    const { shown, slower } = await play({ pace: 90, cost: 40, edit: 1 });
    expect(new Set(shown.map(({ side }) => side))).toEqual(new Set([256]));
    expect(slower).toBeLessThan(0.07);
    expect(shown.length).toBeGreaterThan(10);
  });

  it("take the picture that the guides saw where painting costs too much", async () => {
    let now = 0;
    const previews = createPreviewer(() => now);
    const square = (side: number, grey: number) => ({
      width: side,
      height: side,
      data: new Float32Array(side * side * 3).fill(grey),
    });
    const common = {
      run: 0,
      steps: 100,
      picture: square(1, 0),
      paint: (side: number) => ((now += 60), Promise.resolve(square(side, 0))),
    };
    const show = async (index: number, grey?: number): Promise<{ side: number; grey: number }> => {
      now += 120;
      const seen = grey === undefined ? undefined : square(128, grey);
      const picture = await previews.paint(
        index === 0
          ? { type: "draft", ...common }
          : { type: "step", ...common, index, loss: 0, terms: {}, seen },
      );
      const png = await encodePreview(picture!);
      const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
      return { side: info.width, grey: data[0]! };
    };
    expect([await show(0), await show(1, 0.2)].map(({ side }) => side)).toEqual([256, 128]);
    expect(await show(2)).toEqual({ side: 128, grey: 0 });
    expect(await show(3, 0.2)).toEqual({ side: 128, grey: 51 });
  });

  it("hold the picture as it was when its encoding began", async () => {
    const picture = { width: 128, height: 128, data: new Float32Array(128 * 128 * 3).fill(0.2) };
    const encoded = encodePreview(picture);
    picture.data.fill(1); // the run paints the next picture into the same array
    const { data } = await sharp(await encoded)
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(new Set(data)).toEqual(new Set([51]));
  });

  it("show transparency, and over white the colours that the guides see", async () => {
    const data = new Float32Array([1, 1, 1, 0.9, 0.5, 0.6, 0.2, 0.4, 0.6]);
    const picture = { width: 3, height: 1, data, alpha: new Float32Array([0, 0.5, 1]) };
    const pixels = [
      ...(await sharp(await encodePreview(picture))
        .raw()
        .toBuffer()),
    ];
    expect([3, 7, 11].map((at) => pixels[at])).toEqual([0, 128, 255]);
    const overWhite = (at: number): number => 255 + ((pixels[at]! - 255) * pixels[(at & ~3) + 3]!) / 255;
    for (const [pixel, channel] of [1, 2].flatMap((pixel) => [0, 1, 2].map((channel) => [pixel, channel])))
      expect(overWhite(4 * pixel! + channel!) / 255).toBeCloseTo(data[3 * pixel! + channel!]!, 2);
  });

  it("always show the draft and the last step", async () => {
    const { shown } = await play({ pace: 1, cost: 1 });
    expect([shown[0]!.step, shown.at(-1)!.step]).toEqual([0, 200]);
  });
});
