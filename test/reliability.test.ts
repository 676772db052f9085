import { existsSync, readFileSync } from "node:fs";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const rowsOf = (page: string): string[][] =>
  readFileSync(page, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| ---"))
    .map((line) => line.split(" | ").map((cell) => cell.replace(/^\| | \|$/g, "").trim()));

it("SECURITY.md says what is trusted, what is not, what is guaranteed and how to report, each guarantee with a test", () => {
  const text = readFileSync("SECURITY.md", "utf8");
  const titles = [...text.matchAll(/^## (.*)$/gm)].map(([, title]) => title);
  expect(titles).toEqual([
    "How to report",
    "What is trusted",
    "What is not trusted",
    "What is guaranteed",
    "What is not guaranteed",
  ]);
  const guarantees = rowsOf("SECURITY.md").slice(1);
  expect(guarantees.length).toBeGreaterThan(10);
  for (const [guarantee, tests] of guarantees) expect(tests, guarantee).toMatch(/`test\/.*\.test\.ts` "/);
});

it("every fault of the list has a row, and every row a test", () => {
  const rows = rowsOf("docs/reliability.md").filter(([row]) => /^[HML]\d+$/.test(row!));
  const known = [
    ...[1, 2, 3, 4, 5, 6].map((at) => `H${at}`),
    ...Array.from({ length: 11 }, (_, at) => `M${at + 1}`),
    ...Array.from({ length: 14 }, (_, at) => `L${at + 1}`),
  ];
  expect([...new Set(rows.map(([row]) => row))]).toEqual(known);
  for (const row of rows) expect(row[3], row.join(" | ")).toMatch(/`test\/.*\.test\.ts`/);
});

it("every input of the second list has the title of a test, or a script", () => {
  const rows = rowsOf("docs/reliability.md").filter(
    (row) => row.length === 3 && !["mechanism", "input", "row"].includes(row[0]!) && !/^src\//.test(row[1]!),
  );
  expect(rows.length).toBeGreaterThan(70);
  for (const row of rows)
    expect(row[2], row.join(" | ")).toMatch(/`test\/[\w/]+\.test\.ts` "|`bench\/\w+\.ts`/);
});

/** Titles of the tests and groups of a file. */
function titlesOf(path: string): string[] {
  const titles: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.arguments[0] && ts.isStringLiteralLike(node.arguments[0]))
      if (/^(it|test|describe)\b/.test(node.expression.getText())) titles.push(node.arguments[0].text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true));
  return titles;
}

describe.each(["docs/reliability.md", "SECURITY.md"])("%s", (page) => {
  const text = readFileSync(page, "utf8").replace(/\n *(?=\S)/g, " ");
  const references = [...text.matchAll(/`(test\/[\w/.-]+\.test\.ts)`(?: "([^"]+)")?/g)];

  it("names tests that exist", () => {
    expect(references.length).toBeGreaterThan(10);
    const titles = new Map<string, string[]>();
    for (const [, path, title] of references) {
      expect(existsSync(path!), path).toBe(true);
      if (title === undefined) continue;
      if (!titles.has(path!)) titles.set(path!, titlesOf(path!));
      expect(titles.get(path!)!.join("\n"), path).toContain(title);
    }
  });
});
