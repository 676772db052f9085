import { ConfigError } from "../errors.js";
import type { PromptFile } from "./schema.js";

/** One prompt of a run. Exactly one of `text` and `image` is there; a negative weight pushes away. */
export interface PromptTerm {
  readonly name: string;
  readonly text?: string;
  /** A picture, by path or by another name that its reader knows. */
  readonly image?: string;
  readonly weight: number;
  /** Templates of its own; the plan's when absent. */
  readonly templates?: readonly string[];
  readonly from: number;
  readonly to: number;
}

/** Prompts with their templates and schedule. */
export interface PromptPlan {
  readonly templates?: readonly string[];
  readonly terms: readonly PromptTerm[];
  readonly schedule: readonly { readonly at: number; readonly weights: Readonly<Record<string, number>> }[];
  readonly defaults: Readonly<Record<string, string | number>>;
}

/**
 * Weight of a term at a part of the run: 0 outside `from`–`to`; where the schedule names it, what lies evenly between the
 * entries around that part; the term's sign is kept.
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

/** Limits of a weight's size: beyond them, float32 sums lose the other prompts or overflow. */
const weightLimits = [1e-6, 1e6] as const;

/**
 * Parses a prompt with an optional weight: `text::weight`. A single colon is part of the text, and so is a double one after a
 * backslash: `std\\::vector`. A negative weight pushes away.
 * @throws {ConfigError} for an empty prompt, or a weight that is no number from 0.000001 to 1000000 either side of 0.
 */
export function parsePromptArgument(argument: string): PromptTerm {
  const at = weightMark(argument);
  const text = (at === -1 ? argument : argument.slice(0, at)).replaceAll("\\::", "::").trim();
  const given = at === -1 ? "1" : argument.slice(at + 2).trim();
  const weight = Number(given);
  if (text === "")
    throw new ConfigError('prompt is empty; say what the picture should show, e.g. "a red heart"');
  if (given === "" || !Number.isFinite(weight) || weight === 0)
    throw new ConfigError(
      `prompt "${argument}": the weight after :: must be a number other than 0, got "${given}"; :: that is text is written \\::`,
    );
  const [least, most] = weightLimits;
  if (Math.abs(weight) < least || Math.abs(weight) > most)
    throw new ConfigError(
      `prompt "${argument}": the weight ${given} is out of range; give one from ${least} to ${most}, or its negative`,
    );
  return { name: text, text, weight, from: 0, to: 1 };
}

/** Position of the last `::` that no backslash precedes, the first of two that overlap, or -1. Linear in the text's length. */
function weightMark(text: string): number {
  const isMark = (at: number): boolean => text.startsWith("::", at) && text[at - 1] !== "\\";
  for (let at = text.lastIndexOf("::"); at !== -1; at = at === 0 ? -1 : text.lastIndexOf("::", at - 1))
    if (isMark(at)) return at > 0 && isMark(at - 1) ? at - 1 : at;
  return -1;
}

const nameOf = (entry: PromptFile["prompts"][number]): string =>
  typeof entry === "string" ? entry : (entry.name ?? entry.text ?? entry.image!);

/** What is wrong with a schedule: an entry that names no prompt, or gives one prompt two weights at the same part. */
export function scheduleProblem({
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
          message: `schedule names "${name}", which is no prompt here; give the prompt that name`,
        };
  const seen = new Set<string>();
  for (const [entry, { at, weights }] of schedule.entries())
    for (const name of Object.keys(weights)) {
      const key = JSON.stringify([at, name]);
      if (seen.has(key)) return { entry, message: `schedule gives "${name}" two weights at ${at}; keep one` };
      seen.add(key);
    }
  return undefined;
}

/**
 * The plan of a prompt file's content; pictures keep the names that they have there.
 * @throws {ConfigError} for a schedule that does not fit the prompts.
 */
export function planOf(file: PromptFile): PromptPlan {
  const problem = scheduleProblem(file);
  if (problem) throw new ConfigError(`prompts: ${problem.message}`);
  const terms = (list: PromptFile["prompts"], sign: 1 | -1): PromptTerm[] =>
    list.map((entry) => {
      if (typeof entry === "string") return { name: entry, text: entry, weight: sign, from: 0, to: 1 };
      const { text, image, weight, templates, from, to } = entry;
      return {
        name: nameOf(entry),
        ...(text !== undefined && { text }),
        ...(image !== undefined && { image }),
        ...(templates && { templates }),
        weight: sign * weight,
        from,
        to,
      };
    });
  const defaults = Object.entries(file.defaults).filter(
    (entry): entry is [string, string | number] => entry[1] !== undefined,
  );
  return {
    ...(file.templates && { templates: file.templates }),
    terms: [...terms(file.prompts, 1), ...terms(file.negatives, -1)],
    schedule: file.schedule,
    defaults: Object.fromEntries(defaults),
  };
}
