/** Differences from white (values in [0, 1]): coverage rises from 0 at the first to 1 at the second. */
const drawnFrom = 0.03;
const drawnWholly = 0.12;

/**
 * Measures the coverage of each pixel of a picture on white paper, `[side · side]`, 0 to 1. Pixels are paper if they are nearly
 * white and connected to the border, so white parts inside a drawing count as drawn.
 * @param data `[side, side, 3]` in [0, 1].
 */
export function measureCoverage(data: Float32Array, side: number): Float32Array {
  const inkAt = (pixel: number): number =>
    Math.max(1 - data[pixel * 3]!, 1 - data[pixel * 3 + 1]!, 1 - data[pixel * 3 + 2]!);
  const coverage = new Float32Array(side * side).fill(1);
  const reached = new Uint8Array(side * side);
  const open: number[] = [];
  const visit = (pixel: number): void => {
    if (reached[pixel] === 1) return;
    reached[pixel] = 1;
    coverage[pixel] = Math.min(1, Math.max(0, (inkAt(pixel) - drawnFrom) / (drawnWholly - drawnFrom)));
    if (coverage[pixel]! < 0.5) open.push(pixel);
  };
  for (let at = 0; at < side; at++) {
    visit(at);
    visit((side - 1) * side + at);
    visit(at * side);
    visit(at * side + side - 1);
  }
  for (let pixel = open.pop(); pixel !== undefined; pixel = open.pop()) {
    const x = pixel % side;
    if (x > 0) visit(pixel - 1);
    if (x < side - 1) visit(pixel + 1);
    if (pixel >= side) visit(pixel - side);
    if (pixel < side * (side - 1)) visit(pixel + side);
  }
  return coverage;
}
