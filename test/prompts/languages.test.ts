import { readFileSync, readdirSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { type AliasTable, translate } from "../../src/prompts/index.js";
import { loadAliases } from "../../src/runs/index.js";

let table: AliasTable;
beforeAll(async () => {
  table = await loadAliases();
});
const read = (text: string): string | undefined => translate(text, table)?.text;

describe("descriptions in other languages", () => {
  it.each([
    "ein roter Fuchs mit einem blauen Schal, der auf dem Mond schläft",
    "un zorro rojo con una bufanda azul durmiendo en la luna",
    "un renard roux avec une écharpe bleue qui dort sur la lune",
    "una volpe rossa con una sciarpa blu che dorme sulla luna",
    "uma raposa vermelha com um cachecol azul dormindo na lua",
  ])("have colours, verbs and places: %s", (text) => {
    expect(read(text)).toBe("a red fox with a blue scarf sleeping on the moon");
  });

  it.each([
    ["Eine schwarze Katze, die ein Buch liest", "a black cat reading a book"],
    ["drei Äpfel in einem Korb", "three apples in a basket"],
    ["ein Bär, der einen Kuchen hält und tanzt", "a bear holding a cake and dancing"],
    ["ein Pferd im Regen", "a horse in the rain"],
    ["un coche azul oscuro", "a dark blue car"],
    ["un perro persiguiendo a un gato", "a dog chasing a cat"],
    ["una bruja en una escoba", "a witch on a broom"],
    ["un gato en una caja", "a cat in a box"],
    ["un arbol con tres pajaros", "a tree with three birds"],
    ["une licorne rose", "a pink unicorn"],
    ["une rose rouge", "a red rose"],
    ["le chat au chapeau", "the cat with hat"],
    ["un drago con una corona d'oro", "a dragon with a golden crown"],
    ["il re e la regina", "the king and the queen"],
    ["um gato branco e preto de óculos", "a white and black cat with glasses"],
    ["ein Frosch und ein Xylobert", "a frog and a xylobert"],
  ])("are translated word by word: %s", (text, english) => {
    expect(read(text)).toBe(english);
  });

  it.each([
    "a red fox with a blue scarf",
    "red fox",
    "a la carte",
    "die hard",
    "an old man in a hat",
    "no dogs",
    "a pizza",
    "ein kat og en hund",
    "asdf qwer",
  ])("are not found in other texts: %s", (text) => {
    expect(read(text)).toBeUndefined();
  });

  it("are not found in English prompts", () => {
    const scenes = readdirSync("prompts")
      .filter((name) => name.endsWith(".yaml"))
      .flatMap((name) => readFileSync(`prompts/${name}`, "utf8").split("\n"))
      .filter((line) => /^ *- /.test(line))
      .map((line) => line.replace(/^ *- /, ""));
    expect(scenes.length).toBeGreaterThan(1000);
    expect(scenes.filter((line) => read(line) !== undefined)).toEqual([]);
  });
});
