import { ConfigError } from "../errors.js";

/** One prompt of a run. Exactly one of `text` and `image` is there; a negative weight pushes away. */
export interface PromptTerm {
  readonly name: string;
  readonly text?: string;
  /** Absolute path of a picture. */
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

/**
 * A prompt of the command line: `text::weight`, where a single colon is part of the text. A negative weight pushes away.
 * @throws {ConfigError} for an empty prompt or a weight that is no number.
 */
export function parsePromptArgument(argument: string): PromptTerm {
  const at = argument.lastIndexOf("::");
  const text = (at === -1 ? argument : argument.slice(0, at)).trim();
  const given = at === -1 ? "1" : argument.slice(at + 2).trim();
  const weight = Number(given);
  if (text === "")
    throw new ConfigError('prompt is empty; say what the picture should show, e.g. "a red heart"');
  if (given === "" || !Number.isFinite(weight) || weight === 0)
    throw new ConfigError(
      `prompt "${argument}": the weight after :: must be a number other than 0, got "${given}"`,
    );
  return { name: text, text, weight, from: 0, to: 1 };
}
