import { readdir, stat } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { type EmojiData, loadEmojiData } from "../data/index.js";
import type { Encoder } from "../embedding/index.js";
import { InputError } from "../errors.js";
import { readTextFile } from "../files/index.js";
import { type Picture, readPictureBytes, listPictures } from "../images/index.js";
import { parseCsv } from "./csv.js";

/** Pictures that are reported together, and their candidate labels. */
export interface Part {
  readonly name: string;
  /** Indices of its pictures. */
  readonly rows: readonly number[];
  /** Indices of the candidate labels. */
  readonly labels: readonly number[];
}

/** Pictures with one label each, and their attributes. */
export interface LabelledSet {
  /** Path or name of the data, for reports. */
  readonly name: string;
  /** Distinct labels. */
  readonly labels: readonly string[];
  /** Index of each picture's label. */
  readonly labelIndices: readonly number[];
  /** Columns of further attributes; an empty field is undefined. */
  readonly attributes: Readonly<Record<string, readonly (string | undefined)[]>>;
  /** Parts that are measured separately, such as the splits of emoji data. */
  readonly parts: readonly Part[];
  /** Other words for labels, where the data has them. */
  readonly synonyms?: Readonly<Record<string, readonly string[]>>;
  /** File of each picture; absent where they are in one file. */
  readonly paths?: readonly string[];
  /** @param open decodes a file's bytes. @throws {InputError} when it cannot be read. */
  readPicture(row: number, open: Encoder["open"]): Promise<Picture>;
}

const largestTable = 64e6;

/**
 * Opens a labelled set: a folder of emoji data (with its splits), a folder with a folder of pictures for each
 * label, or a CSV with a column `path` (relative to it), a column of labels and any columns of attributes. Below a label's
 * folder, a folder `name=value` gives its pictures an attribute, and any other one the attribute `folder`.
 * @param path path of a folder or of a CSV file.
 * @param options which column has the labels.
 * @param options.label name of the CSV's column of labels; default `label`, or `caption` where there is no such column.
 * @returns the set; pictures are read when they are asked for.
 * @throws {InputError} when it is none of these or holds no picture.
 */
export async function openLabelledSet(path: string, options: { label?: string } = {}): Promise<LabelledSet> {
  const info = await stat(path).catch((cause: unknown) => {
    throw new InputError(
      `${path}: no such file or folder; give a CSV, a folder of label folders, or emoji data`,
      { cause, reason: "no-emoji-data" },
    );
  });
  if (!info.isDirectory()) return fromCsv(path, info.size, options.label);
  const names = await readdir(path);
  if (names.includes("images.u8")) return createEmojiSet(await loadEmojiData(path));
  return fromFolders(path);
}

/** Makes a set of one part from rows of label and path. */
function makeSinglePartSet(
  name: string,
  rows: readonly { path: string; label: string }[],
  attributes: LabelledSet["attributes"],
): LabelledSet {
  const labels = [...new Set(rows.map(({ label }) => label))].sort();
  const index = new Map(labels.map((label, at) => [label, at]));
  return {
    name,
    labels,
    labelIndices: rows.map(({ label }) => index.get(label)!),
    attributes,
    parts: [{ name: "all", rows: rows.map((_, row) => row), labels: labels.map((_, at) => at) }],
    paths: rows.map(({ path }) => path),
    async readPicture(row, open) {
      const { path } = rows[row]!;
      return open(await readPictureBytes(path), path);
    },
  };
}

async function fromFolders(path: string): Promise<LabelledSet> {
  const rows: { path: string; label: string; attributes: Record<string, string> }[] = [];
  for (const file of await listPictures([path])) {
    const [top, ...inner] = relative(path, file).split(sep);
    if (inner.length === 0) continue; // beside the label folders
    const attributes: Record<string, string> = {};
    for (const name of inner.slice(0, -1)) {
      const [, key = "folder", value = name] = /^([^=]+)=(.+)$/.exec(name) ?? [];
      attributes[key] = value;
    }
    rows.push({ path: file, label: top!.replace(/[-_]+/g, " ").trim(), attributes });
  }
  if (rows.length === 0)
    throw new InputError(
      `${path}: no pictures in folders named after their label; expected ${join(path, "<label>", "<picture>.png")}`,
    );
  const names = [...new Set(rows.flatMap(({ attributes }) => Object.keys(attributes)))];
  return makeSinglePartSet(
    path,
    rows,
    Object.fromEntries(names.map((name) => [name, rows.map(({ attributes }) => attributes[name])])),
  );
}

