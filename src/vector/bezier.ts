import type { Point } from "./contours.js";

/** One piece of an outline: a cubic Bézier with two control points, or a straight line without. */
export interface Segment {
  readonly controls?: readonly [Point, Point];
  readonly to: Point;
}

type Cubic = readonly [Point, Point, Point, Point];

const subtract = (a: Point, b: Point): Point => [a[0] - b[0], a[1] - b[1]];
const computeDot = (a: Point, b: Point): number => a[0] * b[0] + a[1] * b[1];
const moveAlong = (from: Point, direction: Point, by: number): Point => [
  from[0] + direction[0] * by,
  from[1] + direction[1] * by,
];
const toUnit = (vector: Point): Point => {
  const length = Math.hypot(...vector) || 1;
  return [vector[0] / length, vector[1] / length];
};

/** Vertices on either side over which a tangent is measured. */
const span = 3;

/** Returns the unit tangent of a closed ring at a vertex. */
export function tangentAt(ring: readonly Point[], at: number): Point {
  const count = ring.length;
  const step = Math.min(span, Math.floor((count - 1) / 2));
  return toUnit(subtract(ring[(at + step) % count]!, ring[(at - step + count) % count]!));
}

/** Returns the unit tangent of an open line at a vertex, in its direction. */
function openTangentAt(points: readonly Point[], at: number): Point {
  return toUnit(subtract(points[Math.min(points.length - 1, at + span)]!, points[Math.max(0, at - span)]!));
}

/** Computes the point of a curve at a parameter in [0, 1]. */
function pointOn([a, b, c, d]: Cubic, t: number): Point {
  const s = 1 - t;
  const [wa, wb, wc, wd] = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
  return [wa * a[0] + wb * b[0] + wc * c[0] + wd * d[0], wa * a[1] + wb * b[1] + wc * c[1] + wd * d[1]];
}

/** Computes the parameters in [0, 1] by the length along the points. */
function computeChordParameters(points: readonly Point[]): Float64Array {
  const lengths = new Float64Array(points.length);
  for (let at = 1; at < points.length; at++)
    lengths[at] = lengths[at - 1]! + Math.hypot(...subtract(points[at]!, points[at - 1]!));
  const whole = lengths[lengths.length - 1]! || 1;
  return lengths.map((length) => length / whole);
}

/**
 * Fits the cubic with given end tangents (pointing inwards) that is nearest to the points at their parameters, by least
 * squares.
 */
function fitCubic(points: readonly Point[], parameters: Float64Array, first: Point, last: Point): Cubic {
  const [from, to] = [points[0]!, points[points.length - 1]!];
  let [c00, c01, c11, x0, x1] = [0, 0, 0, 0, 0];
  points.forEach((point, at) => {
    const t = parameters[at]!;
    const s = 1 - t;
    const [b0, b1, b2, b3] = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
    const [a0, a1] = [moveAlong([0, 0], first, b1), moveAlong([0, 0], last, b2)];
    const rest = subtract(point, [
      from[0] * (b0 + b1) + to[0] * (b2 + b3),
      from[1] * (b0 + b1) + to[1] * (b2 + b3),
    ]);
    c00 += computeDot(a0, a0);
    c01 += computeDot(a0, a1);
    c11 += computeDot(a1, a1);
    x0 += computeDot(a0, rest);
    x1 += computeDot(a1, rest);
  });
  const determinant = c00 * c11 - c01 * c01;
  let [start, end] = [(x0 * c11 - x1 * c01) / determinant, (c00 * x1 - c01 * x0) / determinant];
  const length = Math.hypot(...subtract(to, from));
  // Handles that point backwards, or far past the other end, make loops: a third of the chord does not.
  const usable = (handle: number): boolean => handle > 1e-3 * length && handle < 4 * length;
  if (!(Math.abs(determinant) > 1e-9) || !usable(start) || !usable(end)) start = end = length / 3;
  return [from, moveAlong(from, first, start), moveAlong(to, last, end), to];
}

/** Moves each parameter by one Newton step towards the nearest place on the cubic. */
function refineParameters(cubic: Cubic, points: readonly Point[], parameters: Float64Array): Float64Array {
  const [a, b, c, d] = cubic;
  return parameters.map((t, at) => {
    const s = 1 - t;
    const axis = (k: 0 | 1): [first: number, second: number] => [
      3 * (s * s * (b[k] - a[k]) + 2 * s * t * (c[k] - b[k]) + t * t * (d[k] - c[k])),
      6 * (s * (c[k] - 2 * b[k] + a[k]) + t * (d[k] - 2 * c[k] + b[k])),
    ];
    const [[x1, x2], [y1, y2]] = [axis(0), axis(1)];
    const off = subtract(pointOn(cubic, t), points[at]!);
    const slope = x1 * x1 + y1 * y1 + off[0] * x2 + off[1] * y2;
    if (Math.abs(slope) < 1e-12) return t;
    return Math.min(1, Math.max(0, t - (off[0] * x1 + off[1] * y1) / slope));
  });
}

/** Finds the largest distance of the points from the cubic at their parameters, and where it is. */
function findWorstPoint(cubic: Cubic, points: readonly Point[], parameters: Float64Array): [number, number] {
  let [worst, place] = [0, points.length >> 1];
  points.forEach((point, at) => {
    const off = Math.hypot(...subtract(pointOn(cubic, parameters[at]!), point));
    if (off > worst) [worst, place] = [off, at];
  });
  return [worst, place];
}

const refinements = 4;

function fitBetween(points: readonly Point[], first: Point, last: Point, tolerance: number): Segment[] {
  const to = points[points.length - 1]!;
  if (points.length === 2) return [{ to }];
  let parameters = computeChordParameters(points);
  let cubic = fitCubic(points, parameters, first, last);
  let [worst, place] = findWorstPoint(cubic, points, parameters);
  for (let round = 0; round < refinements && worst > tolerance && worst < 16 * tolerance; round++) {
    parameters = refineParameters(cubic, points, parameters);
    cubic = fitCubic(points, parameters, first, last);
    [worst, place] = findWorstPoint(cubic, points, parameters);
  }
  if (worst <= tolerance) return [{ controls: [cubic[1], cubic[2]], to }];
  const cut = Math.min(points.length - 2, Math.max(1, place));
  const tangent = openTangentAt(points, cut);
  const back: Point = [-tangent[0], -tangent[1]];
  return [
    ...fitBetween(points.slice(0, cut + 1), first, back, tolerance),
    ...fitBetween(points.slice(cut), tangent, last, tolerance),
  ];
}

/**
 * Fits a line of points by cubic Béziers with common tangents where they meet.
 * Source: Schneider, An Algorithm for Automatically Fitting Digitized Curves (Graphics Gems, 1990).
 * @param points at least two.
 * @param tolerance largest distance in pixels.
 * @param tangent of a closed line at its beginning and end, in its direction; measured at both ends when absent.
 */
export function fitCubics(points: readonly Point[], tolerance: number, tangent?: Point): Segment[] {
  const first = tangent ?? openTangentAt(points, 0);
  const last = tangent ?? openTangentAt(points, points.length - 1);
  return fitBetween(points, first, [-last[0], -last[1]], tolerance);
}
