import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { DownloadError, ToolkitError } from "../errors.js";
import { hashSha256, makeOutputFolder, writeFileAtomic } from "../files/index.js";
import { findUpperMedian } from "../images/index.js";
import { createRandom } from "../tensor/index.js";
import { forEachConcurrently } from "./concurrent.js";
import { type EmojiDataOptions, gather } from "./emoji.js";
import { createNpmFetcher } from "./fetch.js";
import { joinIconSet } from "./iconSets.js";
import { joinSet } from "./join.js";
import { ownSet, readOwnDrawings } from "./ownDrawings.js";
import { type RegionPicture, computeRegionPsnr, extractRegions } from "./regions.js";
import { assignSlots } from "./slots.js";
import { heldOutSet, iconSets, labelSource, stickerIconSets } from "./sources.js";
import { type StickerItem, type StickerManifest, loadStickerData, stickerFormat } from "./stickers.js";

/** Sets whose drawings do not repaint well from linear fills: theirs are blurs and filters. */
const unfitSets: ReadonlySet<string> = new Set(["fluent-emoji"]);
/** Drawings that repaint worse than this, dB, are left out. */
const worstPsnr = 28;
/** A set whose drawings repaint worse than this in the median, dB, is not fit to learn from. */
export const smallestMedianPsnr = 38;
/** What is kept back from a development pack. */
const heldPairs = 200;
const heldConcepts = 60;

const emojiSets: ReadonlySet<string> = new Set(iconSets.map(({ name }) => name));
/** Sets that a generator can learn from. */
const learnedSets: ReadonlySet<string> = new Set([...iconSets, ...stickerIconSets].map(({ name }) => name));
/** Sets that drawings are taken from. */
const packagedSets = [...iconSets, ...stickerIconSets].filter(({ name }) => !unfitSets.has(name));
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

/** A drawing of an icon set, not yet as regions. */
type SourceDrawing = Awaited<ReturnType<typeof readOwnDrawings>>[number];

/** A drawing as regions that repaint well. */
interface AcceptedDrawing {
  readonly drawing: SourceDrawing;
  readonly picture: RegionPicture;
  /** dB against the source. */
  readonly psnr: number;
  /** Deflated label map. */
  readonly labels: Buffer;
}

/** Reads the manifest of a folder that was built by a recipe; undefined if the folder has to be built. */
async function findBuilt(out: string, recipe: string): Promise<StickerManifest | undefined> {
  const present = await loadStickerData(out).catch((error: unknown) => {
    if (error instanceof ToolkitError) return undefined;
    throw error;
  });
  const isCurrent =
    present?.manifest.recipe === recipe && present.manifest.packages.length === packagedSets.length + 1;
  return isCurrent ? present.manifest : undefined;
}

/** Extracts the regions of drawings. @returns those that repaint well, in order, and a line for each of the others. */
async function extractDrawings(
  drawings: readonly SourceDrawing[],
  { onProgress, signal }: Pick<EmojiDataOptions, "onProgress" | "signal">,
): Promise<{ accepted: AcceptedDrawing[]; leftOut: string[] }> {
  const results: (AcceptedDrawing | string)[] = [];
  const total = drawings.length;
  await forEachConcurrently(
    drawings,
    async (drawing, at) => {
      const { set, icon } = drawing;
      const picture = await extractRegions(icon).catch(() => undefined);
      const psnr = picture ? computeRegionPsnr(picture) : 0;
      results[at] =
        picture && psnr >= worstPsnr
          ? { drawing, picture, psnr, labels: deflateSync(picture.labels) }
          : `${set.name}/${icon.name}: ${picture ? `repainted at ${psnr.toFixed(1)} dB` : "blank or cannot be drawn"}, left out`;
    },
    { workers: 2, signal, onProgress: (done) => onProgress?.({ stage: "draw", done, total }) },
  );
  return {
    accepted: results.filter((result) => typeof result !== "string"),
    leftOut: results.filter((result) => typeof result === "string"),
  };
}

