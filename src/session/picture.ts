import { extname } from "node:path";
import { ConfigError } from "../errors.js";
import { writeFileAtomic } from "../files/index.js";
import { type Picture, encodePicture, loadOwnPicture, pixelFormats } from "../images/index.js";
import { type RunRecord, serializeRecord } from "../runs/index.js";

/** A picture of a run, with the record that reproduces it. */
export interface ResultPicture extends Picture {
  /** The bytes of its file, identical to the command line's file. */
  readonly bytes: Buffer;
  /** Settings, versions and hashes. `session.replay` reproduces the picture from them. */
  readonly record: RunRecord;
  /**
   * Writes the picture atomically. The path's extension selects the format: PNG, WebP or AVIF; SVG only if the request's format is SVG. In
   * the request's format the file is identical to the command line's file.
   * @throws {ConfigError} for another extension; {InputError} when the path cannot be written.
   */
  save(path: string): Promise<void>;
}

/** File, record and preview of a finished picture. */
interface WrittenPicture {
  readonly bytes: Buffer;
  readonly record: RunRecord;
  /** The picture over white; decoded from the bytes when absent. */
  readonly picture?: Picture;
}

/** Makes the picture object of a run's result. @param metadata whether its file contains the record. */
export async function createResultPicture(
  { bytes, record, picture: preview }: WrittenPicture,
  metadata: boolean,
): Promise<ResultPicture> {
  const { settings } = record;
  const isDrawing = settings.format === "svg";
  const loaded = isDrawing ? undefined : await loadOwnPicture(bytes, "picture");
  const pixels: Picture = preview ?? loaded!.picture;
  return {
    width: pixels.width,
    height: pixels.height,
    data: pixels.data,
    bytes,
    record,
    async save(path) {
      const extension = extname(path).toLowerCase();
      if (extension === `.${settings.format}`) return writeFileAtomic(path, bytes);
      const format = pixelFormats.find((each) => extension === `.${each}`);
      if (!format)
        throw new ConfigError(
          `${path}: a picture made as ${settings.format} is saved as .${settings.format}, or as .png, .webp or .avif; give one of these`,
        );
      const other = { ...record, settings: { ...settings, format } } as RunRecord;
      const image = loaded?.hasAlpha ? loaded : pixels;
      const encoded = metadata
        ? await encodePicture(image, { format, metadata: serializeRecord(other) })
        : await encodePicture(image, { format });
      return writeFileAtomic(path, encoded);
    },
  };
}
