import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers";
import { z } from "zod";
import { WeightsError } from "../errors.js";
import { endText, startText, wordsOf } from "./bpe.js";

export { type TokenizerJson, trainTokenizer, wordsOf } from "./bpe.js";

/** Texts to token ids for one CLIP. */
export interface Tokenizer {
  readonly vocabSize: number;
  readonly contextLength: number;
  /** Id of the token that ends a text; the highest. */
  readonly endToken: number;
  /** `[texts, contextLength]`: start, text, end, then zeros; a long text is cut and still ends with the end token. */
  encode(texts: readonly string[]): Int32Array;
  /** Words of a text that do not fit into the context, the first of them perhaps in part. */
  lostWords(text: string): string[];
  /** Words of a text that the CLIP never saw in training; empty when the tokenizer does not say. */
  unseenWords(text: string): string[];
}

const schema = z.looseObject({
  model: z.looseObject({ vocab: z.record(z.string(), z.number()) }),
  clipsteer: z.object({ words: z.array(z.string()) }).optional(),
});

/**
 * Reads a `tokenizer.json`.
 * @throws {WeightsError} when it is not one, or lacks CLIP's start and end tokens.
 */
export function loadTokenizer(json: unknown, options: { contextLength?: number } = {}): Tokenizer {
  const { contextLength = 16 } = options;
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw new WeightsError("tokenizer.json: not a tokenizer file");
  const { vocab } = parsed.data.model;
  const [start, end] = [vocab[startText], vocab[endText]];
  if (start === undefined || end === undefined)
    throw new WeightsError(`tokenizer.json: has no ${startText} or ${endText}; not a CLIP tokenizer`);
  const seen = new Set(parsed.data.clipsteer?.words);
  const inner = new HuggingFaceTokenizer(json as object, {});
  const known = new Map<string, readonly number[]>();
  const idsOf = (word: string): readonly number[] => {
    const cached = known.get(word);
    if (cached) return cached;
    const ids: readonly number[] = inner.encode(word, { add_special_tokens: false }).ids;
    known.set(word, ids);
    return ids;
  };
  return {
    vocabSize: Object.keys(vocab).length,
    contextLength,
    endToken: end,
    encode(texts) {
      const out = new Int32Array(texts.length * contextLength);
      texts.forEach((text, row) => {
        const ids = wordsOf(text)
          .flatMap(idsOf)
          .slice(0, contextLength - 2);
        out.set([start, ...ids, end], row * contextLength);
      });
      return out;
    },
    lostWords(text) {
      const words = wordsOf(text);
      let used = 0;
      const first = words.findIndex((word) => (used += idsOf(word).length) > contextLength - 2);
      return first < 0 ? [] : words.slice(first);
    },
    unseenWords: (text) =>
      seen.size === 0
        ? []
        : [...new Set(wordsOf(text))].filter((word) => /\p{L}/u.test(word) && !seen.has(word)),
  };
}
