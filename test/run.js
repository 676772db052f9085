// Runs types, lint and the build side by side, then every test: tests start the built command line, which needs a quarter of the time
// of its source. Ends with the one line that continuous integration reads: "N passed, N failed".
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const { NODE_OPTIONS: given = "" } = process.env;
const env = {
  ...process.env,
  NODE_OPTIONS: `${given} --import ${new URL("optimizeLate.js", import.meta.url).href}`.trim(),
};
/** Runs a script of package.json. @returns its exit code. @param {string} name */
const runScript = (name) =>
  new Promise((resolve) =>
    spawn(`npm run ${name}`, { shell: true, stdio: "inherit", env }).on("close", resolve),
  );
const codes = await Promise.all(["check", "lint:code", "lint:format", "build"].map(runScript));
if (codes.some((code) => code !== 0)) process.exit(1);

const folder = mkdtempSync(join(tmpdir(), "clipsteer-test-"));
const report = join(folder, "report.json");
const vitest = join(import.meta.dirname, "..", "node_modules", "vitest", "vitest.mjs");
const run = spawnSync(
  process.execPath,
  [vitest, "run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
  { stdio: "inherit" },
);
let line = "0 passed, 1 failed";
let failed = 1;
try {
  const result = JSON.parse(readFileSync(report, "utf8"));
  // A file that fails to load holds no test; count it as one failure.
  const brokenFiles = result.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  ).length;
  failed = result.numFailedTests + brokenFiles;
  line = `${result.numPassedTests} passed, ${failed} failed`;
} finally {
  rmSync(folder, { recursive: true, force: true });
  console.log(line);
}
process.exit(failed > 0 || run.status !== 0 ? 1 : 0);
