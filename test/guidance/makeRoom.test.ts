import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findBearer } from "../../src/guidance/edits/bearer.js";
import { mapDrawnShares } from "../../src/guidance/edits/drawn.js";
import { canMove, makeRoom, moveFigure } from "../../src/guidance/edits/figure.js";
import { detectGround } from "../../src/guidance/edits/ground.js";
import { findSpot } from "../../src/guidance/edits/spot.js";
import { measureAlphaChange } from "../../src/guidance/edits/report.js";
import { type Box, joinBoxes, heightOf, placeBox, widthOf } from "../../src/guidance/scenes/sprite.js";
import type { RgbaBytes } from "../../src/images/index.js";

const skin = [255, 204, 77, 255];
const dark = [43, 58, 71, 255];

/** A head that fills its picture, with two eyes, on a ground. */
function face(width: number, height: number, ground: readonly number[]): RgbaBytes {
  const rgba = new Uint8Array(width * height * 4);
  const radius = Math.min(width, height) / 2;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [u, v] = [(x + 0.5 - width / 2) / radius, (y + 0.5 - height / 2) / radius];
      const isEye = Math.min(Math.hypot(u - 0.35, v + 0.15), Math.hypot(u + 0.35, v + 0.15)) < 0.12;
      rgba.set(Math.hypot(u, v) > 0.99 ? ground : isEye ? dark : skin, (y * width + x) * 4);
    }
  return { width, height, rgba };
}
const sharesOf = (bytes: RgbaBytes): Float32Array => mapDrawnShares(bytes, detectGround(bytes));
const grounds = { transparent: [0, 0, 0, 0], white: [255, 255, 255, 255], blue: [30, 90, 200, 255] };

describe("makeRoom", () => {
  const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
  const boxes = fc
    .record({ x: number(-0.6, 0.6), y: number(-0.6, 0.6), w: number(0.05, 0.39), h: number(0.05, 0.39) })
    .map(({ x, y, w, h }): Box => ({ left: x - w, right: x + w, top: y - h, bottom: y + h }));
  const frame: Box = { left: -0.99, top: -0.99, right: 0.99, bottom: 0.99 };

  it("keeps the drawing inside the frame, and at its place where the thing fits", () => {
    fc.assert(
      fc.property(boxes, number(-2, 2), number(-2, 2), number(0.05, 1), (figure, x, y, half) => {
        const thing = { left: x - half, right: x + half, top: y - half, bottom: y + half };
        const at = makeRoom(figure, thing, frame);
        const own = placeBox(figure, at);
        expect(Math.max(-own.left, own.right, -own.top, own.bottom)).toBeLessThanOrEqual(0.99 + 1e-9);
        expect(at.scale).toBeLessThanOrEqual(1);
        const both = joinBoxes([figure, thing]);
        const fits = Math.max(-both.left, both.right, -both.top, both.bottom) <= 0.99;
        if (fits) expect(at).toEqual({ scale: 1, x: 0, y: 0 });
        // A thing that is not too large fits with the drawing.
        else if (widthOf(both) < 2.4 && heightOf(both) < 2.4) {
          const all = placeBox(both, at);
          expect(Math.max(-all.left, all.right, -all.top, all.bottom)).toBeLessThanOrEqual(0.99 + 1e-9);
        }
      }),
    );
  });
});

describe("moveFigure", () => {
  it.each(Object.entries(grounds))(
    "makes a drawing smaller on a %s ground of any shape",
    async (_, ground) => {
      for (const [width, height] of [
        [96, 96],
        [120, 80],
      ] as const) {
        const source = face(width, height, ground);
        const moved = await moveFigure(source, detectGround(source), { scale: 0.75, x: 0, y: 0.1 });
        expect([moved.width, moved.height]).toEqual([width, height]);
        const [before, after] = [sharesOf(source), sharesOf(moved)].map((map) =>
          map.reduce((sum, part) => sum + part),
        );
        expect(after! / before!).toBeCloseTo(0.75 ** 2, 1);
        expect([...moved.rgba.subarray(0, 4)]).toEqual(ground);
        const middle = (Math.round(height / 2 + 0.05 * Math.max(width, height)) * width + width / 2) * 4;
        expect([...moved.rgba.subarray(middle, middle + 4)]).toEqual(skin);
      }
    },
  );

  it("returns the picture itself where nothing moves", async () => {
    const source = face(40, 40, grounds.transparent);
    expect(await moveFigure(source, detectGround(source), { scale: 1, x: 0, y: 0 })).toBe(source);
  });
});

describe("canMove", () => {
  it("is so for drawings on a ground, and not for pictures that fill their frame", () => {
    for (const ground of Object.values(grounds)) {
      const source = face(64, 64, ground);
      expect(canMove(source, sharesOf(source))).toBe(true);
    }
    const photo = {
      width: 64,
      height: 64,
      rgba: Uint8Array.from({ length: 64 * 64 * 4 }, (_, at) => (at % 4 === 3 ? 255 : (at * 97) % 251)),
    };
    expect(canMove(photo, sharesOf(photo))).toBe(false);
  });
});

