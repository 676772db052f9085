import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { ClipModels, Skipped } from "../embedding/index.js";
import { InputError } from "../errors.js";
import type { Context } from "./context.js";

/** Options of every command that embeds with a pack's CLIPs. */
export const clipOptions = {
  generator: z.string().default("emoji").describe("Model pack, by name or folder"),
  threads: z.int().min(1).max(256).optional().describe("Threads (default: one a core)"),
};

/** What `--clip` takes. */
export const clipChoice =
  "CLIP of the pack by name, or all of them; or a published one: a model that is here, a file or a folder";

const largestList = 10e6;

/** Lines of a text file that are not blank. */
export async function linesOf(path: string): Promise<string[]> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new InputError(`${path}: cannot be read; give a text file with one entry a line`, { cause });
  });
  if (text.length > largestList)
    throw new InputError(`${path}: is larger than 10 MB; is it a list of lines?`);
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean);
}

/** What `warnOfWords` reads of the CLIPs that take a text. */
type Readers = Pick<ClipModels, "tokenizer" | "articles">;

const quoted = (words: readonly string[]): string => `"${[...new Set(words)].slice(0, 10).join('", "')}"`;
const mostTold = 5;

/** Warns of texts that do not fit into the CLIPs' context, with the words that are cut off; of many texts, of the first few. */
export async function warnOfCuts(
  { tokenizer, articles }: Readers,
  texts: readonly string[],
  templates: readonly string[],
  context: Context,
): Promise<void> {
  const { fillTemplate, withoutArticles } = await import("../embedding/index.js");
  const cut = texts.flatMap((text) => {
    const plain = articles ? text : withoutArticles(text);
    const lost = templates.map((template) => tokenizer.lostWords(fillTemplate(template, plain)));
    const worst = lost.reduce((a, b) => (b.length > a.length ? b : a), []);
    return worst.length > 0 ? [{ text, worst }] : [];
  });
  for (const { text, worst } of cut.slice(0, mostTold))
    context.warn(
      `"${text}" is longer than the CLIP's ${tokenizer.contextLength} tokens; cut off: ${quoted(worst)}`,
    );
  if (cut.length > mostTold) context.warn(`${cut.length - mostTold} more texts are cut off so`);
}

/** Warns of words that the CLIPs never learned, and as `warnOfCuts`. */
export async function warnOfWords(
  models: Readers,
  texts: readonly string[],
  templates: readonly string[],
  context: Context,
): Promise<void> {
  const unseen = texts.flatMap((text) => models.tokenizer.unseenWords(text));
  if (unseen.length > 0)
    context.warn(`${quoted(unseen)}: never seen by this pack's CLIPs in training; expect little of it`);
  await warnOfCuts(models, texts, templates, context);
}

/** Collects files left out: each a warning at once, and one error at the end, for exit code 1. */
export function skipList(context: Context): {
  readonly skipped: readonly Skipped[];
  onSkip(file: Skipped): void;
  finish(total: number): void;
} {
  const skipped: Skipped[] = [];
  return {
    skipped,
    onSkip(file) {
      skipped.push(file);
      context.warn(`${file.path}: ${file.reason}; skipped`);
    },
    finish(total) {
      if (skipped.length > 0)
        throw new InputError(`${skipped.length} of ${total} files skipped; see the warnings above`);
    },
  };
}
