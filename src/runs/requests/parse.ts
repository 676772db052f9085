import type { z } from "zod";
import { ConfigError } from "../../errors.js";
import { describeIssue, issuePathOf } from "./issues.js";

/**
 * Parses a value by a schema.
 * @param subject names the value in the error.
 * @throws {ConfigError} one line that names the field.
 */
export function parseRequest<T extends z.ZodType>(subject: string, schema: T, input: unknown): z.output<T> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const path = issuePathOf(issue);
  throw new ConfigError(`${subject}: ${path === "" ? "" : `${path}: `}${describeIssue(issue, input)}`);
}
