import { join } from "node:path";
import { deflateSync, inflateSync } from "node:zlib";
import { z } from "zod";
import { DownloadError, InputError, ToolkitError } from "../errors.js";
import { findUpperMedian } from "../images/index.js";
import { createRandom } from "../tensor/index.js";
import { forEachConcurrently } from "./concurrent.js";
import { type EmojiDataOptions, gather } from "./emoji.js";
import { createNpmFetcher } from "./fetch.js";
import { joinSet } from "./join.js";
import { maxRegions } from "./fills.js";
import { type RegionPicture, computeRegionPsnr, regionSide, extractRegions } from "./regions.js";
import { assignSlots } from "./slots.js";
import { joinIconSet } from "./iconSets.js";
import { ownSet, readOwnDrawings } from "./ownDrawings.js";
import { heldOutSet, iconSets, labelSource, stickerIconSets, thingIconSets } from "./sources.js";
import { joinThings } from "./thingDrawings.js";
import { thingGroup, thingsOfIcons } from "./things.js";
import { hashSha256, makeOutputFolder, readPlainFile, writeFileAtomic } from "../files/index.js";

/** Version of the folder's layout and of how it is made. */
const format = 1;
/** Sets whose drawings do not repaint well from linear fills: theirs are blurs and filters. */
const unfitSets: ReadonlySet<string> = new Set(["fluent-emoji"]);
/** Drawings that repaint worse than this, dB, are left out. */
const worstPsnr = 28;
/** A set whose drawings repaint worse than this in the median, dB, is not fit to learn from. */
export const smallestMedianPsnr = 38;
/** What is kept back from a development pack. */
const heldPairs = 200;
const heldConcepts = 60;

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
  format: z.literal(format),
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

const emojiSets: ReadonlySet<string> = new Set(iconSets.map(({ name }) => name));
/** Sets that a generator can learn from. */
const learnedSets: ReadonlySet<string> = new Set([...iconSets, ...stickerIconSets].map(({ name }) => name));
/** Sets that drawings are taken from. */
const packagedSets = [...iconSets, ...stickerIconSets, ...thingIconSets].filter(
  ({ name }) => !unfitSets.has(name),
);
const usedSets = [...packagedSets, ownSet];

/** Returns a number in [0, 1) that depends on the text only. */
const chanceOf = (text: string): number => parseInt(hashSha256(text).slice(0, 8), 16) / 2 ** 32;

/**
 * Splits: one set is held out whole; sets of icons other than emoji decide nothing, but leave the same concepts out; of concepts drawn in three sets or more, the sixty of lowest hash among those with names that
 * are rarely typed (three words or more); and two hundred pairs of concept and set.
 */
function assignStickerSplits(
  items: readonly { set: string; concept: string; label: string }[],
): StickerItem["split"][] {
  const sets = new Map<string, Set<string>>();
  for (const { concept, set } of items) {
    const known = sets.get(concept) ?? new Set();
    if (emojiSets.has(set) && set !== heldOutSet) sets.set(concept, known.add(set));
  }
  const common = items.filter(({ concept }) => (sets.get(concept)?.size ?? 0) >= 3);
  const rare = new Set(
    common.filter(({ label }) => label.split(" ").length >= 3).map(({ concept }) => concept),
  );
  const byChance = (keys: readonly string[]): string[] => [...keys].sort((a, b) => chanceOf(a) - chanceOf(b));
  const concepts = new Set(byChance([...rare]).slice(0, heldConcepts));
  const pairs = new Set(
    byChance(
      common
        .filter(({ concept, set }) => emojiSets.has(set) && set !== heldOutSet && !concepts.has(concept))
        .map(({ concept, set }) => `${set}/${concept}`),
    ).slice(0, heldPairs),
  );
  return items.map(({ set, concept }) => {
    if (set === heldOutSet) return "style";
    if (concepts.has(concept)) return "concept";
    return pairs.has(`${set}/${concept}`) ? "pair" : "train";
  });
}

/**
 * Lists the concepts that are excluded from every sticker training.
 * @param data any drawings; their items are read. @returns keys of the concepts.
 */
export const listHeldOut = ({ items }: Pick<StickerData, "items">): ReadonlySet<string> =>
  new Set(items.filter(({ split }) => split === "concept").map(({ concept }) => concept));

/**
 * Builds drawings as regions, slots and fills from the vector files of the icon sets.
 * @param options folder, icon sets, cache and callbacks. @returns the manifest, and whether anything was built.
 * @throws {DownloadError} when the labels or all icon sets are missing.
 */
