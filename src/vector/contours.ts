import { contours } from "d3-contour";

/** x and y in pixels from the top left corner. */
export type Point = readonly [x: number, y: number];

/** Returns the area inside a ring. */
export function areaOf(ring: readonly Point[]): number {
  const twice = ring.reduce((sum, [x, y], at) => {
    const [nextX, nextY] = ring[(at + 1) % ring.length]!;
    return sum + x * nextY - nextX * y;
  }, 0);
  return Math.abs(twice) / 2;
}

/** Vertices nearer than this to the one before carry no information, in pixels. */
const nearest = 0.15;

function removeDuplicates(ring: readonly Point[]): Point[] {
  const points: Point[] = [];
  for (const point of ring) {
    const last = points[points.length - 1];
    if (!last || Math.hypot(point[0] - last[0], point[1] - last[1]) >= nearest) points.push(point);
  }
  const [first, last] = [points[0]!, points[points.length - 1]!];
  if (points.length > 3 && Math.hypot(first[0] - last[0], first[1] - last[1]) < nearest) points.pop();
  return points;
}

/**
 * Traces the closed outlines of where a field is above 0, holes included, by marching squares with linear interpolation.
 * @param field `[side, side]`, values at pixel centres.
 * @param smallest area in pixels from which islands and holes count.
 */
export function traceContours(field: Float32Array, side: number, smallest: number): Point[][][] {
  const { coordinates } = contours()
    .size([side, side])
    .smooth(true)
    .contour(field as unknown as number[], 0); // any indexed numbers will do
  return coordinates.flatMap((polygon) => {
    const [island, ...holes] = polygon.map((ring) =>
      removeDuplicates(ring.slice(0, -1) as [number, number][]),
    );
    const large = (ring: readonly Point[]): boolean => ring.length >= 3 && areaOf(ring) >= smallest;
    return large(island!) ? [[island!, ...holes.filter(large)]] : [];
  });
}
