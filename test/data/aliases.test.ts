import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { aliasLanguages, buildAliases } from "../../src/data/aliases.js";
import { DownloadError } from "../../src/errors.js";
import { findPacksFolder } from "../../src/packs/index.js";
import { aliasFileSchema } from "../../src/prompts/index.js";
import { labels } from "./fixture.js";

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const files = (more: Record<string, unknown> = {}): Map<string, Buffer> =>
  new Map(
    Object.entries({
      ...Object.fromEntries(aliasLanguages.map((language) => [`${language}/data.json`, []])),
      ...labels,
      ...more,
    }).map(([path, value]) => [path, json(value)]),
  );

describe("the table of aliases", () => {
  it("has names, kanji for kana, and sequences of skin tones, without flags and components", () => {
    const table = buildAliases(
      files({
        "ja/data.json": [
          { label: "リンゴ", hexcode: "1F34E", tags: ["林檎", "果物"] },
          { label: "リンゴとブドウ", hexcode: "1F347" },
          { label: "旗", hexcode: "1F3C1" },
        ],
        "zh/data.json": [{ label: "林檎", hexcode: "1F34E" }],
        "en/data.json": [
          ...labels["en/data.json"].slice(0, 4),
          {
            label: "waving hand",
            hexcode: "1F44B",
            group: 0,
            skins: [{ hexcode: "1F44B-1F3FB-200D-1F91A-1F3FC" }],
          },
        ],
      }),
    );
    expect(table.labels).toEqual(["red apple", "grapes", "banana", "lemon", "waving hand"]);
    expect(table.tags[0]).toEqual(["fruit"]);
    expect(table.emoji).toMatchObject({ "1F34E": 0, "1F44B": 4, "1F44B-200D-1F91A": 4 });
    expect(Object.keys(table.emoji)).not.toContain("1F3C1");
    expect(table.names.ja).toEqual(["リンゴ|林檎", "リンゴとブドウ|林檎とブドウ", "", "", ""]);
    expect(table.names.de).toEqual(["", "", "", "", ""]);
  });

  it("names a language that is missing", () => {
    const without = files();
    without.delete("fr/data.json");
    expect(() => buildAliases(without)).toThrow(DownloadError);
    expect(() => buildAliases(without)).toThrow(/fr\/data\.json/);
  });

  it("that is shipped is small, says its licences, and has twelve languages and more", async () => {
    const path = join(findPacksFolder(), "aliases.json.br");
    expect((await stat(path)).size).toBeLessThan(400_000);
    const text = brotliDecompressSync(await readFile(path)).toString("utf8");
    const table = aliasFileSchema.parse(JSON.parse(text));
    expect(table.licence).toMatch(/MIT.*Unicode License v3/);
    expect(Object.keys(table.names).length).toBeGreaterThanOrEqual(12);
    for (const list of Object.values(table.names)) {
      expect(list).toHaveLength(table.labels.length);
      expect(list.filter(Boolean).length).toBeGreaterThan(0.85 * table.labels.length);
    }
  });
});
