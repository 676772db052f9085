import { ConfigError } from "../errors.js";
import { type RunSize, stepsForPasses, stepsForSeconds } from "../guidance/index.js";
import { budgetPattern } from "./budgetPattern.js";
import type { Context } from "./context.js";

/** A time or a number of CLIP passes. */
export interface Budget {
  readonly text: string;
  readonly amount: number;
  readonly unit: "seconds" | "passes";
}

/** Reads a budget that fits the pattern. */
export function parseBudget(text: string): Budget {
  const [, amount, unit] = budgetPattern.exec(text)!;
  const number = Number(amount);
  if (unit === "passes") return { text, amount: number, unit };
  return { text, amount: unit === "min" ? 60 * number : number, unit: "seconds" };
}

/** Drafts for a budget of passes, unless the user said how many: a third of the budget, at most what they would be without. */
export function draftsWithin({ amount, unit }: Budget, guides: number, most: number): number {
  return unit === "seconds" ? most : Math.max(1, Math.min(most, Math.floor(amount / 3 / guides)));
}

/** Steps for a budget of passes. @throws {ConfigError} when it isn't enough for one. */
export function stepsOfPasses({ text, amount }: Budget, size: RunSize): number {
  const steps = stepsForPasses(amount, size);
  if (steps >= 1) return steps;
  let enough = Math.ceil(amount);
  while (stepsForPasses(enough, size) < 1) enough++;
  throw new ConfigError(
    `generate: --budget ${text}: too small for one step; ${size.candidates} drafts, a step of ${size.views} views under ` +
      `${size.guides} guides and the read-outs take ${enough}; give at least ${enough}passes, or fewer --views`,
  );
}

/** What is kept of a budget of time for writing files. */
const writing = 0.3;

/** Steps for a budget of time that began at `began` (of `performance.now`), from the time that trial steps take. */
export async function stepsOfTime(
  { text, amount }: Budget,
  began: number,
  trial: () => Promise<void>,
  context: Context,
): Promise<number> {
  await trial(); // the first one is slower
  const before = performance.now();
  await trial();
  const now = performance.now();
  const left = amount - (now - began) / 1000 - writing;
  const steps = stepsForSeconds(left, (now - before) / 1000);
  if (steps === 0)
    context.warn(
      `--budget ${text}: too small for one step (${((now - began) / 1000).toFixed(1)} s went into models and drafts, a step takes ` +
        `${((now - before) / 1000).toFixed(2)} s); the picture is the best draft`,
    );
  return steps;
}