/** Describes drawings for `items.json`: slots, splits, fills and the place of each label map. */
function makeItems(accepted: readonly AcceptedDrawing[]): StickerItem[] {
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
  return accepted.map(({ drawing: { set, icon, concept }, picture, psnr, labels }, at) => {
    const id = `${set.name}/${icon.name}`;
    const start = offset;
    offset += labels.length;
    const { pose } = picture;
    return {
      id,
      set: set.name,
      style: set.style,
      concept: concept.hexcode,
      label: concept.label,
      tags: [...concept.tags],
      group: concept.group,
      subgroup: concept.subgroup,
      split: splits[at]!,
      pose: { x: round(pose.x), y: round(pose.y), size: round(pose.size) },
      slots: [...slots[at]!],
      fills: picture.regions.map(({ fill }) => fill.map(round)),
      psnr: Number(psnr.toFixed(2)),
      offset: start,
      length: labels.length,
    };
  });
}

/** Computes the median dB of each set that a generator can learn from. */
function measureSets(items: readonly StickerItem[]): Record<string, number> {
  const psnr: Record<string, number> = {};
  for (const set of new Set(items.filter(({ set: name }) => learnedSets.has(name)).map((item) => item.set))) {
    const values = items.filter((item) => item.set === set).map((item) => item.psnr);
    psnr[set] = findUpperMedian(values)!;
  }
  return psnr;
}

/** Writes label maps, items and manifest into a folder. @returns the manifest. */
async function writeStickerData(
  out: string,
  accepted: readonly AcceptedDrawing[],
  origin: Pick<StickerManifest, "recipe" | "packages" | "leftOut">,
): Promise<StickerManifest> {
  const items = makeItems(accepted);
  const maps = Buffer.concat(accepted.map(({ labels }) => labels));
  const text = JSON.stringify(items);
  const splits: Record<string, number> = {};
  for (const { split } of items) splits[split] = (splits[split] ?? 0) + 1;
  const manifest: StickerManifest = {
    format: stickerFormat,
    recipe: origin.recipe,
    licences: [
      ...usedSets.map(({ name, license, attribution }) => ({ set: name, license, attribution })),
      { set: labelSource.package, license: labelSource.license, attribution: labelSource.attribution },
    ],
    drawings: items.length,
    psnr: measureSets(items),
    splits,
    packages: origin.packages,
    leftOut: origin.leftOut,
    sha256: { "labels.bin": hashSha256(maps), "items.json": hashSha256(text) },
  };
  await writeFileAtomic(join(out, "labels.bin"), maps);
  await writeFileAtomic(join(out, "items.json"), text);
  await writeFileAtomic(join(out, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

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
  const { out, cache = join(out, "packages"), offline = false } = options;
  const own = await readOwnDrawings(options.ownDrawings);
  const recipe = hashSha256(
    JSON.stringify([stickerFormat, worstPsnr, usedSets, labelSource, own.map(({ icon }) => icon)]),
  );
  const present = await findBuilt(out, recipe);
  if (present) return { ...present, built: false };
  const problems: string[] = [];
  await makeOutputFolder(out);
  const { drawings: packaged, packages } = await gather(
    options.fetch ?? createNpmFetcher(cache, offline),
    (message) => {
      problems.push(message);
      options.onProblem?.(message);
    },
    { ...options, sets: packagedSets },
    (set, icons, table, charTables) => {
      return emojiSets.has(set.name)
        ? joinSet(set, icons, table, charTables)
        : joinIconSet(set, icons, table);
    },
  );
  if (packaged.length === 0)
    throw new DownloadError("sticker data: no icon set could be read; check the network and retry");
  const { accepted, leftOut } = await extractDrawings([...packaged, ...own], options);
  const manifest = await writeStickerData(out, accepted, {
    recipe,
    packages,
    leftOut: [...problems, ...leftOut].sort(),
  });
  return { ...manifest, built: true };
}
