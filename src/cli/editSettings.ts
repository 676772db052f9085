import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { InputError } from "../errors.js";
import { bytesOf, isShape, readMetadata } from "../images/index.js";
import type { EditOptions } from "./commands/edit.js";
import { type EditItem, editItems } from "./editPlan.js";
import type { Stamp } from "./stamp.js";

/** Everything that decides the bytes of an edited picture. */
export interface EditSettings {
  readonly picture: string;
  readonly edits: readonly EditItem[];
  /** SHA-256 of the picture's file and of the masks' files, by path. */
  readonly files: Readonly<Record<string, string>>;
  readonly generator: string;
  readonly steps: number;
  readonly views: number;
  readonly lr: number;
  readonly seed: number;
  readonly engine: EditOptions["engine"];
  readonly format: EditOptions["format"];
}

/** What an edited picture holds in its metadata. */
export interface EditRecord {
  readonly settings: EditSettings;
  readonly stamp: Stamp;
}

async function hashes(picture: string, edits: readonly EditItem[]): Promise<Record<string, string>> {
  const masks = edits.flatMap(({ mask }) => (mask === undefined || isShape(mask) ? [] : [mask]));
  const paths = [...new Set([picture, ...masks])];
  return Object.fromEntries(
    await Promise.all(
      paths.map(async (path) => [
        path,
        createHash("sha256")
          .update(await bytesOf(path))
          .digest("hex"),
      ]),
    ),
  ) as Record<string, string>;
}

/** Files of settings that are not what they were when those were written. */
export async function changedFiles({ picture, edits, files }: EditSettings): Promise<string[]> {
  const now = await hashes(picture, edits);
  return Object.keys(files).filter((file) => now[file] !== files[file]);
}

/** What a picture's metadata say of its edit. @throws {InputError} when it was not made by `edit`. */
export async function readEdit(path: string): Promise<EditRecord> {
  const text = await readMetadata(path);
  const record = text === undefined ? undefined : (JSON.parse(text) as Partial<EditRecord>);
  if (!record?.settings?.edits || !record.stamp)
    throw new InputError(
      `${path}: holds no settings of an edit; --replay needs a picture that clipsteer edit made`,
    );
  return record as EditRecord;
}

/** Settings of the first variation that a command line asks for. */
export async function settingsOf(options: EditOptions): Promise<EditSettings> {
  const edits = await editItems(options);
  const picture = resolve(options.picture!);
  const { generator, steps, views, lr, seed, engine, format } = options;
  const files = await hashes(picture, edits);
  return { picture, edits, files, generator, steps, views, lr, engine, format, seed };
}
