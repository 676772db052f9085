import { type RgbaBytes, compositeOnWhite } from "../../images/index.js";
import { type Ground, measureDrawnPart, groundColoursOf } from "./ground.js";
import { measureCoverage } from "./paper.js";

/**
 * Computes the share of each pixel of a picture that is drawn, `[height, width]` in [0, 1]: by alpha, by the difference from a
 * coloured ground, or, on white, all that is not connected to the border by white. A picture that fills its frame is drawn
 * everywhere.
 */
export function mapDrawnShares(bytes: RgbaBytes, ground: Ground): Float32Array {
  const { width, height } = bytes;
  if (ground.kind === "white") {
    const side = Math.max(width, height);
    const square = new Float32Array(side * side * 3).fill(1);
    const { data } = compositeOnWhite(bytes);
    for (let y = 0; y < height; y++)
      square.set(data.subarray(y * width * 3, (y + 1) * width * 3), y * side * 3);
    const drawnShares = measureCoverage(square, side);
    return Float32Array.from(
      { length: width * height },
      (_, at) => drawnShares[Math.floor(at / width) * side + (at % width)]!,
    );
  }
  const colours = groundColoursOf(ground, bytes);
  return Float32Array.from({ length: width * height }, (_, at) =>
    measureDrawnPart(bytes, at % width, Math.floor(at / width), colours),
  );
}
