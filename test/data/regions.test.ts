import { describe, expect, it } from "vitest";
import type { Icon } from "../../src/data/join.js";
import { type RegionPicture, computeRegionPsnr, regionSide, extractRegions } from "../../src/data/regions.js";

const icon = (body: string): Icon => ({ name: "drawn by hand", body, box: [0, 0, 16, 16] });
/** Fixes the bounding box to the whole canvas. */
const frame = '<path fill="#fff" d="M0 0h16v16H0z"/>';

async function extractBody(body: string): Promise<RegionPicture> {
  const picture = await extractRegions(icon(body));
  if (!picture) throw new Error("blank");
  return picture;
}

/** Expects a colour up to the fit's rounding. */
function expectColour(got: number[] | undefined, expected: readonly number[]): void {
  expect(got).toBeDefined();
  got!.forEach((value, channel) => expect(Math.abs(value - expected[channel]!)).toBeLessThanOrEqual(2));
}

/** Fill at a point of the canvas (0 to 16), 0–255, of the region there; undefined where it is transparent. */
function colourAt({ labels, regions }: RegionPicture, x: number, y: number): number[] | undefined {
  const place = (at: number): number => ((at / 16) * 2 - 1) * (60 / 64);
  const pixel = (at: number): number => Math.floor(((place(at) + 1) / 2) * regionSide);
  const label = labels[pixel(y) * regionSide + pixel(x)]!;
  if (label === 0) return undefined;
  const { fill } = regions[label - 1]!;
  return [0, 1, 2].map((channel) =>
    Math.round((fill[channel]! + fill[3 + channel]! * place(x) + fill[6 + channel]! * place(y)) * 255),
  );
}