describe("bearerOf", () => {
  it.each([32, 96, 256])("finds the eyes of a drawing of %i pixels", (side) => {
    const source = face(side, side, grounds.transparent);
    const { eyes } = findBearer(source, sharesOf(source))!;
    expect(eyes!.x).toBeCloseTo(0, 1);
    expect(eyes!.y).toBeCloseTo(-0.15, 1);
    expect(Math.abs(eyes!.distance - 0.7)).toBeLessThan(0.08);
  });

  it("mirrors the one open eye of a wink from the front, and not the eye of a head from the side", () => {
    const wink = (from: number): RgbaBytes => {
      const source = face(96, 96, grounds.transparent);
      for (let at = 0; at < source.rgba.length; at += 4) {
        const [x, y] = [(at / 4) % 96, Math.floor(at / 4 / 96)];
        if (source.rgba[at] === 43 && x > 48) source.rgba.set(skin, at);
        // What is cut off in the lower right corner leaves a head that is not symmetric.
        if (x > from && y > 40) source.rgba.fill(0, at, at + 4);
      }
      return source;
    };
    const [symmetric, side] = [wink(96), wink(60)].map(
      (source) => findBearer(source, sharesOf(source))!.eyes!,
    );
    expect(symmetric!.x).toBeCloseTo(0, 1);
    expect(Math.abs(symmetric!.distance - 0.7)).toBeLessThan(0.1);
    expect(side!.distance).toBe(0);
  });

  it("puts the eyes of a head without eyes where heads have them", () => {
    const source = face(96, 96, grounds.white);
    for (let at = 0; at < source.rgba.length; at += 4) if (source.rgba[at] === 43) source.rgba.set(skin, at);
    const { eyes, box } = findBearer(source, sharesOf(source))!;
    expect(eyes!.y).toBeGreaterThan(box.top + 0.3 * heightOf(box));
    expect(eyes!.y).toBeLessThan(box.top + 0.5 * heightOf(box));
    expect(eyes!.distance).toBeGreaterThan(0.3 * widthOf(box));
  });
});

it("counts pixels that became more opaque and more transparent, of pictures with transparency", () => {
  const picture = (...alphas: number[]): RgbaBytes => ({
    width: alphas.length,
    height: 1,
    rgba: Uint8Array.from(alphas.flatMap((alpha) => [9, 9, 9, alpha])),
  });
  expect(measureAlphaChange(picture(0, 10, 255, 90), picture(7, 255, 200, 90))).toEqual({
    grown: 2,
    lost: 1,
  });
  expect(measureAlphaChange(picture(255, 255), picture(255, 255))).toBeUndefined();
});

it("makes a thing at the neck smaller where it would reach below the picture, and does not lift it", () => {
  const source = face(96, 96, grounds.transparent);
  const subject = findBearer(source, sharesOf(source))!;
  const box: Box = { left: -0.4, top: -0.8, right: 0.4, bottom: 0.8 };
  const object = { ...subject, box };
  const placement = { scale: 1, x: 0, y: 1.5 };
  const limits = {
    relation: "neck",
    frame: { left: -0.99, top: -0.99, right: 0.99, bottom: 0.99 },
    movable: true,
  } as const;
  const pair = { subject, object, subjectText: "a face", objectText: "a scarf" };
  const { where, figure } = findSpot(pair, { object: placement, front: "object" }, limits);
  // The top of the thing is where it was relative to the drawing.
  const top = (placeBox(box, where).top - figure.y) / figure.scale;
  expect(top).toBeCloseTo(placeBox(box, placement).top, 1);
  expect(placeBox(box, where).bottom).toBeLessThanOrEqual(0.99 + 1e-9);
});

it("limits a hat on a body seen from the side, with its foot in place, but not a cap", () => {
  const rgba = new Uint8Array(96 * 96 * 4);
  // A long body with a small head at its left.
  for (let y = 0; y < 96; y++)
    for (let x = 0; x < 96; x++) {
      const isBody = x > 24 && x < 90 && y > 45 && y < 75;
      const isHead = Math.hypot(x - 20, y - 42) < 14;
      if (isBody || isHead) rgba.set(skin, (y * 96 + x) * 4);
    }
  const bytes = { width: 96, height: 96, rgba };
  const subject = findBearer(bytes, sharesOf(bytes))!;
  const limits = {
    relation: "head",
    frame: { left: -9, right: 9, top: -9, bottom: 9 },
    movable: true,
  } as const;
  const place = (objectText: string) => {
    const pair = { subject, object: subject, subjectText: "cow", objectText };
    const object = { scale: 0.7, x: -0.3, y: -0.8 };
    return placeBox(subject.box, findSpot(pair, { object, front: "object" }, limits).where);
  };
  const [hat, cap] = [place("top hat"), place("cap")];
  expect(widthOf(hat)).toBeCloseTo(0.3 * widthOf(subject.box), 5);
  expect(hat.bottom).toBeCloseTo(cap.bottom, 5);
  expect(widthOf(cap)).toBeCloseTo(0.7 * widthOf(subject.box), 5);
});
