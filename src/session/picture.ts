import { extname } from "node:path";
import { ConfigError } from "../errors.js";
import { writeFileAtomic } from "../files/index.js";
import {
  type Picture,
  type PictureFormat,
  type RgbaBytes,
  encodePicture,
  loadPictureFrom,
} from "../images/index.js";
import { type RunRecord, serializeRecord } from "../runs/index.js";

/** A picture that a run made, with the settings that make it again. */
export interface MadePicture extends Picture {
  /** Its file, as the command line writes it. */
  readonly bytes: Buffer;
  /** Settings, versions and hashes that make the same picture again; `session.replay` takes it. */
  readonly record: RunRecord;
  /**
   * Writes the picture whole or not at all: PNG or WebP by the ending of the path. In the format of its request these are the
   * bytes that the command line writes.
   * @throws {ConfigError} for another ending; {InputError} when the path cannot be written.
   */
  save(path: string): Promise<void>;
}

const formats: Readonly<Record<string, PictureFormat>> = { ".png": "png", ".webp": "webp" };

/** A picture of a run by its file's bytes. @param metadata whether the bytes hold the record. */
export async function madePicture(bytes: Buffer, record: RunRecord, metadata: boolean): Promise<MadePicture> {
  const loaded = await loadPictureFrom(bytes, "picture");
  const raw: RgbaBytes = loaded;
  const opaque = !loaded.hasAlpha;
  return {
    ...loaded.picture,
    bytes,
    record,
    async save(path) {
      const format = formats[extname(path).toLowerCase()];
      if (!format) throw new ConfigError(`${path}: pictures are saved as .png or .webp; give one of these`);
      const { settings } = record;
      if (format === settings.format) return writeFileAtomic(path, bytes);
      const other = { ...record, settings: { ...settings, format } } as RunRecord;
      const image = opaque ? loaded.picture : raw;
      const encoded = metadata
        ? await encodePicture(image, { format, metadata: serializeRecord(other) })
        : await encodePicture(image, { format });
      return writeFileAtomic(path, encoded);
    },
  };
}
