import { expect, it } from "vitest";
import { findChangedArea } from "../../studio/changed.js";
import { type Pixels, enlarge } from "../../studio/enlarge.js";

const side = 24;

/** A red square on transparent pixels; with the given pixels in blue. */
function draw(...blue: readonly (readonly [x: number, y: number])[]): Pixels {
  const data = new Uint8ClampedArray(side * side * 4);
  for (let y = 6; y < 18; y++) for (let x = 6; x < 18; x++) data.set([220, 40, 40, 255], 4 * (y * side + x));
  for (const [x, y] of blue) data.set([40, 40, 220, 255], 4 * (y * side + x));
  return { data, width: side, height: side };
}

it("finds the rectangle that changed, with a margin within the picture", () => {
  expect(findChangedArea(draw(), draw(), 3)).toBeUndefined();
  expect(findChangedArea(draw(), draw([8, 10], [11, 9]), 0)).toEqual({ x: 8, y: 9, width: 4, height: 2 });
  expect(findChangedArea(draw([0, 0]), draw(), 3)).toEqual({ x: 0, y: 0, width: 4, height: 4 });
  const corner = findChangedArea(draw(), draw([side - 1, side - 1]), 3);
  expect(corner).toEqual({ x: side - 4, y: side - 4, width: 4, height: 4 });
});

it("is the whole picture without one before, or with one of another size", () => {
  const whole = { x: 0, y: 0, width: side, height: side };
  expect(findChangedArea(undefined, draw(), 4)).toEqual(whole);
  const { data } = enlarge(draw(), 2);
  expect(findChangedArea({ data, width: 2 * side, height: 2 * side }, draw(), 4)).toEqual(whole);
});

it("with a margin of 4 pixels holds all that changes in the enlarged picture", () => {
  for (const factor of [1, 2, 3, 6])
    for (const pixel of [
      [12, 12],
      [6, 9],
      [17, 17],
      [5, 5],
      [2, 20],
    ] as const) {
      // prettier-ignore
      const [before, after] = [draw(), draw(pixel)];
      const { x, y, width, height } = findChangedArea(before, after, 4)!;
      const [old, now] = [enlarge(before, factor), enlarge(after, factor)];
      const inside = findChangedArea(old, now, 0)!;
      expect(inside.x).toBeGreaterThanOrEqual(x * factor);
      expect(inside.y).toBeGreaterThanOrEqual(y * factor);
      expect(inside.x + inside.width).toBeLessThanOrEqual((x + width) * factor);
      expect(inside.y + inside.height).toBeLessThanOrEqual((y + height) * factor);
    }
});
