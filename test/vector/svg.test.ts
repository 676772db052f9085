import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { fitOutline } from "../../src/vector/curves.js";
import { fitFill } from "../../src/vector/fills.js";
import { type RegionPicture, renderSvg } from "../../src/vector/index.js";
import { type Shape, overGrey, paintShapes } from "./regions.js";

const circle = (x0: number, y0: number, radius: number) => (x: number, y: number) =>
  radius - Math.hypot(x - x0, y - y0);
const box = (left: number, top: number, right: number, bottom: number) => (x: number, y: number) =>
  Math.min(x - left, right - x, y - top, bottom - y);
const plain = (r: number, g: number, b: number): number[] => [r, g, b, 0, 0, 0, 0, 0, 0];

const face: Shape[] = [
  { inside: circle(0, 0, 0.8), fill: [0.95, 0.75, 0.2, 0, -0.05, 0, 0.02, -0.15, -0.1] },
  { inside: circle(-0.3, -0.2, 0.12), fill: plain(0.2, 0.1, 0.1) },
  { inside: circle(0.3, -0.2, 0.12), fill: plain(0.2, 0.1, 0.1) },
  { inside: (x, y) => Math.min(circle(0, 0.1, 0.5)(x, y), y - 0.2), fill: plain(0.8, 0.2, 0.25) },
];

async function rasterise(svg: string, side = 256, grey = 1): Promise<Buffer> {
  const value = Math.round(grey * 255);
  return sharp(Buffer.from(svg))
    .resize(side, side)
    .flatten({ background: { r: value, g: value, b: value } })
    .removeAlpha()
    .raw()
    .toBuffer();
}

async function meanError(picture: RegionPicture, grey = 1): Promise<number> {
  const [rendered, expected] = [
    await rasterise(renderSvg([picture], { size: 256 }), 256, grey),
    overGrey(picture, grey),
  ];
  return expected.reduce((sum, value, at) => sum + Math.abs(value - rendered[at]!), 0) / expected.length;
}