async function fromCsv(path: string, bytes: number, column?: string): Promise<LabelledSet> {
  if (bytes > largestTable)
    throw new InputError(`${path}: is larger than ${largestTable / 1e6} MB; split it into several`);
  const { header, rows } = parseCsv(
    await readTextFile(path, { maxBytes: largestTable, expected: "a table with a column path" }),
    path,
  );
  const place = header.indexOf("path");
  const named = column ?? (header.includes("label") ? "label" : "caption");
  const label = header.indexOf(named);
  if (place === -1 || (column !== undefined && label === -1))
    throw new InputError(
      `${path}:1: no column "${place === -1 ? "path" : named}"; it has: ${header.join(", ")}`,
    );
  if (rows.length === 0)
    throw new InputError(`${path}: has a header and no rows; add a row for each picture`);
  const folder = resolve(dirname(path));
  const attributes = Object.fromEntries(
    header.flatMap((name, at) =>
      at === place || at === label
        ? []
        : [[name, rows.map((row) => (row[at] === "" ? undefined : row[at]))] as const],
    ),
  );
  return makeSinglePartSet(
    path,
    rows.map((row) => ({ path: resolve(folder, row[place]!), label: label === -1 ? "" : row[label]! })),
    attributes,
  );
}

/** Splits the words of a label, as the tokenizer separates them. */
const splitLabel = (label: string): string[] => label.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/**
 * Creates the emoji data's splits, each among its own labels and among all. Concepts never trained on are split further by
 * whether all words of their label were.
 */
export function createEmojiSet({
  images,
  size,
  items,
}: EmojiData): LabelledSet & { readPicture(row: number): Promise<Picture> } {
  const labels = [...new Set(items.map(({ label }) => label))];
  const index = new Map(labels.map((label, at) => [label, at]));
  const trained = new Set(items.flatMap(({ split, label }) => (split === "train" ? splitLabel(label) : [])));
  const own = items.map(({ label }) => index.get(label)!);
  const all = labels.map((_, at) => at);
  const rowsOf = (keep: (item: (typeof items)[number]) => boolean): number[] =>
    items.flatMap((item, row) => (keep(item) ? [row] : []));
  const known = (label: string): boolean => splitLabel(label).every((word) => trained.has(word));
  const splits: [name: string, rows: number[], among: number[]][] = (
    ["val_pair", "test_style", "test_concept", "test_concept_style"] as const
  ).map((split) => {
    const rows = rowsOf((item) => item.split === split);
    return [split, rows, rows];
  });
  const heldRows = rowsOf(({ split }) => split === "test_concept");
  splits.splice(
    3,
    0,
    ["test_concept, all words seen", heldRows.filter((row) => known(items[row]!.label)), heldRows],
    ["test_concept, a word unseen", heldRows.filter((row) => !known(items[row]!.label)), heldRows],
  );
  const parts = splits.flatMap(([name, rows, among]): Part[] => {
    if (rows.length === 0) return [];
    const candidates = [...new Set(among.map((row) => own[row]!))].sort((a, b) => a - b);
    return [
      { name: `${name}, its own labels`, rows, labels: candidates },
      { name: `${name}, all labels`, rows, labels: all },
    ];
  });
  const values = size * size * 3;
  return {
    name: "emoji",
    labels,
    labelIndices: own,
    attributes: Object.fromEntries(
      (["set", "group", "subgroup", "split"] as const).map((key) => [key, items.map((item) => item[key])]),
    ),
    parts,
    synonyms: Object.fromEntries(items.map(({ label, tags }) => [label, tags])),
    readPicture: (row) =>
      Promise.resolve({
        width: size,
        height: size,
        data: Float32Array.from(images.subarray(row * values, (row + 1) * values), (value) => value / 255),
      }),
  };
}

/**
 * Restricts a set and its parts to some of its rows, in the given order.
 * @param set set of `openLabelledSet`; not changed.
 * @param rows indices of the rows, from 0.
 * @returns the restricted set, without parts that have no row left.
 */
export function keepRows(set: LabelledSet, rows: readonly number[]): LabelledSet {
  const at = new Map(rows.map((row, index) => [row, index]));
  return {
    ...set,
    labelIndices: rows.map((row) => set.labelIndices[row]!),
    paths: set.paths ? rows.map((row) => set.paths![row]!) : undefined,
    attributes: Object.fromEntries(
      Object.entries(set.attributes).map(([name, values]) => [name, rows.map((row) => values[row])]),
    ),
    parts: set.parts.flatMap((part) => {
      const restricted = part.rows.flatMap((row) => at.get(row) ?? []);
      return restricted.length === 0 ? [] : [{ ...part, rows: restricted }];
    }),
    readPicture: (row, open) => set.readPicture(rows[row]!, open),
  };
}
