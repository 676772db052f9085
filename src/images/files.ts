import { writeFileAtomic } from "../files/index.js";
import type { pixelFormats } from "./formats.js";
import { renderMetadataXmp } from "./metadata.js";
import { type Picture, type RgbaBytes, toRgbBytes, sharesOf } from "./picture.js";
import { sharp } from "./sharp.js";

/**
 * Resizes a picture to exactly `width` × `height` pixels, antialiased when it is reduced.
 * @param picture a picture of any size; not changed.
 * @param width new width, pixels, at least 1.
 * @param height new height, pixels, at least 1; the aspect ratio may change.
 * @param kernel interpolation; `lanczos3` when absent.
 * @returns the given picture itself when it has this size.
 */
export async function resizePicture(
  picture: Picture,
  width: number,
  height: number,
  kernel: "cubic" | "nearest" | "lanczos3" = "lanczos3",
): Promise<Picture> {
  if (picture.width === width && picture.height === height) return picture;
  const { data } = await sharp(toRgbBytes(picture), {
    raw: { width: picture.width, height: picture.height, channels: 3 },
    limitInputPixels: false, // the picture is already in memory
  })
    .resize(width, height, { fit: "fill", kernel })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width, height, data: sharesOf(data) };
}

/** Resizes RGBA bytes as `resizePicture` does, colours weighted by alpha. */
export async function resizeBytes(bytes: RgbaBytes, width: number, height: number): Promise<RgbaBytes> {
  if (bytes.width === width && bytes.height === height) return bytes;
  const rgba = await sharp(bytes.rgba, {
    raw: { width: bytes.width, height: bytes.height, channels: 4 },
    limitInputPixels: false, // the picture is already in memory
  })
    .resize(width, height, { fit: "fill" })
    .raw()
    .toBuffer();
  return { width, height, rgba };
}

/** A raster format that is written losslessly. */
export type PictureFormat = (typeof pixelFormats)[number];

/**
 * Encodes a picture losslessly. `metadata` is written as XMP, for `readMetadata`. The result is deterministic for a picture and its metadata.
 * @param picture RGB in [0, 1], or RGBA bytes, whose alpha is kept.
 * @param options what is written.
 * @param options.format file format.
 * @param options.metadata text for `readMetadata`; none when absent.
 * @returns the bytes of the file.
 */
export async function encodePicture(
  picture: Picture | RgbaBytes,
  { format, metadata }: { format: PictureFormat; metadata?: string },
): Promise<Buffer> {
  const { width, height } = picture;
  const isBytes = "rgba" in picture;
  const raw = isBytes ? picture.rgba : toRgbBytes(picture);
  let image = sharp(raw, { raw: { width, height, channels: isBytes ? 4 : 3 } });
  if (metadata !== undefined)
    image = image.withXmp(renderMetadataXmp(metadata)).withExif({ IFD0: { Software: "clipsteer" } });
  if (format === "png") return image.png({ compressionLevel: 9, palette: false }).toBuffer();
  if (format === "webp") return image.webp({ lossless: true, exact: true, effort: 4 }).toBuffer();
  return image.avif({ lossless: true, effort: 2 }).toBuffer();
}

/**
 * Encodes a picture as `encodePicture` and writes it atomically.
 * @param path path of the file; its extension does not choose the format.
 * @param picture as for `encodePicture`.
 * @param options.format file format.
 * @param options.metadata text for `readMetadata`; none when absent.
 * @throws {InputError} when the path cannot be written.
 */
export async function savePicture(
  path: string,
  picture: Picture | RgbaBytes,
  options: { format: PictureFormat; metadata?: string },
): Promise<void> {
  await writeFileAtomic(path, await encodePicture(picture, options));
}
