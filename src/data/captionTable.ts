import { InputError } from "../errors.js";
import { parseJson, parseTable, readTextFile } from "../files/index.js";

/** A row of a captions file. */
export interface CaptionRow {
  /** Path of the picture as the row has it, with `/`. */
  readonly file: string;
  readonly captions: readonly string[];
  /** Further columns that are not empty. */
  readonly attributes: Readonly<Record<string, string>>;
}

const maxBytes = 256e6;
const expected = "a table (CSV, TSV) or JSONL with the columns file and caption";

/** Names of the columns of files and of captions, in lower case and with `_` for blanks and dashes. */
const fileKeys =
  "file path image filename filepath file_name file_path image_name image_path image_file img img_path".split(
    " ",
  );
const captionKeys =
  "caption captions text label title comment description sentence prompt alt alt_text raw_caption".split(" ");

const keyOf = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, "_");

/**
 * Reads a captions file: JSONL by its ending, else a table (`parseTable`). The columns of files and captions are known by their names.
 * @throws {InputError} naming file and line when it is not what it should be.
 */
export async function readCaptions(path: string): Promise<CaptionRow[]> {
  const text = await readTextFile(path, { maxBytes, expected });
  return /\.(jsonl|ndjson)$/i.test(path) ? fromJsonLines(text, path) : fromTable(text, path);
}

function makeRow(file: string, captions: readonly string[], attributes: [string, string][]): CaptionRow {
  const name = file.trim().replaceAll("\\", "/").replace(/^\.\//, "");
  return { file: name, captions, attributes: Object.fromEntries(attributes) };
}

function fromTable(text: string, path: string): CaptionRow[] {
  const { header, rows } = parseTable(text, path);
  const column = (keys: readonly string[]): number => header.findIndex((name) => keys.includes(keyOf(name)));
  const [file, caption] = [column(fileKeys), column(captionKeys)];
  if (file < 0 || caption < 0)
    throw new InputError(
      `${path}: its first line needs the columns file and caption (or image and text, …); it has: ${header.join(", ").slice(0, 200)}`,
    );
  return rows.map(({ fields }) => {
    const attributes = header.flatMap((name, at): [string, string][] =>
      at === file || at === caption || !fields[at] ? [] : [[name, fields[at]]],
    );
    return makeRow(fields[file] ?? "", [fields[caption] ?? ""], attributes);
  });
}

function fromJsonLines(text: string, path: string): CaptionRow[] {
  return text.split(/\r\n?|\n/).flatMap((line, at): CaptionRow[] => {
    if (line.trim() === "") return [];
    let record: unknown;
    try {
      record = parseJson(line);
    } catch (cause) {
      throw new InputError(`${path}: line ${at + 1}: is not JSON (${(cause as Error).message})`, { cause });
    }
    const entries = typeof record === "object" && record !== null ? Object.entries(record) : [];
    const valueOf = (keys: readonly string[]): unknown =>
      entries.find(([name, value]) => keys.includes(keyOf(name)) && value !== null)?.[1];
    const [file, caption] = [valueOf(fileKeys), valueOf(captionKeys)];
    const captions: unknown[] = Array.isArray(caption) ? (caption as unknown[]) : [caption];
    const areTexts = (values: unknown[]): values is string[] =>
      values.every((each) => typeof each === "string");
    if (typeof file !== "string" || !areTexts(captions))
      throw new InputError(`${path}: line ${at + 1}: needs "file" and "caption", a text or a list of them`);
    const attributes = entries.filter(
      (entry): entry is [string, string] =>
        typeof entry[1] === "string" && ![...fileKeys, ...captionKeys].includes(keyOf(entry[0])),
    );
    return [makeRow(file, captions, attributes)];
  });
}
