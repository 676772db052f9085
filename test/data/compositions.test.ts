import { describe, expect, it } from "vitest";
import { compose } from "../../src/data/index.js";
import { cutOut, paste } from "../../src/data/paste.js";
import { colours, findDominantHue, recolour } from "../../src/data/recolour.js";
import { createRandom } from "../../src/tensor/index.js";
import { drawBatch, extendWithCompositions } from "../../src/training/index.js";

const side = 64;
type Rgb = readonly [number, number, number];

/** Rectangles on white: a colour, and left, top, right, bottom of each. */
function drawing(...boxes: readonly (readonly [Rgb, number, number, number, number])[]): Buffer {
  const pixels = Buffer.alloc(side * side * 3, 255);
  for (const [colour, left, top, right, bottom] of boxes)
    for (let row = top; row < bottom; row++)
      for (let column = left; column < right; column++) pixels.set(colour, (row * side + column) * 3);
  return pixels;
}
const at = (pixels: Uint8Array, column: number, row: number): number[] => [
  ...pixels.subarray((row * side + column) * 3, (row * side + column) * 3 + 3),
];

const [red, green, blue] = [
  [220, 30, 30],
  [30, 160, 50],
  [40, 80, 220],
] as const;
const pictures = [
  drawing([red, 10, 10, 54, 54], [green, 28, 2, 36, 10]),
  drawing([blue, 6, 20, 58, 44]),
  drawing([[240, 200, 40], 16, 16, 48, 60]),
  drawing([[90, 90, 90], 20, 20, 44, 44]),
];
const items = ["red apple", "automobile", "cup", "pebble"].map((label, index) => ({
  id: label,
  set: "noto",
  style: "noto style",
  icon: label,
  hexcode: String(index),
  concept: String(index),
  label,
  tags: [],
  group: "objects",
  subgroup: "things",
  split: "train" as const,
}));
const composeItems = (count: number, held: readonly string[] = [], seed = "x") =>
  compose(items, (item) => pictures[item]!, { count, held, random: createRandom(seed) });

describe("recolour", () => {
  it("paints what has the dominant hue, leaves the rest and the background, and the given picture", () => {
    const apple = pictures[0]!;
    const before = Buffer.from(apple);
    const dominant = findDominantHue(apple)!;
    expect(dominant.share).toBeGreaterThan(0.9);
    const painted = recolour(apple, dominant, "blue");
    const [r, g, b] = at(painted, 30, 30) as [number, number, number];
    expect(b).toBeGreaterThan(Math.max(r, g) + 60);
    expect(at(painted, 31, 5)).toEqual(green);
    expect(at(painted, 1, 1)).toEqual([255, 255, 255]);
    expect(before.equals(apple)).toBe(true);
  });

  it("gives every colour another look, and finds no hue in grey", () => {
    const dominant = findDominantHue(pictures[1]!)!;
    const looks = colours.map((colour) => at(recolour(pictures[1]!, dominant, colour), 30, 30).join());
    expect(new Set(looks).size).toBe(colours.length);
    expect(findDominantHue(pictures[3]!)).toBeUndefined();
  });
});

describe("cutOut and paste", () => {
  it("put a drawing, scaled, on another, and leave what it doesn't cover", () => {
    const onto = Uint8Array.from(pictures[1]!);
    paste(onto, side, cutOut(pictures[2]!, side)!, { x: 0.5, y: 0.5, size: 0.25 });
    expect(at(onto, 32, 32)).toEqual([240, 200, 40]);
    expect(at(onto, 10, 32)).toEqual([...blue]);
    expect(at(onto, 32, 32 + 9)).toEqual([...blue]);
    expect(at(onto, 1, 1)).toEqual([255, 255, 255]);
  });

  it("clip at the border, and find nothing in an empty picture", () => {
    const onto = Uint8Array.from(pictures[1]!);
    paste(onto, side, cutOut(pictures[2]!, side)!, { x: 1, y: 0, size: 0.5 });
    expect(at(onto, 63, 0)).toEqual([240, 200, 40]);
    expect(cutOut(Buffer.alloc(side * side * 3, 255), side)).toBeUndefined();
  });
});

