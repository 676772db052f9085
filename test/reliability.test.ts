import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

describe.each(["docs/reliability.md", "SECURITY.md"])("%s", (page) => {
  const text = readFileSync(page, "utf8").replace(/\n(?=\S)/g, " ");
  const references = [...text.matchAll(/`(test\/[\w/.-]+\.test\.ts)`(?: "([^"]+)")?/g)];

  it("names tests that exist", () => {
    expect(references.length).toBeGreaterThan(10);
    for (const [, path, title] of references) {
      expect(existsSync(path!), path).toBe(true);
      if (title !== undefined) expect(readFileSync(path!, "utf8"), `${path}: ${title}`).toContain(title);
    }
  });
});
