import { describe, expect, it } from "vitest";
import { detectGround, transparentGround } from "../../src/guidance/edits/ground.js";
import { recolourPixels } from "../../src/guidance/edits/recolourPixels.js";
import { type RgbaBytes, oklabOfRgb } from "../../src/images/index.js";
import { takeColour } from "../../src/prompts/index.js";

type Colour = readonly [number, number, number];
const green: Colour = [20, 190, 40];
const dark: Colour = [43, 58, 71];
const white: Colour = [255, 255, 255];
const side = 96;

/** A disc of one colour with a smaller disc of another in it, with soft edges, on white or on nothing. */
function drawing(outer: Colour, inner: Colour, ground: "white" | "transparent"): RgbaBytes {
  const rgba = new Uint8Array(side * side * 4);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const away = Math.hypot(x + 0.5 - side / 2, y + 0.5 - side / 2);
      const part = (radius: number): number => Math.min(1, Math.max(0, radius - away + 0.5));
      const at = (y * side + x) * 4;
      const alpha = part(40);
      const own = outer.map((value, channel) => value + part(12) * (inner[channel]! - value));
      for (let channel = 0; channel < 3; channel++)
        rgba[at + channel] = Math.round(
          ground === "white" ? own[channel]! * alpha + 255 * (1 - alpha) : own[channel]!,
        );
      rgba[at + 3] = ground === "white" ? 255 : Math.round(alpha * 255);
    }
  return { width: side, height: side, rgba };
}

const colourOf = (name: string): Colour => takeColour([name, "thing"]).colour!.rgb;
const pixel = ({ rgba }: RgbaBytes, x: number, y: number): number[] => [
  ...rgba.subarray((y * side + x) * 4, (y * side + x) * 4 + 4),
];

describe.each(["white", "transparent"] as const)("recolourPixels of a drawing on %s", (kind) => {
  const original = drawing(green, dark, kind);
  const ground = kind === "white" ? detectGround(original) : transparentGround;

  it("gives the main colour the named one, and leaves other fills, ground and alpha to the bit", async () => {
    const result = await recolourPixels(original, colourOf("orange"), { ground, strength: 1 });
    const goal = colourOf("orange").map((value) => Math.round(value * 255));
    pixel(result, side / 2, 20)
      .slice(0, 3)
      .forEach((value, channel) => expect(Math.abs(value - goal[channel]!)).toBeLessThanOrEqual(2));
    expect(pixel(result, side / 2, side / 2)).toEqual(pixel(original, side / 2, side / 2));
    expect(pixel(result, 1, 1)).toEqual(pixel(original, 1, 1));
    for (let at = 3; at < result.rgba.length; at += 4) expect(result.rgba[at]).toBe(original.rgba[at]);
  });

  it("is, at edges too, what drawing it in the new colour gives", async () => {
    const goal = colourOf("blue").map((value) => value * 255) as unknown as Colour;
    const expected = drawing(goal, dark, kind);
    const result = await recolourPixels(original, colourOf("blue"), { ground, strength: 1 });
    let worst = 0;
    result.rgba.forEach((value, at) => {
      if (expected.rgba[at | 3]! > 0) worst = Math.max(worst, Math.abs(value - expected.rgba[at]!));
    });
    expect(worst).toBeLessThan(12);
  });

  it("changes nothing outside a mask, and nothing at strength 0", async () => {
    const mask = Float32Array.from({ length: side * side }, (_, at) => (at % side < side / 2 ? 1 : 0));
    const half = await recolourPixels(original, colourOf("red"), { ground, strength: 1, mask });
    for (let y = 0; y < side; y++)
      for (let x = side / 2; x < side; x++) expect(pixel(half, x, y)).toEqual(pixel(original, x, y));
    expect(half.rgba).not.toEqual(original.rgba);
    const none = await recolourPixels(original, colourOf("red"), { ground, strength: 0 });
    expect(none.rgba).toEqual(original.rgba);
  });
});

