import { type ImageConfig, resizeForEncoder, imageSide, inputSideOf } from "../clip/index.js";
import {
  type Picture,
  padToSquare,
  decodePicture,
  resizePicture,
  decodeRgb,
  sharesOf,
  squareBytes,
} from "../images/index.js";

/**
 * A picture that may still be RGB bytes `[height, width, 3]`: `data` converts them on access. An encoder does not access it, since
 * arrays of its size for every picture of a folder would keep the garbage collector busy.
 */
export interface Shown extends Picture {
  readonly bytes?: Uint8Array;
  /** Its values for several encoders, by `describeView`, where the picture itself has been freed. */
  readonly views?: ReadonlyMap<string, Float32Array | Uint8Array>;
}

/**
 * Crops the part of a picture that has any influence: for a strip, a piece around the middle square that encoders see.
 */
function cropMiddle<T extends { width: number; height: number; data: Float32Array | Uint8Array }>(
  picture: T,
  config: ImageConfig,
): Pick<T, "width" | "height" | "data"> {
  const { width, height, data } = picture;
  const isSqueezed = config.kind === "vit" && config.pool === "attention"; // it sees the whole strip
  const most = isSqueezed ? Infinity : Math.min(width, height) * maxAspect;
  if (width <= most && height <= most) return picture;
  const [columns, rows] = [Math.min(width, most), Math.min(height, most)];
  const [left, top] = [(width - columns) >> 1, (height - rows) >> 1];
  const part =
    data instanceof Float32Array ? new Float32Array(columns * rows * 3) : new Uint8Array(columns * rows * 3);
  for (let row = 0; row < rows; row++) {
    const start = ((row + top) * width + left) * 3;
    part.set(data.subarray(start, start + columns * 3), row * columns * 3);
  }
  return { width: columns, height: rows, data: part };
}

/** Ratio of sides up to which a picture is resampled whole. */
const maxAspect = 16;

/** Describes what an image encoder is shown of a picture: encoders with the same answer are shown the same. */
export function describeView(config: ImageConfig): string {
  if (config.kind === undefined) return "white square";
  const fit = config.kind === "vit" && config.pool === "attention" ? "squeezed" : "middle";
  return `${fit} ${config.side}`;
}

/** Centres a picture on a white square, as the small encoders take it, by default of 64×64. */
export async function fitForEncoder(picture: Picture, side = imageSide): Promise<Picture> {
  const { width, height } = picture;
  if (width === side && height === side) return picture;
  const long = Math.max(width, height);
  if (long <= maxPadded) return resizePicture(padToSquare(picture).picture, side, side);
  // The square around a strip may be thousands of times as large as the strip: it is reduced first.
  const reduced = (length: number): number => Math.max(1, Math.round((length * side) / long));
  return padToSquare(await resizePicture(picture, reduced(width), reduced(height))).picture;
}

/** Longest side in pixels of a picture that is padded at its own size. */
const maxPadded = 4096;

/**
 * Prepares a picture for an image encoder. Encoders of this toolkit get the whole picture on a white square; published ones get it
 * as their authors prepare it (`resizeForEncoder`). A picture of the encoder's size is not changed.
 * @returns `[side, side, 3]` in [0, 1], or as bytes.
 */
export async function prepare(picture: Shown, config: ImageConfig): Promise<Float32Array | Uint8Array> {
  const side = inputSideOf(config);
  if (picture.width === side && picture.height === side) return picture.bytes ?? picture.data;
  const ready = picture.views?.get(describeView(config));
  if (ready) return ready;
  if (config.kind === undefined) return (await fitForEncoder(picture)).data;
  return resizeForEncoder(config, cropMiddle(picture, config)).data as Float32Array;
}

/** Number of pixels up to which a decoded picture is kept in memory until it is encoded. */
const maxCachedValues = 4e6;

/**
 * Decodes a picture file's bytes. If all encoders take the same pixels, it also prepares them, so that a large picture is freed
 * early.
 */
export async function openShown(configs: readonly ImageConfig[], file: Buffer, path: string): Promise<Shown> {
  const [only, ...others] = configs as [ImageConfig, ...ImageConfig[]];
  if (others.length > 0) {
    const picture = await decodePicture(file, path);
    const { width, height, data } = picture;
    if (width * height <= maxCachedValues) return picture;
    // Several large pictures are read ahead: each is prepared for every encoder, then freed.
    const views = new Map<string, Float32Array | Uint8Array>();
    for (const config of configs)
      views.set(describeView(config), await prepare({ width, height, data }, config));
    return { width, height, data: new Float32Array(0), views };
  }
  const side = inputSideOf(only);
  if (only.kind === undefined) {
    const bytes = await squareBytes(file, path, side);
    return {
      width: side,
      height: side,
      bytes,
      get data() {
        return sharesOf(bytes);
      },
    };
  }
  return {
    width: side,
    height: side,
    data: resizeForEncoder(only, cropMiddle(await decodeRgb(file, path), only)).data as Float32Array,
  };
}
