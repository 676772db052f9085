import { basename, dirname, extname, join, relative, resolve, sep } from "node:path";
import { InputError } from "../errors.js";
import { readTextFile } from "../files/index.js";
import { listPictures } from "../images/index.js";
import { type CaptionRow, readCaptions } from "./captionTable.js";

/** A picture file with its captions. */
export interface CaptionedFile {
  readonly path: string;
  readonly captions: readonly string[];
  /** Further columns of the captions file, and `folder`, the picture's own. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Pictures of a folder with their captions. */
export interface CaptionedFolder {
  readonly files: CaptionedFile[];
  /** Pictures without a caption. */
  readonly without: string[];
  /** What rows of the captions file name that is no picture of the folder. */
  readonly unmatched: string[];
}

const maxNote = 1e6;

/** Returns the caption that a file's name contains: `blue-car_02.png` → "blue car". */
export function captionOfName(path: string): string {
  return basename(path, extname(path))
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replace(/[\s_.-]+/g, " ")
    .replace(/(?:^| )\d+(?= |$)/g, "")
    .trim()
    .toLowerCase();
}

/**
 * Reads the picture files of a folder with their captions: from a table or JSONL file where one is given, else for each picture
 * from the `.txt` of its name beside it (a caption a line), else from its name. A row's file is looked for from the folder, from
 * the captions file and from the working folder, and else by its name where that is unique; names compare in Unicode's composed
 * form.
 * @returns pictures with a caption, in the order of names.
 * @throws {InputError} when the captions file is not what it should be, or none of its rows names a picture.
 */
export async function readCaptionedFolder(folder: string, captionsFile?: string): Promise<CaptionedFolder> {
  const paths = await listPictures([folder]);
  const matched = captionsFile === undefined ? undefined : await matchRows(paths, folder, captionsFile);
  const keyOf = (path: string): string => relative(resolve(folder), resolve(path)).split(sep).join("/");
  const files: CaptionedFile[] = [];
  const without: string[] = [];
  for (const path of paths) {
    const row = matched?.rows.get(path);
    const found = matched ? (row?.captions ?? []) : ((await readCaptionsFor(path)) ?? [captionOfName(path)]);
    const captions = [...new Set(found.map((each) => each.replace(/\s+/g, " ").trim()).filter(Boolean))];
    if (captions.length > 0)
      files.push({ path, captions, attributes: { folder: dirname(keyOf(path)), ...row?.attributes } });
    else without.push(path);
  }
  return { files, without, unmatched: matched?.unmatched ?? [] };
}

type Captions = Pick<CaptionRow, "captions" | "attributes">;

async function matchRows(
  paths: readonly string[],
  folder: string,
  captionsFile: string,
): Promise<{ rows: Map<string, Captions>; unmatched: string[] }> {
  const byPath = new Map(paths.map((path) => [resolve(path).normalize("NFC"), path]));
  const byName = new Map<string, string | undefined>();
  for (const path of paths) {
    const name = basename(path).normalize("NFC");
    byName.set(name, byName.has(name) ? undefined : path); // only a name that occurs once finds its picture
  }
  const bases = [resolve(folder), dirname(resolve(captionsFile)), process.cwd()];
  const rows = new Map<string, Captions>();
  const unmatched: string[] = [];
  const given = await readCaptions(captionsFile);
  for (const { file, captions, attributes } of given) {
    const name = file.normalize("NFC");
    const place = bases.map((base) => resolve(base, name)).find((path) => byPath.has(path));
    const path = place === undefined ? byName.get(basename(name)) : byPath.get(place);
    if (path === undefined) {
      unmatched.push(file);
      continue;
    }
    const before = rows.get(path);
    rows.set(path, {
      captions: [...(before?.captions ?? []), ...captions],
      attributes: { ...before?.attributes, ...attributes },
    });
  }
  if (rows.size === 0 && given.length > 0)
    throw new InputError(
      `${captionsFile}: none of its ${given.length} rows names a picture of ${folder}; the first names "${given[0]!.file.slice(0, 100)}"`,
    );
  return { rows, unmatched };
}

async function readCaptionsFor(path: string): Promise<string[] | undefined> {
  const note = join(dirname(path), `${basename(path, extname(path))}.txt`);
  try {
    const text = await readTextFile(note, {
      maxBytes: maxNote,
      expected: "a text file with a caption a line",
    });
    return text.split(/\r\n?|\n/);
  } catch (error) {
    if (((error as Error).cause as NodeJS.ErrnoException | undefined)?.code === "ENOENT") return undefined;
    throw error;
  }
}
