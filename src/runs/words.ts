import { type ClipModels, fillTemplate, removeArticles } from "../embedding/index.js";
import { findNearestKnown } from "./aliases.js";
import type { PhraseReader } from "../prompts/index.js";
import { type Finding, makeNote, makeWarning } from "./findings.js";

/** Tokenizer and text settings of a pack's CLIPs, and the reader of names where its generator knows concepts. */
export type TextReaders = Pick<ClipModels, "tokenizer" | "articles"> & {
  /** Reader of names; absent where the generator knows no concepts. */
  readonly phrases?: PhraseReader | undefined;
};

const quoteWords = (words: readonly string[]): string => `"${[...new Set(words)].slice(0, 10).join('", "')}"`;
/** Maximum number of texts with a separate finding. */
const mostListed = 5;

/**
 * Cuts a template off after its text: what follows, such as "style", may be cut off, for it says nothing about the
 * picture.
 */
function cutAfterText(template: string): string {
  const at = template.lastIndexOf("{}");
  return at < 0 ? template : template.slice(0, at + "{}".length);
}

/**
 * Returns the findings about texts that exceed the context of the CLIPs, with the words that are cut off. After five texts only
 * their number is reported.
 * @param readers tokenizer of the CLIPs, and whether texts keep articles.
 * @param texts texts without templates.
 * @param templates sentences with `{}`; the one that cuts off most words counts.
 * @returns one warning for each text, at most five, and one for all others.
 */
export function listCutFindings(
  { tokenizer, articles }: TextReaders,
  texts: readonly string[],
  templates: readonly string[],
): Finding[] {
  const cut = texts.flatMap((text) => {
    const plain = articles ? text : removeArticles(text);
    const lost = templates.map((template) =>
      tokenizer.lostWords(fillTemplate(cutAfterText(template), plain)),
    );
    const worst = lost.reduce((a, b) => (b.length > a.length ? b : a), []);
    return worst.length > 0 ? [{ text, worst }] : [];
  });
  const limit = tokenizer.contextLength;
  const findings = cut.slice(0, mostListed).map(({ text, worst }) =>
    makeWarning(
      "cut-text",
      `"${text}" is longer than the CLIP's ${limit} tokens; not read: ${quoteWords(worst)}`,
      {
        text,
        words: worst,
        limit,
      },
    ),
  );
  const more = cut.length - mostListed;
  if (more > 0) findings.push(makeWarning("cut-texts", `${more} more texts are cut off`, { count: more }));
  return findings;
}

/**
 * Returns a warning about labels that the CLIPs read as one text, such as "cat", "Cat" and "a cat", or long ones that differ only where
 * they are cut off.
 * @param texts the labels' texts as they are embedded.
 * @param labels as they were written.
 * @returns one warning, or none.
 */
function listEqualLabels(
  { tokenizer, articles }: TextReaders,
  texts: readonly string[],
  labels: readonly string[],
): Finding[] {
  const first = new Map<string, string>();
  let count = 0;
  let shown: readonly string[] = [];
  for (const [at, text] of texts.entries()) {
    const key = tokenizer.encode([articles ? text : removeArticles(text)]).join();
    const equal = first.get(key);
    if (equal === undefined) first.set(key, labels[at]!);
    else if (count++ === 0) shown = [equal, labels[at]!];
  }
  if (count === 0) return [];
  const message = `labels: ${count} are the same text to the CLIPs as others and share their probability, as "${shown.join('" and "')}"`;
  return [makeWarning("equal-labels", message, { labels: shown, count })];
}

/** Returns readers for which a word that names a drawing is known, whether or not the CLIPs know it. */
export function ignoreDrawnWords(readers: TextReaders): TextReaders {
  const { tokenizer, phrases } = readers;
  const unseenWords = (text: string): string[] =>
    tokenizer.unseenWords(text).filter((word) => phrases?.read(word)?.isName !== true);
  return { ...readers, tokenizer: { ...tokenizer, unseenWords } };
}

/** Maximum number of words for which nearest labels are suggested. */
const mostNamed = 3;

/**
 * Makes the findings about kinds that another concept's drawing stands for, about words that the CLIPs do not know, with the
 * nearest labels that they know, and the findings of `listCutFindings`.
 * @param readers readers of a pack, as a session or `describePrompts` returns them.
 * @param texts texts without templates.
 * @param templates sentences with `{}`, in which the texts must fit the context.
 * @param labels where the texts are labels, these as they were written: those that are one text to the CLIPs are found.
 * @returns the findings.
 */
export async function findUnknownWords(
  readers: TextReaders,
  texts: readonly string[],
  templates: readonly string[],
  labels?: readonly string[],
): Promise<Finding[]> {
  const standIns = new Map(
    texts.flatMap((text) => {
      const kind = readers.phrases?.read(text)?.kind;
      return kind ? [[kind.word, kind.label] as const] : [];
    }),
  );
  const drawnAs = [...standIns].map(([word, label]) =>
    makeNote("drawn-as", `"${word}": drawn as "${label}", since it has no drawing of its own`, {
      word,
      label,
    }),
  );
  // A text that consists of punctuation ("!!!") counts as an unknown word.
  const words = texts
    .map((text) => (readers.articles ? text : removeArticles(text)))
    .flatMap((text) => (/[\p{L}\p{N}\p{So}]/u.test(text) ? readers.tokenizer.unseenWords(text) : [text]))
    .filter((word) => !standIns.has(word.toLowerCase()));
  const equal = labels ? listEqualLabels(readers, texts, labels) : [];
  const cut = [...drawnAs, ...equal, ...listCutFindings(readers, texts, templates)];
  if (words.length === 0) return cut;
  const distinct = [...new Set(words)];
  const nearest = await findNearestKnown(distinct.slice(0, mostNamed), readers);
  const suggestions = Object.entries(nearest).filter(([, labels]) => labels.length > 0);
  const advice =
    suggestions.length === 0
      ? ""
      : `; nearest known: ${suggestions
          .map(([word, labels]) => `${distinct.length > 1 ? `${word}: ` : ""}${labels.join(", ")}`)
          .join("; ")}`;
  const message = `${quoteWords(words)}: unknown to this pack's CLIPs; it may have little effect${advice}`;
  return [makeWarning("unknown-words", message, { words: distinct, nearest }), ...cut];
}
