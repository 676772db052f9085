import { describe, expect, it } from "vitest";
import { compile } from "../../src/engine/index.js";
import { measureClarity, fillSize, latentSizeOf, logitSide, slotCount } from "../../src/gan/index.js";
import { fillPart } from "../../src/gan/sticker/latents.js";
import { oklabOf, recolourFills, rgbOfOklab } from "../../src/gan/sticker/recolour.js";
import { hostFloats } from "../../src/tensor/index.js";
import * as tf from "../../src/tf.js";

const square = logitSide * logitSide;
/** A drawing: a large red body, a dark red shade, a green leaf and a black outline, in quarters of the picture's rows. */
const bands = [
  { slot: 1, rows: 32, rgb: [0.86, 0.2, 0.25] },
  { slot: 2, rows: 12, rgb: [0.62, 0.1, 0.15] },
  { slot: 3, rows: 12, rgb: [0.35, 0.65, 0.25] },
  { slot: 4, rows: 8, rgb: [0.1, 0.1, 0.12] },
] as const;

function drawing(): { logits: ReturnType<typeof hostFloats>; fills: ReturnType<typeof hostFloats> } {
  const logits = new Float32Array(square * slotCount).fill(-10);
  let row = 0;
  for (const { slot, rows } of bands)
    for (const end = row + rows; row < end; row++)
      for (let column = 0; column < logitSide; column++)
        logits[(row * logitSide + column) * slotCount + slot] = 10;
  const fills = new Float32Array((slotCount - 1) * fillSize);
  for (const { slot, rgb } of bands) fills.set(rgb, (slot - 1) * fillSize);
  return {
    logits: hostFloats(logits, [1, logitSide, logitSide, slotCount]),
    fills: hostFloats(fills, [1, slotCount - 1, fillSize]),
  };
}

/** A dark frame around a large blue screen, in air. */
const frame = [
  { slot: 1, from: 8, to: 56, rgb: [0.25, 0.28, 0.32] },
  { slot: 2, from: 16, to: 48, rgb: [0.35, 0.7, 0.95] },
] as const;

function framedDrawing(): ReturnType<typeof drawing> {
  const logits = new Float32Array(square * slotCount).fill(-10);
  const fills = new Float32Array((slotCount - 1) * fillSize);
  for (let pixel = 0; pixel < square; pixel++) {
    const [column, row] = [pixel % logitSide, Math.floor(pixel / logitSide)];
    const inside = frame.findLast(
      ({ from, to }) => Math.min(column, row) >= from && Math.max(column, row) < to,
    );
    logits[pixel * slotCount + (inside?.slot ?? 0)] = 10;
  }
  for (const { slot, rgb } of frame) fills.set(rgb, (slot - 1) * fillSize);
  return {
    logits: hostFloats(logits, [1, logitSide, logitSide, slotCount]),
    fills: hostFloats(fills, [1, slotCount - 1, fillSize]),
  };
}

async function recoloured(
  rgb: readonly number[],
  engine: "compiled" | "wasm",
  { parts, picture }: { parts: readonly { slot: number }[]; picture: ReturnType<typeof drawing> } = {
    parts: bands,
    picture: drawing(),
  },
): Promise<number[][]> {
  const inputs = { ...picture, rgb: hostFloats(Float32Array.from(rgb), [3]) };
  const program = await compile(
    ({ logits, fills, rgb: goal }) => ({
      fills: recolourFills({ logits: logits as tf.Tensor4D, fills: fills as tf.Tensor3D }, goal!),
    }),
    inputs,
    { name: "recolour", engine },
  );
  const { fills } = await program.run(inputs);
  await program.dispose();
  return parts.map(({ slot }) => [...fills!.data.slice((slot - 1) * fillSize, (slot - 1) * fillSize + 3)]);
}

describe("Oklab", () => {
  it("has the published values and returns", () => {
    tf.tidy(() => {
      const rgb = tf.tensor2d([
        [1, 1, 1],
        [1, 0, 0],
        [0.2, 0.5, 0.7],
      ]);
      const lab = oklabOf(rgb);
      const values = [...lab.dataSync()];
      // Ottosson 2020: white is (1, 0, 0), sRGB red (0.62796, 0.22486, 0.12585).
      [1, 0, 0, 0.62796, 0.22486, 0.12585].forEach((value, at) => expect(values[at]).toBeCloseTo(value, 3));
      const back = [...rgbOfOklab(lab).dataSync()];
      rgb.dataSync().forEach((value, at) => expect(back[at]).toBeCloseTo(value, 3));
    });
  });
});

describe.each(["compiled", "wasm"] as const)("recolouring, engine %s", (engine) => {
  it("gives the main colour and its shades another hue, and leaves other parts", async () => {
    const [body, shade, leaf, outline] = await recoloured([0.18, 0.5, 0.88], engine);
    [0.18, 0.5, 0.88].forEach((value, at) => expect(body![at]).toBeCloseTo(value, 1));
    expect(shade![2]).toBeGreaterThan(shade![0]! + 0.2); // blue
    expect(shade![2]).toBeLessThan(body![2]!); // and darker
    bands[2].rgb.forEach((value, at) => expect(leaf![at]).toBeCloseTo(value, 4));
    bands[3].rgb.forEach((value, at) => expect(outline![at]).toBeCloseTo(value, 4));
  });
  it("colours the case of a phone and not its larger screen", async () => {
    const picture = { parts: frame, picture: framedDrawing() };
    const [body, screen] = await recoloured([0.87, 0.18, 0.27], engine, picture);
    expect(body![0]).toBeGreaterThan(body![2]! + 0.4);
    frame[1].rgb.forEach((value, at) => expect(screen![at]).toBeCloseTo(value, 4));
  });
  it("makes things white", async () => {
    const [body, , leaf] = await recoloured([0.97, 0.98, 0.98], engine);
    expect(Math.min(...body!)).toBeGreaterThan(0.9);
    bands[2].rgb.forEach((value, at) => expect(leaf![at]).toBeCloseTo(value, 4));
  });
});

describe("clarity", () => {
  it("is 1 for pure regions, less where slots mix, and does not count air", () => {
    const pure = drawing().logits;
    const mixed = (pure.data as Float32Array).map((value, at) => {
      // The upper half mixes slots 1 and 5 evenly.
      const pixel = Math.floor(at / slotCount);
      return at % slotCount === 5 && pixel < square / 2 ? 10 : value;
    });
    const air = (pure.data as Float32Array).map((value, at) => {
      const pixel = Math.floor(at / slotCount);
      return at % slotCount === 0 && pixel < square / 2 ? 30 : value;
    });
    const clarity = (data: Float32Array): number =>
      tf.tidy(() => measureClarity(tf.tensor4d(data, [1, logitSide, logitSide, slotCount])).dataSync()[0]!);
    expect(clarity(pure.data as Float32Array)).toBeGreaterThan(0.98);
    expect(clarity(mixed)).toBeCloseTo(0.75, 1);
    expect(clarity(air)).toBeGreaterThan(0.98);
  });
});

it("moves fills alone in the fill part of a change", () => {
  const size = latentSizeOf({ code: 2, detail: 1 });
  const part = tf.tidy(() => [...fillPart(tf.ones([1, size]), { code: 2, detail: 1 }).dataSync()]);
  const fills = (slotCount - 1) * fillSize;
  expect(part.reduce((sum, value) => sum + value, 0)).toBe(fills);
  expect(part.slice(size - 3 - fills, size - 3).every((value) => value === 1)).toBe(true);
});
