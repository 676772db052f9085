import type { z } from "zod";

/**
 * Describes one zod issue: the expected value and the actual one.
 * @param issue an issue of a zod error.
 * @param input the value that was validated.
 * @returns one line.
 */
export function describeIssue(issue: z.core.$ZodIssue, input: unknown): string {
  const value = valueAt(input, issue.path);
  if (Number.isNaN(value)) return "must be a number";
  if (value === undefined && issue.code === "invalid_type") return "is missing";
  const reason = issue.message
    .replace(/^Invalid input: /, "")
    .replace("expected int, received number", "must be a whole number")
    .replace(/^Too (small|big): expected \w+ to be /, "must be ");
  const displayValue = typeof value === "object" ? undefined : value;
  return displayValue === undefined ? reason : `${reason}, got "${String(displayValue).slice(0, 80)}"`;
}

/** Returns the path of an issue, for example `terms[2].weight`; empty for the whole value. */
export function issuePathOf({ path }: z.core.$ZodIssue): string {
  return path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .replace(/^\./, "");
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}
