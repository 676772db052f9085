import { extname } from "node:path";
import { ConfigError } from "../errors.js";
import { writeFileAtomic } from "../files/index.js";
import { type Picture, type PictureFormat, encodePicture, loadPictureFrom } from "../images/index.js";
import { type RunRecord, serializeRecord } from "../runs/index.js";

/** A picture that a run made, with the settings that make it again. */
export interface MadePicture extends Picture {
  /** Its file, as the command line writes it. */
  readonly bytes: Buffer;
  /** Settings, versions and hashes that make the same picture again; `session.replay` takes it. */
  readonly record: RunRecord;
  /**
   * Writes the picture whole or not at all, in the format that the path's ending names: PNG, WebP or AVIF, or SVG of an SVG. In the format of its request these are the
   * bytes that the command line writes.
   * @throws {ConfigError} for another ending; {InputError} when the path cannot be written.
   */
  save(path: string): Promise<void>;
}

const pixelFormats: Readonly<Record<string, PictureFormat>> = {
  ".png": "png",
  ".webp": "webp",
  ".avif": "avif",
};

/** What a run wrote. */
interface WrittenPicture {
  readonly bytes: Buffer;
  readonly record: RunRecord;
  /** The picture over white; decoded from the bytes when absent. */
  readonly picture?: Picture;
}

/** A picture of a run. @param metadata whether its file holds the record. */
export async function madePicture(
  { bytes, record, picture: known }: WrittenPicture,
  metadata: boolean,
): Promise<MadePicture> {
  const { settings } = record;
  const isDrawing = settings.format === "svg";
  const loaded = isDrawing ? undefined : await loadPictureFrom(bytes, "picture");
  const shown: Picture = known ?? loaded!.picture;
  return {
    width: shown.width,
    height: shown.height,
    data: shown.data,
    bytes,
    record,
    async save(path) {
      const ending = extname(path).toLowerCase();
      if (ending === `.${settings.format}`) return writeFileAtomic(path, bytes);
      const format = pixelFormats[ending];
      if (!format)
        throw new ConfigError(
          `${path}: a picture made as ${settings.format} is saved as .${settings.format}, or as .png, .webp or .avif; give one of these`,
        );
      const other = { ...record, settings: { ...settings, format } } as RunRecord;
      const image = loaded?.hasAlpha ? loaded : shown;
      const encoded = metadata
        ? await encodePicture(image, { format, metadata: serializeRecord(other) })
        : await encodePicture(image, { format });
      return writeFileAtomic(path, encoded);
    },
  };
}
