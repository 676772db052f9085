import type { Metadata, Sharp } from "sharp";
import { InputError } from "../errors.js";
import { readPictureHeader } from "./header.js";
import { type Picture, type RgbaBytes, compositeOnWhite, sharesOf } from "./picture.js";
import { PixelBudget } from "./pixelBudget.js";
import { decodePlainPng } from "./png.js";
import { readPictureBytes } from "./readFile.js";
import { sharp } from "./sharp.js";

/** A decoded picture file: RGBA bytes, properties of the file, and the picture over white. */
export interface LoadedPicture extends RgbaBytes {
  /** Format by content: `png`, `jpeg`, `webp` or `gif`. */
  readonly format: string;
  /** Whether the file has an alpha channel; the picture may still be opaque. */
  readonly hasAlpha: boolean;
  /** The picture over white. */
  readonly picture: Picture;
  /** Descriptions of lost information, for example `16 bits a channel are reduced to 8`. */
  readonly losses?: readonly string[];
}

/** Makes a loaded picture from bytes. The picture over white is computed on access, since it needs three times the memory of the bytes. */
export function makeLoadedPicture(
  { width, height, rgba }: RgbaBytes,
  { format, hasAlpha, losses }: Pick<LoadedPicture, "format" | "hasAlpha" | "losses">,
): LoadedPicture {
  let picture: Picture | undefined;
  return {
    width,
    height,
    rgba,
    format,
    hasAlpha,
    losses,
    get picture() {
      return (picture ??= compositeOnWhite({ width, height, rgba }));
    },
  };
}

/** Maximum number of pixels of a picture, and of all pictures that are decoded concurrently. */
export const maxPixelsOfPicture = 64e6;
const budget = new PixelBudget(maxPixelsOfPicture);
/** Timeout of decoding, in seconds. 64 megapixels take two to three seconds. */
const maxSeconds = 60;
const white = "#ffffff";
const formats = "give a PNG, JPEG, WebP or GIF";

/**
 * Checks the header of a picture file. @returns its size.
 * @throws {InputError} for an unsupported format, a file that is no picture, or a picture that is too large.
 */
function checkHeader(file: Buffer, path: string, maxPixels: number): { width: number; height: number } {
  const header = readPictureHeader(file);
  if (!header) throw new InputError(`${path}: is not a readable picture; ${formats}`);
  if ("other" in header)
    throw new InputError(
      `${path}: is a picture of the format ${header.other}, which is not read; ${formats}`,
    );
  return requireSize(header, path, maxPixels);
}

function requireSize(
  { width, height }: { width: number; height: number },
  path: string,
  maxPixels: number,
): { width: number; height: number } {
  if (width * height > maxPixels) throw makeSizeError(path, maxPixels, `${width}×${height}`);
  return { width, height };
}

/** Checks a picture file that a run wrote, which may be an AVIF. @returns its size. @throws {InputError} as `checkHeader`. */
async function checkOwnFile(
  file: Buffer,
  path: string,
  maxPixels: number,
): Promise<{ width: number; height: number }> {
  const header = readPictureHeader(file);
  if (!header || !("other" in header) || header.other !== "AVIF") return checkHeader(file, path, maxPixels);
  const size = await sharp(file)
    .metadata()
    .catch((cause: unknown) => {
      throw makeDecodeError(path, maxPixels, cause);
    });
  return requireSize(size, path, maxPixels);
}

function makeSizeError(path: string, maxPixels: number, size: string, cause?: unknown): InputError {
  const side = Math.floor(Math.sqrt(maxPixels));
  return new InputError(
    `${path}: is too large (${size}); at most ${maxPixels / 1e6} megapixels (${side}×${side}): make it smaller`,
    { cause },
  );
}

