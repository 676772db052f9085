import { readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type AliasTable,
  type Concept,
  createPhraseReader,
  findNearestConcepts,
  resolveAliases,
} from "../../src/prompts/index.js";
import { loadAliases } from "../../src/runs/index.js";

let table: AliasTable;
let isName: (phrase: string) => boolean;
beforeAll(async () => {
  table = await loadAliases();
  const vocabulary = JSON.parse(readFileSync("generators/stickers/vocabulary.json", "utf8")) as Concept[];
  isName = createPhraseReader(vocabulary).isName;
});

describe("aliases in a text", () => {
  it.each([
    ["🍕", "pizza"],
    ["👩‍🚀", "woman astronaut"],
    ["👩🏽‍🚀", "woman astronaut"],
    ["🫱🏻‍🫲🏿", "handshake"],
    ["❤️", "red heart"],
    ["❤", "red heart"],
    ["1️⃣", "keycap 1"],
    ["猫の顔", "cat face"],
    ["ネコの顔", "cat face"],
    ["rotes Herz", "red heart"],
    ["ROTES  HERZ, noto style", "red heart, noto style"],
    ["cœur rouge", "red heart"],
    ["Katze", "cat"],
    ["красное яблоко", "red apple"],
    ["피자", "pizza"],
    ["赤いハートと猫の顔", "red heart and cat face"],
    ["ein roter Apfel", "red apple"],
    ["perro y gato", "dog and cat"],
    ["un cœur rouge et une pomme rouge", "red heart and red apple"],
    ["Hund, Katze", "dog, cat"],
    ["🍕🐱 on a🚗", "pizza cat face on a automobile"],
    ["🍕🐱", "pizza and cat face"],
    ["🍕 🐱 🚗", "pizza and cat face and automobile"],
    ["🍕::2", "pizza::2"],
  ])("%s is read as %s", (text, read) => {
    const { text: got, replaced, unknown } = resolveAliases(text, table);
    expect(got).toBe(read);
    expect(replaced.length).toBeGreaterThan(0);
    expect(replaced.every(({ label }) => read.includes(label))).toBe(true);
    expect(unknown).toEqual([]);
  });

  it("are known in twelve languages and more, by labels of every concept that has one", () => {
    const apple = ["roter Apfel", "pomme rouge", "manzana roja", "mela rossa", "maçã vermelha", "rode appel"];
    const more = ["czerwone jabłko", "червоне яблуко", "红苹果", "빨간 사과", "rött äpple", "punainen omena"];
    for (const name of [...apple, ...more]) expect(resolveAliases(name, table).text).toBe("red apple");
  });

  it("drops characters without width and unifies compatible forms", () => {
    expect(resolveAliases("a ca\u200bt", table).text).toBe("a cat");
    expect(resolveAliases("\ufeffｒｅｄ　ｈｅａｒｔ", table).text).toBe("red heart");
  });

  it("leaves words of English alone, though other languages have them too", () => {
    for (const text of [
      "a red chat",
      "pie",
      "hand",
      "a bus and a robot",
      "a red cane",
      "pain",
      "gift",
      "die",
    ])
      expect(resolveAliases(text, table)).toEqual({ text, replaced: [], unknown: [] });
  });

  it("names emoji that no concept has", () => {
    expect(resolveAliases("🇩🇪 cat", table)).toEqual({ text: "🇩🇪 cat", replaced: [], unknown: ["🇩🇪"] });
  });

  it("names an unknown emoji once, and not a joined one whose parts are known", () => {
    expect(resolveAliases("🇩🇪 🐱\u200d🍕", table)).toMatchObject({
      text: "🇩🇪 cat face pizza",
      unknown: ["🇩🇪"],
    });
    expect(resolveAliases("🐱\u200d🇩🇪", table)).toMatchObject({ text: "cat face🇩🇪", unknown: ["🇩🇪"] });
  });

  it("leaves names alone that the generator knows", () => {
    expect(resolveAliases("pink flip-flops", table).text).toBe("pink thong sandal");
    expect(resolveAliases("pink flip-flops", table, isName).text).toBe("pink flip-flops");
  });

  it("leaves every prompt of the prompt files alone, and every label", () => {
    const folder = resolve(import.meta.dirname, "../../prompts");
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".yaml"),
    );
    expect(files.length).toBeGreaterThan(3);
    const lines = files.flatMap((name) => readFileSync(join(folder, name), "utf8").split("\n"));
    for (const line of [...lines, ...table.labels.filter((label) => /^[\x20-\x7e]+$/.test(label))]) {
      const { text, replaced } = resolveAliases(line, table, isName);
      expect(replaced, line).toEqual([]);
      expect(text).toBe(line.normalize("NFKC"));
    }
  });

  it("comes to an end: a text that was read twice has no alias left", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 40 }), (text) => {
        // A label set beside a Chinese character makes it a word of its own, which the second reading finds.
        const twice = resolveAliases(resolveAliases(text, table).text, table).text;
        expect(resolveAliases(twice, table).replaced).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it("takes no more than a second for the longest text that anybody pastes", () => {
    const before = process.cpuUsage();
    resolveAliases("猫".repeat(2000) + " rotes Herz".repeat(500) + "🍕".repeat(500), table);
    const { user, system } = process.cpuUsage(before);
    expect(user + system).toBeLessThan(2e6); // µs
  });
});

describe("nearest concepts", () => {
  it("of a word of any length take no more than a second", () => {
    const before = process.cpuUsage();
    findNearestConcepts("x".repeat(10_000), table);
    const { user, system } = process.cpuUsage(before);
    expect(user + system).toBeLessThan(1e6); // µs
  });

  it.each([
    ["penguine", "penguin"],
    ["sunflowr", "sunflower"],
    ["robo", "robot"],
    ["telefone", "telephone"],
    ["kitten", "cat"],
    ["Apfel", "red apple"],
    ["gâteau", "birthday cake"],
  ])("of %s begin with or contain %s", (word, label) => {
    const nearest = findNearestConcepts(word, table);
    expect(nearest.length).toBeLessThanOrEqual(3);
    expect(nearest).toContain(label);
  });

  it.each(["zorblax", "kubernetes", "catastrophe", "mitochondria", "chupacabra", "catfish", "samovar"])(
    "of %s are none",
    (word) => {
      expect(findNearestConcepts(word, table)).toEqual([]);
    },
  );
});
