/** Finds where two pictures differ. */

/** Side of the copies that are compared, in pixels. */
const side = 96;
/** Smallest difference of a channel, of 255, that counts: less is noise of the scaling. */
const threshold = 24;

/** Pixels of a picture, scaled to a square over white. */
async function readPixels(src: string): Promise<Uint8ClampedArray> {
  const image = new Image();
  image.src = src;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, side, side);
  context.drawImage(image, 0, 0, side, side);
  return context.getImageData(0, 0, side, side).data;
}

/**
 * Finds the middle of the region in which two pictures differ.
 * @returns its place across, 0 to 1; 0.5 for equal pictures, and where one cannot be read.
 */
export async function findChange(before: string, after: string): Promise<number> {
  const [a, b] = await Promise.all([before, after].map((src) => readPixels(src).catch(() => undefined)));
  if (!a || !b) return 0.5;
  let [first, last] = [side, -1];
  for (let at = 0; at < a.length; at++) {
    if (Math.abs(a[at]! - b[at]!) < threshold) continue;
    const column = (at >> 2) % side;
    first = Math.min(first, column);
    last = Math.max(last, column);
  }
  return last < 0 ? 0.5 : (first + last + 1) / 2 / side;
}
