import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import type { ClipModels } from "../embedding/index.js";
import { WeightsError } from "../errors.js";
import { packsFolder } from "../packs/index.js";
import {
  type AliasTable,
  aliasFileSchema,
  indexAliases,
  nearestConcepts,
  resolveAliases,
} from "../prompts/index.js";
import { type Finding, note, warning } from "./findings.js";

/** Bytes of an alias file when it is decompressed, at most. */
const largest = 16 << 20;
let loading: Promise<AliasTable> | undefined;

async function readAliases(path: string): Promise<AliasTable> {
  try {
    const bytes = brotliDecompressSync(await readFile(path), { maxOutputLength: largest });
    return indexAliases(aliasFileSchema.parse(JSON.parse(bytes.toString("utf8"))));
  } catch (cause) {
    throw new WeightsError(`${path}: missing or damaged; restore it (git checkout, or install again)`, {
      cause,
    });
  }
}

/** The table of emoji and foreign names that comes with the toolkit; read once. @throws {WeightsError} when it is damaged. */
export function loadAliases(): Promise<AliasTable> {
  return (loading ??= readAliases(join(packsFolder(), "aliases.json.br")));
}

/** What texts are read by. */
type Reader = Pick<ClipModels, "tokenizer">;

/** Whether a text may have aliases: plain English that the CLIPs know needs no table. */
const mayHaveAliases = (text: string, { tokenizer }: Reader): boolean =>
  /\P{ASCII}/u.test(text) || tokenizer.unseenWords(text).length > 0;

/** Texts with their aliases replaced. */
export interface UnderstoodTexts {
  /** One for each text given; those without aliases are unchanged. */
  readonly texts: readonly string[];
  /** What was read as what, and emoji that nothing is known about. */
  readonly findings: readonly Finding[];
}

/** Replaces emoji and names of other languages by the English labels that CLIPs learned. */
export async function understandTexts(texts: readonly string[], reader: Reader): Promise<UnderstoodTexts> {
  const findings: Finding[] = [];
  const understood: string[] = [];
  for (const text of texts) {
    if (!mayHaveAliases(text, reader)) {
      understood.push(text);
      continue;
    }
    const { text: resolved, replaced, unknown } = resolveAliases(text, await loadAliases());
    understood.push(resolved);
    if (replaced.length > 0)
      findings.push(
        note("understood-text", `"${text}": read as "${resolved}"`, { text, resolved, replaced }),
      );
    if (unknown.length > 0)
      findings.push(
        warning("unknown-emoji", `${unknown.join(" ")}: no concept is known for it; say it in words`, {
          text,
          emoji: unknown,
        }),
      );
  }
  return { texts: understood, findings };
}

/** For each word, the three nearest labels all of whose words the CLIPs know. */
export async function nearestKnown(
  words: readonly string[],
  { tokenizer }: Reader,
): Promise<Record<string, string[]>> {
  const table = await loadAliases();
  const accept = (label: string): boolean => tokenizer.unseenWords(label).length === 0;
  return Object.fromEntries(words.map((word) => [word, nearestConcepts(word, table, { accept })]));
}
