import { describe, expect, it } from "vitest";
import { joinIconSet } from "../../src/data/iconSets.js";
import { judgeSets } from "../../src/data/index.js";
import { packageIntegrity } from "../../src/data/integrity.js";
import type { Icon } from "../../src/data/join.js";
import { readConcepts } from "../../src/data/join.js";
import { rewriteIcon } from "../../src/data/rewrite.js";
import { labels } from "./fixture.js";

const icon = (name: string, body = "<path/>"): Icon => ({ name, body, box: [0, 0, 8, 8] });
const table = readConcepts(
  new Map(Object.entries(labels).map(([path, content]) => [path, Buffer.from(JSON.stringify(content))])),
);

describe("the sets of the independent judge", () => {
  it("are pinned by version and hash, and name an owner", () => {
    for (const { package: name, version, attribution } of judgeSets) {
      expect(packageIntegrity, name).toHaveProperty([`${name}@${version}`]);
      expect(attribution.length).toBeGreaterThan(10);
    }
    expect(new Set(judgeSets.map(({ name }) => name)).size).toBe(judgeSets.length);
  });

  it("take the icons whose name fits the pattern and whose words emoji have", () => {
    const joined = joinIconSet(
      { names: "^(.+)-fill$", emojiWords: true },
      ["banana-fill", "lemon", "wave-fill", "waving-hand-fill", "bunch-fill", "server-fill"].map((name) =>
        icon(name),
      ),
      table,
    );
    expect(joined.map(({ concept }) => [concept.label, concept.hexcode])).toEqual([
      ["banana", "1F34C"],
      ["waving hand", "1F44B"],
      ["bunch", "icon-bunch"],
    ]);
  });
});

describe("rewritten drawings", () => {
  it("get a colour by their name, the same every time, and keep black and white", () => {
    const body = '<path fill="currentColor"/><path fill="#2F88FF"/><path fill="#fff"/><path fill="#000"/>';
    const [heart, again, star] = ["heart", "heart", "star"].map((name) =>
      rewriteIcon(icon(name, body), "tint"),
    );
    expect(heart).toEqual(again);
    expect(heart!.body).not.toBe(star!.body);
    expect(heart!.body).not.toMatch(/currentColor|#2F88FF/);
    expect(heart!.body).toContain('fill="#fff"/><path fill="#000"');
  });

  it("have brown outlines of half the width", () => {
    const body = '<path stroke="#000" stroke-width="2"/><path fill="#000"/><path stroke="#000000"/>';
    expect(rewriteIcon(icon("a", body), "thin-outline").body).toBe(
      '<path stroke="#5a4a42" stroke-width="1"/><path fill="#000"/><path stroke="#5a4a42"/>',
    );
  });
});
