import { fillTemplate, loadPackTokenizer, removeArticles } from "../embedding/index.js";
import type { Pack } from "../packs/index.js";
import { type PromptPlan, weightAt } from "../prompts/index.js";
import type { TextReaders } from "./words.js";

/** A prompt plan with the sentences that the CLIPs of a pack embed. */
export interface PromptDescription {
  /** Name of the pack. */
  readonly pack: string;
  /** One entry for each term of the plan, negatives last. */
  readonly prompts: readonly {
    /** Name of the term. */
    readonly name: string;
    /** The text in each template; absent for a picture. */
    readonly sentences?: readonly string[];
    /** Path of a picture; absent for a text. */
    readonly image?: string | undefined;
    /** Weight by progress of the run, from `0 %` to `100 %`. */
    readonly weights: Readonly<Record<string, number>>;
  }[];
  /** Templates of prompts without templates of their own. */
  readonly templates: readonly string[];
  /** Settings that the prompt file proposes. */
  readonly defaults: PromptPlan["defaults"];
  /** Texts with their templates, to check for unknown words with `readers`. */
  readonly texts: readonly { readonly text: string; readonly templates: readonly string[] }[];
  /** Readers of the pack's texts, for `findUnknownWords`. */
  readonly readers: TextReaders;
}

/** Progress of the run at which weights are listed. */
const progressPoints = [0, 0.25, 0.5, 0.75, 1];

/**
 * Lists the sentences and weights of a prompt plan for a pack.
 * @param plan prompts of `loadPromptFile`, or of a request.
 * @param pack an opened pack, whose templates are the default.
 * @returns the prompts with sentences and weights, and what a check of their words needs.
 * @throws {WeightsError} when the pack's tokenizer is damaged.
 */
export async function describePrompts(plan: PromptPlan, pack: Pack): Promise<PromptDescription> {
  const { manifest } = pack;
  const { articles } = manifest;
  const shared = plan.templates ?? manifest.templates;
  const prompts = plan.terms.map((term) => {
    const { name, text, image, templates = shared } = term;
    const plain = text === undefined || articles ? text : removeArticles(text);
    const content =
      plain === undefined ? { image } : { sentences: templates.map((each) => fillTemplate(each, plain)) };
    const weights = progressPoints.map(
      (progress) => [`${100 * progress} %`, weightAt(plan, term, progress)] as const,
    );
    return { name, ...content, weights: Object.fromEntries(weights) };
  });
  const texts = plan.terms.flatMap(({ text, templates = shared }) =>
    text === undefined ? [] : [{ text, templates }],
  );
  const readers = { tokenizer: await loadPackTokenizer(pack), articles };
  return { pack: manifest.name, prompts, templates: shared, defaults: plan.defaults, texts, readers };
}
