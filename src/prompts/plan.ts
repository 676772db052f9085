import { ConfigError } from "../errors.js";
import { type PromptFile, longestPrompt } from "./schema.js";

/** One prompt of a run. Exactly one of `text` and `image` is set. A negative weight steers away from the prompt. */
export interface PromptTerm {
  /** Name in schedules and reports; the text or the picture's path when the file gives none. */
  readonly name: string;
  /** The prompt, which is put into the templates. */
  readonly text?: string;
  /** Path or name of a picture. The caller resolves it. */
  readonly image?: string;
  /** Magnitude in [0.000001, 1000000]; 1 when absent in a file. */
  readonly weight: number;
  /** Templates of this prompt; the plan's templates when absent. */
  readonly templates?: readonly string[];
  /** Part of the run where it begins to act, in [0, 1]. */
  readonly from: number;
  /** Part of the run where it ceases to act, in [0, 1]. */
  readonly to: number;
}

/** Prompts with their templates and schedule. */
export interface PromptPlan {
  /** Sentences with `{}` for the prompt; those of the pack when absent. */
  readonly templates?: readonly string[];
  /** The prompts, then the negatives. */
  readonly terms: readonly PromptTerm[];
  /** Weights at parts of the run. */
  readonly schedule: readonly {
    /** Part of the run, in [0, 1]. */ readonly at: number;
    /** Magnitudes of weights by the name of the prompt. */ readonly weights: Readonly<
      Record<string, number>
    >;
  }[];
  /** Settings of runs by option name, which a request may override. */
  readonly defaults: Readonly<Record<string, string | number>>;
}

/**
 * Returns the weight of a term at a part of the run, in [0, 1]. It is 0 outside `from`–`to`. If the schedule names the term, the
 * weight is interpolated linearly between the adjacent entries and takes the sign of the term's weight.
 * @param plan a plan, of which the schedule is read.
 * @param term one of the plan's terms.
 * @param part part of the run that is done, in [0, 1].
 * @returns the weight, negative for a term that is steered away from.
 */
export function weightAt({ schedule }: Pick<PromptPlan, "schedule">, term: PromptTerm, part: number): number {
  if (part < term.from || part > term.to) return 0;
  const points = schedule
    .filter(({ weights }) => Object.hasOwn(weights, term.name))
    .map(({ at, weights }) => ({ at, weight: weights[term.name]! }))
    .sort((a, b) => a.at - b.at);
  if (points.length === 0) return term.weight;
  const sign = Math.sign(term.weight);
  const after = points.findIndex(({ at }) => at >= part);
  if (after === -1) return sign * points[points.length - 1]!.weight;
  if (after === 0) return sign * points[0]!.weight;
  const [low, high] = [points[after - 1]!, points[after]!];
  return sign * (low.weight + ((high.weight - low.weight) * (part - low.at)) / (high.at - low.at));
}

/** A number as people write it. `Number` also reads hexadecimal, octal and binary ones. */
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** Limits of a weight's magnitude. Outside them, float32 sums lose the other prompts or overflow. */
const weightLimits = [1e-6, 1e6] as const;

/** Checks the length of a prompt before any work on it. @throws {ConfigError} for more than 10 000 characters. */
export function requirePromptLength(text: string): void {
  if (text.length > longestPrompt)
    throw new ConfigError(
      `prompt "${text}": has ${text.length} characters; give at most ${longestPrompt}, of which the CLIPs read the first few words`,
    );
}

/**
 * Parses a prompt with an optional weight: `text::weight`. A single colon and a double colon after a backslash (`std\\::vector`)
 * belong to the text. A negative weight steers away from the prompt.
 * @param argument such as `a red heart::0.5`.
 * @returns text and weight; the weight is 1 when absent.
 * @throws {ConfigError} for an empty prompt, one of more than 10 000 characters, or a weight that is no number with a magnitude in [0.000001, 1000000].
 */
