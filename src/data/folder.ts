import { readFile, stat } from "node:fs/promises";
import { basename, dirname, extname, join, relative, resolve, sep } from "node:path";
import { InputError } from "../errors.js";
import { listPictures } from "../images/index.js";

/** A picture file and what may be said about it. */
export interface CaptionedFile {
  readonly path: string;
  readonly captions: readonly string[];
  /** Further columns of the captions file, and `folder`, the picture's own. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** What a captions file says of one picture. */
interface Said {
  readonly captions: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
}

const largestFile = 256e6;

/**
 * Rows of a CSV text: fields in double quotes may hold commas, line ends and doubled quotes.
 * Source: RFC 4180, §2.
 */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  pattern.lastIndex = text.startsWith("\ufeff") ? 1 : 0;
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const found = pattern.exec(text);
    if (!found)
      throw new InputError(
        `line ${text.slice(0, at).split("\n").length}: a quote is not closed or out of place`,
      );
    row.push(found[1]?.replaceAll('""', '"') ?? found[2]!);
    if (found[3] === ",") {
      if (pattern.lastIndex === text.length) row.push("");
      else continue;
    }
    if (row.length > 1 || row[0] !== "") rows.push(row);
    row = [];
  }
  return rows;
}

const fileKeys = ["file", "path", "image", "filename", "filepath"];
const captionKeys = ["caption", "captions", "text", "label", "title"];

function fromCsv(text: string): [file: string, said: Said][] {
  const [head = [], ...rows] = parseCsv(text);
  const column = (keys: readonly string[]): number =>
    head.findIndex((name) => keys.includes(name.trim().toLowerCase()));
  const [file, caption] = [column(fileKeys), column(captionKeys)];
  if (file < 0 || caption < 0)
    throw new InputError(`its first line needs the columns file and caption, got "${head.join(",")}"`);
  return rows.map((row) => {
    const others = head.flatMap((name, at) =>
      at === file || at === caption || !row[at] ? [] : [[name.trim(), row[at]] as const],
    );
    return [row[file] ?? "", { captions: [row[caption] ?? ""], attributes: Object.fromEntries(others) }];
  });
}

function fromJsonLines(text: string): [file: string, said: Said][] {
  return text.split(/\r?\n/).flatMap((line, at): [string, Said][] => {
    if (line.trim() === "") return [];
    let record: Record<string, unknown>;
    try {
      record = JSON.parse(line) as Record<string, unknown>;
    } catch (cause) {
      throw new InputError(`line ${at + 1}: is no JSON`, { cause });
    }
    const of = (keys: readonly string[]): unknown =>
      keys.map((key) => record[key]).find((value) => value !== undefined);
    const [file, caption] = [of(fileKeys), of(captionKeys)];
    const captions = Array.isArray(caption) ? (caption as unknown[]) : [caption];
    if (typeof file !== "string" || !captions.every((each) => typeof each === "string"))
      throw new InputError(`line ${at + 1}: needs "file" and "caption", a text or a list of them`);
    const others = Object.entries(record).filter(
      (entry): entry is [string, string] =>
        typeof entry[1] === "string" && !fileKeys.includes(entry[0]) && !captionKeys.includes(entry[0]),
    );
    return [[file, { captions, attributes: Object.fromEntries(others) }]];
  });
}

/** What a file's name says: `blue-car_02.png` → "blue car". */
export function captionOfName(path: string): string {
  return basename(path, extname(path))
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replace(/[\s_.-]+/g, " ")
    .replace(/(?:^| )\d+(?= |$)/g, "")
    .trim()
    .toLowerCase();
}

/**
 * Picture files of a folder with their captions: from a CSV or JSONL file where one is given, else for each picture from the
 * `.txt` of its name beside it (a caption a line), else from its name.
 * @returns pictures with a caption, in the order of names, and the paths of those without.
 * @throws {InputError} when the captions file is not what it should be.
 */
export async function captionedFolder(
  folder: string,
  captionsFile?: string,
): Promise<{ files: CaptionedFile[]; without: string[] }> {
  const paths = await listPictures([folder]);
  const given = captionsFile === undefined ? undefined : await readCaptions(captionsFile);
  const keyOf = (path: string): string => relative(resolve(folder), resolve(path)).split(sep).join("/");
  const files: CaptionedFile[] = [];
  const without: string[] = [];
  for (const path of paths) {
    const said = given?.get(keyOf(path));
    const found = given ? (said?.captions ?? []) : ((await beside(path)) ?? [captionOfName(path)]);
    const captions = [...new Set(found.map((each) => each.replace(/\s+/g, " ").trim()).filter(Boolean))];
    if (captions.length > 0)
      files.push({ path, captions, attributes: { folder: dirname(keyOf(path)), ...said?.attributes } });
    else without.push(path);
  }
  return { files, without };
}

async function beside(path: string): Promise<string[] | undefined> {
  const text = await readFile(join(dirname(path), `${basename(path, extname(path))}.txt`), "utf8").catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    },
  );
  return text?.split(/\r?\n/);
}

async function readCaptions(path: string): Promise<Map<string, Said>> {
  const info = await stat(path).catch((cause: unknown) => {
    throw new InputError(`${path}: no such file; give a CSV or JSONL with file and caption`, { cause });
  });
  if (info.size > largestFile) throw new InputError(`${path}: is larger than ${largestFile / 1e6} MB`);
  const text = await readFile(path, "utf8");
  const said = new Map<string, Said>();
  try {
    const rows = /\.(jsonl|ndjson)$/i.test(path) ? fromJsonLines(text) : fromCsv(text);
    for (const [file, given] of rows) {
      const key = file.trim().replaceAll("\\", "/").replace(/^\.\//, "");
      const before = said.get(key);
      said.set(key, {
        captions: [...(before?.captions ?? []), ...given.captions],
        attributes: { ...before?.attributes, ...given.attributes },
      });
    }
  } catch (error) {
    if (error instanceof InputError) throw new InputError(`${path}: ${error.message}`, { cause: error });
    throw error;
  }
  return said;
}
