import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { WeightsError } from "../errors.js";
import { listByteAlphabet, endText, startText } from "./bpe.js";
import { type Tokenizer, loadTokenizer } from "./tokenizer.js";
import { readPlainFile } from "../files/index.js";

const largest = 64 << 20;

/** Merges that OpenAI's CLIP uses of its longer list: as many as its vocabulary of 49 408 has room for. */
const openAiMerges = 49152 - 256 - 2;

/** Where a published model keeps its tokenizer, best first. */
const fileNames = [
  "tokenizer.json",
  "vocab.json",
  "merges.txt",
  "bpe_simple_vocab_16e6.txt.gz",
  "bpe_simple_vocab_16e6.txt",
] as const;

/**
 * Reads a published CLIP's tokenizer in the form that `loadTokenizer` takes. Three forms are supported: `tokenizer.json`; `vocab.json`
 * with `merges.txt`; and OpenAI's list of merges, `bpe_simple_vocab_16e6.txt.gz`, also unpacked or as `merges.txt` alone.
 * @param path such a file, or a folder that contains one.
 * @throws {WeightsError} when the file is missing or damaged.
 */
export async function readTokenizerJson(path: string): Promise<unknown> {
  const file = await findTokenizerFile(path);
  const name = basename(file);
  if (name === "vocab.json" || name === "merges.txt") {
    const beside = await readdir(dirname(file));
    const merges = parseMerges(await readText(join(dirname(file), "merges.txt")));
    const vocab = beside.includes("vocab.json")
      ? parseJson(join(dirname(file), "vocab.json"), await readText(join(dirname(file), "vocab.json")))
      : numberVocabulary(merges);
    return { model: { vocab, merges } };
  }
  const text = await readText(file);
  if (name.endsWith(".json")) return parseJson(file, text);
  const merges = parseMerges(text).slice(0, openAiMerges);
  return { model: { vocab: numberVocabulary(merges), merges } };
}

/**
 * Reads a published CLIP's tokenizer.
 * @param path as for `readTokenizerJson`: a file, or a folder that contains one.
 * @param options.contextLength as for `loadTokenizer`.
 * @returns the tokenizer.
 * @throws {WeightsError} as `readTokenizerJson` and `loadTokenizer`.
 */
export async function readTokenizer(
  path: string,
  options: { contextLength?: number } = {},
): Promise<Tokenizer> {
  return loadTokenizer(await readTokenizerJson(path), options);
}

/**
 * Finds the path of a tokenizer: `path` itself, or in a folder the first of `fileNames`.
 * @throws {WeightsError} when there is none.
 */
async function findTokenizerFile(path: string): Promise<string> {
  const entry = await stat(path).catch((cause: unknown) => {
    throw new WeightsError(`${path}: no such tokenizer`, { cause });
  });
  if (!entry.isDirectory()) return path;
  const there = await readdir(path);
  const name = fileNames.find((each) => there.includes(each));
  if (name === undefined)
    throw new WeightsError(`${path}: has no tokenizer; expected one of ${fileNames.join(", ")}`);
  return join(path, name);
}

async function readText(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > largest) throw new Error(`has ${size} bytes, more than ${largest}`);
    const bytes = await readPlainFile(path);
    return (path.endsWith(".gz") ? gunzipSync(bytes, { maxOutputLength: largest }) : bytes).toString("utf8");
  } catch (cause) {
    throw new WeightsError(`${path}: cannot be read as a tokenizer: ${(cause as Error).message}`, { cause });
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new WeightsError(`${path}: corrupt: not JSON`, { cause });
  }
}

/** Parses the pairs of a merge list, one for each line; the first line names the version. */
function parseMerges(text: string): [string, string][] {
  const lines = text.split("\n");
  const pairs = lines.slice(/^"?(bpe_|#)/.test(lines[0]!) ? 1 : 0).map((line) => line.trim().split(/\s+/));
  return pairs.filter((pair): pair is [string, string] => pair.length === 2);
}

/**
 * Numbers tokens as OpenAI's CLIP does: the bytes (printable ones first), the bytes that end a word, the merges, start
 * and end.
 */
function numberVocabulary(merges: readonly (readonly [string, string])[]): Record<string, number> {
  const bytes = listByteAlphabet().sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!);
  const tokens = [
    ...bytes,
    ...bytes.map((byte) => `${byte}</w>`),
    ...merges.map((pair) => pair.join("")),
    startText,
    endText,
  ];
  return Object.fromEntries(tokens.map((token, id) => [token, id]));
}
