import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import type { ClipModels } from "../embedding/index.js";
import { ConfigError, WeightsError } from "../errors.js";
import { findPacksFolder } from "../packs/index.js";
import {
  type AliasFile,
  type AliasTable,
  type PhraseReader,
  aliasFileSchema,
  indexAliases,
  findMisspelt,
  findNearestConcepts,
  requirePromptLength,
  resolveAliases,
  translate,
} from "../prompts/index.js";
import { isEnglishWord } from "./englishWords.js";
import { type Finding, makeNote, makeWarning } from "./findings.js";

/** Largest decompressed size of an alias file, in bytes. */
const largest = 16 << 20;
let reading: Promise<AliasFile> | undefined;
let indexing: Promise<AliasTable> | undefined;

async function readAliases(path: string): Promise<AliasFile> {
  try {
    const bytes = brotliDecompressSync(await readFile(path), { maxOutputLength: largest });
    return aliasFileSchema.parse(JSON.parse(bytes.toString("utf8")));
  } catch (cause) {
    throw new WeightsError(`${path}: missing or damaged; restore it (git checkout, or install again)`, {
      cause,
    });
  }
}

/** Reads the bundled file of emoji and foreign names, once. @throws {WeightsError} when it is missing or damaged. */
export function loadAliasFile(): Promise<AliasFile> {
  return (reading ??= readAliases(join(findPacksFolder(), "aliases.json.br")));
}

/** Loads the bundled table of emoji and foreign names, once. @throws {WeightsError} when it is missing or damaged. */
export function loadAliases(): Promise<AliasTable> {
  return (indexing ??= loadAliasFile().then(indexAliases));
}

/** Tokenizer with the vocabulary that the CLIPs know, and the reader of the names that the generator knows, if it has names. */
type Reader = Pick<ClipModels, "tokenizer"> & { readonly phrases?: PhraseReader | undefined };

/** Tells whether a text may contain aliases. English words that the CLIPs or the generator know need no table. */
const mayHaveAliases = (text: string, { tokenizer, phrases }: Reader): boolean =>
  /\P{ASCII}/u.test(text) || tokenizer.unseenWords(text).some((word) => phrases?.read(word)?.isName !== true);

/** Texts with their aliases replaced. */
export interface UnderstoodTexts {
  /** One text for each input text, in order. Texts without aliases are unchanged. */
  readonly texts: readonly string[];
  /** The replacements, and a warning for each text with unknown emoji. */
  readonly findings: readonly Finding[];
}

/** Replaces misspelt words that name nothing by the labels that they mean. English words are never misspelt: "chasing" is no "chains". */
async function correctWords(
  text: string,
  { tokenizer, phrases }: Reader,
  labels: readonly string[],
): Promise<{ text: string; replaced: { alias: string; label: string }[] }> {
  const replaced: { alias: string; label: string }[] = [];
  for (const alias of phrases ? tokenizer.unseenWords(text) : []) {
    const label = phrases!.read(alias) ? undefined : findMisspelt(alias, labels);
    // "Chazing" is no misspelt chain.
    const isVerb = /.{3}ing$/i.test(alias) && !/ing$/.test(label ?? "");
    if (label !== undefined && !isVerb && !(await isEnglishWord(alias))) replaced.push({ alias, label });
  }
  const corrected = replaced.reduce(
    (read, { alias, label }) => read.replace(new RegExp(`(?<!\\p{L})${alias}(?!\\p{L})`, "giu"), label),
    text,
  );
  return { text: corrected, replaced };
}

/**
 * Replaces emoji, names in other languages, and misspelt names of a generator that knows names, by the English labels that the CLIPs learned.
 * @param texts prompts or labels. @param reader the tokenizer of the CLIPs, and the names of the generator.
 * @param simplify removes words of texts that say nothing about a picture; all words stay by default.
 * @returns the texts with the labels inserted, and the replacements.
 * @throws {ConfigError} for a text that contains only invisible characters, or more than 10 000.
 */
export async function understandTexts(
  texts: readonly string[],
  reader: Reader,
  simplify: (text: string) => string = (text) => text,
): Promise<UnderstoodTexts> {
  const findings: Finding[] = [];
  const understood: string[] = [];
  for (const text of texts) {
    requirePromptLength(text);
    const content = simplify(text);
    if (content === text && !mayHaveAliases(text, reader)) {
      understood.push(text);
      continue;
    }
    const table = await loadAliases();
    const english = translate(content, table)?.text ?? content;
    const {
      text: translated,
      replaced: aliases,
      unknown,
    } = resolveAliases(english, table, (phrase) => reader.phrases?.isName(phrase) ?? false);
    const { text: resolved, replaced: misspelt } = await correctWords(translated, reader, table.labels);
    const replaced = [
      ...(english === text ? [] : [{ alias: text, label: english }]),
      ...aliases,
      ...misspelt,
    ];
    if (resolved.trim() === "" && text.trim() !== "")
      throw new ConfigError("a text contains only invisible characters; use words");
    understood.push(resolved);
    if (replaced.length > 0)
      findings.push(
        makeNote("understood-text", `"${text}": read as "${resolved}"`, { text, resolved, replaced }),
      );
    if (unknown.length > 0)
      findings.push(
        makeWarning("unknown-emoji", `${unknown.join(" ")}: it stands for no known concept; use words`, {
          text,
          emoji: unknown,
        }),
      );
  }
  return { texts: understood, findings };
}

/** Finds the three nearest labels for each word. Labels with words that the CLIPs do not know are excluded. */
export async function findNearestKnown(
  words: readonly string[],
  { tokenizer }: Reader,
): Promise<Record<string, string[]>> {
  const table = await loadAliases();
  const accept = (label: string): boolean => tokenizer.unseenWords(label).length === 0;
  return Object.fromEntries(words.map((word) => [word, findNearestConcepts(word, table, { accept })]));
}
