import { describe, expect, it } from "vitest";
import { findWornPart } from "../../src/guidance/edits/wornPart.js";
import type { RgbaBytes } from "../../src/images/index.js";

type Shape = readonly [colour: readonly number[], isInside: (x: number, y: number) => boolean];
const disc = (x: number, y: number, radius: number) => (u: number, v: number) =>
  Math.hypot(u - x, v - y) < radius;
const box = (left: number, top: number, right: number, bottom: number) => (x: number, y: number) =>
  x >= left && x < right && y >= top && y < bottom;

/** Draws shapes over each other on nothing, in a square of 96. */
function draw(width: number, ...shapes: readonly Shape[]): RgbaBytes {
  const rgba = new Uint8Array(width * 96 * 4);
  for (let at = 0; at < width * 96; at++)
    for (const [colour, isInside] of shapes)
      if (isInside((at % width) - (width - 96) / 2, Math.floor(at / width)))
        rgba.set([...colour, 255], at * 4);
  return { width, height: 96, rgba };
}
const head: Shape = [[255, 204, 77], disc(48, 54, 38)];
const eyes: readonly Shape[] = [
  [[43, 58, 71], disc(36, 52, 5)],
  [[43, 58, 71], disc(60, 52, 5)],
];
const brown = [110, 70, 10];
const hat: Shape = [brown, (x, y) => box(6, 22, 90, 36)(x, y) || box(28, 4, 68, 24)(x, y)];

describe("findWornPart", () => {
  it.each([96, 128])("finds the hat above the eyes, in a picture %i pixels wide", (width) => {
    const mask = findWornPart(draw(width, head, ...eyes, hat), "the hat")!;
    const at = (x: number, y: number): number => mask[y * width + x + (width - 96) / 2]!;
    expect([at(48, 10), at(12, 28), at(84, 28)]).toEqual([1, 1, 1]);
    expect([at(36, 52), at(48, 70), at(48, 44), at(2, 90)]).toEqual([0, 0, 0, 0]);
  });

  it("finds no hat where ears are beside the middle, and none on a head from the side", () => {
    const ears: readonly Shape[] = [
      [brown, box(4, 8, 26, 36)],
      [brown, box(70, 8, 92, 36)],
    ];
    expect(findWornPart(draw(96, head, ...ears, ...eyes), "the hat")).toBeUndefined();
    const side = draw(96, [[255, 204, 77], box(4, 30, 92, 90)], [[43, 58, 71], disc(20, 52, 5)], hat);
    expect(findWornPart(side, "the hat")).toBeUndefined();
  });

  it("leaves other words to the guides", () => {
    const picture = draw(96, head, ...eyes, hat);
    for (const words of ["the nose", "the leaf", "a balloon"])
      expect(findWornPart(picture, words), words).toBeUndefined();
  });
});
