import { existsSync, readFileSync } from "node:fs";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { faultNames, findNamedScripts, findNamedTests, readFaultRows, readRows } from "./faultRows.js";

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
  const guarantees = readRows("SECURITY.md").slice(1);
  expect(guarantees.length).toBeGreaterThan(10);
  for (const [guarantee, tests] of guarantees) expect(tests, guarantee).toMatch(/`test\/.*\.test\.ts` "/);
});

it("every fault of the two lists has a row, and every row the title of a test, or a script", () => {
  const rows = readFaultRows();
  expect([...new Set(rows.map(({ id }) => id))]).toEqual(faultNames);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(86);
  for (const { id, tests, scripts } of rows) {
    if (tests.length === 0) expect(scripts, id).not.toEqual([]);
    for (const { title } of tests) expect(title, id).not.toBe("");
  }
});

it("every other input of the tables has the title of a test, or a script", () => {
  const rows = readRows("docs/reliability.md").filter(
    (row) => row.length === 3 && !["mechanism", "input", "row"].includes(row[0]!) && !/^src\//.test(row[1]!),
  );
  expect(rows.length).toBeGreaterThan(40);
  for (const [input, , tests] of rows) {
    const titles = findNamedTests(tests!).map(({ title }) => title);
    expect(titles.length + findNamedScripts(tests!).length, input).toBeGreaterThan(0);
    expect(titles, input).not.toContain("");
  }
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
  const tests = findNamedTests(text);

  it("names tests and scripts that exist", () => {
    expect(tests.length).toBeGreaterThan(10);
    const titles = new Map<string, string[]>();
    for (const { path, title } of tests) {
      expect(existsSync(path), path).toBe(true);
      if (!titles.has(path)) titles.set(path, titlesOf(path));
      expect(titles.get(path)!.join("\n"), path).toContain(title);
    }
    for (const path of findNamedScripts(text)) expect(existsSync(path), path).toBe(true);
  });
});
