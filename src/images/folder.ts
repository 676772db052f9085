import { readdir, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { InputError } from "../errors.js";

/** Endings of picture files that are read. */
const readable: ReadonlySet<string> = new Set([".png", ".jpg", ".jpeg", ".webp", ".gif"]);
/** Endings of picture files that are not. */
const unreadable: ReadonlySet<string> = new Set(
  ".avif .bmp .heic .heif .ico .jxl .jp2 .psd .svg .tif .tiff .cr2 .cr3 .nef .arw .dng .raf .orf .rw2".split(
    " ",
  ),
);
/** Folders of thumbnails, deleted files and packages that systems and programs make. */
const excludedFolders: ReadonlySet<string> = new Set([
  "@eaDir",
  "#recycle",
  "$RECYCLE.BIN",
  "System Volume Information",
  "lost+found",
  "__MACOSX",
  "node_modules",
]);

/** How folders are searched. */
export interface ListOptions {
  /** Names of further files and folders to leave out; `*` stands for any letters. */
  readonly exclude?: readonly string[];
  /** Receives how many pictures of formats that are not read were passed over, by ending (`.tiff`), when there were any. */
  readonly onPassedOver?: (counts: ReadonlyMap<string, number>) => void;
}

/**
 * Picture files among paths: a file is taken as it is, a folder is searched to any depth for PNG, JPEG, WebP and GIF by their endings, in
 * the order of names. Hidden entries, linked folders, and folders such as `@eaDir` and `node_modules` are passed over.
 * @throws {InputError} for a path that is not there.
 */
export async function listPictures(
  paths: readonly string[],
  { exclude = [], onPassedOver }: ListOptions = {},
): Promise<string[]> {
  const patterns = exclude.map(patternOf);
  const isExcluded = (name: string): boolean => patterns.some((pattern) => pattern.test(name));
  const passedOver = new Map<string, number>();
  const lists = await Promise.all(
    paths.map(async (path) => {
      const info = await stat(path).catch((cause: unknown) => {
        throw new InputError(`${path}: no such file or folder; check the path`, { cause });
      });
      return info.isDirectory() ? filesBelow(path, isExcluded, passedOver) : [path];
    }),
  );
  if (passedOver.size > 0) onPassedOver?.(passedOver);
  return [...new Set(lists.flat())];
}

/** A name with `*` as a pattern; runs of stars are one, so that it is matched in a moment. */
function patternOf(name: string): RegExp {
  const parts = name.split(/\*+/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "is");
}

async function filesBelow(
  folder: string,
  isExcluded: (name: string) => boolean,
  passedOver: Map<string, number>,
): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new InputError(`${folder}: cannot be read (${(cause as NodeJS.ErrnoException).code})`, { cause });
  });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const found: string[] = [];
  for (const entry of entries) {
    const { name } = entry;
    if (name.startsWith(".") || isExcluded(name)) continue;
    const path = join(folder, name);
    const ending = extname(name).toLowerCase();
    if (entry.isDirectory()) {
      if (!excludedFolders.has(name)) found.push(...(await filesBelow(path, isExcluded, passedOver)));
    } else if (readable.has(ending)) found.push(path);
    else if (unreadable.has(ending)) passedOver.set(ending, (passedOver.get(ending) ?? 0) + 1);
  }
  return found;
}
