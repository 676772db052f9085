import fc from "fast-check";
import sharp, { type PngOptions } from "sharp";
import { describe, expect, it } from "vitest";
import { squareFrom } from "../../src/images/index.js";
import { decodePlainPng, encodePlainPng } from "../../src/images/png.js";
import { createRandom } from "../../src/tensor/index.js";

const side = 16;

/** A picture in which every filter of PNG is worth its while somewhere: noise, slopes and flat parts. */
function pixels(seed: number, channels: 3 | 4): Buffer {
  const random = createRandom(seed);
  return Buffer.from(
    Array.from({ length: side * side * channels }, (_, at) => {
      const y = Math.floor(at / (side * channels));
      return y < 5 ? random.integer(256) : y < 11 ? (at * 3 + y * 7) & 255 : 200;
    }),
  );
}

const encode = (seed: number, channels: 3 | 4, options: PngOptions = {}): Promise<Buffer> =>
  sharp(pixels(seed, channels), { raw: { width: side, height: side, channels } })
    .png(options)
    .toBuffer();

describe("plain PNG", () => {
  it("is read as sharp reads it, opaque or over white, whatever its filters", async () => {
    const seeds = fc.integer({ min: 0, max: 1e6 });
    await fc.assert(
      fc.asyncProperty(
        seeds,
        fc.constantFrom<3 | 4>(3, 4),
        fc.boolean(),
        async (seed, channels, adaptiveFiltering) => {
          const file = await encode(seed, channels, { adaptiveFiltering });
          const theirs = await sharp(file).flatten({ background: "#fff" }).removeAlpha().raw().toBuffer();
          expect(Buffer.from(decodePlainPng(file, side)!).equals(theirs)).toBe(true);
        },
      ),
      { numRuns: 25 },
    );
  });

  it("is written as sharp and our own reader read it, of any width and height", async () => {
    for (const channels of [3, 4] as const)
      for (const [width, height] of [
        [side, side],
        [2, 128],
        [256, 1],
      ] as const) {
        const bytes = pixels(2, channels).subarray(0, width * height * channels);
        const file = await encodePlainPng(bytes, { width, height, channels });
        const { data, info } = await sharp(file, { failOn: "warning" })
          .raw()
          .toBuffer({ resolveWithObject: true });
        expect(info).toMatchObject({ width, height, channels });
        expect(data.equals(bytes)).toBe(true);
        if (width === side) expect(decodePlainPng(file, side)).toBeDefined();
      }
  });

  it("leaves to sharp what is not plain, and what is damaged anywhere", async () => {
    const file = await encode(1, 3);
    expect(decodePlainPng(file, side)).toBeDefined();
    expect(decodePlainPng(file, 32)).toBeUndefined();
    for (const other of [
      await encode(1, 3, { palette: true }),
      await encode(1, 3, { progressive: true }),
      await sharp(file).toColourspace("rgb16").png().toBuffer(),
      await sharp(file).withIccProfile("p3").png().toBuffer(),
      await sharp(file)
        .withExif({ IFD0: { Orientation: "3" } })
        .png()
        .toBuffer(),
      await sharp(file).webp().toBuffer(),
    ])
      expect(decodePlainPng(other, side)).toBeUndefined();
    for (let cut = 0; cut < file.length - 1; cut += 7)
      expect(decodePlainPng(file.subarray(0, cut), side)).toBeUndefined();
    const right = decodePlainPng(file, side)!;
    for (let at = 0; at < file.length; at++) {
      const bad = Buffer.from(file);
      bad[at]! ^= 1 << (at % 8);
      const read = decodePlainPng(bad, side);
      expect(read === undefined || Buffer.from(read).equals(right)).toBe(true);
    }
  });

  it("refuses, through squareFrom, what nobody can decode", async () => {
    const file = await encode(2, 3);
    await expect(squareFrom(file.subarray(0, 200), "x.png", side)).rejects.toThrow(
      "x.png: is damaged or truncated",
    );
  });
});
