import { removeArticles } from "../../embedding/index.js";
import { type HostTensor, createRandom } from "../../tensor/index.js";
import type { DraftOptions, ScoredDraft } from "../candidates/drafts.js";
import { type Path, pathOf } from "../objectives/promptPath.js";
import { type ScheduledTerm, weighTermsAt } from "../objectives/terms.js";
import { type Term, rowsOf, sumPositiveEmbeddings } from "../programs/embedTerms.js";
import type { SessionPrograms } from "../sessionPrograms.js";
import { findDraftSubject, findNamedStyle, orderMembersBySeed } from "../steerModels.js";
import type { AscentConfig } from "./contract.js";

/** Lists each word of the positive terms as a term of its own, without function words. A picture remains one term. */
export function listWordTerms(terms: readonly Term[]): Term[] {
  return terms
    .filter(({ weight }) => weight > 0)
    .flatMap((term) => {
      if (term.text === undefined) return [term];
      const words = removeArticles(term.text).split(/\s+/);
      const visible = words.filter((word) => !/^(?:with|and|of|in|on|at|to|for)$/i.test(word));
      return (visible.length > 0 ? visible : words).map((text) => ({ ...term, text }));
    });
}

/** Makes drafts for terms as they are at the beginning of a run, the best first. */
export async function makeDrafts(
  { models, embedder, drafter }: SessionPrograms,
  terms: readonly ScheduledTerm[],
  config: AscentConfig,
  options: DraftOptions = {},
): Promise<ScoredDraft[]> {
  const first = weighTermsAt(terms, 0);
  const words = listWordTerms(first);
  const positive = first.filter(({ weight }) => weight > 0);
  const named = new Set(positive.map(({ text }) => findNamedStyle(models, text)));
  const style = config.style ?? (named.size === 1 ? [...named][0] : undefined);
  const count = config.candidates;
  // A blend of several prompts has no single name.
  const subject = findDraftSubject(models, positive.length === 1 ? positive[0]!.text : undefined);
  const random = createRandom(config.seed);
  const draws = models.generator.sample(random.stream("candidates"), count, {
    truncation: config.truncation,
    ...orderMembersBySeed(subject, random),
    style,
  });
  const embedding = embedder.embed([...first, ...words], options.passes); // one pass for both
  drafter.prepare({ draws, count }, words.length);
  const embedded = await embedding;
  const positives = sumPositiveEmbeddings(rowsOf(embedded, first.keys()), first);
  const wordRows = words.map((_, at) => first.length + at);
  return drafter.draft({ draws, count, positives, words: rowsOf(embedded, wordRows) }, options);
}

/** Makes the path from each positive prompt's best draft to the next one's. */
export async function makePathBetween(
  programs: SessionPrograms,
  terms: readonly ScheduledTerm[],
  config: AscentConfig,
  start: HostTensor,
  options: DraftOptions,
): Promise<Path> {
  const positiveTerms = terms.filter(({ weight }) => weight > 0);
  const stops: HostTensor[] = [];
  for (const term of positiveTerms) {
    const drafts = await makeDrafts(programs, [{ ...term, weightAt: () => 1 }], config, options);
    stops.push(drafts[0]!.latents);
  }
  return pathOf(start, stops, (part) => weighTermsAt(positiveTerms, part).map(({ weight }) => weight));
}
