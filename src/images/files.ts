import type { Sharp } from "sharp";
import { InputError } from "../errors.js";
import { writeFileAtomic } from "../files/index.js";
import { type Picture, type RgbaBytes, onWhite, rgbBytes } from "./picture.js";
import { plainPng } from "./png.js";
import { bytesOf } from "./readFile.js";
import { sharp } from "./sharp.js";

/** A picture file as read. */
export interface LoadedPicture extends RgbaBytes {
  readonly format: string;
  readonly hasAlpha: boolean;
  /** The picture over white. */
  readonly picture: Picture;
}

const defaultPixels = 64e6;
const white = "#ffffff";

/** Decoding of a file's bytes, upright and in sRGB; larger pictures than `maxPixels` are refused by their header. */
function decoder(file: Buffer, maxPixels: number): Sharp {
  return sharp(file, { failOn: "truncated", limitInputPixels: maxPixels }).rotate().toColourspace("srgb");
}

/** The error for a file that could not be decoded. */
function undecodable(path: string, maxPixels: number, cause: unknown): InputError {
  const { message } = cause as Error;
  if (/pixel limit/i.test(message)) return tooLarge(path, maxPixels, cause);
  return /unsupported image format/i.test(message)
    ? new InputError(`${path}: is no picture that can be read; give a PNG, JPEG, WebP or GIF`, { cause })
    : new InputError(`${path}: is damaged or truncated; save it again and retry`, { cause });
}

/**
 * Reads a PNG, JPEG, WebP or GIF (its first frame), turned upright and in sRGB.
 * @throws {InputError} naming the file when it is missing, no picture, damaged or too large.
 */
export async function loadPicture(
  path: string,
  options: { maxPixels?: number } = {},
): Promise<LoadedPicture> {
  const { maxPixels = defaultPixels } = options;
  return loadedFrom(await bytesOf(path), path, maxPixels);
}

/** As `loadPicture`, of a file's bytes; `name` names them in errors. */
export async function loadPictureFrom(
  file: Buffer,
  name: string,
  { maxPixels = defaultPixels }: { maxPixels?: number } = {},
): Promise<LoadedPicture> {
  return loadedFrom(file, name, maxPixels);
}

/** A picture file's bytes as a picture over white, at its own size. @throws {InputError} as `loadPicture`, naming `path`. */
export async function pictureIn(file: Buffer, path: string): Promise<Picture> {
  return (await loadedFrom(file, path, defaultPixels)).picture;
}

async function loadedFrom(file: Buffer, path: string, maxPixels: number): Promise<LoadedPicture> {
  const open = (): Sharp => sharp(file, { failOn: "truncated", limitInputPixels: maxPixels });
  const header = await open()
    .metadata()
    .catch((cause: unknown) => {
      const large = /pixel limit/i.test((cause as Error).message);
      if (large) throw tooLarge(path, maxPixels, cause);
      throw new InputError(`${path}: is no picture that can be read; give a PNG, JPEG, WebP or GIF`, {
        cause,
      });
    });
  const { width, height, format, hasAlpha } = header;
  if (width * height > maxPixels) throw tooLarge(path, maxPixels, undefined, `${width}×${height}`);
  const { data, info: raw } = await decoder(file, maxPixels)
    .ensureAlpha()
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true })
    .catch((cause: unknown) => {
      throw undecodable(path, maxPixels, cause);
    });
  const bytes = { width: raw.width, height: raw.height, rgba: new Uint8Array(data) };
  return { ...bytes, format, hasAlpha, picture: onWhite(bytes) };
}

/** A picture file's bytes as RGB bytes over white, `[height, width, 3]`, at its own size. @throws {InputError} as `loadPicture`, naming `path`. */
export async function rgbIn(
  file: Buffer,
  path: string,
): Promise<{ width: number; height: number; data: Uint8Array }> {
  const { data, info } = await decoder(file, defaultPixels)
    .flatten({ background: white })
    .removeAlpha()
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true })
    .catch((cause: unknown) => {
      throw undecodable(path, defaultPixels, cause);
    });
  return { width: info.width, height: info.height, data };
}

/** What each byte stands for, in [0, 1]. */
const shares = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);

/** Numbers in [0, 1] that bytes stand for. @param out where to, from its start; default a new array. */
export function sharesOf(
  bytes: Uint8Array,
  out: Float32Array = new Float32Array(bytes.length),
): Float32Array {
  for (let at = 0; at < bytes.length; at++) out[at] = shares[bytes[at]!]!;
  return out;
}

