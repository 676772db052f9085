import { readdir, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { InputError } from "../errors.js";

/** Extensions of supported picture files. */
const readable: ReadonlySet<string> = new Set([".png", ".jpg", ".jpeg", ".webp", ".gif"]);
/** Extensions of unsupported picture files. */
const unreadable: ReadonlySet<string> = new Set(
  ".avif .bmp .heic .heif .ico .jxl .jp2 .psd .svg .tif .tiff .cr2 .cr3 .nef .arw .dng .raf .orf .rw2".split(
    " ",
  ),
);
/** Folders of thumbnails, deleted files and packages. */
const excludedFolders: ReadonlySet<string> = new Set([
  "@eaDir",
  "#recycle",
  "$RECYCLE.BIN",
  "System Volume Information",
  "lost+found",
  "__MACOSX",
  "node_modules",
]);

/** Options of the search for picture files. */
export interface ListOptions {
  /** Names of further files and folders to exclude. `*` matches any characters. */
  readonly exclude?: readonly string[];
  /** Receives the number of excluded pictures by unsupported extension (`.tiff`). It is not called when there are none. */
  readonly onPassedOver?: (counts: ReadonlyMap<string, number>) => void;
}

/**
 * Lists picture files. A path of a file is listed unchanged. A folder is searched recursively, in the order of names, for the extensions of
 * PNG, JPEG, WebP and GIF. Hidden entries, linked folders, and folders such as `@eaDir` and `node_modules` are skipped.
 * @param paths paths of files and folders.
 * @param options names to exclude, and a callback for other extensions.
 * @returns paths in order, each once.
 * @throws {InputError} for a path that does not exist.
 */
export async function listPictures(
  paths: readonly string[],
  { exclude = [], onPassedOver }: ListOptions = {},
): Promise<string[]> {
  const patterns = exclude.map(compilePattern);
  const isExcluded = (name: string): boolean => patterns.some((pattern) => pattern.test(name));
  const passedOver = new Map<string, number>();
  const lists = await Promise.all(
    paths.map(async (path) => {
      const info = await stat(path).catch((cause: unknown) => {
        throw new InputError(`${path}: no such file or folder; check the path`, { cause });
      });
      return info.isDirectory() ? listFilesBelow(path, isExcluded, passedOver) : [path];
    }),
  );
  if (passedOver.size > 0) onPassedOver?.(passedOver);
  return [...new Set(lists.flat())];
}

/** Converts a name with `*` to a regular expression. Runs of stars are merged, so that matching takes little time. */
function compilePattern(name: string): RegExp {
  const parts = name.split(/\*+/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "is");
}

async function listFilesBelow(
  folder: string,
  isExcluded: (name: string) => boolean,
  passedOver: Map<string, number>,
): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new InputError(`${folder}: cannot be read (${(cause as NodeJS.ErrnoException).code})`, { cause });
  });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const paths: string[] = [];
  for (const entry of entries) {
    const { name } = entry;
    if (name.startsWith(".") || isExcluded(name)) continue;
    const path = join(folder, name);
    const extension = extname(name).toLowerCase();
    if (entry.isDirectory()) {
      if (!excludedFolders.has(name)) paths.push(...(await listFilesBelow(path, isExcluded, passedOver)));
    } else if (readable.has(extension)) paths.push(path);
    else if (unreadable.has(extension)) passedOver.set(extension, (passedOver.get(extension) ?? 0) + 1);
  }
  return paths;
}
