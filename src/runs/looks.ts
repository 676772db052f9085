import type { Draft } from "../guidance/index.js";
import type { Picture } from "../images/index.js";

/** Side of the small copies that are compared, in pixels. */
const side = 16;
/** Base64 of RGB bytes `[16, 16, 3]`. */
export const lookPattern = /^[0-9A-Za-z+/]{1024}$/;
/** Mean difference of small copies, in [0, 1], below which two pictures count as equal. */
const noticeable = 0.06;
/** Share of the drafts, best first, that are candidates for a different one; and the minimum number of candidates. */
const eligible = { share: 1 / 4, least: 8 };

/** A copy of a picture at 16×16 pixels, as text. */
export function lookOf({ width, height, data }: Picture): string {
  const sums = new Float64Array(side * side * 3);
  const counts = new Float64Array(side * side);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const cell = Math.floor((row * side) / height) * side + Math.floor((column * side) / width);
      counts[cell]!++;
      for (let channel = 0; channel < 3; channel++)
        sums[cell * 3 + channel]! += data[(row * width + column) * 3 + channel]!;
    }
  const bytes = Uint8Array.from(sums, (sum, at) => {
    const mean = sum / Math.max(1, counts[Math.floor(at / 3)]!);
    return Math.round(255 * Math.min(1, Math.max(0, mean)));
  });
  return Buffer.from(bytes).toString("base64");
}

/** Mean difference of two looks, in [0, 1]. */
export function lookDistance(a: string, b: string): number {
  const [first, second] = [Buffer.from(a, "base64"), Buffer.from(b, "base64")];
  return first.reduce((sum, byte, at) => sum + Math.abs(byte - second[at]!), 0) / (255 * first.length);
}

/**
 * Rank of the best draft that looks different from all earlier pictures, among the best quarter of the drafts. When there is none,
 * the rank of the most different draft of that quarter.
 */
export function differentDraft(drafts: readonly Draft[], earlier: readonly string[]): number {
  if (earlier.length === 0) return 0;
  const count = Math.max(eligible.least, Math.ceil(drafts.length * eligible.share));
  let [best, most] = [0, -1];
  for (const [rank, { picture }] of drafts.slice(0, count).entries()) {
    const [, height, width] = picture.shape as readonly [number, number, number, number];
    const look = lookOf({ width, height, data: picture.data as Float32Array });
    const least = Math.min(...earlier.map((other) => lookDistance(look, other)));
    if (least >= noticeable) return rank;
    if (least > most) [best, most] = [rank, least];
  }
  return best;
}
