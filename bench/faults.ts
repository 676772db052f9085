/**
 * Runs every test that docs/reliability.md names for a fault of its two lists, once: `npx tsx bench/faults.ts [rows]` (all, or names
 * with commas). Prints a line a row, and ends with 1 when a row has no test or script, a test that fails, or a title of which no test
 * passed: it is not there, or skipped. Rows that only name a script, which takes minutes, are listed apart: nothing of them was run.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { type NamedTest, faultNames, readFaultRows } from "../test/faultRows.js";

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

const [only = ""] = process.argv.slice(2);
const root = resolve(import.meta.dirname, "..");
process.chdir(root);
const names = only ? only.split(",") : faultNames;
const rows = readFaultRows().filter(({ id }) => names.includes(id));

/** Pattern of a title: `%s` and its like stand for anything. */
const patternOf = (title: string): string =>
  title.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&").replace(/%[sdifjo]/g, ".*");

const tests = rows.flatMap((row) => row.tests);
const paths = [...new Set(tests.map(({ path }) => path))].sort();
const began = performance.now();

/** Runs the named tests; without one, vitest would run all. */
function runTests(): Report {
  if (tests.length === 0) return { testResults: [] };
  const folder = mkdtempSync(join(tmpdir(), "clipsteer-faults-"));
  const file = join(folder, "report.json");
  spawnSync(
    process.execPath,
    [
      ...["node_modules/vitest/vitest.mjs", "run", ...paths],
      ...["-t", [...new Set(tests.map(({ title }) => patternOf(title)))].join("|")],
      ...["--reporter=dot", "--reporter=json", `--outputFile.json=${file}`],
    ],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  const report = JSON.parse(readFileSync(file, "utf8")) as Report;
  rmSync(folder, { recursive: true });
  return report;
}

const results = runTests().testResults.flatMap(({ name, assertionResults }) =>
  assertionResults.map((each) => ({ ...each, path: relative(root, name) })),
);

/** Tests of a name that passed, and what is wrong with it. */
function judge({ path, title }: NamedTest): { passed: number; problems: string[] } {
  const pattern = new RegExp(patternOf(title));
  const found = results.filter((each) => each.path === path && pattern.test(each.fullName));
  const passed = found.filter(({ status }) => status === "passed").length;
  const failed = found.filter(({ status }) => status === "failed");
  const problems = failed.map(({ fullName }) => `${path}: "${fullName}" failed`);
  if (passed === 0 && failed.length === 0) problems.push(`${path}: no test "${title}" was run`);
  return { passed, problems };
}

const counts = { passed: 0, failed: 0 };
const scriptRows: string[] = [];
for (const name of names) {
  const row = rows.find(({ id }) => id === name);
  const judged = (row?.tests ?? []).map(judge);
  const problems = judged.flatMap((each) => each.problems);
  const scripts = row?.scripts ?? [];
  if (judged.length + scripts.length === 0) problems.push("no test and no script");
  for (const path of scripts) if (!existsSync(path)) problems.push(`${path} is not there`);
  const passed = judged.reduce((sum, each) => sum + each.passed, 0);
  const note = scripts.join(", ");
  if (problems.length > 0) {
    counts.failed++;
    console.log(`${name}: ${problems.join("; ")}`);
  } else if (judged.length === 0) scriptRows.push(`${name}: not run, ${note}`);
  else {
    counts.passed++;
    console.log(`${name}: ${passed} tests passed${note && ` (script, not run: ${note})`}`);
  }
}
for (const line of scriptRows) console.log(line);
console.log(
  `${counts.passed} of ${names.length} rows passed, ${counts.failed} failed, ${scriptRows.length} have a script alone; ` +
    `${((performance.now() - began) / 1000).toFixed(0)} s`,
);
if (counts.failed > 0) process.exitCode = 1;
