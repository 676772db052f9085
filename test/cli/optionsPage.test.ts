import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { withOptions } from "../../docs/cliOptions.js";

it("docs/cli.md has the commands and options of the schemas; else run npm run docs:cli", async () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/cli.md"), "utf8");
  expect(await withOptions(page)).toBe(page);
});
