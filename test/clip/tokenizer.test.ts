import { copyFile, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { listByteAlphabet } from "../../src/clip/bpe.js";
import { cleanText } from "../../src/clip/clean.js";
import { mergePairs } from "../../src/clip/mergePairs.js";
import { loadTokenizer, trainTokenizer } from "../../src/clip/tokenizer.js";
import { readTokenizer } from "../../src/clip/tokenizerFiles.js";
import { WeightsError } from "../../src/errors.js";

const captions = [
  "a red heart",
  "an emoji of a red car",
  "red apple, food",
  "café at 12:30",
  "grinning face with big eyes",
];
const json = trainTokenizer(captions, { vocabSize: 600 });

describe("tokenizer", () => {
  it("is the same for the same captions", () => {
    expect(trainTokenizer(captions, { vocabSize: 600 })).toEqual(json);
  });

  it("reads back through JSON and encodes start, text, end and zeros", () => {
    const tokenizer = loadTokenizer(JSON.parse(JSON.stringify(json)), { contextLength: 8 });
    const ids = tokenizer.encode(["red"]);
    const { vocab } = json.model;
    expect([...ids]).toEqual([
      vocab["<|startoftext|>"],
      vocab["red</w>"],
      vocab["<|endoftext|>"],
      0,
      0,
      0,
      0,
      0,
    ]);
    expect(tokenizer.endToken).toBe(Math.max(...Object.values(vocab)));
  });

  it("names the words that a context has no room for", () => {
    const tokenizer = loadTokenizer(json, { contextLength: 5 });
    expect(tokenizer.lostWords("red red red red heart")).toEqual(["red", "heart"]);
    expect(tokenizer.lostWords("red red red")).toEqual([]);
    const [whole, cut] = ["red red red", "red red red red heart"].map((text) => tokenizer.encode([text]));
    expect(cut).toEqual(whole);
  });

  it("takes time in proportion to a word and to references in references", () => {
    const seconds = (work: () => void): number => {
      const began = performance.now();
      work();
      return (performance.now() - began) / 1000;
    };
    // Quadratic work would take minutes.
    const tokenizer = loadTokenizer(json, { contextLength: 8 });
    const word = Array.from({ length: 200_000 }, (_, at) => "heart red"[at % 5]).join("");
    expect(seconds(() => expect(tokenizer.lostWords(word)).toEqual([word]))).toBeLessThan(20);
    const letters = [..."ab".repeat(100_000)];
    const merge = (): string[] =>
      mergePairs(letters, (first, second) => (first + second === "ab" ? 0 : undefined));
    expect(seconds(() => expect(merge()).toHaveLength(100_000))).toBeLessThan(20);
    for (const reference of ["amp;", "#38;", "#x26;", "AMP;"]) {
      const text = `&${reference.repeat(50_000)}`;
      expect(seconds(() => expect(cleanText(`${text}lt; b`)).toBe("< b"))).toBeLessThan(10);
    }
  });

  it("merges the lowest rank first, of equal ranks the leftmost", () => {
    const ranks: Record<string, number> = { "a b": 0, "b c": 1, "a a": 2, "ab ab": 3 };
    const merged = (word: string): string[] =>
      mergePairs([...word], (first, second) => ranks[`${first} ${second}`]);
    expect(merged("abc")).toEqual(["ab", "c"]);
    expect(merged("aaa")).toEqual(["aa", "a"]);
    expect(merged("ababab")).toEqual(["abab", "ab"]);
    expect(merged("bcabc")).toEqual(["bc", "ab", "c"]);
    expect(merged("x")).toEqual(["x"]);
  });

  it("keeps the end token when a text is too long", () => {
    const tokenizer = loadTokenizer(json, { contextLength: 5 });
    const ids = tokenizer.encode(["xyz qrs tuv"]);
    expect(ids[0]).toBe(json.model.vocab["<|startoftext|>"]);
    expect(ids[4]).toBe(tokenizer.endToken);
  });

  it("encodes any text as the Hugging Face reader does", () => {
    const reference = new HuggingFaceTokenizer(JSON.parse(JSON.stringify(json)) as object, {});
    const tokenizer = loadTokenizer(json, { contextLength: 200 });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ maxLength: 20 }),
          fc.constantFrom(...captions),
          fc.string({ unit: "grapheme", maxLength: 12 }),
        ),
        (text) => {
          // The reader treats the special tokens' own text as tokens; a prompt that spells them out is plain text here.
          fc.pre(!text.includes("<|"));
          const ids = [...tokenizer.encode([text])];
          const used = ids.slice(0, ids.indexOf(tokenizer.endToken) + 1);
          expect(used).toEqual(reference.encode(text).ids.slice(0, 200));
        },
      ),
    );
  });

  it("names words that training never saw, once each", () => {
    const tokenizer = loadTokenizer(json);
    expect(tokenizer.unseenWords("a red zebra and a zebra, 7")).toEqual(["zebra", "and"]);
    expect(tokenizer.unseenWords("RED heart")).toEqual([]);
    // The ending of a possessive is no word, with a straight or a curly apostrophe.
    expect(tokenizer.unseenWords("a zebra's red heart, it\u2019s")).toEqual(["zebra", "it"]);
  });

  it("refuses what is no CLIP tokenizer", () => {
    expect(() => loadTokenizer({})).toThrow(WeightsError);
    expect(() => loadTokenizer({ model: { vocab: { a: 0 } } })).toThrow(/startoftext/);
  });
});