export async function buildStickerData(
  options: EmojiDataOptions & {
    /** Folder of the project's own drawings; default the bundled ones. */
    readonly ownDrawings?: string | undefined;
  },
): Promise<StickerManifest & { built: boolean }> {
  const { out, cache = join(out, "packages"), offline = false, onProgress, signal } = options;
  const present = await loadStickerData(out).catch((error: unknown) => {
    if (error instanceof ToolkitError) return undefined;
    throw error;
  });
  const own = await readOwnDrawings(options.ownDrawings);
  const recipe = hashSha256(
    JSON.stringify([format, worstPsnr, usedSets, labelSource, thingsOfIcons, own.map(({ icon }) => icon)]),
  );
  if (present?.manifest.recipe === recipe && present.manifest.packages.length === packagedSets.length + 1)
    return { ...present.manifest, built: false };
  const leftOut: string[] = [];
  const problem = (message: string): void => {
    leftOut.push(message);
    options.onProblem?.(message);
  };
  await makeOutputFolder(out);
  const { drawings: packaged, packages } = await gather(
    options.fetch ?? createNpmFetcher(cache, offline),
    problem,
    { ...options, sets: packagedSets },
    (set, icons, table, charTables) => {
      if (thingIconSets.includes(set)) return joinThings(set, icons);
      return emojiSets.has(set.name)
        ? joinSet(set, icons, table, charTables)
        : joinIconSet(set, icons, table);
    },
  );
  if (packaged.length === 0)
    throw new DownloadError("sticker data: no icon set could be read; check the network and retry");
  const drawings = [...packaged, ...own];
  const results: ({ picture: RegionPicture; psnr: number; labels: Buffer } | string)[] = [];
  const total = drawings.length;
  await forEachConcurrently(
    drawings,
    async ({ set, icon }, at) => {
      const picture = await extractRegions(icon).catch(() => undefined);
      const psnr = picture ? computeRegionPsnr(picture) : 0;
      results[at] =
        picture && psnr >= worstPsnr
          ? { picture, psnr, labels: deflateSync(picture.labels) }
          : `${set.name}/${icon.name}: ${picture ? `repainted at ${psnr.toFixed(1)} dB` : "blank or cannot be drawn"}, left out`;
    },
    { workers: 2, signal, onProgress: (done) => onProgress?.({ stage: "draw", done, total }) },
  );
  const accepted = results.flatMap((result, at) => {
    if (typeof result !== "string") return [{ ...result, drawing: drawings[at]! }];
    leftOut.push(result);
    return [];
  });
  const slots = assignSlots(
    accepted.map(({ picture }) => picture.regions),
    createRandom("slots"),
  );
  const splits = assignStickerSplits(
    accepted.map(({ drawing: { set, concept } }) => ({
      set: set.name,
      concept: concept.hexcode,
      label: concept.label,
    })),
  );
  let offset = 0;
  const round = (value: number): number => Number(value.toFixed(5));
  const items: StickerItem[] = accepted.map(
    ({ drawing: { set, icon, concept }, picture, psnr, labels }, at) => {
      const id = `${set.name}/${icon.name}`;
      const thing = thingsOfIcons[id];
      const start = offset;
      offset += labels.length;
      const { pose } = picture;
      return {
        id,
        set: set.name,
        style: set.style,
        concept: thing ? `${thingGroup}-${thing.replace(/ /g, "-")}` : concept.hexcode,
        label: thing ?? concept.label,
        tags: thing ? [] : [...concept.tags],
        group: thing ? thingGroup : concept.group,
        subgroup: thing ? thingGroup : concept.subgroup,
        split: splits[at]!,
        pose: { x: round(pose.x), y: round(pose.y), size: round(pose.size) },
        slots: [...slots[at]!],
        fills: picture.regions.map(({ fill }) => fill.map(round)),
        psnr: Number(psnr.toFixed(2)),
        offset: start,
        length: labels.length,
      };
    },
  );
  const maps = Buffer.concat(accepted.map(({ labels }) => labels));
  const text = JSON.stringify(items);
  const psnr: Record<string, number> = {};
  for (const set of new Set(items.filter(({ set: name }) => learnedSets.has(name)).map((item) => item.set))) {
    const values = items.filter((item) => item.set === set).map((item) => item.psnr);
    psnr[set] = findUpperMedian(values)!;
  }
  const counts: Record<string, number> = {};
  for (const split of splits) counts[split] = (counts[split] ?? 0) + 1;
  const manifest: StickerManifest = {
    format,
    recipe,
    licences: [
      ...usedSets.map(({ name, license, attribution }) => ({ set: name, license, attribution })),
      { set: labelSource.package, license: labelSource.license, attribution: labelSource.attribution },
    ],
    drawings: items.length,
    psnr,
    splits: counts,
    packages,
    leftOut: leftOut.sort(),
    sha256: { "labels.bin": hashSha256(maps), "items.json": hashSha256(text) },
  };
  await writeFileAtomic(join(out, "labels.bin"), maps);
  await writeFileAtomic(join(out, "items.json"), text);
  await writeFileAtomic(join(out, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  return { ...manifest, built: true };
}

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
