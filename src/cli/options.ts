import type { Options, PositionalOptions } from "yargs";
import { z } from "zod";
import { ConfigError } from "../errors.js";
import type { RunSource } from "../runs/index.js";
import { describeIssue } from "../runs/requests/index.js";
import { runOptionNames } from "./runOptions.js";

/** `--force` of commands that write a pack. */
export const forceOption = z
  .boolean()
  .default(false)
  .describe("Replace the pack that the folder of --out holds");

const toKebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

interface Property {
  readonly type?: string;
  readonly default?: unknown;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly items?: { readonly type?: string };
  readonly positional?: boolean;
}

function listProperties(schema: z.ZodObject): [string, Property][] {
  const json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as {
    properties?: Record<string, Property>;
  };
  return Object.entries(json.properties ?? {});
}

/** Converts a command's schema to yargs options. Defaults are shown, not set, so that files can differ. */
export function optionsOf(schema: z.ZodObject): Record<string, Options> {
  return Object.fromEntries(
    listProperties(schema)
      .filter(([, { positional }]) => !positional)
      .map(([name, { type, default: preset, description, enum: choices, items }]) => {
        const option: Options = { describe: description ?? "", requiresArg: type !== "boolean" };
        if (type === "boolean" || type === "array") option.type = type;
        else option.type = type === "integer" ? "number" : (type as "number" | "string");
        if (type === "array")
          Object.assign(option, { nargs: 1, string: !["number", "integer"].includes(items?.type ?? "") });
        if (choices) option.choices = choices;
        if (preset !== undefined && preset !== false && !Array.isArray(preset))
          option.defaultDescription = String(preset);
        return [toKebab(name), option];
      }),
  );
}

/** Converts a schema to the yargs positionals of a command's schema. Without them yargs would read `42` as a number. */
export function positionalsOf(schema: z.ZodObject): Record<string, PositionalOptions> {
  return Object.fromEntries(
    listProperties(schema)
      .filter(([, { positional }]) => positional)
      .map(([name, { type, description }]) => [
        toKebab(name),
        { describe: description ?? "", type: "string", array: type === "array" },
      ]),
  );
}

/** Begins an argument that stood after `--`, so that a leading dash is text. No real argument can hold it. */
const textMark = "\0";

/** Marks arguments after the first `--`, and a dash alone, as text. @throws {ConfigError} for an option with an empty value. */
export function markTexts(argv: readonly string[]): string[] {
  const at = argv.indexOf("--");
  const end = at === -1 ? argv.length : at;
  return argv.flatMap((argument, index) => {
    if (index >= end) return index === end ? [] : [textMark + argument];
    // What a shell makes of an unset variable; yargs would read it as 0.
    if (
      /^--[a-z][\w-]*(=\s*)?$/i.test(argument) &&
      (argument.includes("=") || argv[index + 1]?.trim() === "")
    )
      throw new ConfigError(
        `${argument.replace(/=.*/s, "")}: the value is empty; give one, or leave the option out`,
      );
    return [argument === "-" ? `${textMark}-` : argument];
  });
}

const unmarked = (value: unknown): unknown =>
  typeof value === "string" && value.startsWith(textMark) ? value.slice(textMark.length) : value;

/** Selects the names of the schema's options that the user gave, with their values. */
export function selectGiven(
  schema: z.ZodObject,
  argv: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const given: Record<string, unknown> = {};
  for (const name of Object.keys(schema.shape)) {
    const value = argv[name];
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    given[name] = Array.isArray(value) ? value.map(unmarked) : unmarked(value);
  }
  return given;
}

/** Parses options by their schema, defaults filled in. @throws {ConfigError} in one line, naming the option. */
export function parseOptions<T extends z.ZodObject>(
  command: string,
  schema: T,
  given: Record<string, unknown>,
): z.infer<T> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const name = String(issue.path[0] ?? "");
  const isRepeated = Array.isArray(given[name]) && issue.path.length === 1 && /^invalid_/.test(issue.code);
  const problem = isRepeated ? "is given more than once" : describeIssue(issue, given);
  throw new ConfigError(`${command}: --${toKebab(name)}: ${problem}; see clipsteer ${command} --help`);
}

/** Returns the options that belong to a command's request. */
export function requestOf(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(given).filter(([name]) => !runOptionNames.has(name)));
}

/** Reads where a run comes from and goes to; a pack counts only where the user named it, as a record names its own. */
export function readSource(
  options: Omit<RunSource, "generator"> & { readonly generator: string },
  given: Readonly<Record<string, unknown>>,
): RunSource {
  return { ...options, generator: "generator" in given ? options.generator : undefined };
}

/**
 * Refuses further options next to one that defines all settings, such as `--replay`.
 * @param more options that are allowed with it, in addition to `--threads` and `--preview`.
 * @throws {ConfigError} that lists the allowed options.
 */
export function refuseOthers(
  command: string,
  given: Readonly<Record<string, unknown>>,
  more: { readonly replay: readonly string[]; readonly resume: readonly string[] },
): void {
  for (const [name, source] of [
    ["replay", "picture"],
    ["resume", "run folder"],
  ] as const) {
    const others = ["threads", "preview", ...more[name]];
    if (name in given && Object.keys(given).some((other) => other !== name && !others.includes(other)))
      throw new ConfigError(
        `${command}: --${name} takes its settings from the ${source}; with it give only --${others.map(toKebab).join(", --")}`,
      );
  }
  if ("inputs" in given && !("replay" in given))
    throw new ConfigError(`${command}: --inputs is for --replay; leave it out`);
}
