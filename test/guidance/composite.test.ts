import fc from "fast-check";
import { expect, it } from "vitest";
import { putOver, putUnder, replaceDrawing } from "../../src/guidance/edits/composite.js";
import { transparentGround } from "../../src/guidance/edits/ground.js";
import {
  fitBox,
  moveHatInsideCanvas,
  moveInsideCanvas,
  measureOutlineAgreement,
  makeSpriteOfMap,
} from "../../src/guidance/edits/outline.js";
import { paintLayer } from "../../src/guidance/edits/paintLayer.js";
import type { SessionPrograms } from "../../src/guidance/sessionPrograms.js";
import { createRandom, hostFloats } from "../../src/tensor/index.js";

const sizes = fc.record({
  width: fc.integer({ min: 1, max: 24 }),
  height: fc.integer({ min: 1, max: 24 }),
  seed: fc.integer(),
});

function noise({ width, height, seed }: { width: number; height: number; seed: number }) {
  const random = createRandom(seed);
  const bytes = (count: number) =>
    Uint8Array.from({ length: count * 4 }, (_, at) =>
      at % 4 === 3 && random.uniform() < 0.5 ? 255 * random.integer(2) : random.integer(256),
    );
  const side = Math.max(width, height);
  const parts = Float32Array.from({ length: width * height }, () => Math.max(0, random.uniform() * 2 - 1));
  return {
    original: { width, height, rgba: bytes(width * height) },
    layer: { side, rgba: bytes(side * side) },
    parts,
    opacityAt: (pixel: number, layer: Uint8Array) => {
      const [left, top] = [Math.floor((side - width) / 2), Math.floor((side - height) / 2)];
      const [x, y] = [pixel % width, Math.floor(pixel / width)];
      return layer[((y + top) * side + x + left) * 4 + 3]!;
    },
  };
}

const pixelsOf = (rgba: Uint8Array, pixel: number) => [...rgba.subarray(pixel * 4, pixel * 4 + 4)];

it("leaves bytes alone where a layer over a picture, or the mask, is empty", () => {
  fc.assert(
    fc.property(sizes, (size) => {
      const { original, layer, parts: mask, opacityAt } = noise(size);
      const { rgba } = putOver(original, layer, { mask, strength: 1 });
      mask.forEach((part, pixel) => {
        if (part === 0 || opacityAt(pixel, layer.rgba) === 0)
          expect(pixelsOf(rgba, pixel)).toEqual(pixelsOf(original.rgba, pixel));
      });
    }),
  );
});

it("leaves bytes alone where a picture is drawn wholly over a layer, or the layer is empty", () => {
  fc.assert(
    fc.property(sizes, (size) => {
      const { original, layer, opacityAt } = noise(size);
      const drawnShares = Float32Array.from(
        { length: size.width * size.height },
        (_, pixel) => original.rgba[pixel * 4 + 3]! / 255,
      );
      const { rgba } = putUnder(original, layer, { drawnShares, strength: 1 });
      drawnShares.forEach((part, pixel) => {
        if (part === 1 || opacityAt(pixel, layer.rgba) === 0)
          expect(pixelsOf(rgba, pixel)).toEqual(pixelsOf(original.rgba, pixel));
      });
    }),
  );
});

it("redraws inside the mask alone", () => {
  fc.assert(
    fc.property(sizes, (size) => {
      const { original, layer, parts: mask, opacityAt } = noise(size);
      const { rgba } = replaceDrawing(original, layer, { ground: transparentGround, mask });
      mask.forEach((part, pixel) => {
        if (part === 0) expect(pixelsOf(rgba, pixel)).toEqual(pixelsOf(original.rgba, pixel));
        if (part === 1) expect(rgba[pixel * 4 + 3]).toBe(opacityAt(pixel, layer.rgba));
      });
    }),
  );
});

const map = (inside: (x: number, y: number) => boolean) =>
  makeSpriteOfMap(
    Float32Array.from({ length: 64 * 64 }, (_, at) => (inside(at % 64, Math.floor(at / 64)) ? 1 : 0)),
    { width: 64, height: 64 },
  )!;

it("fits a box to another's centre and size, and agrees wholly with the same outline", () => {
  const [small, large] = [
    map((x, y) => x >= 8 && x < 24 && y >= 8 && y < 24),
    map((x, y) => x >= 16 && x < 48 && y >= 20 && y < 52),
  ];
  const at = fitBox(small.box, large.box);
  expect(at.scale).toBeCloseTo(2);
  expect(measureOutlineAgreement(small, at, large)).toBeGreaterThan(0.97);
  expect(measureOutlineAgreement(small, { scale: 1, x: 0, y: 0 }, large)).toBeLessThan(0.1);
});

it("keeps placed boxes inside the canvas, and a hat above the face", () => {
  const box = { left: -0.5, top: -0.5, right: 0.5, bottom: 0.5 };
  fc.assert(
    fc.property(
      fc.double({ min: 0.1, max: 5, noNaN: true }),
      fc.double({ min: -4, max: 4, noNaN: true }),
      fc.double({ min: -4, max: 4, noNaN: true }),
      (scale, x, y) => {
        for (const at of [
          moveInsideCanvas(box, { scale, x, y }),
          moveHatInsideCanvas(box, { scale, x, y }, box),
        ]) {
          const extent = Math.max(...[at.x, at.y].map((centre) => Math.abs(centre) + at.scale / 2));
          expect(extent).toBeLessThanOrEqual(1);
        }
      },
    ),
  );
  const face = { left: -0.95, top: -0.95, right: 0.95, bottom: 0.95 };
  const hat = moveHatInsideCanvas(box, { scale: 1.5, x: 0, y: -1.4 }, face);
  expect(hat.y + hat.scale / 2).toBeLessThanOrEqual(-0.95 + 0.26 * 1.9 + 1e-6);
});

it("paints layers of small pictures from a larger painting, so that nothing is a haze", async () => {
  const sides: number[] = [];
  const painter = {
    paint: (_: unknown, painted: number) => {
      sides.push(painted);
      const rgba = new Uint8Array(painted * painted * 4);
      for (let at = 0; at < painted * painted; at++)
        if (at % painted < painted / 2) rgba.set([10, 200, 30, 255], at * 4);
      return Promise.resolve({ width: painted, height: painted, rgba });
    },
  };
  const programs = { painter: () => painter } as unknown as Pick<SessionPrograms, "painter">;
  const latents = hostFloats(new Float32Array(4), [1, 4]);
  for (const side of [32, 100, 512]) {
    const layer = await paintLayer(programs, latents, side);
    expect(layer.side).toBe(side);
    expect(layer.rgba).toHaveLength(side * side * 4);
    expect([...layer.rgba.subarray(0, 4)]).toEqual([10, 200, 30, 255]);
    expect(layer.rgba[(side - 1) * 4 + 3]).toBe(0);
  }
  expect(sides).toEqual([256, 300, 512]);
});
