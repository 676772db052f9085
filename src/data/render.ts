import sharp from "sharp";
import type { Icon } from "./join.js";

/** Side of the pictures. */
export const pictureSide = 64;
const margin = 4;
const oversampling = 4;

/** Side of the pictures that upscaling is learnt from. */
export const largeSide = pictureSide * oversampling;

/**
 * Draws an icon on white, 64×64 pixels with a margin of 4. It is drawn 4 times as large and averaged down, because the renderer does
 * not smooth the SVG filters that some sets use.
 * @returns RGB bytes `[64, 64, 3]`.
 */
export async function renderIcon(icon: Icon): Promise<Uint8Array> {
  return reduceOnWhite(await drawOversampled(icon), largeSide);
}

/** Draws an icon on white at four times the size of `renderIcon`, margin included. @returns RGB bytes `[256, 256, 3]`. */
export async function renderLarge(icon: Icon): Promise<Uint8Array> {
  return reduceOnWhite(await drawOversampled(icon), largeSide, largeSide); // same size: only laid on white
}

/** Draws an icon in the middle of a transparent square, four times as large as `renderIcon`. @returns RGBA bytes `[256, 256, 4]`, not premultiplied. */
async function drawOversampled({ body, box }: Icon): Promise<Uint8Array> {
  const [inset, inner] = [margin * oversampling, (pictureSide - 2 * margin) * oversampling];
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${largeSide}" height="${largeSide}">` +
    `<svg x="${inset}" y="${inset}" width="${inner}" height="${inner}" viewBox="${box.join(" ")}">${body}</svg></svg>`;
  return sharp(Buffer.from(svg)).ensureAlpha().raw().toBuffer();
}

/** Averages blocks of oversampled RGBA pixels, weighted by alpha, over white. */
export function reduceOnWhite(rgba: Uint8Array, large: number, small = pictureSide): Uint8Array {
  const out = new Uint8Array(small * small * 3);
  const factor = large / small;
  const sums = [0, 0, 0];
  for (let row = 0; row < small; row++)
    for (let column = 0; column < small; column++) {
      sums.fill(0);
      for (let y = 0; y < factor; y++)
        for (let x = 0; x < factor; x++) {
          const at = ((row * factor + y) * large + column * factor + x) * 4;
          const alpha = rgba[at + 3]!;
          for (let channel = 0; channel < 3; channel++)
            sums[channel]! += rgba[at + channel]! * alpha + 255 * (255 - alpha);
        }
      for (let channel = 0; channel < 3; channel++)
        out[(row * small + column) * 3 + channel] = Math.round(sums[channel]! / (255 * factor * factor));
    }
  return out;
}

/** Tells whether a picture is white all over. */
export function isBlank(rgb: Uint8Array): boolean {
  return rgb.every((value) => value > 248);
}
