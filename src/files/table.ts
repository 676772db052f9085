import { createRequire } from "node:module";
import type * as library from "csv-parse/sync";
import { InputError } from "../errors.js";

/** Loads csv-parse when it is first used: most runs read no table. */
const loadCsvParser = (): typeof library =>
  createRequire(import.meta.url)("csv-parse/sync") as typeof library;

/** A table of texts. */
export interface Table {
  /** Names of the columns, without blanks around them. */
  readonly header: readonly string[];
  readonly rows: readonly TableRow[];
}

/** A row of a table. */
export interface TableRow {
  /** As many fields as the row has, which may be fewer or more than the header. */
  readonly fields: readonly string[];
  /** Line on which the row begins, from 1. */
  readonly line: number;
}

/** Signs that may separate fields; the one that the first line has most of does. */
const separators = [",", "\t", ";", "|"] as const;

/**
 * Reads a table: comma-, tab-, semicolon- or bar-separated values whose first line names the columns. Fields in double quotes may hold
 * separators, line breaks and doubled quotes; a quote inside of a plain field is an ordinary sign. Lines end with CR, LF or both; blank
 * lines are passed over. Source: RFC 4180, as csv-parse reads it.
 * @param path names the text in errors.
 * @throws {InputError} naming path and line when it is empty, a quote is not closed, or two columns have one name.
 */
export function parseTable(text: string, path: string): Table {
  const { CsvError, parse } = loadCsvParser();
  const body = text.replace(/^\ufeff/, "");
  let records: { record: string[]; info: { lines: number } }[];
  try {
    records = parse(body, {
      delimiter: guessSeparator(body),
      record_delimiter: /\r(?!\n)/.test(body) && !body.includes("\n") ? "\r" : ["\r\n", "\n"],
      relax_quotes: true,
      relax_column_count: true,
      trim: true,
      skip_empty_lines: true,
      info: true,
    }) as unknown as typeof records;
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const line = Number(cause.lines ?? 1);
    if (cause.code === "CSV_QUOTE_NOT_CLOSED")
      throw new InputError(`${path}:${line}: a quote is not closed; put " before the end of the field`, {
        cause,
      });
    throw new InputError(`${path}:${line}: is not a readable table (${cause.message.split("\n")[0]})`, {
      cause,
    });
  }
  const rows = records.map(({ record, info }) => ({
    fields: record,
    line: Math.max(1, info.lines - record.reduce((sum, field) => sum + field.split("\n").length - 1, 0)),
  }));
  const [head, ...rest] = rows;
  if (!head) throw new InputError(`${path}: is empty; the first line names the columns`);
  const repeated = findRepeated(head.fields);
  if (repeated !== undefined)
    throw new InputError(
      `${path}:${head.line}: has two columns "${repeated.slice(0, 80)}"; rename or remove one`,
    );
  return { header: head.fields, rows: rest };
}

/** Guesses the separator of a table by its first line that is not blank; quoted fields do not count. */
function guessSeparator(text: string): string {
  const line = /^\s*(.*)/.exec(text.slice(0, 100_000))?.[1]?.split("\r")[0] ?? "";
  const plain = line.replace(/"[^"]*"/g, "");
  const counts = separators.map((sign) => plain.split(sign).length - 1);
  return separators[counts.indexOf(Math.max(...counts))]!;
}

/** Finds a name that occurs twice; columns without a name do not count. */
function findRepeated(names: readonly string[]): string | undefined {
  const known = new Set<string>();
  return names.find((name) => name !== "" && known.size === known.add(name).size);
}
