import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { kindsOfConcepts, misleadingTags, misleadingWords, listConceptNames } from "../../src/data/index.js";
import { type Concept, createPhraseReader } from "../../src/prompts/index.js";
import { wordsOf } from "../../src/prompts/wordForms.js";

const vocabulary = JSON.parse(
  await readFile("generators/stickers/vocabulary.json", "utf8"),
) as readonly Concept[];
const byLabel = new Map(vocabulary.map((concept) => [concept.label, concept]));

describe("the bundled pack's vocabulary", () => {
  it("has the names and kinds of the tables, and none of the misleading tags", () => {
    expect(Object.keys(kindsOfConcepts).filter((label) => !byLabel.has(label))).toEqual([]);
    const labels = new Set(byLabel.keys());
    expect(vocabulary.filter(({ subgroup }) => subgroup !== undefined).length).toBeGreaterThan(1500);
    for (const { label, names, tags, kinds } of vocabulary) {
      expect(names).toEqual(listConceptNames(label, labels));
      expect(kinds).toEqual(kindsOfConcepts[label]);
      expect(tags.filter((tag) => misleadingWords.has(tag) || misleadingTags[label]?.includes(tag))).toEqual(
        [],
      );
    }
  });

  it("has each kind once, and none that is a name", () => {
    const all = vocabulary.flatMap(({ kinds = [] }) => kinds);
    expect(all.filter((kind, at) => all.indexOf(kind) !== at)).toEqual([]);
    const { read } = createPhraseReader(vocabulary.map(({ kinds: _, ...concept }) => concept));
    const isName = (word: string): boolean => read(word)?.isName === true && read(word)?.kind === undefined;
    expect(all.filter(isName)).toEqual([]);
  });

  it("gives each word to one concept, and a label to no other", () => {
    const labels = new Set([...byLabel.keys(), ...Object.keys(kindsOfConcepts)]);
    const keyOf = (text: string): string => wordsOf(text).join(" ");
    const owners = new Map([...labels].map((label) => [keyOf(label), label]));
    const twice: string[] = [];
    for (const list of [
      (label: string) => listConceptNames(label, labels),
      (label: string) => kindsOfConcepts[label] ?? [],
    ])
      for (const label of labels)
        for (const word of list(label)) {
          const owner = owners.get(keyOf(word)) ?? label;
          if (owner !== label) twice.push(`${word}: ${owner} and ${label}`);
          owners.set(keyOf(word), owner);
        }
    expect(twice).toEqual([]);
  });
});
