import { InputError } from "../errors.js";
import { loadPicture, resizePicture } from "./files.js";
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

/**
 * Reads a mask: white may change, black may not, grey in between; transparent counts as black. One of the same aspect but
 * another size is scaled.
 * @throws {InputError} when it is of another aspect.
 */
export async function loadMask(path: string, width: number, height: number): Promise<LoadedMask> {
  return maskOfPicture(await loadPicture(path), path, width, height);
}

/** As `loadMask`, of a picture that is read already; `name` names it in errors. */
export async function maskOfPicture(
  read: RgbaBytes,
  path: string,
  width: number,
  height: number,
): Promise<LoadedMask> {
  const mask = Float32Array.from({ length: read.width * read.height }, (_, pixel) => {
    const [red, green, blue, alpha] = read.rgba.subarray(pixel * 4, pixel * 4 + 4) as unknown as [
      number,
      number,
      number,
      number,
    ];
    return ((0.2126 * red + 0.7152 * green + 0.0722 * blue) * alpha) / (255 * 255);
  });
  if (read.width === width && read.height === height) return { mask };
  if (Math.abs((read.width * height) / (read.height * width) - 1) > slack)
    throw new InputError(
      `${path}: the mask is ${read.width}×${read.height}, the picture ${width}×${height}: give one of the same shape`,
    );
  const grey = Float32Array.from({ length: mask.length * 3 }, (_, at) => mask[Math.floor(at / 3)]!);
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
  return Float32Array.from({ length: width * height }, (_, pixel) => {
    const apart = Math.max(...paper.map((value, channel) => Math.abs(data[pixel * 3 + channel]! - value)));
    return Math.min(1, Math.max(0, (apart - low) / (high - low)));
  });
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
