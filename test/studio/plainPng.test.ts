import sharp from "sharp";
import { expect, it } from "vitest";
import { encodePlainPng } from "../../src/images/index.js";
import { decodePlainPng } from "../../studio/plainPng.js";

const [width, height] = [130, 90];

/** Noise of a picture, and its PNG as the page receives it. */
async function encode(channels: 3 | 4) {
  const bytes = Uint8Array.from({ length: width * height * channels }, (_, at) => (at * 7919) % 251);
  return { bytes, png: new Uint8Array(await encodePlainPng(bytes, { width, height, channels })) };
}

it("reads the pixels of previews with transparency", async () => {
  const { bytes, png } = await encode(4);
  const pixels = await decodePlainPng(png);
  expect([pixels.width, pixels.height]).toEqual([width, height]);
  expect([...pixels.data]).toEqual([...bytes]);
});

it("reads the pixels of previews without", async () => {
  const { bytes, png } = await encode(3);
  const { data } = await decodePlainPng(png);
  expect([...data.filter((_, at) => at % 4 < 3)]).toEqual([...bytes]);
  expect(new Set(data.filter((_, at) => at % 4 === 3))).toEqual(new Set([255]));
});

it("rejects damaged previews", async () => {
  const { png } = await encode(4);
  await expect(decodePlainPng(png.slice(0, 20))).rejects.toThrow();
  await expect(decodePlainPng(png.slice(0, png.length / 2))).rejects.toThrow();
  for (const [at, value] of [
    [23, 91],
    [23, 89],
    [60, 255],
  ] as const)
    // prettier-ignore
    await expect(decodePlainPng(png.map((each, index) => (index === at ? value : each)))).rejects.toThrow();
});

it("rejects PNGs of other encoders, which the browser reads", async () => {
  const { bytes } = await encode(3);
  const picture = sharp(bytes, { raw: { width, height, channels: 3 } });
  const filtered = await picture.clone().png({ adaptiveFiltering: true }).toBuffer();
  await expect(decodePlainPng(new Uint8Array(filtered))).rejects.toThrow("a preview has");
  const palette = await picture.clone().png({ palette: true }).toBuffer();
  await expect(decodePlainPng(new Uint8Array(palette))).rejects.toThrow("other contents");
});