describe("regions of an SVG", () => {
  it("are one for each fill, with its colour, area and centre", async () => {
    const picture = await extractBody(
      '<path fill="#f00" d="M0 0h8v16H0z"/><path fill="#00f" d="M8 0h8v8H8z"/><path fill="#00f" d="M8 8h8v8H8z"/>',
    );
    expect(picture.regions).toHaveLength(2);
    expectColour(colourAt(picture, 4, 8), [255, 0, 0]);
    expectColour(colourAt(picture, 12, 4), [0, 0, 255]);
    const part = (60 / 64) ** 2 / 2;
    for (const { area } of picture.regions.slice(0, 1)) expect(area).toBeCloseTo(part, 2);
    expect(picture.regions.map(({ x }) => x).sort((a, b) => a - b)[0]).toBeCloseTo(-60 / 64 / 2, 2);
    expect(picture.pose).toEqual({ x: 0, y: 0, size: 64 / 60 });
    expect(picture.labels[0]).toBe(0); // the margin is transparent
  });

  it("crops to the ink and keeps where it was", async () => {
    const { pose, regions } = await extractBody('<path fill="#0a0" d="M8 0h8v8H8z"/>');
    expect(pose.x).toBeCloseTo(0.5, 2);
    expect(pose.y).toBeCloseTo(-0.5, 2);
    expect(pose.size).toBeCloseTo(0.5 * (64 / 60), 2);
    expect(regions[0]!.area).toBeCloseTo((60 / 64) ** 2, 2);
  });

  it("inherit fills through nested groups, and the initial fill is black", async () => {
    const picture = await extractBody(
      '<g fill="#f00"><g><path d="M0 0h8v8H0z"/></g><g fill="#0f0"><path d="M8 0h8v8H8z"/></g></g>' +
        '<g><path d="M0 8h8v8H0z"/></g><g style="fill:#00f"><path d="M8 8h8v8H8z"/></g>',
    );
    expect(picture.regions).toHaveLength(4);
    expectColour(colourAt(picture, 4, 4), [255, 0, 0]);
    expectColour(colourAt(picture, 12, 4), [0, 255, 0]);
    expectColour(colourAt(picture, 4, 12), [0, 0, 0]);
    expectColour(colourAt(picture, 12, 12), [0, 0, 255]);
  });

  it("take style attributes over attributes of presentation", async () => {
    const picture = await extractBody(
      `${frame}<path fill="#f00" style="fill: #0000ff; stroke: none" d="M4 4h8v8H4z"/>`,
    );
    expectColour(colourAt(picture, 8, 8), [0, 0, 255]);
  });

  it("fit linear gradients exactly", async () => {
    const picture = await extractBody(
      '<defs><linearGradient id="a"><stop stop-color="#000"/><stop offset="1" stop-color="#fff"/></linearGradient></defs>' +
        '<path fill="url(#a)" d="M0 0h16v16H0z"/>',
    );
    expect(picture.regions).toHaveLength(1);
    const { fill } = picture.regions[0]!;
    const slope = 1 / (2 * (60 / 64));
    fill.slice(0, 3).forEach((value) => expect(value).toBeCloseTo(0.5, 1));
    fill.slice(3, 6).forEach((value) => expect(value).toBeCloseTo(slope, 1));
    fill.slice(6).forEach((value) => expect(value).toBeCloseTo(0, 2));
    expect(computeRegionPsnr(picture)).toBeGreaterThan(45);
  });

  it("end where a clip path ends", async () => {
    const picture = await extractBody(
      `<defs><clipPath id="c"><path d="M0 0h8v16H0z"/></clipPath></defs>${frame}` +
        '<g clip-path="url(#c)"><circle cx="8" cy="8" r="6" fill="#f0f"/></g>',
    );
    expect(picture.regions).toHaveLength(2);
    expectColour(colourAt(picture, 5, 8), [255, 0, 255]);
    expectColour(colourAt(picture, 11, 8), [255, 255, 255]);
  });

  it("are those of strokes too, beside the fill of the same shape", async () => {
    const picture = await extractBody(
      `${frame}<path fill="none" stroke="#0a0" stroke-width="2" d="M2 2h12"/>` +
        '<rect x="4" y="6" width="8" height="8" fill="#ff0" stroke="#00f" stroke-width="2"/>',
    );
    expect(picture.regions).toHaveLength(4);
    expectColour(colourAt(picture, 8, 2), [0, 170, 0]);
    expectColour(colourAt(picture, 8, 10), [255, 255, 0]);
    expectColour(colourAt(picture, 4, 10), [0, 0, 255]);
    expect(computeRegionPsnr(picture)).toBeGreaterThan(38);
  });

  it("are those of shapes that are used, in their own colour or the user's", async () => {
    const picture = await extractBody(
      `<defs><path id="own" fill="#f00" d="M0 0h4v4H0z"/><path id="open" d="M0 0h4v4H0z"/></defs>${frame}` +
        '<use href="#own" x="2" y="2"/><use href="#open" x="10" y="2" fill="#00f"/><use xlink:href="#open" x="2" y="10" fill="#0f0"/>',
    );
    expect(picture.regions).toHaveLength(4);
    expectColour(colourAt(picture, 4, 4), [255, 0, 0]);
    expectColour(colourAt(picture, 12, 4), [0, 0, 255]);
    expectColour(colourAt(picture, 4, 12), [0, 255, 0]);
  });

  it("are at most 15, however many fills there are", async () => {
    const tiles = Array.from({ length: 64 }, (_, at) => {
      const [x, y] = [(at % 8) * 2, Math.floor(at / 8) * 2];
      return `<path fill="rgb(${at * 4},${255 - at * 3},${(at * 91) % 256})" d="M${x} ${y}h2v2h-2z"/>`;
    });
    const { regions, labels } = await extractBody(tiles.join(""));
    expect(regions).toHaveLength(15);
    expect(Math.max(...labels)).toBe(15);
    const areas = regions.map(({ area }) => area);
    expect([...areas].sort((a, b) => b - a)).toEqual(areas);
  });
});

describe("repainting", () => {
  it("passes the gate of 38 dB for flat fills and fails it for noise", async () => {
    const flat = await extractBody(
      '<circle cx="8" cy="8" r="8" fill="#fc3"/><circle cx="5" cy="6" r="1.5" fill="#642"/><circle cx="11" cy="6" r="1.5" fill="#642"/>',
    );
    expect(computeRegionPsnr(flat)).toBeGreaterThan(38);
    const stripes = Array.from(
      { length: 32 },
      (_, at) => `<stop offset="${at / 31}" stop-color="${at % 2 ? "#fff" : "#000"}"/>`,
    );
    const noisy = await extractBody(
      `<defs><linearGradient id="n">${stripes.join("")}</linearGradient></defs><path fill="url(#n)" d="M0 0h16v16H0z"/>`,
    );
    expect(computeRegionPsnr(noisy)).toBeLessThan(28);
  });

  it.each(["", '<path fill="none" d="M0 0h16v16H0z"/>', '<g opacity="0"><path d="M0 0h16v16H0z"/></g>'])(
    "of a blank drawing is undefined: %s",
    async (body) => {
      expect(await extractRegions(icon(body))).toBeUndefined();
    },
  );
});
