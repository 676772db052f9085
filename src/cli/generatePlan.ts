import { resolve } from "node:path";
import { ConfigError, InputError } from "../errors.js";
import type { ScheduledTerm, SteerModels } from "../guidance/index.js";
import { loadPicture, readMetadata } from "../images/index.js";
import {
  type PromptPlan,
  type PromptTerm,
  loadPromptFile,
  parsePromptArgument,
  weightAt,
} from "../prompts/index.js";
import { type Budget, draftsWithin, stepsOfPasses } from "./budget.js";
import type { GenerateOptions } from "./commands/generate.js";
import { warnOfWords } from "./clips.js";
import type { Context } from "./context.js";
import type { Stamp } from "./stamp.js";

/** Everything that decides the bytes of one picture. */
export interface GenerateSettings {
  readonly terms: readonly PromptTerm[];
  readonly templates: readonly string[];
  readonly schedule: PromptPlan["schedule"];
  readonly generator: string;
  readonly steps: number;
  readonly views: number;
  readonly lr: number;
  readonly candidates: number;
  readonly truncation: number;
  readonly plateau: number;
  readonly optimizer: GenerateOptions["optimizer"];
  readonly style?: string;
  readonly seed: number;
  readonly init?: string;
  readonly size: number;
  readonly engine: GenerateOptions["engine"];
  readonly format: GenerateOptions["format"];
}

/** What each `--quality` sets, where neither the prompt file nor a flag does. */
export const qualities = {
  draft: { steps: 0, candidates: 48 },
  normal: {},
  best: { steps: 200, views: 32, candidates: 256 },
} as const;

/** The plan of the command line and its prompt file together. */
export async function planOf(options: GenerateOptions): Promise<PromptPlan> {
  const file = options.prompts === undefined ? undefined : await loadPromptFile(options.prompts);
  const negatives = options.negative.map((text) => {
    const term = parsePromptArgument(text);
    return { ...term, weight: -Math.abs(term.weight) };
  });
  const images = options.imagePrompt.map((argument) => {
    const { text, ...term } = parsePromptArgument(argument);
    return { ...term, image: resolve(text!) };
  });
  const terms = [...options.text.map(parsePromptArgument), ...images, ...(file?.terms ?? []), ...negatives];
  if (terms.length === 0) throw new ConfigError('generate: no prompt; try clipsteer generate "a red heart"');
  return {
    ...(file?.templates && { templates: file.templates }),
    terms,
    schedule: file?.schedule ?? [],
    defaults: file?.defaults ?? {},
  };
}

/** Names of prompts that are both wanted and pushed away, which nothing can do. */
function contradictions(terms: readonly PromptTerm[]): string[] {
  const plain = ({ text, image }: PromptTerm): string => (text ?? image!).trim().toLowerCase();
  const away = new Set(terms.filter(({ weight }) => weight < 0).map(plain));
  return [
    ...new Set(terms.filter((term) => term.weight > 0 && away.has(plain(term))).map(({ name }) => name)),
  ];
}

/** First and last part of the run, in hundredths, at which no prompt is wanted; undefined where one always is. */
function idleParts({
  terms,
  schedule,
}: Pick<GenerateSettings, "terms" | "schedule">): [from: number, to: number] | undefined {
  const idle = Array.from({ length: 100 }, (_, at) => at / 100).filter((part) =>
    terms.every((term) => weightAt({ schedule }, term, part) <= 0),
  );
  return idle.length > 1 ? [idle[0]!, idle[idle.length - 1]!] : undefined;
}

/** One picture to make, and how. */
export interface Job {
  readonly settings: GenerateSettings;
  /** Time that the steps are to fit into; they are settled before the first. */
  readonly budget?: Budget;
  readonly animate: boolean;
  /** Folder that run folders are made in. */
  readonly out: string;
}

/** What an unfinished run says of itself: its job, the seeds that were to follow, and the weights. */
export interface Unfinished {
  readonly command: "generate";
  readonly job: Job;
  readonly following: number;
  readonly stamp: Stamp;
}

/** Settings that a picture holds. @throws {InputError} when it holds none. */
export async function readReplay(path: string): Promise<{ settings: GenerateSettings; stamp: Stamp }> {
  const text = await readMetadata(path);
  if (text === undefined)
    throw new InputError(`${path}: holds no settings; --replay needs a picture that clipsteer generate made`);
  const { settings, stamp } = JSON.parse(text) as { settings: GenerateSettings; stamp: Stamp };
  return { settings, stamp };
}

/** A job and those that follow it, with seeds counting up. */
export function jobsFrom(first: Job, following: number): Job[] {
  return Array.from({ length: following + 1 }, (_, at) => ({
    ...first,
    settings: { ...first.settings, seed: first.settings.seed + at },
  }));
}

const changes = ({ name, from, to }: PromptTerm, schedule: PromptPlan["schedule"]): boolean =>
  from > 0 || to < 1 || schedule.some(({ weights }) => Object.hasOwn(weights, name));

/** How often drafts are made: for the start, and once more for each wanted prompt of a story. */
export function draftRounds({
  terms,
  schedule,
  init,
  optimizer,
}: Pick<GenerateSettings, "terms" | "schedule" | "init" | "optimizer">): number {
  if (init !== undefined) return 0;
  const story = optimizer === "adam" && terms.some((term) => changes(term, schedule));
  return 1 + (story ? terms.filter(({ weight }) => weight > 0).length : 0);
}

/** Steps and drafts, by the budget where there is one; `rounds` says how often drafts are made. */
export function sizes(
  { steps, candidates: most, views }: GenerateOptions,
  budget: Budget | undefined,
  { chosen, rounds }: { readonly chosen: boolean; readonly rounds: number },
  { guides }: SteerModels,
): Pick<GenerateSettings, "steps" | "candidates"> {
  if (!budget) return { steps, candidates: most };
  const candidates = chosen ? most : draftsWithin(budget, guides.length * Math.max(1, rounds), most);
  if (budget.unit === "seconds") return { steps, candidates };
  const size = { guides: guides.length, views, candidates: candidates * rounds };
  return { steps: stepsOfPasses(budget, size), candidates };
}

/** Warns of words that the CLIPs do not know, of prompts that work against each other, and of times without any. */
export async function warnOfPrompts(
  { terms, schedule, templates: usual }: GenerateSettings,
  models: SteerModels,
  context: Context,
): Promise<void> {
  for (const { text, templates = usual } of terms)
    if (text !== undefined) await warnOfWords(models, [text], templates, context);
  for (const name of contradictions(terms))
    context.warn(`"${name}": is both wanted and pushed away; the two work against each other`);
  const idle = idleParts({ terms, schedule });
  if (idle)
    context.warn(
      `between ${idle[0]} and ${idle[1]} of the run no prompt is wanted: nothing leads it there; mend from, to or the schedule`,
    );
}

/** Terms of settings, their pictures read. */
export async function termsOf(settings: GenerateSettings): Promise<ScheduledTerm[]> {
  return Promise.all(
    settings.terms.map(async (term) => ({
      ...(term.text !== undefined && { text: term.text }),
      ...(term.image !== undefined && { picture: (await loadPicture(term.image)).picture }),
      weight: term.weight,
      templates: term.templates ?? settings.templates,
      ...(changes(term, settings.schedule) && { weightAt: (part: number) => weightAt(settings, term, part) }),
    })),
  );
}
