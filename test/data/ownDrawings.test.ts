import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readOwnDrawings } from "../../src/data/ownDrawings.js";
import { findOwnBeing } from "../../src/data/index.js";
import { type Concept, isBeing } from "../../src/prompts/index.js";

const vocabulary = JSON.parse(
  await readFile("generators/stickers/vocabulary.json", "utf8"),
) as readonly Concept[];
const drawings = await readOwnDrawings();

describe("the project's own drawings", () => {
  it("show things of the bundled pack that are no emoji's", () => {
    const concepts = new Map(vocabulary.map((concept) => [concept.label, concept]));
    const labels = drawings.map(({ concept }) => concept.label);
    expect(labels.length).toBeGreaterThan(400);
    expect(labels.filter((label) => !concepts.has(label))).toEqual([]);
    // Animals and people have the subgroups of emoji; other things of emoji have one of their own.
    expect(labels.filter((label) => concepts.get(label)?.subgroup !== findOwnBeing(label))).toEqual([]);
    expect(concepts.get("kitten")!.subgroup).toBe("animal mammal");
    // Scenes know each animal by its name.
    const animals = vocabulary.filter(({ subgroup }) => subgroup?.startsWith("animal"));
    expect(animals.flatMap(({ label }) => (isBeing(label) ? [] : [label])).sort()).toEqual(
      "clam|coral|feather|microbe|mussel|oyster|paw prints|pig nose|sea anemone|sea urchin|spider web|spiral shell|wing".split("|"), // prettier-ignore
    );
  });

  it("have solid fills alone, of at most twelve colours", () => {
    const isPlain = (body: string): boolean => {
      const tags = [...body.matchAll(/<([a-z][\w-]*)/gi)].map(([, tag]) => tag!);
      const fills = [...body.matchAll(/\sfill="([^"]*)"/g)].map(([, fill]) => fill!);
      return (
        tags.every((tag) => /^(?:path|circle|ellipse|rect|polygon|g)$/.test(tag)) &&
        !/\s(?:stroke|opacity|style|filter|mask|clip-path|fill-opacity)=/.test(body) &&
        fills.every((fill) => /^#[0-9a-fA-F]{6}$/.test(fill)) &&
        new Set(fills).size <= 12
      );
    };
    expect(isPlain('<path fill="#ffffff" d="M0 0h8v8z"/>')).toBe(true);
    expect(isPlain('<path fill="url(#a)" d="M0 0h8v8z"/>')).toBe(false);
    expect(drawings.filter(({ icon }) => !isPlain(icon.body)).map(({ icon }) => icon.name)).toEqual([]);
  });
});

describe("a drawing that is not one square <svg>", () => {
  it.each([
    ["no viewBox", '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h8v8z"/></svg>'],
    ["two sides", '<svg viewBox="0 0 8 9"><path d="M0 0h8v8z"/></svg>'],
    ["no SVG", "hello"],
  ])("is refused in a line: %s", async (_, text) => {
    const folder = await mkdtemp(join(tmpdir(), "clipsteer-drawings-"));
    await writeFile(join(folder, "pan.svg"), text);
    await expect(readOwnDrawings(folder)).rejects.toThrow(/pan\.svg: expected one <svg> with viewBox/);
  });
});
