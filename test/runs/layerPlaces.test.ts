import { expect, it } from "vitest";
import type { LayerPlace } from "../../src/prompts/index.js";
import { type LayerBox, type Move, planAddition, planPlacing } from "../../src/runs/layerPlaces.js";

const boxOf = (left: number, top: number, right: number, bottom: number): LayerBox => ({
  left,
  top,
  right,
  bottom,
});
/** Moves a box as a layer that fills it. */
function moved(box: LayerBox, move: Move): LayerBox {
  const [width, height] = [box.right - box.left, box.bottom - box.top];
  const pose = { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2, size: 1 };
  const { x, y, size } = move({ text: "", hidden: false, mirrored: false, pose }).pose;
  return boxOf(
    x - (size * width) / 2,
    y - (size * height) / 2,
    x + (size * width) / 2,
    y + (size * height) / 2,
  );
}
const thing = boxOf(-0.9, 0.5, -0.5, 0.9);
const table = boxOf(-0.2, 0.2, 0.9, 0.9);
const place = (at: LayerPlace, others: readonly LayerBox[] = []): LayerBox =>
  moved(thing, planPlacing(thing, table, at, others).move);

it("puts a thing on another one, where there is room, as low as what stands there", () => {
  const on = place("on");
  expect(on.bottom).toBeCloseTo(0.2 + 0.1 * 0.7);
  expect((on.left + on.right) / 2).toBeCloseTo(0.35);
  const beside = place("on", [boxOf(0.2, 0, 0.5, 0.35)]);
  expect(beside.bottom).toBeCloseTo(0.35);
  expect(beside.right < 0.25 || beside.left > 0.45).toBe(true);
});

it.each([
  ["left", (box: LayerBox) => box.right < table.left],
  ["beside", (box: LayerBox) => box.right < table.left],
  ["above", (box: LayerBox) => box.bottom < table.top],
  ["before", (box: LayerBox) => box.bottom > table.bottom && box.left > table.left],
  ["behind", (box: LayerBox) => box.right > table.left && box.left < table.left],
  ["in", (box: LayerBox) => box.bottom < table.bottom && box.left > table.left && box.right < table.right],
] as const)("puts a thing %s another one, inside the picture", (at, isThere) => {
  const box = place(at);
  expect(isThere(box)).toBe(true);
  expect(Math.min(box.left, box.top)).toBeGreaterThanOrEqual(-1.001);
  expect(Math.max(box.right, box.bottom)).toBeLessThanOrEqual(1.001);
  expect(planPlacing(thing, table, at, []).isBehind).toBe(at === "behind" || at === "in");
});

it("adds small things small, and those of the sky at the top", () => {
  const things = [{ name: "table", box: table }];
  const areaOf = ({ left, top, right, bottom }: LayerBox): number => (right - left) * (bottom - top);
  const added = (name: string): LayerBox =>
    moved(thing, planAddition({ name, box: thing }, things, undefined, 0).move);
  expect(areaOf(added("mouse"))).toBeLessThan(0.7 * areaOf(added("cat")));
  expect(added("cat").bottom).toBeCloseTo(table.bottom);
  expect(added("sun").bottom).toBeLessThan(0);
});

it("reduces everything where things beside each other are too wide", () => {
  const [wide, box] = [boxOf(-0.9, 0, 0.6, 0.9), boxOf(-0.4, -0.9, 0.6, -0.2)];
  const placing = planPlacing(box, wide, "left", []);
  const [left, right] = [moved(box, placing.move), moved(wide, placing.room)];
  expect([left.left, right.right]).toEqual([expect.closeTo(-1), expect.closeTo(1)]);
  expect(right.left).toBeGreaterThan(left.right);
  expect(left.bottom).toBeCloseTo(right.bottom);
});

it("moves the rest aside where a thing beside another one has no room", () => {
  const wide = boxOf(-0.95, 0, 0.2, 0.9);
  const placing = planPlacing(boxOf(0.3, 0.2, 0.9, 0.9), wide, "left", []);
  const [left, right] = [moved(boxOf(0.3, 0.2, 0.9, 0.9), placing.move), moved(wide, placing.room)];
  expect(left.left).toBeCloseTo(-1);
  expect(left.right - left.left).toBeCloseTo(0.6);
  expect(right.left).toBeGreaterThan(left.right);
  expect(right.right).toBeLessThanOrEqual(1);
});
