import { type RgbaBytes, findUpperMedian } from "../../images/index.js";

/** A linear gradient of one channel: constant, and slopes along x and y, over coordinates from −1 to 1 of the picture. */
type Gradient = readonly [constant: number, alongX: number, alongY: number];

/**
 * Background of a picture: `transparent`, `colour` (one colour or a linear gradient, other than white), or `white` for all
 * other pictures, including photographs. The generator draws on white only, so the background is removed before an edit and
 * restored after it.
 */
export interface Ground {
  readonly kind: "white" | "transparent" | "colour";
  /** Red, green and blue of the background, in [0, 1]; white unless the kind is `colour`. */
  readonly gradients: readonly [Gradient, Gradient, Gradient];
}

const paper: Gradient = [1, 0, 0];
const white: Ground = { kind: "white", gradients: [paper, paper, paper] };
/** The background of pictures with transparency. */
export const transparentGround: Ground = { ...white, kind: "transparent" };

/** Differences from the background's colour (values in [0, 1]): coverage rises from 0 at the first to 1 at the second. */
const drawnFrom = 0.03;
const drawnWholly = 0.12;
/** Minimum share of transparent pixels in a picture with a transparent background. */
const clearShare = 0.02;
/** Minimum share of border pixels with the colour of a coloured background. */
const borderShare = 0.75;
/** Maximum mean difference from white (values in [0, 1]) of a background that counts as white. */
const nearWhite = 0.06;
/** Maximum differences from a fit (values in [0, 1]) of border pixels that the next fit uses. */
const fitWithin = [0.3, 0.1, 0.05];

/** Colours of a background at the pixels of a picture. */
export interface GroundColours {
  readonly ground: Ground;
  /** Returns a channel of the background at a pixel, in [0, 1]. */
  at(x: number, y: number, channel: number): number;
}

/** Returns the colours of a background for a picture of a size. */
export function groundColoursOf(
  ground: Ground,
  { width, height }: Pick<RgbaBytes, "width" | "height">,
): GroundColours {
  return {
    ground,
    at(x, y, channel) {
      const [constant, alongX, alongY] = ground.gradients[channel]!;
      const value = constant + alongX * ((2 * x + 1) / width - 1) + alongY * ((2 * y + 1) / height - 1);
      return Math.min(1, Math.max(0, value));
    },
  };
}

/** Measures the coverage of a pixel, 0 to 1: its alpha, or computed from its difference from the background's colour. */
export function measureDrawnPart(
  { width, rgba }: RgbaBytes,
  x: number,
  y: number,
  colours: GroundColours,
): number {
  const { kind } = colours.ground;
  if (kind === "white") return 1;
  const offset = (y * width + x) * 4;
  if (kind === "transparent") return rgba[offset + 3]! / 255;
  let apart = 0;
  for (let channel = 0; channel < 3; channel++)
    apart = Math.max(apart, Math.abs(rgba[offset + channel]! / 255 - colours.at(x, y, channel)));
  return Math.min(1, Math.max(0, (apart - drawnFrom) / (drawnWholly - drawnFrom)));
}

interface BorderPixel {
  readonly x: number;
  readonly y: number;
  /** Coordinates from −1 to 1. */
  readonly u: number;
  readonly v: number;
  readonly colour: readonly [number, number, number];
}

function listBorderPixels({ width, height, rgba }: RgbaBytes): BorderPixel[] {
  const pixels: BorderPixel[] = [];
  const add = (x: number, y: number): void => {
    const at = (y * width + x) * 4;
    const colour = [rgba[at]! / 255, rgba[at + 1]! / 255, rgba[at + 2]! / 255] as const;
    pixels.push({ x, y, u: (2 * x + 1) / width - 1, v: (2 * y + 1) / height - 1, colour });
  };
  for (let x = 0; x < width; x++) for (const y of [0, height - 1]) add(x, y);
  for (let y = 0; y < height; y++) for (const x of [0, width - 1]) add(x, y);
  return pixels;
}

