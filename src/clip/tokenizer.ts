import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers";
import { z } from "zod";
import { WeightsError } from "../errors.js";
import { listByteAlphabet, createBpe, endText, startText, splitWords } from "./bpe.js";
import { splitPublishedWords } from "./clean.js";

export { type TokenizerJson, trainTokenizer, splitWords } from "./bpe.js";

/** Texts to token ids for one CLIP. */
export interface Tokenizer {
  readonly vocabSize: number;
  readonly contextLength: number;
  /** Id of the token that ends a text; of a CLIP's vocabulary the highest. */
  readonly endToken: number;
  /** Encodes texts as `[texts, contextLength]`: start, text, end, then padding; a long text is cut and still ends with the end token. */
  encode(texts: readonly string[]): Int32Array;
  /** Returns the words of a text, as the tokenizer cleans it, that are cut off in whole or in part because the text is too long. */
  lostWords(text: string): string[];
  /** Returns the words of a text that the CLIP never saw in training; empty when the tokenizer does not say. */
  unseenWords(text: string): string[];
}

const pair = z.union([
  z.tuple([z.string(), z.string()]),
  z
    .string()
    .regex(/^\S+ \S+$/)
    .transform((text) => text.split(" ") as [string, string]),
]);
const bpeSchema = z.looseObject({
  model: z.looseObject({
    vocab: z.record(z.string(), z.int().nonnegative()),
    merges: z.array(pair).default([]),
  }),
  clipsteer: z.object({ words: z.array(z.string()) }).optional(),
});
const unigramSchema = z.looseObject({
  model: z.looseObject({
    type: z.literal("Unigram"),
    vocab: z.array(z.tuple([z.string(), z.number()])).min(1),
  }),
});

/**
 * Reads a `tokenizer.json`: the byte-pair encoding of CLIP, or the unigram model of SigLIP.
 * Tokenizers of this toolkit clean texts in a simple way; published ones as OpenAI's CLIP (`cleanText`) or SigLIP do.
 * @param json parsed content of the file.
 * @param options.contextLength tokens of each text, start and end included; 16 when absent, 64 for a unigram model.
 * @returns the tokenizer; it truncates texts to `contextLength` tokens.
 * @throws {WeightsError} when it is not one, lacks CLIP's start and end tokens, or does not hold every byte.
 */
export function loadTokenizer(json: unknown, options: { contextLength?: number } = {}): Tokenizer {
  if (unigramSchema.safeParse(json).success) return createUnigramTokenizer(json as object, options);
  const { contextLength = 16 } = options;
  const parsed = bpeSchema.safeParse(json);
  if (!parsed.success) throw new WeightsError("tokenizer.json: not a tokenizer file");
  const { clipsteer, model } = parsed.data;
  const vocab = new Map(Object.entries(model.vocab));
  const [start, end] = [vocab.get(startText), vocab.get(endText)];
  if (start === undefined || end === undefined)
    throw new WeightsError(`tokenizer.json: has no ${startText} or ${endText}; not a CLIP tokenizer`);
  const tokens = [
    ...listByteAlphabet().flatMap((symbol) => [symbol, `${symbol}</w>`]),
    ...model.merges.map((m) => m.join("")),
  ];
  const lacking = tokens.find((token) => !vocab.has(token));
  if (lacking !== undefined)
    throw new WeightsError(
      `tokenizer.json: its vocabulary lacks "${lacking}"; not a CLIP tokenizer, or damaged`,
    );
  const seen = new Set(clipsteer?.words);
  const bpe = createBpe(vocab, model.merges);
  const splitText = clipsteer ? splitWords : splitPublishedWords;
  const special: ReadonlyMap<string, number> = clipsteer
    ? new Map()
    : new Map([
        [startText, start],
        [endText, end],
      ]);
  const idsOf = (word: string): readonly number[] => {
    const id = special.get(word);
    return id === undefined ? bpe(word) : [id];
  };
  /** Tokens between the start and the end token. */
  const slotCount = contextLength - 2;
  return {
    vocabSize: 1 + [...vocab.values()].reduce((most, id) => Math.max(most, id), -1),
    contextLength,
    endToken: end,
    encode(texts) {
      const out = new Int32Array(texts.length * contextLength);
      texts.forEach((text, row) => {
        const ids = listFirstIds(splitText(text), idsOf, slotCount);
        out.set([start, ...ids, end], row * contextLength);
      });
      return out;
    },
    unseenWords: (text) =>
      seen.size === 0
        ? []
        : [...new Set(splitWords(text.replaceAll("\u2019", "'")))].filter(
            (word) => /\p{L}/u.test(word) && !isEnding(word) && !seen.has(word),
          ),
    lostWords: (text) => listLostWords(splitText(text), (word) => idsOf(word).length, slotCount),
  };
}

/** Tells whether a word is an ending that is split off, such as that of "person's": it names nothing. */
const isEnding = (word: string): boolean => word.startsWith("'");

/** Lists the first `count` tokens of words; words beyond them are not encoded. */
function listFirstIds(
  words: readonly string[],
  idsOf: (word: string) => readonly number[],
  count: number,
): number[] {
  const ids: number[] = [];
  for (const word of words) {
    if (ids.length >= count) break;
    ids.push(...idsOf(word).slice(0, count - ids.length));
  }
  return ids;
}

/** Lists the words that do not fit into `slotCount` tokens, from the first one that does not. */
function listLostWords(
  words: readonly string[],
  length: (word: string) => number,
  slotCount: number,
): string[] {
  let used = 0;
  const first = words.findIndex((word) => (used += length(word)) > slotCount);
  return first < 0 ? [] : words.slice(first);
}

/**
 * Splits a text into words after cleaning it as SigLIP does: lower case, no ASCII punctuation, one blank between words. Source:
 * google-research/big_vision.
 */
function splitCanonicalWords(text: string): string[] {
  const plain = text.toLowerCase().replace(/[!-/:-@[-`{-~]/g, "");
  return plain.split(/[\s\x1c-\x1f\x85]+/u).filter((word) => word !== "");
}

function createUnigramTokenizer(json: object, { contextLength = 64 }: { contextLength?: number }): Tokenizer {
  const inner = new HuggingFaceTokenizer(json, {});
  const end = inner.token_to_id("</s>");
  if (end === undefined) throw new WeightsError("tokenizer.json: has no </s>; not SigLIP's tokenizer");
  const idsOf = (text: string): readonly number[] => inner.encode(text, { add_special_tokens: false }).ids;
  /** Tokens before the end token. */
  const slotCount = contextLength - 1;
  const { vocab } = (json as z.infer<typeof unigramSchema>).model;
  return {
    vocabSize: vocab.length,
    contextLength,
    endToken: end,
    encode(texts) {
      const out = new Int32Array(texts.length * contextLength).fill(end);
      texts.forEach((text, row) => {
        // Every word has a token at least, so words beyond the slots cannot show.
        const words = splitCanonicalWords(text).slice(0, slotCount);
        out.set(idsOf(words.join(" ")).slice(0, slotCount), row * contextLength);
      });
      return out;
    },
    unseenWords: () => [],
    lostWords: (text) => listLostWords(splitCanonicalWords(text), (word) => idsOf(word).length, slotCount),
  };
}