const fixtures = join(import.meta.dirname, "fixtures");
const rows = JSON.parse(await readFile(join(fixtures, "tokens.json"), "utf8")) as {
  text: string;
  ids: number[];
  unigram: number[];
}[];
const tiny = join(fixtures, "tiny_bpe.txt.gz");

describe("a published tokenizer (fixtures/make_tokens.py)", () => {
  it("gives openai/CLIP's ids for emoji, CJK, HTML, control characters and long texts", async () => {
    const tokenizer = await readTokenizer(tiny, { contextLength: 77 });
    expect(rows.length).toBe(100);
    for (const { text, ids } of rows) {
      const got = [...tokenizer.encode([text])];
      expect({ text, ids: got }).toEqual({ text, ids: [...ids, ...Array<number>(77 - ids.length).fill(0)] });
    }
  });

  it("is the same from merges.txt, vocab.json beside it, and tokenizer.json", async () => {
    const expected = await readTokenizer(tiny, { contextLength: 77 });
    const texts = rows.map(({ text }) => text);
    const ids = expected.encode(texts);
    const lines = gunzipSync(await readFile(tiny))
      .toString("utf8")
      .split("\n")
      .slice(1);
    const folder = await mkdtemp(join(tmpdir(), "clipsteer-tokens-"));
    const same = async (path: string): Promise<void> => {
      const read = await readTokenizer(path, { contextLength: 77 });
      expect([read.vocabSize, read.endToken]).toEqual([expected.vocabSize, expected.endToken]);
      expect(read.encode(texts)).toEqual(ids);
    };
    await writeFile(join(folder, "merges.txt"), `#version: 0.2\n${lines.join("\n")}\n`);
    await same(folder);
    const tokens = new Map<string, number>();
    const bytes = [...Array.from({ length: 256 }, (_, byte) => byte)].map(
      (byte) => listByteAlphabet()[byte]!,
    );
    const printable = bytes.filter((symbol) => symbol.codePointAt(0)! < 256);
    const others = bytes.filter((symbol) => symbol.codePointAt(0)! >= 256);
    for (const end of ["", "</w>"])
      for (const symbol of [...printable, ...others]) tokens.set(symbol + end, tokens.size);
    for (const line of lines) tokens.set(line.replace(" ", ""), tokens.size);
    for (const token of ["<|startoftext|>", "<|endoftext|>"]) tokens.set(token, tokens.size);
    const vocab = Object.fromEntries(tokens);
    await writeFile(join(folder, "vocab.json"), JSON.stringify(vocab));
    await same(folder);
    await writeFile(join(folder, "tokenizer.json"), JSON.stringify({ model: { vocab, merges: lines } }));
    await same(folder);
  });

  it("names the words that a long text loses, in whole or in part", async () => {
    const tokenizer = await readTokenizer(tiny, { contextLength: 8 });
    expect(tokenizer.lostWords("a red cat")).toEqual([]);
    expect(tokenizer.lostWords("A red  cat &amp; supercalifragilistic dog")).toEqual([
      "supercalifragilistic",
      "dog",
    ]);
  });

  it("refuses a folder without one, and damaged files", async () => {
    const folder = await mkdtemp(join(tmpdir(), "clipsteer-tokens-"));
    await expect(readTokenizer(folder)).rejects.toThrow(/has no tokenizer; expected one of tokenizer.json/);
    await expect(readTokenizer(join(folder, "x.json"))).rejects.toThrow(WeightsError);
    await copyFile(join(fixtures, "tokens.json"), join(folder, "x.txt.gz"));
    await expect(readTokenizer(join(folder, "x.txt.gz"))).rejects.toThrow(/cannot be read/);
    await writeFile(join(folder, "vocab.json"), '{"<|startoftext|>": 0, "<|endoftext|>": 1}');
    await writeFile(join(folder, "merges.txt"), "#version: 0.2\n");
    await expect(readTokenizer(folder)).rejects.toThrow(/lacks/);
  });

  it("reads SigLIP's unigram model, padded with its end token", async () => {
    const tokenizer = await readTokenizer(join(fixtures, "unigram.json"), { contextLength: 16 });
    for (const { text, unigram } of rows)
      expect({ text, ids: [...tokenizer.encode([text])] }).toEqual({ text, ids: unigram });
    expect(tokenizer.lostWords("a red cat, a big dog!")).toEqual([]);
    expect(tokenizer.lostWords("a ".repeat(15) + "cat and dog")).toEqual(["cat", "and", "dog"]);
  });
});

it("mends text that was read with the wrong code page as ftfy 6.3.1 does, and leaves what is meant", () => {
  const cases = [
    ["Ã©tÃ© donâ€™t", "été don't"],
    ["â€œhiâ€\x9d ðŸ˜€ cat", '"hi" 😀 cat'],
    ["Ð¿Ñ€Ð¸Ð²ÐµÑ‚ ãƒ†ã‚¹ãƒˆ", "привет テスト"],
    ["ÃƒÂ© 10Â°C â‚¬5 Ä‡", "é 10°c €5 ć"],
    ["big Ã $19.99", "big à $19.99"],
    ["ŁÓDŹ½ 1", "łódʽ 1"],
  ];
  expect(cases.map(([text]) => cleanText(text!))).toEqual(cases.map(([, mended]) => mended));
  for (const meant of ["SÃO PAULO", "NAÏVE²", "Ö½ ²", "JOSÉ®", "voilà…»", "Привет ΣΊΣΥΦΟΣ"])
    expect(cleanText(meant)).toBe(meant.toLowerCase());
});