describe("compose", () => {
  it("comes in pairs of other captions and other pictures, the same from the same seed", () => {
    const composed = composeItems(60);
    expect(composed.items).toHaveLength(60);
    for (let pair = 0; pair < 60; pair += 2) {
      const [one, other] = [composed.items[pair]!, composed.items[pair + 1]!];
      expect(one.label).not.toBe(other.label);
      const pixels = (item: number) =>
        composed.images.subarray(item * side * side * 3, (item + 1) * side * side * 3);
      expect(Buffer.compare(pixels(pair), pixels(pair + 1))).not.toBe(0);
    }
    expect(Buffer.compare(composeItems(60).images, composed.images)).toBe(0);
    expect(Buffer.compare(composeItems(60, [], "y").images, composed.images)).not.toBe(0);
    const captions = composed.items.map(({ label }) => label);
    for (const form of [/^(?:red|orange|green|purple) automobile$/, / with /, / and /])
      expect(captions.some((caption) => form.test(caption))).toBe(true);
  });

  it("never shows what is held, in whatever order of words", () => {
    const held = ["a cup with an automobile", "blue apple"];
    const captions = composeItems(120, held).items.map(({ label }) => label);
    expect(captions.filter((caption) => /cup/.test(caption) && /automobile/.test(caption))).toEqual([]);
    expect(captions.filter((caption) => /blue/.test(caption) && /apple/.test(caption))).toEqual([]);
    expect(captions.some((caption) => /cup/.test(caption))).toBe(true);
  });
});

describe("swapped captions of composed pictures", () => {
  const composed = composeItems(400).items;
  const words = (text: string): string => text.split(" ").sort().join(" ");

  it("have the same words in another order, and are no caption of the pair", () => {
    const swapped = composed.filter((item) => item.swapped !== undefined);
    expect(swapped.length).toBeGreaterThan(60);
    for (const item of swapped) {
      expect(words(item.swapped!)).toBe(words(item.label));
      const pair = composed.indexOf(item) ^ 1;
      expect([item.label, composed[pair]!.label]).not.toContain(item.swapped);
    }
  });

  it("exchange colours, or what is on what, but not what stands beside what", () => {
    const swapOf = (label: RegExp): readonly (string | undefined)[] =>
      composed.filter((item) => label.test(item.label)).map((item) => item.swapped);
    expect(swapOf(/^green automobile and cup$/)).toContain("automobile and green cup");
    expect(swapOf(/^pebble with automobile$/)).toContain("automobile with pebble");
    expect(swapOf(/^pebble and automobile$/).filter(Boolean)).toEqual([]);
  });

  it("never give a thing the colour that it has by itself: that would be true", () => {
    const claims = composed.filter(
      (item) => item.swapped?.includes("blue automobile") && !item.label.includes("blue automobile"),
    );
    // The automobile is blue: only another colour painted on it makes "blue automobile" wrong.
    for (const { label } of claims)
      expect(label).toMatch(/(?:red|orange|yellow|green|purple|pink|brown|black|white) automobile/);
  });
});

describe("a set with compositions", () => {
  const known = {
    items,
    positions: Int32Array.from([0, 1, 2, 3]),
    images: Uint8Array.from(pictures.flatMap((picture) => [...picture])),
  };

  it("keeps its pictures, holds the share asked for, and is drawn pair by pair", () => {
    const set = extendWithCompositions(known, { share: 0.75, held: [] }, 1);
    expect(set.items).toHaveLength(16);
    expect(set.items.slice(0, 4)).toEqual(items);
    expect(Buffer.compare(set.images.subarray(0, known.images.length), known.images)).toBe(0);
    const random = createRandom(1);
    for (let step = 0; step < 4; step++) {
      const epoch = drawBatch(set, step, 16, random);
      expect([...epoch].sort((a, b) => a - b)).toEqual(Array.from({ length: 16 }, (_, index) => index));
      for (let item = 4; item < 16; item += 2)
        expect(Math.abs(epoch.indexOf(item + 1) - epoch.indexOf(item))).toBe(1);
    }
  });
});
