import { mergePairs } from "./mergePairs.js";

/** The part of Hugging Face's `tokenizer.json` that this toolkit writes, with the words of the training captions. */
export interface TokenizerJson {
  readonly version: "1.0";
  readonly added_tokens: readonly { id: number; content: string; special: boolean }[];
  readonly normalizer: unknown;
  readonly pre_tokenizer: unknown;
  readonly post_processor: unknown;
  readonly decoder: unknown;
  readonly model: {
    readonly type: "BPE";
    readonly unk_token: string;
    readonly continuing_subword_prefix: "";
    readonly end_of_word_suffix: "</w>";
    readonly vocab: Readonly<Record<string, number>>;
    readonly merges: readonly (readonly [string, string])[];
  };
  readonly clipsteer: { readonly words: readonly string[] };
}

/** Token before every text. */
export const startText = "<|startoftext|>";
/** Token after every text. */
export const endText = "<|endoftext|>";

/** Maximum length and number of the words whose tokens are cached. */
const longestCached = 64;
const mostCached = 100_000;

/** Matches the words of a text as CLIP splits it: a run of letters, one digit, or a run of other characters. */
export const wordPattern = "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";
const suffix = "</w>";

/** Splits a cleaned, lower-case text into words. */
export function splitWords(text: string): string[] {
  const clean = text.normalize("NFC").replace(/\s+/g, " ").toLowerCase();
  return clean.match(new RegExp(wordPattern, "gu")) ?? [];
}

/** Lists the printable characters that stand for the 256 bytes. Source: Radford et al. 2019, GPT-2's byte-level BPE. */
export function listByteAlphabet(): string[] {
  const printable = (byte: number): boolean =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255);
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++));
}

/**
 * Trains a byte-level BPE of CLIP's form on captions. Any text can be encoded; ties are broken by text order, so that the
 * same captions always give the same tokenizer.
 * Source: Sennrich et al. 2016, "Neural Machine Translation of Rare Words with Subword Units".
 */
export function trainTokenizer(
  captions: readonly string[],
  options: { vocabSize?: number } = {},
): TokenizerJson {
  const { vocabSize = 2048 } = options;
  const alphabet = listByteAlphabet();
  const counts = new Map<string, number>();
  for (const caption of captions)
    for (const word of splitWords(caption)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const words = [...counts.keys()].sort();
  const pieces = words.map((word) => {
    const symbols = [...Buffer.from(word, "utf8")].map((byte) => alphabet[byte]!);
    symbols.push(symbols.pop()! + suffix);
    return { symbols, count: counts.get(word)! };
  });
  const tokens = [...alphabet, ...alphabet.map((symbol) => symbol + suffix)];
  const merges: [string, string][] = [];
  while (tokens.length + 2 < vocabSize) {
    const best = findBestPair(pieces);
    if (!best) break;
    merges.push(best);
    tokens.push(best[0] + best[1]);
    for (const piece of pieces) mergePair(piece.symbols, best);
  }
  tokens.push(startText, endText);
  const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]));
  const special = (content: string) => ({ id: vocab[content]!, content, special: true });
  return {
    version: "1.0",
    added_tokens: [special(startText), special(endText)],
    normalizer: {
      type: "Sequence",
      normalizers: [
        { type: "NFC" },
        { type: "Replace", pattern: { Regex: "\\s+" }, content: " " },
        { type: "Lowercase" },
      ],
    },
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [
        { type: "Split", pattern: { Regex: wordPattern }, behavior: "Removed", invert: true },
        { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false },
      ],
    },
    post_processor: {
      type: "RobertaProcessing",
      sep: [endText, vocab[endText]!],
      cls: [startText, vocab[startText]!],
      trim_offsets: false,
      add_prefix_space: false,
    },
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: "BPE",
      unk_token: endText,
      continuing_subword_prefix: "",
      end_of_word_suffix: suffix,
      vocab,
      merges,
    },
    clipsteer: { words },
  };
}

/**
 * Splits words into tokens by byte-pair merges, in the order in which they were learned.
 * @param merges pairs in the order that training found them.
 */
export function createBpe(
  vocab: ReadonlyMap<string, number>,
  merges: readonly (readonly [string, string])[],
): (word: string) => readonly number[] {
  const alphabet = listByteAlphabet();
  const ranks = new Map(merges.map(([left, right], rank) => [`${left} ${right}`, rank]));
  const rankOf = (left: string, right: string): number | undefined => ranks.get(`${left} ${right}`);
  const cache = new Map<string, readonly number[]>();
  return (word) => {
    const cached = cache.get(word);
    if (cached) return cached;
    const symbols = [...Buffer.from(word, "utf8")].map((byte) => alphabet[byte]!);
    symbols.push(symbols.pop()! + suffix);
    const ids = mergePairs(symbols, rankOf).map((symbol) => vocab.get(symbol)!);
    if (word.length <= longestCached && cache.size < mostCached) cache.set(word, ids);
    return ids;
  };
}

function findBestPair(
  pieces: readonly { symbols: readonly string[]; count: number }[],
): [string, string] | undefined {
  const counts = new Map<string, number>();
  for (const { symbols, count } of pieces)
    for (let at = 1; at < symbols.length; at++) {
      const pair = `${symbols[at - 1]} ${symbols[at]}`;
      counts.set(pair, (counts.get(pair) ?? 0) + count);
    }
  let best: string | undefined;
  let most = 1;
  for (const [pair, count] of counts)
    if (count > most || (count === most && best !== undefined && pair < best)) [best, most] = [pair, count];
  return best?.split(" ") as [string, string] | undefined;
}

function mergePair(symbols: string[], [left, right]: readonly [string, string]): void {
  for (let at = 0; at + 1 < symbols.length; at++)
    if (symbols[at] === left && symbols[at + 1] === right) symbols.splice(at, 2, left + right);
}
