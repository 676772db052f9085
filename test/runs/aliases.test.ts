import { mkdtemp, readFile, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { loadTokenizer } from "../../src/clip/index.js";
import { createPhraseReader } from "../../src/prompts/index.js";
import { ignoreDrawnWords } from "../../src/runs/words.js";
import { loadAliases, understandTexts, findUnknownWords } from "../../src/runs/index.js";
import { runCommand } from "../cli/inProcess.js";
import { tokenizerJson, writeTinyPack } from "../tiny.js";

const readers = { tokenizer: loadTokenizer(tokenizerJson, { contextLength: 16 }), articles: true };

describe("texts of a run", () => {
  it("are read by the table, and found to be so", async () => {
    const { texts, findings } = await understandTexts(["a red heart", "🍕", "a 🇩🇪 hat"], readers);
    expect(texts).toEqual(["a red heart", "pizza", "a 🇩🇪 hat"]);
    expect(findings.map(({ code, level }) => [code, level])).toEqual([
      ["understood-text", "note"],
      ["unknown-emoji", "warning"],
    ]);
    expect(findings[0]!.message).toBe('"🍕": read as "pizza"');
    expect(findings[0]!.data).toEqual({
      text: "🍕",
      resolved: "pizza",
      replaced: [{ alias: "🍕", label: "pizza" }],
    });
    expect(await loadAliases()).toBe(await loadAliases());
  });

  it("keep words that the generator knows by name, though they mean another thing in another language", async () => {
    const translated = await understandTexts(["parasol"], readers);
    expect(translated.texts).toEqual(["umbrella"]);
    const phrases = createPhraseReader([{ label: "parasol", names: [], tags: [] }]);
    expect((await understandTexts(["parasol"], { ...readers, phrases })).texts).toEqual(["parasol"]);
  });

  it("are corrected where one letter is wrong, or the last ones are missing, and nothing is named so", async () => {
    const phrases = createPhraseReader(
      ["giraffe", "penguin", "ice cream", "elephant", "casket", "dog", "butter"].map((label) => ({
        label,
        names: [],
        tags: [],
      })),
    );
    const read = async (text: string): Promise<string> =>
      (await understandTexts([text], { ...readers, phrases })).texts[0]!;
    expect(await read("a giraf")).toBe("a giraffe");
    expect(await read("a penguim and an elefant")).toBe("a penguin and an elephant");
    expect(await read("a casket")).toBe("a casket");
    expect(await read("a giraf chazing an elefant")).toBe("a giraffe chazing an elephant");
    // English words are not misspelt, though they name nothing: they are one letter from chains and from butter.
    expect(await read("a dog chasing a better elefant")).toBe("a dog chasing a better elephant");
    expect(await read("a hearrt")).toBe("a hearrt"); // no label is one word like it
  });

  it("are known where they name a drawing, for an edit that finds it by its name", async () => {
    const phrases = createPhraseReader([{ label: "hearrt", names: [], tags: [] }]);
    const named = { ...readers, phrases };
    const codesOf = async (from: typeof named, text: string): Promise<string[]> =>
      (await findUnknownWords(from, [text], ["{}"])).map(({ code }) => code);
    expect(await codesOf(named, "a blue hearrt")).toEqual(["unknown-words"]);
    expect(await codesOf({ ...named, ...ignoreDrawnWords(named) }, "a blue hearrt")).toEqual([]);
    expect(await codesOf({ ...named, ...ignoreDrawnWords(named) }, "a blue zzorb")).toEqual([
      "unknown-words",
    ]);
  });

  it("name the nearest concepts whose words the CLIPs know, for words that they do not", async () => {
    const [finding] = await findUnknownWords(readers, ["a hearrt"], ["{}"]);
    expect(finding).toMatchObject({ code: "unknown-words", level: "warning" });
    const { nearest } = finding!.data as { nearest: Record<string, string[]> };
    expect(Object.keys(nearest)).toEqual(["hearrt"]);
    for (const label of nearest.hearrt!) expect(readers.tokenizer.unseenWords(label)).toEqual([]);
    expect(nearest.hearrt!.length).toBeGreaterThan(0);
    expect(finding!.message).toMatch(/it may have little effect; nearest known: [a-z ,]+$/);
    expect(await findUnknownWords(readers, ["a red heart"], ["{}"])).toEqual([]);
    // Articles are removed before such CLIPs read a text.
    const withoutArticles = {
      ...readers,
      articles: false,
      tokenizer: {
        ...readers.tokenizer,
        unseenWords: (text: string) => (/\bthe\b/.test(text) ? ["the"] : []),
      },
    };
    expect(await findUnknownWords(withoutArticles, ["the red heart"], ["{}"])).toEqual([]);
    const [signs] = await findUnknownWords(readers, ["!!!"], ["{}"]);
    expect(signs!.message).toMatch(/^"!!!": unknown to/);
  });
});

describe("generate", () => {
  let pack = "";
  let out = "";
  const quick = ["--steps", "1", "--candidates", "1", "--views", "2", "--seed", "3", "--size", "64"];
  beforeAll(async () => {
    [pack, out] = [await writeTinyPack(), await mkdtemp(join(tmpdir(), "clipsteer-alias-"))];
  });

  it("makes the picture of the English label from an emoji and from German, and says so", async () => {
    const pictures: Buffer[] = [];
    for (const text of ["red heart", "❤️", "rotes Herz"]) {
      const { code, stderr } = await runCommand([
        "generate",
        text,
        "--generator",
        pack,
        "--out",
        out,
        ...quick,
        "--json",
      ]);
      expect(`${code} ${stderr}`).toMatch(/^0 /);
      if (text !== "red heart") expect(stderr).toContain(`"${text}": read as "red heart"`);
      const folder = (await readdir(out)).sort().at(-1)!;
      pictures.push(await readFile(join(out, folder, "image.png")));
    }
    expect(pictures[1]).toEqual(pictures[0]);
    expect(pictures[2]).toEqual(pictures[0]);
    expect(await readdir(out)).toEqual(["00001-red-heart", "00002-red-heart", "00003-red-heart"]);
  });
});

it("a text of more than 10 000 characters is refused before it is read", async () => {
  const readers = { tokenizer: loadTokenizer(tokenizerJson), articles: true } as never; // not reached
  for (const text of ["x".repeat(200_000), "👩‍🚀".repeat(20_000)]) {
    const began = performance.now();
    await expect(understandTexts([text], readers)).rejects.toThrow(/has 200000|has 100000/);
    expect(performance.now() - began).toBeLessThan(2000);
  }
});