it("changes all colours of the part that a mask points at, the lighter one to the lighter shade", async () => {
  // the left quarter is half green and half dark
  const original = drawing(green, green, "transparent");
  const mask = Float32Array.from({ length: side * side }, (_, at) => (at % side < side / 4 ? 1 : 0));
  for (let y = 0; y < side / 2; y++)
    for (let x = 0; x < side / 4; x++)
      if (original.rgba[(y * side + x) * 4 + 3]! > 0) original.rgba.set(dark, (y * side + x) * 4);
  const options = { ground: transparentGround, strength: 1, mask };
  const result = await recolourPixels(original, colourOf("red"), options);
  const [upper, lower] = [pixel(result, 20, 36), pixel(result, 20, 60)];
  for (const [red, green, blue] of [upper, lower]) expect(red! - Math.max(green!, blue!)).toBeGreaterThan(60);
  expect(lower[0]).toBeGreaterThan(upper[0]! + 20);
  expect(pixel(result, 60, 60)).toEqual(pixel(original, 60, 60));
});

it("changes the part in the colour that the text names, not the largest", async () => {
  const original = drawing([240, 200, 40], [221, 46, 68], "transparent");
  const options = { ground: transparentGround, strength: 1, named: colourOf("red") };
  const result = await recolourPixels(original, colourOf("blue"), options);
  expect(pixel(result, side / 2, 20)).toEqual(pixel(original, side / 2, 20));
  expect(pixel(result, side / 2, side / 2)).not.toEqual(pixel(original, side / 2, side / 2));
});

it("leaves a white drawing's paper alone", async () => {
  const original = drawing([225, 228, 230], white, "white");
  const result = await recolourPixels(original, colourOf("green"), {
    ground: detectGround(original),
    strength: 1,
  });
  expect(pixel(result, 2, 2)).toEqual([255, 255, 255, 255]);
  expect(pixel(result, side / 2, 20)).not.toEqual(pixel(original, side / 2, 20));
});

it.each([
  ["black", [0, 0, 0]],
  ["grey", [128, 128, 128]],
  ["beige", [245, 222, 188]],
  ["white", [255, 255, 255]],
] as const)("gives a %s drawing the whole of the named colour", async (_, own) => {
  const original = drawing(own, [230, 60, 60], "transparent");
  for (const name of ["red", "green", "black"]) {
    const result = await recolourPixels(original, colourOf(name), { ground: transparentGround, strength: 1 });
    colourOf(name).forEach((value, channel) =>
      expect(Math.abs(pixel(result, side / 2, 20)[channel]! - 255 * value)).toBeLessThanOrEqual(2),
    );
  }
});

it("takes for the main colour the one whose shades cover most", async () => {
  // Two greens, each smaller than the red, and together larger.
  const rgba = new Uint8Array(side * side * 4);
  for (let at = 0; at < side * side; at++) {
    const row = Math.floor(at / side);
    const own = row < 38 ? [230, 50, 40] : row < 68 ? [40, 170, 70] : [20, 130, 50];
    rgba.set([...own, 255], at * 4);
  }
  const original = { width: side, height: side, rgba };
  const result = await recolourPixels(original, colourOf("blue"), { ground: transparentGround, strength: 1 });
  expect(pixel(result, 40, 10)).toEqual(pixel(original, 40, 10));
  const [red, , blue] = pixel(result, 40, 50);
  expect(blue).toBeGreaterThan(red! + 80);
  expect(pixel(result, 40, 90)[2]!).toBeGreaterThan(pixel(result, 40, 90)[0]! + 60);
});

it("gives the food in a cup the colour, and leaves the larger cup", async () => {
  const rgba = new Uint8Array(side * side * 4);
  for (let y = 10; y < 86; y++)
    for (let x = 10; x < 86; x++) {
      const isFood = y < 45 && Math.abs(x - 48) < 24;
      if (isFood) rgba.set([...(x < 50 ? [255, 170, 190] : [120, 70, 30]), 255], (y * side + x) * 4);
      else if (y >= 45) rgba.set([228, 226, 222, 255], (y * side + x) * 4);
    }
  const cup = { width: side, height: side, rgba };
  const limits = { ground: transparentGround, strength: 1 };
  const served = await recolourPixels(cup, colourOf("purple"), { ...limits, served: true });
  for (const x of [30, 66]) expect(pixel(served, x, 30)).not.toEqual(pixel(cup, x, 30));
  expect(pixel(served, 48, 70)).toEqual(pixel(cup, 48, 70));
  const other = await recolourPixels(cup, colourOf("purple"), limits);
  expect(pixel(other, 48, 70)).not.toEqual(pixel(cup, 48, 70));
});

