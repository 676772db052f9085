import { InputError } from "../errors.js";
import { loadPicture } from "./decode.js";
import { resizePicture } from "./files.js";
import type { Picture, RgbaBytes } from "./picture.js";

/** A mask at a picture's size. */
export interface LoadedMask {
  /** `[height, width]` in [0, 1]. */
  readonly mask: Float32Array;
  /** Its own size when it had another one: `128×128`. */
  readonly scaledFrom?: string;
}

/** How much the aspect of a mask may differ from the picture's to be scaled. */
const slack = 0.02;

/** Difference between the channels of a pixel, of 255, from which it is coloured; and share of such pixels from which a picture is. */
const colour = { spread: 32, share: 0.01 };
/** Compression of a JPEG moves values by about this much, of 1: up to it they are black, and as near to white, white. */
const ringing = 16 / 255;

/**
 * Reads a mask: white may change, black may not, grey in between; transparent counts as black. One of the same aspect but
 * another size is scaled. In a JPEG, values close to black and white are black and white.
 * @throws {InputError} when it is of another aspect, in colour, or marks by a transparent hole what may change, as other tools do.
 */
export async function loadMask(path: string, width: number, height: number): Promise<LoadedMask> {
  return maskOfPicture(await loadPicture(path), path, { width, height });
}

/**
 * As `loadMask`, of a picture that is read already; `path` names it in errors.
 * @param options.invert reads it as its opposite: black or a transparent hole may change.
 */
export async function maskOfPicture(
  read: RgbaBytes & { readonly format?: string },
  path: string,
  { width, height, invert = false }: { width: number; height: number; invert?: boolean },
): Promise<LoadedMask> {
  const isHole = hasHole(read);
  if (isHole && !invert)
    throw new InputError(
      `${path}: has a transparent hole; a mask is white where the picture may change: invert the mask if the hole may change, or fill the hole with white and the rest with black`,
      { reason: "mask-hole" },
    );
  // What a hole leaves is often the picture itself, whose colours say nothing.
  const mask = isHole ? opacity(read) : luminance(read);
  if (!isHole && isColoured(read))
    throw new InputError(
      `${path}: is a picture in colour, not a mask; a mask is white where the picture may change, black elsewhere`,
    );
  if (read.format === "jpeg")
    for (let pixel = 0; pixel < mask.length; pixel++)
      mask[pixel] = Math.min(1, Math.max(0, (mask[pixel]! - ringing) / (1 - 2 * ringing)));
  if (invert) for (let pixel = 0; pixel < mask.length; pixel++) mask[pixel] = 1 - mask[pixel]!;
  if (read.width === width && read.height === height) return { mask };
  if (Math.abs((read.width * height) / (read.height * width) - 1) > slack)
    throw new InputError(
      `${path}: the mask is ${read.width}×${read.height}, the picture ${width}×${height}: give one of the same shape`,
    );
  const grey = new Float32Array(mask.length * 3);
  for (let at = 0; at < grey.length; at++) grey[at] = mask[Math.floor(at / 3)]!;
  const { data } = await resizePicture(
    { width: read.width, height: read.height, data: grey },
    width,
    height,
    "cubic",
  );
  return {
    mask: data.filter((_, at) => at % 3 === 0),
    scaledFrom: `${read.width}×${read.height}`,
  };
}

/** Opacity of each pixel: `[height, width]` in [0, 1]. */
function opacity({ width, height, rgba }: RgbaBytes): Float32Array {
  return Float32Array.from({ length: width * height }, (_, pixel) => rgba[pixel * 4 + 3]! / 255);
}

/** Luminance times opacity of each pixel: `[height, width]` in [0, 1]. */
function luminance({ width, height, rgba }: RgbaBytes): Float32Array {
  const values = new Float32Array(width * height);
  for (let pixel = 0, at = 0; pixel < values.length; pixel++, at += 4) {
    const light = 0.2126 * rgba[at]! + 0.7152 * rgba[at + 1]! + 0.0722 * rgba[at + 2]!;
    values[pixel] = (light * rgba[at + 3]!) / (255 * 255);
  }
  return values;
}

/** Whether more than a few of the opaque pixels have a colour. */
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
 * Whether transparency marks what may change: in a picture whose edge is opaque and not black, or where nothing opaque is light. A white
 * shape on a transparent ground is neither.
 */
function hasHole(picture: RgbaBytes): boolean {
  const { width, height, rgba } = picture;
  let [transparent, light, edge, lightEdge] = [0, 0, 0, 0];
  luminance(picture).forEach((value, pixel) => {
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

/** Differences from the paper's colour, of 1: from the first on a pixel is drawn a little, from the second on wholly. */
const ink = [0.03, 0.12] as const;

/**
 * How much each pixel differs from the paper, the most usual colour of the picture's border.
 * @returns `[height, width]`, 0 for paper to 1 for what is drawn.
 */
export function drawnParts({ width, height, data }: Picture): Float32Array {
  const border: number[] = [];
  for (let pixel = 0; pixel < width * height; pixel++) {
    const [column, row] = [pixel % width, Math.floor(pixel / width)];
    if (column === 0 || row === 0 || column === width - 1 || row === height - 1) border.push(pixel);
  }
  const paper = [0, 1, 2].map((channel) => {
    const values = border.map((pixel) => data[pixel * 3 + channel]!).sort((a, b) => a - b);
    return values[values.length >> 1]!;
  });
  const [low, high] = ink;
  const parts = new Float32Array(width * height);
  for (let pixel = 0; pixel < parts.length; pixel++) {
    const apart = Math.max(...paper.map((value, channel) => Math.abs(data[pixel * 3 + channel]! - value)));
    parts[pixel] = Math.min(1, Math.max(0, (apart - low) / (high - low)));
  }
  return parts;
}

/** Part of what a mask `[height, width]` lets change that is drawn on. */
export function drawnShare(picture: Picture, mask: Float32Array): number {
  const parts = drawnParts(picture);
  let [open, drawn] = [0, 0];
  mask.forEach((part, pixel) => {
    open += part;
    drawn += part * parts[pixel]!;
  });
  return open === 0 ? 0 : drawn / open;
}