/**
 * A picture file's bytes as RGB bytes of a small square on white, decoded and reduced in one go: what encoders read folders with.
 * @returns `[side, side, 3]`. @throws {InputError} as `loadPicture`, naming `path`.
 */
export async function squareBytes(file: Buffer, path: string, side: number): Promise<Uint8Array> {
  return plainPng(file, side) ?? (await decodedSquare(file, path, side));
}

/** `squareBytes` as a picture. */
export async function squareFrom(file: Buffer, path: string, side: number): Promise<Picture> {
  return { width: side, height: side, data: sharesOf(await squareBytes(file, path, side)) };
}

function decodedSquare(file: Buffer, path: string, side: number): Promise<Buffer> {
  return decoder(file, defaultPixels)
    .flatten({ background: white })
    .resize(side, side, { fit: "contain", background: white })
    .removeAlpha()
    .raw({ depth: "uchar" })
    .toBuffer()
    .catch((cause: unknown) => {
      throw undecodable(path, defaultPixels, cause);
    });
}

function tooLarge(path: string, maxPixels: number, cause: unknown, size = "too large"): InputError {
  const side = Math.floor(Math.sqrt(maxPixels));
  return new InputError(
    `${path}: is ${size}; at most ${maxPixels / 1e6} megapixels (${side}×${side}): make it smaller`,
    { cause },
  );
}

/** Another size of a picture: smooth up, antialiased down. */
export async function resizePicture(
  picture: Picture,
  width: number,
  height: number,
  kernel: "cubic" | "nearest" | "lanczos3" = "lanczos3",
): Promise<Picture> {
  if (picture.width === width && picture.height === height) return picture;
  const { data } = await sharp(rgbBytes(picture), {
    raw: { width: picture.width, height: picture.height, channels: 3 },
  })
    .resize(width, height, { fit: "fill", kernel })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width, height, data: Float32Array.from(data, (value) => value / 255) };
}

/** A picture format that keeps every byte. */
export type PictureFormat = "png" | "webp";

const namespace = "https://clipsteer.dev/xmp/";
const escapes: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

function xmp(metadata: string): string {
  const text = metadata
    .replace(/[&<>"']/g, (sign) => escapes[sign]!)
    .replace(/[^\x20-\x7e]/gu, (c) => `&#${c.codePointAt(0)};`);
  return (
    `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">` +
    `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:clipsteer="${namespace}">` +
    `<clipsteer:settings>${text}</clipsteer:settings></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>`
  );
}

/** Bytes of a picture file, lossless; the same picture and metadata give the same bytes. */
export async function encodePicture(
  picture: Picture | RgbaBytes,
  { format, metadata }: { format: PictureFormat; metadata?: string },
): Promise<Buffer> {
  const { width, height } = picture;
  const isBytes = "rgba" in picture;
  const raw = isBytes ? picture.rgba : rgbBytes(picture);
  let image = sharp(raw, { raw: { width, height, channels: isBytes ? 4 : 3 } });
  if (metadata !== undefined)
    image = image.withXmp(xmp(metadata)).withExif({ IFD0: { Software: "clipsteer" } });
  return format === "png"
    ? image.png({ compressionLevel: 9, palette: false }).toBuffer()
    : image.webp({ lossless: true, exact: true, effort: 4 }).toBuffer();
}

/** Writes a picture file whole or not at all. */
export async function savePicture(
  path: string,
  picture: Picture | RgbaBytes,
  options: { format: PictureFormat; metadata?: string },
): Promise<void> {
  await writeFileAtomic(path, await encodePicture(picture, options));
}

/** The metadata that this toolkit wrote into a picture, or undefined. @throws {InputError} when it is no picture. */
export async function readMetadata(path: string): Promise<string | undefined> {
  return metadataIn(await bytesOf(path), path);
}

/** As `readMetadata`, of a file's bytes; `name` names them in errors. */
export async function metadataIn(file: Buffer, name: string): Promise<string | undefined> {
  const info = await sharp(file)
    .metadata()
    .catch((cause: unknown) => {
      throw new InputError(`${name}: is no picture that can be read; give one that clipsteer made`, {
        cause,
      });
    });
  const found = /<clipsteer:settings>(.*?)<\/clipsteer:settings>/s.exec(info.xmp?.toString("utf8") ?? "");
  if (!found) return undefined;
  const back = Object.fromEntries(Object.entries(escapes).map(([sign, escaped]) => [escaped, sign]));
  return found[1]!
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&(?:lt|gt|quot|apos);/g, (escaped) => back[escaped]!)
    .replace(/&amp;/g, "&");
}
