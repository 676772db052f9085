import { join } from "node:path";
import { z } from "zod";
import { InputError, ToolkitError } from "../errors.js";
import { pictureSide } from "./render.js";
import { hashSha256, readPlainFile } from "../files/index.js";

/** Version of the folder's layout and of how it is made. */
export const format = 1;

const itemSchema = z.object({
  id: z.string(),
  set: z.string(),
  style: z.string(),
  icon: z.string(),
  hexcode: z.string(),
  /** Key of the emoji, the same in every set. */
  concept: z.string(),
  label: z.string(),
  tags: z.array(z.string()),
  group: z.string(),
  subgroup: z.string(),
  split: z.enum(["train", "val_pair", "test_style", "test_concept", "test_concept_style", "excluded_dup"]),
});

/** One captioned picture. */
export type EmojiItem = z.infer<typeof itemSchema>;

const counts = z.record(z.string(), z.number());
const manifestSchema = z.object({
  format: z.literal(format),
  /** What the data was made from; the same recipe is not made again. */
  recipe: z.string(),
  images: z.number(),
  sets: counts,
  splits: counts,
  packages: z.array(z.object({ name: z.string(), version: z.string(), sha256: z.string() })),
  licences: z.array(z.object({ set: z.string(), license: z.string(), attribution: z.string() })),
  problems: z.array(z.string()),
  sha256: z.object({ "images.u8": z.string(), "items.json": z.string() }),
});

/** What is in a data folder and where it came from. */
export type EmojiManifest = z.infer<typeof manifestSchema>;

/** Captioned pictures in memory. */
export interface EmojiData {
  /** RGB bytes `[items, 64, 64, 3]`, sRGB on white. */
  readonly images: Uint8Array;
  /** Side of the pictures in pixels: 64. */
  readonly size: number;
  /** Caption, set and split of each picture, in the order of `images`. */
  readonly items: readonly EmojiItem[];
  /** Recipe, counts by set and split, and hashes. */
  readonly manifest: EmojiManifest;
}

/**
 * Reads a folder of emoji data into memory and compares it with its hashes.
 * @param folder folder that `buildEmojiData` wrote.
 * @returns captions, splits and pictures of 64×64 pixels, in memory.
 * @throws {InputError} when it is missing or does not match its hashes.
 */
export async function loadEmojiData(folder: string): Promise<EmojiData> {
  const reason = "no-emoji-data";
  try {
    const manifest = manifestSchema.parse(
      JSON.parse(String(await readPlainFile(join(folder, "manifest.json")))),
    );
    const text = String(await readPlainFile(join(folder, "items.json")));
    const images = await readPlainFile(join(folder, "images.u8"));
    if (
      hashSha256(text) !== manifest.sha256["items.json"] ||
      hashSha256(images) !== manifest.sha256["images.u8"]
    )
      throw new InputError(`${folder}: the data does not match its manifest; delete it and build it again`, {
        reason,
      });
    const items = z.array(itemSchema).parse(JSON.parse(text));
    if (images.length !== items.length * pictureSide * pictureSide * 3)
      throw new InputError(
        `${folder}: images.u8 holds another number of pictures than items.json; delete it and build it again`,
        { reason },
      );
    return { images, size: pictureSide, items, manifest };
  } catch (error) {
    if (error instanceof ToolkitError) throw error;
    throw new InputError(`${folder}: no emoji data here; build it first`, { cause: error, reason });
  }
}