export function parsePromptArgument(argument: string): PromptTerm {
  const at = findWeightMark(argument);
  const text = (at === -1 ? argument : argument.slice(0, at)).replaceAll("\\::", "::").trim();
  const weightText = at === -1 ? "1" : argument.slice(at + 2).trim();
  const weight = decimal.test(weightText) ? Number(weightText) : NaN;
  if (text === "")
    throw new ConfigError('prompt is empty; say what the picture should show, e.g. "a red heart"');
  requirePromptLength(text);
  if (!Number.isFinite(weight) || weight === 0)
    throw new ConfigError(
      `prompt "${argument}": the weight after :: must be a decimal number other than 0, got "${weightText}"; :: that is text is written \\::`,
    );
  const [least, most] = weightLimits;
  if (Math.abs(weight) < least || Math.abs(weight) > most)
    throw new ConfigError(
      `prompt "${argument}": the weight ${weightText} is out of range; give one from ${least} to ${most}, or its negative`,
    );
  return { name: text, text, weight, from: 0, to: 1 };
}

/**
 * Returns the position of the last `::` without a preceding backslash, or -1. Of two overlapping marks the first is used. Takes
 * linear time.
 */
function findWeightMark(text: string): number {
  const isMark = (at: number): boolean => text.startsWith("::", at) && text[at - 1] !== "\\";
  for (let at = text.lastIndexOf("::"); at !== -1; at = at === 0 ? -1 : text.lastIndexOf("::", at - 1))
    if (isMark(at)) return at > 0 && isMark(at - 1) ? at - 1 : at;
  return -1;
}

const nameOf = (entry: PromptFile["prompts"][number]): string =>
  typeof entry === "string" ? entry : (entry.name ?? entry.text ?? entry.image!);

/** Finds a fault of a schedule: an entry with an unknown prompt, or two weights of a prompt at the same part; undefined if there is none. */
export function findScheduleProblem({
  prompts,
  negatives,
  schedule,
}: Pick<PromptFile, "prompts" | "negatives" | "schedule">):
  { readonly entry: number; readonly name?: string; readonly message: string } | undefined {
  const names = new Set([...prompts, ...negatives].map(nameOf));
  for (const [entry, { weights }] of schedule.entries())
    for (const name of Object.keys(weights))
      if (!names.has(name))
        return {
          entry,
          name,
          message: `schedule names "${name}", which is not a prompt of this file; name a prompt so`,
        };
  const weightKeys = new Set<string>();
  for (const [entry, { at, weights }] of schedule.entries())
    for (const name of Object.keys(weights)) {
      const key = JSON.stringify([at, name]);
      if (weightKeys.has(key))
        return { entry, message: `schedule gives "${name}" two weights at ${at}; keep one` };
      weightKeys.add(key);
    }
  return undefined;
}

/**
 * Converts the content of a prompt file to a plan. Names of pictures are unchanged.
 * @throws {ConfigError} for a schedule with a fault, as `findScheduleProblem`.
 */
export function planOf(file: PromptFile): PromptPlan {
  const problem = findScheduleProblem(file);
  if (problem) throw new ConfigError(`prompts: ${problem.message}`);
  const terms = (list: PromptFile["prompts"], sign: 1 | -1): PromptTerm[] =>
    list.map((entry) => {
      if (typeof entry === "string") return { name: entry, text: entry, weight: sign, from: 0, to: 1 };
      const { text, image, weight, templates, from, to } = entry;
      return {
        name: nameOf(entry),
        text,
        image,
        templates,
        weight: sign * weight,
        from,
        to,
      };
    });
  const defaults = Object.entries(file.defaults).filter(
    (entry): entry is [string, string | number] => entry[1] !== undefined,
  );
  return {
    templates: file.templates,
    terms: [...terms(file.prompts, 1), ...terms(file.negatives, -1)],
    schedule: file.schedule,
    defaults: Object.fromEntries(defaults),
  };
}
