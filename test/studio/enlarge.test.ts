import sharp from "sharp";
import { expect, it } from "vitest";
import { type Pixels, enlarge } from "../../studio/enlarge.js";

const drawing = Buffer.from(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="#fff"/>
    <defs><linearGradient id="g"><stop offset="0" stop-color="#d33"/><stop offset="1" stop-color="#f96"/></linearGradient></defs>
    <circle cx="28" cy="34" r="19" fill="url(#g)"/><path d="M40 10 L60 22 L44 52 Z" fill="#334"/>
    <circle cx="24" cy="30" r="4" fill="#999"/></svg>`,
);

async function draw(side: number): Promise<Pixels> {
  const { data, info } = await sharp(drawing, { density: (72 * side) / 64 })
    .resize(side, side)
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data: new Uint8ClampedArray(data), width: info.width, height: info.height };
}

const meanError = (a: Pixels, b: Pixels): number =>
  a.data.reduce((sum, value, at) => sum + Math.abs(value - b.data[at]!), 0) / a.data.length;

it("enlarges a drawing with sharper outlines than a cubic filter", async () => {
  const [small, large] = [await draw(128), await draw(640)];
  const { width, height } = small;
  const cubic = await sharp(small.data, { raw: { width, height, channels: 4 } })
    .resize(640, 640, { kernel: "cubic" })
    .raw()
    .toBuffer();
  const enlarged = enlarge(small, 5);
  expect([enlarged.width, enlarged.height]).toEqual([640, 640]);
  const error = meanError(enlarged, large);
  expect(error).toBeLessThan(0.5 * meanError({ ...large, data: new Uint8ClampedArray(cubic) }, large));
});

it("keeps surfaces and gradients", () => {
  const data = new Uint8ClampedArray(32 * 32 * 4);
  for (let at = 0; at < 32 * 32; at++) data.set([(at % 32) * 4, 100, 50, 255], 4 * at);
  const { data: enlarged } = enlarge({ data, width: 32, height: 32 }, 4);
  for (let x = 2; x < 126; x++)
    expect(enlarged[4 * (64 * 128 + x)]).toBeCloseTo(((x + 0.5) / 4 - 0.5) * 4, -0.5);
  expect(new Set(enlarged.filter((_, at) => at % 4 === 1))).toEqual(new Set([100]));
});

it("interpolates noise, which has no surfaces", () => {
  const data = Uint8ClampedArray.from({ length: 16 * 16 * 4 }, (_, at) =>
    at % 4 === 3 ? 255 : (at * 7919) % 256,
  );
  const { data: enlarged } = enlarge({ data, width: 16, height: 16 }, 3);
  // The middle pixel of each block is the pixel itself.
  for (let pixel = 0; pixel < 16 * 16; pixel++) {
    const middle = 4 * (((pixel >> 4) * 3 + 1) * 48 + (pixel % 16) * 3 + 1);
    expect([...enlarged.slice(middle, middle + 4)]).toEqual([...data.slice(4 * pixel, 4 * pixel + 4)]);
  }
});

it("keeps what is transparent so, and a sharp outline without a white rim", () => {
  // A red half beside a transparent one.
  const data = new Uint8ClampedArray(16 * 16 * 4);
  for (let at = 0; at < 16 * 16; at++) data.set(at % 16 < 8 ? [200, 20, 20, 255] : [0, 0, 0, 0], 4 * at);
  const { data: enlarged, width } = enlarge({ data, width: 16, height: 16 }, 4);
  expect(width).toBe(64);
  const row = [...enlarged.slice(4 * 32 * 64, 4 * 33 * 64)];
  const alphas = row.filter((_, at) => at % 4 === 3);
  expect(new Set([...alphas.slice(0, 28), ...alphas.slice(36)])).toEqual(new Set([255, 0]));
  expect(alphas.filter((alpha) => alpha > 0 && alpha < 255).length).toBeLessThanOrEqual(3);
  for (const [at, alpha] of alphas.entries())
    if (alpha > 40)
      for (const [channel, value] of [200, 20, 20].entries())
        expect(Math.abs(row[4 * at + channel]! - value)).toBeLessThanOrEqual(8);
});