/** Makes the error for a file that could not be decoded. */
function makeDecodeError(path: string, maxPixels: number, cause: unknown): InputError {
  const { message } = cause as Error;
  if (/pixel limit/i.test(message)) return makeSizeError(path, maxPixels, "by its content", cause);
  if (/timeout/i.test(message))
    return new InputError(`${path}: takes more than ${maxSeconds} s to decode; save it again`, { cause });
  return /unsupported image format/i.test(message)
    ? new InputError(`${path}: is not a readable picture; ${formats}`, { cause })
    : new InputError(`${path}: is damaged or truncated; save it again and retry`, { cause });
}

/** Limit of a decoding, and whether the file is one that a run wrote, which may be an AVIF. */
interface DecodeOptions {
  readonly maxPixels?: number | undefined;
  readonly isOwn?: boolean;
}

/**
 * Decodes a file; all other functions use this one. It checks format and size in the header, waits until the pixels of all concurrent
 * decodings fit a budget, and decodes upright and in sRGB.
 * @param work receives the decoder.
 */
async function decode<T>(
  file: Buffer,
  path: string,
  work: (decoder: Sharp) => Promise<T>,
  { maxPixels = maxPixelsOfPicture, isOwn = false }: DecodeOptions = {},
): Promise<T> {
  const check = isOwn ? checkOwnFile : checkHeader;
  const { width, height } = await check(file, path, maxPixels);
  return budget.run(width * height, async () => {
    try {
      const decoder = sharp(file, { failOn: "truncated", limitInputPixels: maxPixels });
      return await work(decoder.timeout({ seconds: maxSeconds }));
    } catch (cause) {
      if (cause instanceof InputError) throw cause;
      throw makeDecodeError(path, maxPixels, cause);
    }
  });
}

const rotateUpright = (decoder: Sharp): Sharp => decoder.rotate().toColourspace("srgb");

/**
 * Reads a PNG, JPEG, WebP or GIF (first frame only), upright and in sRGB.
 * @param path path of the file.
 * @param options.maxPixels pixels of the largest picture that is read; 64 million when absent.
 * @returns RGBA bytes and, on demand, the picture over white in [0, 1].
 * @throws {InputError} that names the file, when it is missing, no picture, damaged or too large.
 */
export async function loadPicture(
  path: string,
  options: { maxPixels?: number } = {},
): Promise<LoadedPicture> {
  return decodeWhole(await readPictureBytes(path), path, options);
}

/** As `loadPicture`, for a file's bytes. `name` is used in errors. */
export async function loadPictureFrom(
  file: Buffer,
  name: string,
  options: { maxPixels?: number } = {},
): Promise<LoadedPicture> {
  return decodeWhole(file, name, options);
}

/** As `loadPictureFrom`, for a picture file that a run wrote, which may be an AVIF. */
export function loadOwnPicture(file: Buffer, name: string): Promise<LoadedPicture> {
  return decodeWhole(file, name, { isOwn: true });
}

/** Decodes a picture file's bytes over white, at its own size. @throws {InputError} as `loadPicture`; `path` is used in errors. */
export async function decodePicture(file: Buffer, path: string): Promise<Picture> {
  return (await decodeWhole(file, path)).picture;
}

function decodeWhole(file: Buffer, path: string, options?: DecodeOptions): Promise<LoadedPicture> {
  return decode(
    file,
    path,
    async (decoder) => {
      const metadata = await decoder.clone().metadata();
      const { data, info } = await rotateUpright(decoder)
        .ensureAlpha()
        .raw({ depth: "uchar" })
        .toBuffer({ resolveWithObject: true });
      const rgba = new Uint8Array(data.buffer, data.byteOffset, data.length);
      const bytes = { width: info.width, height: info.height, rgba };
      const { format, hasAlpha } = metadata;
      return makeLoadedPicture(bytes, { format, hasAlpha, losses: describeLosses(metadata) });
    },
    options,
  );
}

