import { createHash } from "node:crypto";
import { readdir, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { writeFileAtomic } from "../files/index.js";
import { maxPixelsOfPicture, readHeader, readPictureHeader } from "../images/index.js";
import { InputError } from "../errors.js";
import { type StudioFolders, readFileIn } from "./folders.js";
import { NotFoundError, TooLargeError } from "./routes.js";

/** Maximum size of an upload in bytes. The page checks it before sending. */
export const largestUpload = 64e6;
/** Maximum size of all uploads in bytes; above it, the oldest are removed. */
const largestStore = 2e9;

/** A picture that was uploaded, named by its content. */
export const uploadSchema = z.object({
  /** SHA-256 of the bytes, in hexadecimal. */
  id: z.string(),
  /** Original name without folders. */
  name: z.string(),
  width: z.number(),
  height: z.number(),
  format: z.string(),
});

/** A picture that was uploaded. */
export type Upload = z.infer<typeof uploadSchema>;

/** Pictures that were uploaded, by content. */
export interface Uploads {
  /** Stores bytes after checking that they are a picture. @throws {InputError}, {TooLargeError} */
  add(bytes: Uint8Array, name: string): Promise<Upload>;
  /** Bytes of an upload. @throws {NotFoundError} */
  read(id: string): Promise<Buffer>;
  has(id: string): Promise<boolean>;
}

const uploadName = /^[0-9a-f]{64}$/;

/** A file name without folders, control characters and the like. */
export function plainFileName(name: string): string {
  const last = name.normalize("NFC").split(/[\\/]/).pop() ?? "";
  const plain = last
    .replace(/[\p{C}:*?"<>|]/gu, "")
    .replace(/^\.+/, "")
    .slice(0, 100);
  return plain || "picture";
}

/**
 * Size and format of a picture from its header; nothing is decoded.
 * @throws {InputError} for what is no picture or has too many pixels.
 */
export async function inspectPicture(bytes: Uint8Array): Promise<Omit<Upload, "id" | "name">> {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = readPictureHeader(file);
  const unreadable = "this is not a readable picture; use a PNG, JPEG, WebP or GIF";
  if (!header) throw new InputError(unreadable);
  if ("other" in header)
    throw new InputError(`${header.other} pictures are not read; use a PNG, JPEG, WebP or GIF`);
  if (header.width * header.height > maxPixelsOfPicture)
    throw new TooLargeError(
      `the picture is ${header.width}×${header.height}; at most ${maxPixelsOfPicture / 1e6} megapixels`,
    );
  const info = await readHeader(file, "picture").catch((cause: unknown) => {
    throw new InputError(unreadable, { cause });
  });
  const { width, height, format, orientation = 1 } = info;
  // Orientations 5 to 8 swap width and height.
  return orientation > 4 ? { width: height, height: width, format } : { width, height, format };
}

/** Removes the least recently used uploads until the size limit is met. */
async function trim(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => uploadName.test(name));
  const files = await Promise.all(
    names.map(async (name) => {
      const info = await stat(join(folder, name));
      return { name, size: info.size, used: info.mtimeMs };
    }),
  );
  let total = files.reduce((sum, { size }) => sum + size, 0);
  for (const { name, size } of files.sort((a, b) => a.used - b.used)) {
    if (total <= largestStore) return;
    for (const file of [name, `${name}.name`]) await rm(join(folder, file), { force: true });
    total -= size;
  }
}

/** Opens the store of uploads, in which pictures are named by their SHA-256. */
export function openUploads({ own }: StudioFolders): Uploads {
  const folder = join(own, "uploads");
  return {
    async add(bytes, name) {
      if (bytes.length === 0) throw new InputError("the file is empty");
      const info = await inspectPicture(bytes);
      const id = createHash("sha256").update(bytes).digest("hex");
      const plain = plainFileName(name);
      await writeFileAtomic(join(folder, id), bytes);
      await writeFileAtomic(join(folder, `${id}.name`), plain); // used in run folders and records
      await trim(folder);
      return { id, name: plain, ...info };
    },
    async read(id) {
      if (!uploadName.test(id)) throw new NotFoundError("no such picture");
      const { bytes } = await readFileIn(folder, id, largestUpload);
      // The time of the last use, by which `trim` selects files.
      const now = new Date();
      await utimes(join(folder, id), now, now).catch(() => undefined);
      return bytes;
    },
    has: async (id) =>
      uploadName.test(id) && (await stat(join(folder, id)).catch(() => undefined)) !== undefined,
  };
}
