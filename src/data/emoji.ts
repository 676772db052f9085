import { join } from "node:path";
import { DownloadError, InputError, ToolkitError } from "../errors.js";
import { hashSha256, makeOutputFolder, writeFileAtomic } from "../files/index.js";
import { type FetchPackage, createNpmFetcher, readPackage } from "./fetch.js";
import { drawIcons } from "./draw.js";
import {
  type Concept,
  type ConceptTable,
  type Icon,
  joinSet,
  readChars,
  readConcepts,
  readIcons,
} from "./join.js";
import { joinIconSet } from "./iconSets.js";
import { pictureSide } from "./render.js";
import { type IconSet, iconSets, labelSource, stickerIconSets } from "./sources.js";
import { assignSplits, excludeTwins, releaseSplits } from "./split.js";
import { type EmojiItem, type EmojiManifest, format, loadEmojiData } from "./emojiData.js";

/** Options of building the data. */
export interface EmojiDataOptions {
  readonly out: string;
  /** Icon sets to draw; default those that packs are trained on. */
  readonly sets?: readonly IconSet[];
  /** Concepts to hold back, as in `EmojiItem.concept`; by default a tenth of them, by hash, and pairs for validation too. */
  readonly heldConcepts?: ReadonlySet<string>;
  /** Folder of downloaded packages; default `<out>/packages`. */
  readonly cache?: string;
  readonly offline?: boolean;
  /** Gives the packages; default `npm pack`. */
  readonly fetch?: FetchPackage;
  readonly onProgress?: (progress: { stage: string; done: number; total: number }) => void;
  /** Called for every download or drawing that failed; the others continue. */
  readonly onProblem?: (message: string) => void;
  readonly signal?: AbortSignal;
}

type Gathered = Awaited<ReturnType<typeof gather>>["drawings"][number];

/** Describes one drawing for `items.json`. */
function describeItem({ set, icon, concept }: Gathered, split: EmojiItem["split"]): EmojiItem {
  return {
    id: `${set.name}/${icon.name}`,
    set: set.name,
    style: set.style,
    icon: icon.name,
    hexcode: concept.hexcode,
    concept: concept.hexcode,
    label: concept.label,
    tags: [...concept.tags],
    group: concept.group,
    subgroup: concept.subgroup,
    split,
  };
}

/**
 * Builds pictures and captions of emoji in a folder. Does nothing when they are up to date.
 * @param options folder, icon sets, cache and callbacks.
 * @returns the manifest, and whether anything was built.
 * @throws {DownloadError} when the labels or all icon sets are missing. Other problems are reported to `onProblem`.
 */
