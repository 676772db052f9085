import { join } from "node:path";
import { inflateSync } from "node:zlib";
import { z } from "zod";
import { InputError, ToolkitError } from "../errors.js";
import { hashSha256, readPlainFile } from "../files/index.js";
import { maxRegions } from "./fills.js";
import { regionSide } from "./regions.js";

/** Version of the folder's layout and of how it is made. */
export const stickerFormat = 1;

const itemSchema = z.object({
  id: z.string(),
  set: z.string(),
  style: z.string(),
  concept: z.string(),
  label: z.string(),
  tags: z.array(z.string()),
  group: z.string(),
  subgroup: z.string(),
  /** `pair` and `concept` are kept back from a development pack, `concept` and `style` from the released one too. */
  split: z.enum(["train", "pair", "concept", "style"]),
  pose: z.object({ x: z.number(), y: z.number(), size: z.number().positive() }),
  /** Slot of each region, and its fill. */
  slots: z.array(z.number().int().min(1).max(maxRegions)).max(maxRegions),
  fills: z.array(z.array(z.number()).length(9)).max(maxRegions),
  /** dB of the repainted regions against the source, at 64×64. */
  psnr: z.number(),
  /** Offset of its deflated label map in `labels.bin`, in bytes. */
  offset: z.number().int().nonnegative(),
  length: z.number().int().positive(),
});

/** A drawing as regions, and what it shows. */
export type StickerItem = z.infer<typeof itemSchema>;

const manifestSchema = z.object({
  format: z.literal(stickerFormat),
  /** What the data was made from; the same recipe is not made again. */
  recipe: z.string().default(""),
  licences: z.array(z.object({ set: z.string(), license: z.string(), attribution: z.string() })).default([]),
  drawings: z.number(),
  /** Median dB of each set that a generator can learn from. */
  psnr: z.record(z.string(), z.number()),
  splits: z.record(z.string(), z.number()),
  packages: z.array(z.object({ name: z.string(), version: z.string(), sha256: z.string() })),
  leftOut: z.array(z.string()),
  sha256: z.object({ "labels.bin": z.string(), "items.json": z.string() }),
});

/** What is in a folder of sticker data and where it came from. */
export type StickerManifest = z.infer<typeof manifestSchema>;

/** Drawings as regions, in memory. */
export interface StickerData {
  readonly items: readonly StickerItem[];
  readonly manifest: StickerManifest;
  /** Returns the region of each pixel of a drawing, `[256, 256]`: 0 transparent, `k` its region `k − 1`. */
  labels(item: number): Uint8Array;
}

/**
 * Lists the concepts that are excluded from every sticker training.
 * @param data any drawings; their items are read. @returns keys of the concepts.
 */
export const listHeldOut = ({ items }: Pick<StickerData, "items">): ReadonlySet<string> =>
  new Set(items.filter(({ split }) => split === "concept").map(({ concept }) => concept));

/**
 * Reads a folder of sticker data.
 * @param folder written by `buildStickerData`. @returns regions, fills and captions of the drawings, in memory.
 * @throws {InputError} when it is missing or does not match its hashes.
 */
export async function loadStickerData(folder: string): Promise<StickerData> {
  const reason = "no-sticker-data";
  try {
    const manifest = manifestSchema.parse(
      JSON.parse(String(await readPlainFile(join(folder, "manifest.json")))),
    );
    const text = String(await readPlainFile(join(folder, "items.json")));
    const maps = await readPlainFile(join(folder, "labels.bin"));
    if (
      hashSha256(text) !== manifest.sha256["items.json"] ||
      hashSha256(maps) !== manifest.sha256["labels.bin"]
    )
      throw new InputError(`${folder}: the data does not match its manifest; delete it and build it again`, {
        reason,
      });
    const items = z.array(itemSchema).parse(JSON.parse(text));
    return {
      items,
      manifest,
      labels(item) {
        const { id, offset, length } = items[item]!;
        const pixels = regionSide * regionSide;
        const labels = inflateSync(maps.subarray(offset, offset + length), { maxOutputLength: pixels });
        if (labels.length !== pixels) throw new InputError(`${folder}: the regions of ${id} are damaged`);
        return labels;
      },
    };
  } catch (error) {
    if (error instanceof ToolkitError) throw error;
    throw new InputError(`${folder}: no sticker data here; build it first`, { cause: error, reason });
  }
}