/** Fits a gradient to a channel of border pixels by least squares; a constant where the pixels do not span the plane. */
function fitGradient(pixels: readonly BorderPixel[], channel: number): Gradient {
  let [count, u1, v1, uu, uv, vv, c1, cu, cv] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (const { u, v, colour } of pixels) {
    const value = colour[channel]!;
    count++;
    u1 += u;
    v1 += v;
    uu += u * u;
    uv += u * v;
    vv += v * v;
    c1 += value;
    cu += value * u;
    cv += value * v;
  }
  const mean = c1 / count;
  // Centred moments, then Cramer's rule.
  const [a, b, d] = [uu - (u1 * u1) / count, uv - (u1 * v1) / count, vv - (v1 * v1) / count];
  const [p, q] = [cu - mean * u1, cv - mean * v1];
  const determinant = a * d - b * b;
  if (determinant < 1e-6 * count * count) return [mean, 0, 0];
  const [alongX, alongY] = [(p * d - q * b) / determinant, (q * a - p * b) / determinant];
  return [mean - (alongX * u1 + alongY * v1) / count, alongX, alongY];
}

const valueOf = ([constant, alongX, alongY]: Gradient, { u, v }: BorderPixel): number =>
  constant + alongX * u + alongY * v;

/**
 * Fits linear gradients to the border robustly: starts from the median colour; each fit uses the pixels near the
 * previous fit.
 */
function fitBorder(border: readonly BorderPixel[]): Ground["gradients"] {
  const median = (channel: number): Gradient => [
    findUpperMedian(border.map(({ colour }) => colour[channel]!))!,
    0,
    0,
  ];
  let gradients: Ground["gradients"] = [median(0), median(1), median(2)];
  for (const within of fitWithin) {
    const near = border.filter((pixel) =>
      gradients.every(
        (gradient, channel) => Math.abs(valueOf(gradient, pixel) - pixel.colour[channel]!) < within,
      ),
    );
    if (near.length < 3) return gradients;
    gradients = [fitGradient(near, 0), fitGradient(near, 1), fitGradient(near, 2)];
  }
  return gradients;
}

/** Detects the background of a picture, from its alpha or else from the colours of its border. The picture may be a reduced copy. */
export function detectGround(bytes: RgbaBytes): Ground {
  const { rgba } = bytes;
  let clear = 0;
  for (let at = 3; at < rgba.length; at += 4) if (rgba[at]! < 128) clear++;
  if (clear > clearShare * (rgba.length / 4)) return transparentGround;
  if (clear > 0) return white;
  const border = listBorderPixels(bytes);
  const ground: Ground = { kind: "colour", gradients: fitBorder(border) };
  const isWhite = Math.max(...ground.gradients.map(([constant]) => 1 - constant)) <= nearWhite;
  if (isWhite) return white;
  const colours = groundColoursOf(ground, bytes);
  const same = border.filter(({ x, y }) => measureDrawnPart(bytes, x, y, colours) === 0).length;
  return same >= borderShare * border.length ? ground : white;
}

/** Makes a coloured background transparent; returns other pictures unchanged. */
export function removeGround(bytes: RgbaBytes, ground: Ground): RgbaBytes {
  if (ground.kind !== "colour") return bytes;
  const { width, height } = bytes;
  const colours = groundColoursOf(ground, bytes);
  const rgba = bytes.rgba.slice();
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 4;
      const part = measureDrawnPart(bytes, x, y, colours);
      rgba[at + 3] = Math.round(part * 255);
      for (let channel = 0; channel < 3 && part > 0; channel++) {
        const mixed = rgba[at + channel]! / 255;
        const own = (mixed - (1 - part) * colours.at(x, y, channel)) / part;
        rgba[at + channel] = Math.round(Math.min(1, Math.max(0, own)) * 255);
      }
    }
  return { ...bytes, rgba };
}
