import { ConfigError } from "../errors.js";

type Inside = (x: number, y: number) => boolean;

const wants: Record<string, { numbers: string; fits: (count: number) => boolean }> = {
  circle: { numbers: "x y radius", fits: (count) => count === 3 },
  box: { numbers: "left top right bottom", fits: (count) => count === 4 },
  polygon: { numbers: "x y x y x y …", fits: (count) => count >= 6 && count % 2 === 0 },
};

/** Tests a point by the even-odd rule. Source: Shimrat 1962, "Algorithm 112: Position of point relative to polygon". */
function makePolygonTest(points: readonly (readonly [number, number])[]): Inside {
  return (x, y) => {
    let inside = false;
    points.forEach(([x1, y1], at) => {
      const [x0, y0] = points[(at + points.length - 1) % points.length]!;
      if (y1 > y !== y0 > y && x < x1 + ((y - y1) / (y0 - y1)) * (x0 - x1)) inside = !inside;
    });
    return inside;
  };
}

/**
 * Tells whether a text begins with the name of a shape: circle, box or polygon (see `drawShapeMask`).
 * @param text such as `circle 0.5 0.5 0.3`.
 * @returns true also for a shape with invalid numbers.
 */
export function isShape(text: string): boolean {
  return Object.hasOwn(wants, text.trim().split(/[\s,]+/)[0]!);
}

/**
 * Draws a mask from a shape: `circle 0.5 0.5 0.3` (x, y, radius), `box 0 0 0.5 1` (left, top, right, bottom) or
 * `polygon 0 1 0.5 0 1 1` (corners), in parts of the picture's width and height; the radius in parts of its shorter side.
 * @returns `[height, width]`, 1 inside and 0 outside; undefined when the text is no shape.
 * @throws {ConfigError} for a shape with wrong numbers.
 */
export function drawShapeMask(text: string, width: number, height: number): Float32Array | undefined {
  const [name, ...words] = text.trim().split(/[\s,]+/);
  if (!isShape(text)) return undefined;
  const shape = wants[name!]!;
  const numbers = words.map(Number);
  if (!shape.fits(numbers.length) || !numbers.every(Number.isFinite))
    throw new ConfigError(`mask "${text}": ${name} takes ${shape.numbers}, each from 0 to 1`);
  const short = Math.min(width, height);
  const [a, b, c, d] = numbers as [number, number, number, number];
  const inside: Inside =
    name === "circle"
      ? (x, y) => Math.hypot((x - a) * width, (y - b) * height) <= c * short
      : name === "box"
        ? (x, y) => x >= a && x <= c && y >= b && y <= d
        : makePolygonTest(
            Array.from({ length: numbers.length / 2 }, (_, at) => [numbers[2 * at]!, numbers[2 * at + 1]!]),
          );
  return Float32Array.from({ length: width * height }, (_, pixel) =>
    inside(((pixel % width) + 0.5) / width, (Math.floor(pixel / width) + 0.5) / height) ? 1 : 0,
  );
}
