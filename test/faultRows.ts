/** The tables of docs/reliability.md and SECURITY.md, for the test of their names and for `bench/faults.ts`, which runs what they name. */
import { readFileSync } from "node:fs";

/** A test that a page names. */
export interface NamedTest {
  readonly path: string;
  /** Part of the title of the test, or of a group that holds it. */
  readonly title: string;
}

/** Returns the cells of all rows of a page's tables, headings included. */
export const readRows = (page: string): string[][] =>
  readFileSync(page, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| ---"))
    .map((line) => line.split(" | ").map((cell) => cell.replace(/^\| | \|$/g, "").trim()));

/** Returns the tests that a text names: the path of a file, and one or more titles after it. @returns a path without a title as well. */
export const findNamedTests = (text: string): NamedTest[] =>
  [...text.matchAll(/`(test\/[\w/.-]+\.test\.ts)`((?:,? "[^"]+")*)/g)].flatMap(([, path, titles]) => {
    const each = [...titles!.matchAll(/"([^"]+)"/g)];
    return each.length === 0
      ? [{ path: path!, title: "" }]
      : each.map(([, title]) => ({ path: path!, title: title! }));
  });

/** Returns the scripts that a text names. */
export const findNamedScripts = (text: string): string[] =>
  [...text.matchAll(/`(bench\/[\w/.-]+\.ts)`/g)].map(([, path]) => path!);

/** A fault of the two lists: H, M, L, C, P, F, D and T with a number. */
export interface FaultRow {
  readonly id: string;
  readonly tests: readonly NamedTest[];
  readonly scripts: readonly string[];
}

/** Numbers of rows of the two lists, by their letter, in their order. */
const counts = { H: 6, M: 11, L: 14, C: 7, P: 9, F: 11, D: 7, T: 21 };

/** Names of all faults of the two lists, in their order. */
export const faultNames = Object.entries(counts).flatMap(([letter, count]) =>
  Array.from({ length: count }, (_, at) => `${letter}${at + 1}`),
);

/** Returns the rows of docs/reliability.md that are faults of the two lists. */
export const readFaultRows = (): FaultRow[] =>
  readRows("docs/reliability.md")
    .filter(([id]) => /^[HMLCPFDT]\d+$/.test(id!))
    .map((cells) => ({
      id: cells[0]!,
      tests: findNamedTests(cells.at(-1)!),
      scripts: findNamedScripts(cells.at(-1)!),
    }));
