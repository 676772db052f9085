import { InputError } from "../errors.js";
import { loadPicture } from "./decode.js";
import { resizePicture } from "./files.js";
import { findUpperMedian } from "./median.js";
import type { Picture, RgbaBytes } from "./picture.js";

/** A mask at a picture's size. */
export interface LoadedMask {
  /** `[height, width]` in [0, 1]. */
  readonly mask: Float32Array;
  /** Size of the file when the mask was scaled, for example `128×128`. */
  readonly scaledFrom?: string;
}

/** Maximum relative difference between the aspect ratios of a scaled mask and the picture. */
const slack = 0.02;

/** Minimum difference between the channels of a coloured pixel, of 255; and minimum share of such pixels in a coloured picture. */
const colour = { spread: 32, share: 0.01 };
/** Typical error of JPEG compression, in [0, 1]. Values within it of black or white are set to black or white. */
const ringing = 16 / 255;

/**
 * Reads a mask. White may change, black and transparent pixels may not, and grey is in between. A mask of the same aspect ratio is scaled to
 * the picture's size. In a JPEG, values close to black and white are set to black and white.
 * @param path path of a picture file.
 * @param width width of the picture in pixels. @param height its height.
 * @returns one value in [0, 1] for each pixel of the picture, row by row; 1 may change.
 * @throws {InputError} for a different aspect ratio, a coloured picture, or a transparent hole (the convention of some other tools).
 */
export async function loadMask(path: string, width: number, height: number): Promise<LoadedMask> {
  return decodeMask(await loadPicture(path), path, { width, height });
}

/**
 * As `loadMask`, for a decoded picture. `path` is used in errors.
 * @param options.invert inverts the mask: black or a transparent hole may change.
 */
export async function decodeMask(
  decoded: RgbaBytes & { readonly format?: string },
  path: string,
  { width, height, invert = false }: { width: number; height: number; invert?: boolean },
): Promise<LoadedMask> {
  const isHole = hasHole(decoded);
  if (isHole && !invert)
    throw new InputError(
      `${path}: has a transparent hole; a mask is white where the picture may change: invert the mask if the hole may change, or fill the hole with white and the rest with black`,
      { reason: "mask-hole" },
    );
  // Outside a hole, a mask often contains the picture itself, so its colours are ignored.
  const mask = isHole ? computeOpacity(decoded) : computeLuminance(decoded);
  if (!isHole && isColoured(decoded))
    throw new InputError(
      `${path}: is a picture in colour, not a mask; a mask is white where the picture may change, black elsewhere`,
    );
  if (decoded.format === "jpeg")
    for (let pixel = 0; pixel < mask.length; pixel++)
      mask[pixel] = Math.min(1, Math.max(0, (mask[pixel]! - ringing) / (1 - 2 * ringing)));
  if (invert) for (let pixel = 0; pixel < mask.length; pixel++) mask[pixel] = 1 - mask[pixel]!;
  if (decoded.width === width && decoded.height === height) return { mask };
  if (Math.abs((decoded.width * height) / (decoded.height * width) - 1) > slack)
    throw new InputError(
      `${path}: the mask is ${decoded.width}×${decoded.height}, the picture ${width}×${height}: give one of the same shape`,
    );
  const grey = new Float32Array(mask.length * 3);
  for (let at = 0; at < grey.length; at++) grey[at] = mask[Math.floor(at / 3)]!;
  const { data } = await resizePicture(
    { width: decoded.width, height: decoded.height, data: grey },
    width,
    height,
    "cubic",
  );
  return {
    mask: data.filter((_, at) => at % 3 === 0),
    scaledFrom: `${decoded.width}×${decoded.height}`,
  };
}

/** Computes the opacity of each pixel: `[height, width]` in [0, 1]. */
function computeOpacity({ width, height, rgba }: RgbaBytes): Float32Array {
  return Float32Array.from({ length: width * height }, (_, pixel) => rgba[pixel * 4 + 3]! / 255);
}

/** Computes the luminance times opacity of each pixel: `[height, width]` in [0, 1]. */
function computeLuminance({ width, height, rgba }: RgbaBytes): Float32Array {
  const values = new Float32Array(width * height);
  for (let pixel = 0, at = 0; pixel < values.length; pixel++, at += 4) {
    const light = 0.2126 * rgba[at]! + 0.7152 * rgba[at + 1]! + 0.0722 * rgba[at + 2]!;
    values[pixel] = (light * rgba[at + 3]!) / (255 * 255);
  }
  return values;
}

/** Tells whether the share of coloured, opaque pixels exceeds `colour.share`. */
function isColoured({ width, height, rgba }: RgbaBytes): boolean {
  let coloured = 0;
  for (let at = 0; at < rgba.length; at += 4) {
    const [red, green, blue] = [rgba[at]!, rgba[at + 1]!, rgba[at + 2]!];
    const spread = Math.max(red, green, blue) - Math.min(red, green, blue);
    if (rgba[at + 3]! >= 128 && spread > colour.spread) coloured++;
  }
  return coloured > colour.share * width * height;
}

/**
 * Tells whether a transparent hole marks the pixels that may change: the picture has transparent pixels, and either its edge is
 * opaque and not black, or no opaque pixel is light. A white shape on a transparent ground has no hole.
 */
function hasHole(picture: RgbaBytes): boolean {
  const { width, height, rgba } = picture;
  let [transparent, light, edge, lightEdge] = [0, 0, 0, 0];
  computeLuminance(picture).forEach((value, pixel) => {
    const [column, row] = [pixel % width, Math.floor(pixel / width)];
    const isLight = value > 0.5;
    if (rgba[pixel * 4 + 3]! < 128) transparent++;
    if (isLight) light++;
    if (column === 0 || row === 0 || column === width - 1 || row === height - 1) {
      edge++;
      if (isLight || (rgba[pixel * 4 + 3]! >= 128 && value > 0.1)) lightEdge++;
    }
  });
  return transparent > 0 && (light === 0 || lightEdge > 0.9 * edge);
}

/** Differences from the paper's colour, in [0, 1], at which the drawn share of a pixel starts to rise from 0 and reaches 1. */
const ink = [0.03, 0.12] as const;

/**
 * Measures the drawn share of each pixel, by its difference from the paper: the median colour of the picture's border.
 * @returns `[height, width]`, from 0 for paper to 1 for drawn pixels.
 */
export function measureDrawnParts({ width, height, data }: Picture): Float32Array {
  const border: number[] = [];
  for (let pixel = 0; pixel < width * height; pixel++) {
    const [column, row] = [pixel % width, Math.floor(pixel / width)];
    if (column === 0 || row === 0 || column === width - 1 || row === height - 1) border.push(pixel);
  }
  const paper = [0, 1, 2].map((channel) =>
    findUpperMedian(border.map((pixel) => data[pixel * 3 + channel]!))!,
  );
  const [low, high] = ink;
  const parts = new Float32Array(width * height);
  for (let pixel = 0; pixel < parts.length; pixel++) {
    const apart = Math.max(...paper.map((value, channel) => Math.abs(data[pixel * 3 + channel]! - value)));
    parts[pixel] = Math.min(1, Math.max(0, (apart - low) / (high - low)));
  }
  return parts;
}

/** Measures the drawn share of the area that a mask `[height, width]` lets change. */
export function measureDrawnShare(picture: Picture, mask: Float32Array): number {
  const parts = measureDrawnParts(picture);
  let [open, drawnArea] = [0, 0];
  mask.forEach((part, pixel) => {
    open += part;
    drawnArea += part * parts[pixel]!;
  });
  return open === 0 ? 0 : drawnArea / open;
}
