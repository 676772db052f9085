import { ConfigError } from "../errors.js";

/** Means over squares with a side of `2 · radius + 1` pixels, clipped to the picture. */
export function computeBoxMeans(
  values: Float32Array,
  width: number,
  height: number,
  radius: number,
): Float32Array {
  const along = (from: Float32Array, count: number, lines: number, step: number, jump: number) => {
    const to = new Float32Array(from.length);
    for (let line = 0; line < lines; line++) {
      const start = line * jump;
      let sum = 0;
      let [low, high] = [0, 0]; // the window is [low, high)
      for (let at = 0; at < count; at++) {
        for (; high < Math.min(count, at + radius + 1); high++) sum += from[start + high * step]!;
        for (; low < at - radius; low++) sum -= from[start + low * step]!;
        to[start + at * step] = sum / (high - low);
      }
    }
    return to;
  };
  return along(along(values, width, height, 1, width), height, width, width, 1);
}

type Planes = [Float32Array, Float32Array, Float32Array];

/** Options of the guided filter. */
export interface GuidedOptions {
  readonly width: number;
  readonly height: number;
  /** Half the window's side, in pixels. */
  readonly radius: number;
  /** Variance of colours in [0, 1] below which the guide counts as flat. */
  readonly flat: number;
}

/**
 * Smooths maps and aligns their edges with a colour picture. In each window a map is replaced by its least-squares fit as a linear
 * function of the colours.
 * Source: He, Sun & Tang 2010, "Guided Image Filtering", equations 14, 19 and 20.
 * @param maps `[height, width]` each; @param guide `[height, width, 3]` in [0, 1].
 * @throws {ConfigError} when the sizes differ.
 */
export function filterByGuide(
  maps: readonly Float32Array[],
  guide: Float32Array,
  options: GuidedOptions,
): Float32Array[] {
  const { width, height, radius, flat } = options;
  const size = width * height;
  if (guide.length !== 3 * size || maps.some(({ length }) => length !== size))
    throw new ConfigError(`guided filter: the maps or the guide are not of ${width}×${height}`);
  const mean = (values: (pixel: number) => number): Float32Array =>
    computeBoxMeans(
      Float32Array.from({ length: size }, (_, pixel) => values(pixel)),
      width,
      height,
      radius,
    );
  const of = (pixel: number, channel: number): number => guide[pixel * 3 + channel]!;
  const [red, green, blue] = [0, 1, 2].map((channel) => mean((pixel) => of(pixel, channel))) as Planes;
  const product = (a: number, b: number): Float32Array => mean((pixel) => of(pixel, a) * of(pixel, b));
  const [rr, rg, rb] = [product(0, 0), product(0, 1), product(0, 2)];
  const [gg, gb, bb] = [product(1, 1), product(1, 2), product(2, 2)];
  return maps.map((map) => {
    const values = mean((pixel) => map[pixel]!);
    const [jr, jg, jb] = [0, 1, 2].map((channel) =>
      mean((pixel) => of(pixel, channel) * map[pixel]!),
    ) as Planes;
    const [alongRed, alongGreen, alongBlue, offset] = [0, 1, 2, 3].map(() => new Float32Array(size)) as [
      ...Planes,
      Float32Array,
    ];
    for (let at = 0; at < size; at++) {
      const [r, g, b, value] = [red[at]!, green[at]!, blue[at]!, values[at]!];
      const [xx, yy, zz] = [rr[at]! - r * r + flat, gg[at]! - g * g + flat, bb[at]! - b * b + flat];
      const [xy, xz, yz] = [rg[at]! - r * g, rb[at]! - r * b, gb[at]! - g * b];
      const [u, v, w] = [jr[at]! - r * value, jg[at]! - g * value, jb[at]! - b * value];
      // Cramer's rule; `flat` on the diagonal keeps the determinant above flat³.
      const [a, c, d] = [yy * zz - yz * yz, xz * yz - xy * zz, xy * yz - xz * yy];
      const [e, f, h] = [xx * zz - xz * xz, xy * xz - xx * yz, xx * yy - xy * xy];
      const scale = 1 / (xx * a + xy * c + xz * d);
      alongRed[at] = (a * u + c * v + d * w) * scale;
      alongGreen[at] = (c * u + e * v + f * w) * scale;
      alongBlue[at] = (d * u + f * v + h * w) * scale;
      offset[at] = value - alongRed[at]! * r - alongGreen[at]! * g - alongBlue[at]! * b;
    }
    const [p, q, s, t] = [alongRed, alongGreen, alongBlue, offset].map((plane) =>
      computeBoxMeans(plane, width, height, radius),
    ) as [...Planes, Float32Array];
    return t.map((value, at) => value + p[at]! * of(at, 0) + q[at]! * of(at, 1) + s[at]! * of(at, 2));
  });
}
