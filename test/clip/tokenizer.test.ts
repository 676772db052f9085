import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadTokenizer, trainTokenizer } from "../../src/clip/tokenizer.js";
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
    const [kept, cut] = ["red red red", "red red red red heart"].map((text) => tokenizer.encode([text]));
    expect(cut).toEqual(kept);
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
  });

  it("refuses what is no CLIP tokenizer", () => {
    expect(() => loadTokenizer({})).toThrow(WeightsError);
    expect(() => loadTokenizer({ model: { vocab: { a: 0 } } })).toThrow(/startoftext/);
  });
});
