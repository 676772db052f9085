import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { loadPromptFile } from "../../src/prompts/index.js";

const names = [
  "test-known",
  "test-unseen",
  "test-compositions",
  "test-compositions-2",
  "test-compositions-3",
  "test-compositions-4",
  "test-compositions-5",
  "test-compositions-6",
  "test-compositions-7",
  "test-compositions-8",
  "test-compositions-9",
  "test-compositions-10",
  "test-compositions-11",
  "test-compositions-12",
  "test-compositions-13",
];
const root = resolve(import.meta.dirname, "../..");
const textsOf = async (name: string): Promise<string[]> => {
  const { terms } = await loadPromptFile(join(root, "prompts", `${name}.yaml`));
  return terms.map(({ text }) => text!);
};

describe("sealed test sets", () => {
  it.each(["scene-requests-1", "scene-requests-2"])(
    "bench/edits/%s.txt is as docs/quality.md seals it",
    (name) => {
      const bytes = readFileSync(join(root, "bench/edits", `${name}.txt`));
      const page = readFileSync(join(root, "docs/quality.md"), "utf8");
      const row = page.split("\n").find((line) => line.startsWith(`| bench/edits/${name}.txt`));
      expect(row).toContain(createHash("sha256").update(bytes).digest("hex"));
      const requests = bytes.toString().trim().split("\n");
      expect(new Set(requests).size).toBe(60);
      for (const request of requests) expect(request).toMatch(/^[^|]+ \| [^|]+$/);
    },
  );

  it.each(names)("%s is as docs/quality.md seals it", (name) => {
    const bytes = readFileSync(join(root, "prompts", `${name}.yaml`));
    const hash = createHash("sha256").update(bytes).digest("hex");
    const page = readFileSync(join(root, "docs/quality.md"), "utf8");
    const row = page
      .split("\n")
      .find((line) => line.includes(`prompts/${name}.yaml`) && line.startsWith("|"));
    expect(row).toContain(hash);
  });

  it("hold 150 different prompts each, none of which is in a development set", async () => {
    const development = new Set(
      (
        await Promise.all(
          ["evaluation-100", "compositions-50", "compositions-150", "scenes-132", "kept-back-162"].map(
            textsOf,
          ),
        )
      ).flat(),
    );
    for (const name of names) {
      const texts = await textsOf(name);
      expect(new Set(texts).size).toBe(150);
      expect(texts.filter((text) => development.has(text))).toEqual([]);
    }
  });

  it("name a style in every unseen pair, and all relations and many colours in the compositions", async () => {
    const styles = /, (noto|old noto|twemoji flat|emojione|fluent flat) style$/;
    expect((await textsOf("test-unseen")).filter((text) => !styles.test(text))).toEqual([]);
    const compositions = await textsOf("test-compositions");
    const later = await Promise.all(
      ["test-compositions-2", "test-compositions-3", "test-compositions-4"].map(textsOf),
    );
    expect(
      new Set([...compositions, ...later.flat().map((text) => text.replaceAll(/\b(?:a|an) /g, ""))]).size,
    ).toBe(600);
    for (const texts of later)
      for (const relation of ["on", "in", "beside", "wearing", "holding"])
        expect(texts.filter((text) => ` ${text} `.includes(` ${relation} `))).toHaveLength(25);
    for (const relation of ["on", "in", "beside", "wearing", "holding"])
      expect(compositions.filter((text) => ` ${text} `.includes(` ${relation} `)).length).toBeGreaterThan(14);
    const fifth = await textsOf("test-compositions-5");
    expect(fifth.filter((text) => later.flat().includes(text))).toEqual([]);
    for (const relation of [
      "on",
      "in",
      "beside",
      "wearing",
      "holding",
      "under",
      "behind",
      "riding",
      "between",
    ])
      expect(fifth.filter((text) => ` ${text} `.includes(` ${relation} `)).length).toBeGreaterThan(9);
    const colours = /\b(red|orange|yellow|green|blue|purple|pink|black|white|brown)\b/;
    expect(compositions.filter((text) => colours.test(text)).length).toBeGreaterThan(50);
  });
});
