import type { Point } from "./contours.js";
import { type Segment, fitCubics, tangentAt } from "./bezier.js";

/** A closed outline. */
export interface Outline {
  readonly start: Point;
  readonly segments: readonly Segment[];
}

/** Length of outline on either side of a vertex over which its turn is measured, in pixels. */
const reach = 2.5;
/** Turn from which a vertex is a corner, in radians. */
const cornerTurn = (50 * Math.PI) / 180;

const computeDistance = (a: Point, b: Point): number => Math.hypot(a[0] - b[0], a[1] - b[1]);

/** Turn of a ring at a vertex, between the chords that reach `reach` back and forth. */
function turnAt(ring: readonly Point[], at: number): number {
  const count = ring.length;
  const chord = (step: 1 | -1): Point => {
    const from = ring[at]!;
    for (let index = 1; index < count; index++) {
      const point = ring[(at + step * index + count) % count]!;
      if (computeDistance(point, from) >= reach || index === count - 1)
        return [(point[0] - from[0]) * step, (point[1] - from[1]) * step];
    }
    return [0, 0];
  };
  const [before, after] = [chord(-1), chord(1)];
  const cross = before[0] * after[1] - before[1] * after[0];
  return Math.abs(Math.atan2(cross, before[0] * after[0] + before[1] * after[1]));
}

/**
 * Finds the indices of the corners of a ring: vertices that turn more than `cornerTurn` and more than all others within `reach`.
 */
function findCorners(ring: readonly Point[]): number[] {
  const count = ring.length;
  const turns = ring.map((_, at) => turnAt(ring, at));
  return turns.flatMap((turn, at) => {
    if (turn < cornerTurn) return [];
    for (const step of [1, -1])
      for (let index = 1; index < count; index++) {
        const other = (at + step * index + count * index) % count;
        if (computeDistance(ring[other]!, ring[at]!) >= reach) break;
        if (turns[other]! > turn || (turns[other] === turn && other < at)) return [];
      }
    return [at];
  });
}

/** Measures the largest distance of inner points from the chord of the ends. */
function measureDeviation(points: readonly Point[]): number {
  const [first, last] = [points[0]!, points[points.length - 1]!];
  const length = computeDistance(first, last);
  if (length === 0) return Infinity;
  const [x, y] = [(last[0] - first[0]) / length, (last[1] - first[1]) / length];
  return Math.max(...points.map((point) => Math.abs((point[0] - first[0]) * y - (point[1] - first[1]) * x)));
}

/**
 * Fits a closed ring by lines and cubic Béziers that stay within a distance of it; corners stay corners.
 * @param ring at least three vertices, the first not repeated at the end.
 * @param tolerance largest distance in pixels.
 */
export function fitOutline(ring: readonly Point[], tolerance: number): Outline {
  const corners = findCorners(ring);
  const start = corners[0] ?? 0;
  const turned = [...ring.slice(start), ...ring.slice(0, start), ring[start]!];
  const cuts = corners.length > 0 ? corners.map((at) => at - start) : [0];
  const segments: Segment[] = [];
  cuts.forEach((from, index) => {
    const points = turned.slice(from, (cuts[index + 1] ?? ring.length) + 1);
    if (measureDeviation(points) <= tolerance / 2) {
      segments.push({ to: points[points.length - 1]! });
      return;
    }
    // A smooth ring has one tangent where it begins and ends.
    const tangent = corners.length === 0 ? tangentAt(ring, 0) : undefined;
    segments.push(...fitCubics(points, tolerance, tangent));
  });
  return { start: turned[0]!, segments };
}