describe("svgOf", () => {
  it("is within 2 of 255 of the painted picture, on white and on black, in few bytes", async () => {
    const picture = await paintShapes(face);
    expect(await meanError(picture)).toBeLessThan(1);
    expect(await meanError(picture, 0)).toBeLessThan(1);
    const svg = renderSvg([picture], { size: 512 });
    expect(svg.length).toBeLessThan(3000);
    expect(svg.match(/<path/g)).toHaveLength(4);
    expect(svg.match(/<linearGradient/g)).toHaveLength(1);
    expect(svg).toContain('width="512" height="512" viewBox="0 0 256 256"');
    expect(await sharp(Buffer.from(svg)).metadata()).toMatchObject({ format: "svg", width: 512 });
  });

  it("refers to nothing outside of itself", async () => {
    const svg = renderSvg([await paintShapes(face)], {
      size: 256,
      background: "#ff0000",
      outline: 6,
      metadata: "{}",
    });
    const rest = svg.replaceAll('xmlns="http://www.w3.org/2000/svg"', "").replaceAll(/url\(#\w+\)/g, "");
    expect(rest).not.toMatch(/https?:|url\(|href|<image|<script|<style|<!ENTITY|<foreignObject/);
  });

  it("shows no background between neighbours", async () => {
    const picture = await paintShapes([
      { inside: box(-0.9, -0.9, 0.123, 0.9), fill: plain(0, 0, 0) },
      {
        inside: (x, y) => Math.min(box(-0.9, -0.9, 0.9, 0.9)(x, y), x + 0.277 + 0.1 * y),
        fill: plain(0.1, 0, 0),
      },
      { inside: circle(0.1, 0.3, 0.4), fill: plain(0, 0.1, 0) },
    ]);
    const svg = renderSvg([picture], { size: 256 });
    for (const [side, least] of [
      [64, 250],
      [256, 255],
      [777, 255],
    ] as const) {
      const rgba = await sharp(Buffer.from(svg), { density: (72 * side) / 256 })
        .resize(side, side)
        .raw()
        .toBuffer();
      const inner = rgba.filter((_, at) => {
        const [x, y] = [Math.floor(at / 4) % side, Math.floor(at / 4 / side)];
        const within = (value: number): boolean => value > side * 0.1 && value < side * 0.9;
        return at % 4 === 3 && within(x) && within(y);
      });
      expect(
        inner.reduce((low, alpha) => Math.min(low, alpha), 255),
        `${side}`,
      ).toBeGreaterThanOrEqual(least);
    }
  });

  it("drops islands of a few pixels", async () => {
    const picture = await paintShapes([face[0]!]);
    const at = (Math.round(0.93 * 256) * 256 + Math.round(0.93 * 256)) * picture.slots;
    picture.logits[at + 1] = 40;
    expect(renderSvg([picture], { size: 256 }).match(/M/g)).toHaveLength(1);
  });

  it("draws background, border and metadata where they are wanted", async () => {
    const picture = await paintShapes([{ inside: circle(0, 0, 0.5), fill: plain(0, 0, 1) }]);
    const bare = renderSvg([picture], { size: 256 });
    expect(bare).not.toMatch(/<rect|stroke|<metadata/);
    const svg = renderSvg([picture], { size: 256, background: "#102030", outline: 6, metadata: "settings" });
    expect(svg).toContain("<metadata>settings</metadata>");
    const data = await rasterise(svg);
    const pixel = (x: number, y: number): number[] => [
      ...data.subarray((y * 256 + x) * 3, (y * 256 + x) * 3 + 3),
    ];
    expect(pixel(2, 2)).toEqual([0x10, 0x20, 0x30]);
    expect(pixel(128, 128)).toEqual([0, 0, 255]);
    expect(pixel(128 + 64 + 3, 128)).toEqual([255, 255, 255]); // in the border of 6 around a radius of 64
    expect(pixel(128 + 64 + 9, 128)).toEqual([0x10, 0x20, 0x30]);
  });

  it("stays below 60 kB whatever is painted", async () => {
    const wild: Shape[] = Array.from({ length: 12 }, (_, at) => ({
      inside: (x: number, y: number) =>
        0.3 * Math.sin(x * 31 + at * 7 + 9 * y) * Math.cos(y * 37 - at * 5) - 0.02 * at,
      fill: plain((at % 3) / 2, (at % 4) / 3, (at % 5) / 4),
    }));
    expect(Buffer.byteLength(renderSvg([await paintShapes(wild)], { size: 256 }))).toBeLessThan(60_000);
  });

  it("gives an empty document for an empty picture", async () => {
    const svg = renderSvg([await paintShapes([])], { size: 256 });
    expect(svg).not.toContain("<path");
    expect(await sharp(Buffer.from(svg)).metadata()).toMatchObject({ width: 256 });
  });
});

describe("fitOutline", () => {
  const ring = (count: number, at: (part: number) => [number, number]): [number, number][] =>
    Array.from({ length: count }, (_, index) => at(index / count));

  it("draws a circle with few curves and no corner", () => {
    const points = ring(400, (part) => [
      100 + 60 * Math.cos(2 * Math.PI * part),
      100 + 60 * Math.sin(2 * Math.PI * part),
    ]);
    const { segments } = fitOutline(points, 0.1);
    expect(segments.length).toBeLessThanOrEqual(8);
    expect(segments.every(({ controls }) => controls !== undefined)).toBe(true);
    for (const { to } of segments) expect(Math.hypot(to[0] - 100, to[1] - 100)).toBeCloseTo(60, 1);
  });

  it("draws a square with four lines", () => {
    const sides = [
      [1, 0],
      [0, 1],
      [-1, 0],
      [0, -1],
    ] as const;
    let [x, y] = [20, 20];
    const points = sides.flatMap(([dx, dy]) =>
      Array.from({ length: 50 }, () => [(x += dx), (y += dy)] as [number, number]),
    );
    const { segments } = fitOutline(points, 0.1);
    expect(segments.map(({ controls }) => controls)).toEqual([undefined, undefined, undefined, undefined]);
    const ends = segments.map(({ to }) => `${to[0]},${to[1]}`).sort();
    expect(ends).toEqual(["20,20", "20,70", "70,20", "70,70"]);
  });
});

describe("fitFill", () => {
  const grid = Array.from(
    { length: 40 * 40 },
    (_, at) => [(at % 40) + 0.5, Math.floor(at / 40) + 0.5] as const,
  );
  const samples = (colour: (x: number, y: number) => readonly number[]) => ({
    x: grid.map(([x]) => x),
    y: grid.map(([, y]) => y),
    colours: Float32Array.from(grid.flatMap(([x, y]) => colour(x, y))),
  });

  it("finds a plain colour", () => {
    expect(fitFill(samples(() => [0.5, 0.25, 1]))).toEqual({
      colour: [0.5, 0.25, 1].map((c) => expect.closeTo(c, 3) as number),
    });
  });

  it("finds direction and colours of a gradient of two stops", () => {
    const fill = fitFill(
      samples((x, y) => [0.2 + 0.01 * (0.6 * x + 0.8 * y), 0.8 - 0.01 * (0.6 * x + 0.8 * y), 0.5]),
    );
    if ("colour" in fill) throw new Error("no gradient");
    expect(fill.stops).toHaveLength(2);
    const [dx, dy] = [fill.to[0] - fill.from[0], fill.to[1] - fill.from[1]];
    expect(Math.abs(dx / Math.hypot(dx, dy))).toBeCloseTo(0.6, 2);
    expect(Math.abs(dy / Math.hypot(dx, dy))).toBeCloseTo(0.8, 2);
    const step = fill.stops[1]!.colour[0] - fill.stops[0]!.colour[0];
    expect(Math.abs(step)).toBeCloseTo(0.01 * Math.hypot(dx, dy), 2);
  });

  it("bends a gradient that ends at white", () => {
    const fill = fitFill(samples((x) => Array<number>(3).fill(Math.min(1, 0.4 + 0.03 * x))));
    expect("stops" in fill && fill.stops).toHaveLength(3);
  });
});

it("names the group of each layer, escaped, with unique ids", async () => {
  const picture = await paintShapes(face);
  const svg = renderSvg([picture, picture], { size: 256, names: ['a "big" <cat>', "猫"] });
  expect(svg).toContain(
    '<g id="layer-1-a-big-cat" fill-rule="evenodd"><title>a &quot;big&quot; &lt;cat&gt;</title><path',
  );
  expect(svg).toContain('<g id="layer-2" fill-rule="evenodd"><title>猫</title><path');
});
