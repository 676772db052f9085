import { ConfigError } from "../errors.js";
import { type RunSize, countStepsForPasses, countStepsForSeconds } from "../guidance/index.js";
import { type Finding, makeWarning } from "./findings.js";
import type { Budget } from "./requests/index.js";

/**
 * Limits the number of drafts to a budget. Drafts use at most a third of a budget of passes. The result is in [1, `most`];
 * `most` for a time budget.
 */
export function limitDrafts({ amount, unit }: Budget, guides: number, maximum: number): number {
  return unit === "seconds" ? maximum : Math.max(1, Math.min(maximum, Math.floor(amount / 3 / guides)));
}

/** Counts the number of steps for a budget of passes. @throws {ConfigError} when the budget is too small for one step. */
export function countStepsOfPasses({ text, amount }: Budget, size: RunSize): number {
  const steps = countStepsForPasses(amount, size);
  if (steps >= 1) return steps;
  let enough = Math.ceil(amount);
  while (countStepsForPasses(enough, size) < 1) enough++;
  throw new ConfigError(
    `budget ${text}: too small for one step; ${size.candidates} drafts, a step of ${size.views} views under ` +
      `${size.guides} guides and the read-outs take ${enough}; give at least ${enough}passes, or fewer views`,
    { reason: "budget-too-small" },
  );
}

/** Seconds of a time budget that are reserved for writing files. */
const writeSeconds = 0.3;

/**
 * Measures the number of steps for a time budget, estimated from the duration of a trial step.
 * @param began start of the budget's time, in milliseconds of `performance.now`.
 * @param report receives a finding when the budget is too small for one step.
 */
export async function measureStepsOfTime(
  { text, amount }: Budget,
  began: number,
  trial: () => Promise<void>,
  report: (finding: Finding) => void,
): Promise<number> {
  await trial(); // warm-up: the first step is slower
  const before = performance.now();
  await trial();
  const now = performance.now();
  const spent = (now - began) / 1000;
  const step = (now - before) / 1000;
  const steps = countStepsForSeconds(amount - spent - writeSeconds, step);
  if (steps === 0)
    report(
      makeWarning(
        "budget-too-small",
        `budget ${text}: too small for one step (${spent.toFixed(1)} s went into models and drafts, a step takes ` +
          `${step.toFixed(2)} s); the picture is the best draft`,
        { budget: text, spent, step },
      ),
    );
  return steps;
}
