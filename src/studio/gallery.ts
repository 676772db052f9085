import { lstat, mkdir, readFile, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { parseYaml, writeFileAtomic } from "../files/index.js";
import { snapshotFile } from "../guidance/index.js";
import { pictureFormats } from "../images/index.js";
import { type RunFacts, factsFrom, factsSchema, titleOf } from "./facts.js";
import { type StudioFolders, isRunName, readFileIn, runFolder } from "./folders.js";
import { ConflictError } from "./routes.js";

/** A run folder in the gallery. */
export const galleryItemSchema = factsSchema.extend({
  /** Name of the run folder. */
  id: z.string(),
  /** Time of the last change, milliseconds since 1970; a picture's address changes with it. */
  changed: z.number(),
  starred: z.boolean(),
});

/** A run folder in the gallery. */
export type GalleryItem = z.infer<typeof galleryItemSchema>;

/** Filters, order and part of a list. */
export const galleryQuerySchema = z.strictObject({
  words: z.string().max(500).default("").describe("Words that the prompt contains, in any order"),
  by: z
    .enum(["words", "content", "picture"])
    .default("words")
    .describe(
      "What the words are: those of prompts, what is shown, or the id of an upload that results are like",
    ),
  kind: z.enum(["all", "generate", "edit", "foreign"]).default("all"),
  starred: z.enum(["true", "false"]).default("false"),
  sort: z.enum(["newest", "oldest", "judge", "gap"]).default("newest"),
  offset: z.coerce.number().int().min(0).max(1e7).default(0),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

/** Every run folder of `out`, and what can be done with them. */
export interface Gallery {
  list(
    query: Omit<z.infer<typeof galleryQuerySchema>, "by">,
  ): Promise<{ total: number; items: GalleryItem[] }>;
  /** @throws {NotFoundError} */
  item(id: string): Promise<GalleryItem>;
  star(id: string, starred: boolean): Promise<void>;
  /** Moves a run folder to the bin; `restore` moves it back. */
  remove(id: string): Promise<void>;
  restore(id: string): Promise<void>;
  /** Deletes the content of the bin. @returns the number of runs. */
  emptyBin(): Promise<number>;
  binSize(): Promise<number>;
}

const largestConfig = 1e6;
/** Maximum duration of the last scan, in milliseconds, up to which a list waits for the next scan. */
const maxWait = 250;
/** Milliseconds during which a list does not start another scan. */
const scanPause = 1000;
/** The same for later pages of a list, in durations of the last scan: scrolling leaves the processor to the page. */
const scrollPause = 20;
const cacheSchema = z.record(
  z.string(),
  z.object({ stamp: z.string(), changed: z.number(), facts: factsSchema }),
);

/** Possible names of the picture of a run. */
const imageNames = pictureFormats.map((format) => `image.${format}`);

async function readFacts(folder: string, name: string): Promise<RunFacts> {
  const names = await readdir(folder);
  const image = imageNames.find((each) => names.includes(each));
  const rest = { image, unfinished: names.includes(snapshotFile) };
  if (!names.includes("config.yaml"))
    return {
      kind: "foreign",
      title: titleOf(name),
      ...rest,
      problem: rest.unfinished ? undefined : "config.yaml is missing",
    };
  try {
    const { bytes } = await readFileIn(folder, "config.yaml", largestConfig);
    const content = parseYaml(bytes.toString("utf8"), "config.yaml");
    return { ...factsFrom(content, name), ...rest };
  } catch (error) {
    const reason = (error as Error).message.split("\n")[0]!.slice(0, 200);
    return {
      kind: "foreign",
      title: titleOf(name),
      ...rest,
      problem: `config.yaml cannot be read: ${reason}`,
    };
  }
}

/**
 * Opens the gallery of a folder; facts of runs are cached in the studio's own folder.
 * @param onChange called when a scan finds changes after the list was returned.
 */
export async function openGallery(
  { out, own }: StudioFolders,
  onChange: () => void = () => undefined,
): Promise<Gallery> {
  const cachePath = join(own, "gallery.json");
  const starsPath = join(own, "stars.json");
  const bin = join(own, "bin");
  const load = async <T>(path: string, schema: z.ZodType<T>, empty: T): Promise<T> => {
    try {
      return schema.parse(JSON.parse(await readFile(path, "utf8")));
    } catch {
      return empty; // missing or damaged: it is built again
    }
  };
  const cache = new Map(Object.entries(await load(cachePath, cacheSchema, {})));
  const stars = new Set(await load(starsPath, z.array(z.string()), []));
  let runningScan: Promise<boolean> | undefined;
  let nextScan: NodeJS.Timeout | undefined;
  let isReporting = false;
  let lastScan = -Infinity;
  /** Milliseconds that the last scan took. */
  let scanDuration = Infinity;
  let sorted: GalleryItem[] = [];

  /** Reads a run folder when it has changed. @returns whether it has. */
  const readRunFolder = async (name: string): Promise<boolean> => {
    const folder = join(out, name);
    const infos = await Promise.all(
      [folder, join(folder, "config.yaml")].map((path) => lstat(path).catch(() => undefined)),
    );
    if (!infos[0]?.isDirectory()) return false;
    const stamp = infos.map((info) => info?.mtimeMs ?? 0).join(" ");
    if (cache.get(name)?.stamp === stamp) return false;
    const changed = Math.round(Math.max(...infos.map((info) => info?.mtimeMs ?? 0)));
    cache.set(name, { stamp, changed, facts: await readFacts(folder, name) });
    return true;
  };
  const sort = (): void => {
    sorted = [...cache]
      .map(([id, { changed, facts }]) => ({ ...facts, id, changed, starred: stars.has(id) }))
      .sort((a, b) => Number.parseInt(b.id, 10) - Number.parseInt(a.id, 10));
  };
  /** @returns whether anything has changed. */
  const scan = async (): Promise<boolean> => {
    const start = performance.now();
    const names = (await readdir(out)).filter(isRunName);
    const presentNames = new Set(names);
    const removedNames = [...cache.keys()].filter((name) => !presentNames.has(name));
    removedNames.forEach((name) => cache.delete(name));
    let changes = removedNames.length;
    const remainingNames = [...names];
    const readRemaining = async (): Promise<void> => {
      for (let name = remainingNames.pop(); name !== undefined; name = remainingNames.pop())
        if (await readRunFolder(name)) changes++;
    };
    await Promise.all(Array.from({ length: 8 }, readRemaining));
    sort();
    // The next start is slower when this fails, nothing else.
    if (changes > 0)
      await writeFileAtomic(cachePath, JSON.stringify(Object.fromEntries(cache))).catch(() => undefined);
    lastScan = performance.now();
    scanDuration = lastScan - start;
    return changes > 0;
  };
  const scanOnce = (): Promise<boolean> => (runningScan ??= scan().finally(() => (runningScan = undefined)));
  /** Scans, unless a scan is running whose changes will be reported. */
  const scanAndReport = (): void => {
    if (isReporting) return;
    isReporting = true;
    const report = (changed: boolean): void => {
      isReporting = false;
      if (changed) onChange();
    };
    void scanOnce().then(report, () => report(true));
  };
  /**
   * Scans for changes. The known runs are listed immediately, and changes are reported later, if the scan takes long or the last one
   * is younger than `age` milliseconds.
   */
  const refresh = async (age: number): Promise<void> => {
    const rest = age - (performance.now() - lastScan);
    if (!runningScan && rest > 0)
      nextScan ??= setTimeout(() => {
        nextScan = undefined;
        scanAndReport();
      }, rest).unref();
    else if (lastScan > -Infinity && scanDuration > maxWait) scanAndReport();
    else await scanOnce();
  };
  const saveStars = (): Promise<void> => writeFileAtomic(starsPath, JSON.stringify([...stars]));

  return {
    async list({ words, kind, starred, sort, offset, limit }) {
      await refresh(offset === 0 ? scanPause : Math.max(scanPause, scrollPause * scanDuration));
      const terms = words.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
      let items = sorted.filter((item) => {
        const title = item.title.normalize("NFKC").toLowerCase();
        return (
          (kind === "all" || item.kind === kind) &&
          (starred === "false" || item.starred) &&
          terms.every((word) => title.includes(word) || item.id.includes(word))
        );
      });
      if (sort === "oldest") items.reverse();
      const gap = ({ guide, judge }: GalleryItem): number => (guide ?? -Infinity) - (judge ?? 0);
      if (sort === "judge") items = items.sort((a, b) => (b.judge ?? -Infinity) - (a.judge ?? -Infinity));
      if (sort === "gap") items = items.sort((a, b) => gap(b) - gap(a));
      return { total: items.length, items: items.slice(offset, offset + limit) };
    },
    async item(id) {
      const folder = await runFolder(out, id);
      const { mtimeMs } = await lstat(folder);
      return { ...(await readFacts(folder, id)), id, changed: Math.round(mtimeMs), starred: stars.has(id) };
    },
    async star(id, starred) {
      await runFolder(out, id);
      if (starred) stars.add(id);
      else stars.delete(id);
      sorted = sorted.map((item) => (item.id === id ? { ...item, starred } : item));
      await saveStars();
    },
    async remove(id) {
      const folder = await runFolder(out, id);
      await mkdir(bin, { recursive: true });
      await rename(folder, join(bin, id));
      cache.delete(id);
      sort();
    },
    async restore(id) {
      const folder = await runFolder(bin, id);
      if (await lstat(join(out, id)).catch(() => undefined))
        throw new ConflictError(`a run named ${id} exists again; move it away first`);
      await rename(folder, join(out, id));
      await readRunFolder(id);
      sort();
    },
    async emptyBin() {
      const names = (await readdir(bin)).filter(isRunName);
      for (const name of names) await rm(join(bin, name), { recursive: true });
      return names.length;
    },
    binSize: async () => (await readdir(bin).catch(() => [])).filter(isRunName).length,
  };
}
