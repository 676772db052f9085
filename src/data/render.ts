import sharp from "sharp";
import type { Icon } from "./join.js";

/** Side of the pictures. */
export const pictureSide = 64;
const margin = 4;
const oversampling = 4;

/**
 * Draws an icon on white, 64×64, with a margin of 4 pixels, from 4× oversampling: some sets use SVG filters, which the
 * renderer does not smooth at the final size.
 * @returns RGB bytes `[64, 64, 3]`.
 */
export async function renderIcon({ body, box }: Icon): Promise<Uint8Array> {
  const large = pictureSide * oversampling;
  const [inset, inner] = [margin * oversampling, (pictureSide - 2 * margin) * oversampling];
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${large}" height="${large}">` +
    `<svg x="${inset}" y="${inset}" width="${inner}" height="${inner}" viewBox="${box.join(" ")}">${body}</svg></svg>`;
  const { data } = await sharp(Buffer.from(svg)).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return reduceOnWhite(data, large);
}

/** Mean of blocks of oversampled RGBA pixels, weighted by alpha, over white. */
export function reduceOnWhite(rgba: Uint8Array, large: number): Uint8Array {
  const out = new Uint8Array(pictureSide * pictureSide * 3);
  const factor = large / pictureSide;
  const sums = [0, 0, 0];
  for (let row = 0; row < pictureSide; row++)
    for (let column = 0; column < pictureSide; column++) {
      sums.fill(0);
      for (let y = 0; y < factor; y++)
        for (let x = 0; x < factor; x++) {
          const at = ((row * factor + y) * large + column * factor + x) * 4;
          const alpha = rgba[at + 3]!;
          for (let channel = 0; channel < 3; channel++)
            sums[channel]! += rgba[at + channel]! * alpha + 255 * (255 - alpha);
        }
      for (let channel = 0; channel < 3; channel++)
        out[(row * pictureSide + column) * 3 + channel] = Math.round(
          sums[channel]! / (255 * factor * factor),
        );
    }
  return out;
}

/** Whether a picture is white all over. */
export function isBlank(rgb: Uint8Array): boolean {
  return rgb.every((value) => value > 248);
}