export async function buildEmojiData(options: EmojiDataOptions): Promise<EmojiManifest & { built: boolean }> {
  const {
    out,
    sets = iconSets,
    heldConcepts,
    cache = join(out, "packages"),
    offline = false,
    onProgress,
    signal,
  } = options;
  const held = heldConcepts && [...heldConcepts].sort();
  const recipe = hashSha256(JSON.stringify([format, sets, labelSource, ...(held ? [held] : [])]));
  const present = await presentManifest(out, recipe, sets.length + 1);
  if (present) return { ...present, built: false };
  // Drawings end in any order; `at` keeps the manifest the same from run to run.
  const problems: { at: number; message: string }[] = [];
  const problem = (message: string, at = -1): void => {
    problems.push({ at, message });
    options.onProblem?.(message);
  };
  const fetch = options.fetch ?? createNpmFetcher(cache, offline);
  await makeOutputFolder(out);
  const { drawings, packages } = await gather(fetch, problem, options, (set, icons, table, charTables) =>
    set.names === undefined ? joinSet(set, icons, table, charTables) : joinIconSet(set, icons, table),
  );
  if (drawings.length === 0)
    throw new DownloadError("emoji data: no icon set could be read; check the network and retry");
  const pictures: { at: number; rgb: Uint8Array }[] = [];
  await drawIcons(drawings, {
    onDrawn: (at, rgb) => void pictures.push({ at, rgb }),
    onProblem: (message, at) => problem(message, at),
    onProgress,
    signal,
  });
  pictures.sort((a, b) => a.at - b.at);
  const images = new Uint8Array(pictures.length * pictureSide * pictureSide * 3);
  pictures.forEach(({ rgb }, index) => images.set(rgb, index * rgb.length));
  const drawnItems = pictures.map(({ at }) => drawings[at]!);
  const named = drawnItems.map(({ set, concept }) => ({ set: set.name, ...concept }));
  const splits = excludeTwins(
    heldConcepts ? releaseSplits(named, heldConcepts) : assignSplits(named),
    pictures.map(({ rgb }) => hashSha256(rgb)),
  );
  const items = drawnItems.map((drawing, index) => describeItem(drawing, splits[index]!));
  const text = JSON.stringify(items);
  const manifest: EmojiManifest = {
    format,
    recipe,
    images: items.length,
    sets: tally(items.map((item) => item.set)),
    splits: tally(items.map((item) => item.split)),
    packages,
    licences: [
      ...sets.map(({ name, license, attribution }) => ({ set: name, license, attribution })),
      { set: labelSource.package, license: labelSource.license, attribution: labelSource.attribution },
    ],
    problems: problems.sort((a, b) => a.at - b.at).map(({ message }) => message),
    sha256: { "images.u8": hashSha256(images), "items.json": hashSha256(text) },
  };
  await writeFileAtomic(join(out, "images.u8"), images);
  await writeFileAtomic(join(out, "items.json"), text);
  await writeFileAtomic(join(out, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  return { ...manifest, built: true };
}

/**
 * Fetches labels and icon sets and gives each drawing its concept.
 * @param join chooses and names the drawings of a set.
 */
export async function gather<T extends { icon: Icon; concept: Concept }>(
  fetch: FetchPackage,
  problem: (message: string) => void,
  { sets = iconSets, onProgress, signal }: Pick<EmojiDataOptions, "sets" | "onProgress" | "signal">,
  join: (
    set: IconSet,
    icons: readonly Icon[],
    table: ConceptTable,
    charTables: readonly ReadonlyMap<string, string>[],
  ) => T[],
): Promise<{ drawings: (T & { set: IconSet })[]; packages: EmojiManifest["packages"] }> {
  const packages: EmojiManifest["packages"] = [];
  const total = sets.length + 1;
  const get = async (
    name: string,
    version: string,
    isNeeded: (path: string) => boolean,
  ): Promise<Map<string, Buffer>> => {
    signal?.throwIfAborted();
    const tarball = await fetch(name, version, signal);
    const files = await readPackage(tarball, isNeeded);
    packages.push({ name, version, sha256: hashSha256(tarball) });
    onProgress?.({ stage: "fetch", done: packages.length, total });
    return files;
  };
  const labels = await get(labelSource.package, labelSource.version, (path) => /^(en|meta)\//.test(path));
  const table = readConcepts(labels);
  const read: { set: IconSet; icons: Icon[] }[] = [];
  const charTables: Map<string, string>[] = [];
  for (const set of sets) {
    try {
      const files = await get(
        set.package,
        set.version,
        (path) => path === "icons.json" || path === "chars.json",
      );
      const icons = files.get("icons.json");
      if (!icons) throw new InputError("has no icons.json");
      read.push({ set, icons: readIcons(icons) });
      const chars = files.get("chars.json");
      // Other sets number their icons in ways of their own.
      if (chars && !stickerIconSets.includes(set) && set.names === undefined)
        charTables.push(readChars(chars));
    } catch (error) {
      signal?.throwIfAborted();
      problem(`${set.package}@${set.version}: ${(error as Error).message.split("\n")[0]}`);
    }
  }
  const drawings = read.flatMap(({ set, icons }) =>
    join(set, icons, table, charTables).map((joined) => ({ set, ...joined })),
  );
  return { drawings, packages };
}

async function presentManifest(
  folder: string,
  recipe: string,
  packages: number,
): Promise<EmojiManifest | undefined> {
  try {
    const { manifest } = await loadEmojiData(folder);
    // A set that failed to download last time is tried again.
    return manifest.recipe === recipe && manifest.packages.length === packages ? manifest : undefined;
  } catch (error) {
    if (error instanceof ToolkitError) return undefined;
    throw error;
  }
}

function tally(values: readonly string[]): Record<string, number> {
  const result: Record<string, number> = {};
  for (const value of values) result[value] = (result[value] ?? 0) + 1;
  return result;
}
