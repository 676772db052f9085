import { generateRequestSchema } from "../runs/requests/index.js";
import type { ClipSourceOptions, Skipped } from "../embedding/index.js";
import { InputError } from "../errors.js";
import type { Finding, TextReaders } from "../runs/index.js";
import type { Context } from "./context.js";

/** Options of every command that embeds with a pack's CLIPs. */
export const clipOptions = {
  generator: generateRequestSchema.shape.generator,
  threads: generateRequestSchema.shape.threads,
};

/** What `--clip` takes. */
export const clipChoice =
  "CLIP of the pack by name, or all; or a published CLIP: a local model, a file or a folder";

/** Finds where published CLIPs are looked for, with remarks on stderr. */
export async function locateClips(context: Context): Promise<ClipSourceOptions> {
  const { readPlaces } = await import("../models/index.js");
  return { home: readPlaces(process.env).home, onNote: context.note, signal: context.signal };
}

/** Shows findings as warnings and notes. */
export function showFindings(findings: readonly Finding[], context: Context): void {
  for (const { level, message } of findings)
    if (level === "warning") context.warn(message);
    else context.note(message);
}

/** Warns of texts that do not fit into the CLIPs' context. */
export async function warnOfCuts(
  readers: TextReaders,
  texts: readonly string[],
  templates: readonly string[],
  context: Context,
): Promise<void> {
  const { listCutFindings } = await import("../runs/index.js");
  showFindings(listCutFindings(readers, texts, templates), context);
}

/** Warns of words that the CLIPs never learned, of labels that they read as one text, and as `warnOfCuts`. */
export async function warnOfWords(
  readers: TextReaders,
  texts: readonly string[],
  templates: readonly string[],
  context: Context,
  labels?: readonly string[],
): Promise<void> {
  const { findUnknownWords } = await import("../runs/index.js");
  showFindings(await findUnknownWords(readers, texts, templates, labels), context);
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