/** Lists the information of a file that one frame with 8 bits a channel in sRGB cannot represent. */
function describeLosses({ depth, space, pages = 1, icc }: Metadata): string[] {
  const isOtherProfile = icc !== undefined && !/sRGB/i.test(icc.toString("latin1").replaceAll("\0", ""));
  return [
    ...(depth === "uchar" ? [] : ["16 bits a channel are reduced to 8"]),
    ...(space === "cmyk" ? ["CMYK is converted to sRGB"] : []),
    ...(isOtherProfile && space !== "cmyk" ? ["its colour profile is converted to sRGB"] : []),
    ...(pages > 1 ? [`only the first of ${pages} frames is used`] : []),
  ];
}

/** Decodes a picture file's bytes to RGB bytes over white, `[height, width, 3]`, at its own size. @throws {InputError} as `loadPicture`; `path` is used in errors. */
export async function decodeRgb(
  file: Buffer,
  path: string,
): Promise<{ width: number; height: number; data: Uint8Array }> {
  const { data, info } = await decode(file, path, (decoder) =>
    rotateUpright(decoder)
      .flatten({ background: white })
      .removeAlpha()
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true }),
  );
  return { width: info.width, height: info.height, data };
}

/**
 * Decodes and shrinks a picture file's bytes to RGB bytes of a square on white in one pass. Encoders read folders with this function.
 * @returns `[side, side, 3]`. @throws {InputError} as `loadPicture`; `path` is used in errors.
 */
export async function squareBytes(file: Buffer, path: string, side: number): Promise<Uint8Array> {
  return (
    decodePlainPng(file, side) ??
    (await decode(file, path, (decoder) =>
      rotateUpright(decoder)
        .flatten({ background: white })
        .resize(side, side, { fit: "contain", background: white })
        .removeAlpha()
        .raw({ depth: "uchar" })
        .toBuffer(),
    ))
  );
}

/**
 * Decodes a picture file to a square of `side` pixels over white, for encoders. See `squareBytes`.
 * @param file content of a PNG, JPEG, WebP or GIF.
 * @param path names the file in errors.
 * @param side width and height of the result in pixels.
 * @returns `side` × `side` pixels in [0, 1].
 * @throws {InputError} as `loadPicture`.
 */
export async function squareFrom(file: Buffer, path: string, side: number): Promise<Picture> {
  return { width: side, height: side, data: sharesOf(await squareBytes(file, path, side)) };
}

/**
 * Describes what decoding a picture file's bytes loses, as `LoadedPicture.losses`, by its header alone.
 * @throws {InputError} as `loadPicture`; `path` is used in errors.
 */
export async function readLosses(file: Buffer, path: string): Promise<readonly string[]> {
  return describeLosses(await readHeader(file, path));
}

/**
 * Makes a small copy of a picture file as WebP, upright, with sides of at most `side` pixels.
 * @throws {InputError} as `loadPicture`; `path` is used in errors.
 */
export async function makeThumbnail(file: Buffer, path: string, side: number): Promise<Buffer> {
  return decode(file, path, (decoder) =>
    decoder
      .rotate()
      .resize(side, side, { fit: "inside", withoutEnlargement: true })
      .webp({ quality: 86 })
      .toBuffer(),
  );
}

/**
 * Converts a picture file that a run wrote to another format without loss, with its XMP and EXIF.
 * @throws {InputError} as `loadPicture`; `path` is used in errors.
 */
export async function convertPicture(file: Buffer, path: string, format: "png" | "webp"): Promise<Buffer> {
  const convert = (decoder: Sharp): Promise<Buffer> => {
    const decoderWithMetadata = decoder.keepXmp().keepExif();
    return (
      format === "png" ? decoderWithMetadata.png() : decoderWithMetadata.webp({ lossless: true })
    ).toBuffer();
  };
  return decode(file, path, convert, { isOwn: true });
}

/** Reads the header and metadata blocks of a picture file without decoding it. @throws {InputError} as `loadPicture`; `path` is used in errors. */
export async function readHeader(file: Buffer, path: string): Promise<Metadata> {
  return decode(file, path, (decoder) => decoder.metadata());
}