describe("without a mask and a present colour", () => {
  type Shape = readonly [colour: Colour, isInside: (x: number, y: number) => boolean];
  const inBox = (left: number, top: number, right: number, bottom: number) => (x: number, y: number) =>
    x >= left && x < right && y >= top && y < bottom;
  /** Draws shapes over each other on nothing. */
  function draw(...shapes: readonly Shape[]): RgbaBytes {
    const rgba = new Uint8Array(side * side * 4);
    for (let at = 0; at < side * side; at++)
      for (const [colour, isInside] of shapes)
        if (isInside(at % side, Math.floor(at / side))) rgba.set([...colour, 255], at * 4);
    return { width: side, height: side, rgba };
  }
  const grey: Colour = [212, 221, 227];
  const yellow: Colour = [254, 214, 51];
  const red: Colour = [221, 46, 68];
  const sky: Colour = [118, 223, 255];
  const recolour = (original: RgbaBytes): Promise<RgbaBytes> =>
    recolourPixels(original, colourOf("purple"), { ground: transparentGround, strength: 1 });

  it("changes a vivid body, not its larger grey wings", async () => {
    const bee = draw(
      [grey, inBox(4, 14, 92, 44)],
      [yellow, inBox(34, 20, 62, 80)],
      [dark, inBox(34, 40, 62, 52)],
      [dark, inBox(34, 64, 62, 80)],
    );
    const result = await recolour(bee);
    expect(pixel(result, 48, 30)).not.toEqual(pixel(bee, 48, 30));
    for (const [x, y] of [
      [12, 30],
      [48, 46],
    ] as const)
      expect(pixel(result, x, y)).toEqual(pixel(bee, x, y));
  });

  it("changes the grey body of a thing with small vivid lights", async () => {
    const camera = draw([grey, inBox(4, 20, 92, 76)], [red, inBox(10, 26, 20, 36)]);
    const result = await recolour(camera);
    expect(pixel(result, 60, 50)).not.toEqual(pixel(camera, 60, 50));
    expect(pixel(result, 15, 30)).toEqual(pixel(camera, 15, 30));
  });

  it("changes what a scene shows, not the larger backdrop", async () => {
    const sailing = draw(
      [sky, () => true],
      [[1, 190, 234], inBox(0, 70, side, side)],
      [red, inBox(30, 20, 66, 70)],
    );
    const result = await recolour(sailing);
    expect(pixel(result, 48, 40)).not.toEqual(pixel(sailing, 48, 40));
    for (const y of [8, 84]) expect(pixel(result, 8, y)).toEqual(pixel(sailing, 8, y));
  });

  it("changes a cover that fills its box and encloses only pages and a dark label", async () => {
    const book = draw(
      [red, () => true],
      [[221, 221, 221], inBox(80, 0, side, side)],
      [dark, inBox(20, 30, 50, 44)],
    );
    const result = await recolour(book);
    expect(pixel(result, 60, 70)).not.toEqual(pixel(book, 60, 70));
    expect(pixel(result, 88, 70)).toEqual(pixel(book, 88, 70));
  });

  it("changes a frame, not the larger picture in it", async () => {
    const corner = (x: number, y: number): boolean => x + y > 20 && x - y < 76 && y - x < 76 && x + y < 170;
    const framed = draw([[141, 98, 75], corner], [sky, inBox(20, 20, 76, 76)]);
    const result = await recolour(framed);
    expect(pixel(result, 48, 10)).not.toEqual(pixel(framed, 48, 10));
    expect(pixel(result, 48, 48)).toEqual(pixel(framed, 48, 48));
  });

  it("centres the shades of a thing on the new colour", async () => {
    const house = draw([[255, 224, 170], inBox(10, 10, 86, 50)], [[163, 100, 20], inBox(10, 50, 86, 86)]);
    const result = await recolourPixels(house, colourOf("blue"), { ground: transparentGround, strength: 1 });
    const lightness = (x: number, y: number): number =>
      oklabOfRgb(
        ...(pixel(result, x, y)
          .slice(0, 3)
          .map((value) => value / 255) as [number, number, number]),
      )[0];
    const goal = oklabOfRgb(...(colourOf("blue") as [number, number, number]))[0];
    expect(lightness(48, 30)).toBeGreaterThan(goal + 0.02);
    expect(lightness(48, 70)).toBeLessThan(goal - 0.02);
  });
});
