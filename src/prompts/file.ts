import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Document, LineCounter } from "yaml";
import type { z } from "zod";
import { ConfigError, InputError } from "../errors.js";
import { readTextFile, requireShallowYaml, loadYaml } from "../files/index.js";
import { type PromptPlan, planOf, findScheduleProblem } from "./plan.js";
import { type PromptFile, promptFileSchema } from "./schema.js";

/**
 * Reads a prompt file (YAML).
 * @param path path of the file; paths of pictures are resolved against its folder.
 * @returns prompts, negatives, templates, schedule and defaults.
 * @throws {ConfigError} with file, line and the expected value.
 */
export async function loadPromptFile(path: string): Promise<PromptPlan> {
  return planOf(await readPromptFile(path));
}

/**
 * Reads the content of a prompt file, and makes the paths of its pictures absolute.
 * @param path path of the file.
 * @returns the validated content: the schema's defaults are filled in, the file's own `defaults` are not applied to a run.
 * @throws {ConfigError} with the file, the line where it is known, and the expected value.
 */
export async function readPromptFile(path: string): Promise<PromptFile> {
  const file = await locatePromptFile(path);
  const text = await readTextFile(file, { maxBytes, expected: "a prompt file (YAML)" }).catch(
    (cause: unknown) => {
      throw cause instanceof InputError ? new ConfigError(cause.message, { cause }) : cause;
    },
  );
  return validatePromptFile(text, file);
}

/** Folder of the package's prompt files: three levels above this file, both in the sources and in the build. */
const packaged = resolve(fileURLToPath(import.meta.url), "../../../prompts");

/**
 * Returns the path to read for a prompt file: `path` itself or, where it is `prompts/NAME.yaml`, the folder has no such file and
 * the package has one, the absolute path of the package's file. So the defaults work in every folder.
 */
export async function locatePromptFile(path: string, folder: string = process.cwd()): Promise<string> {
  const [, name] = /^prompts[\\/]([\w-]+\.ya?ml)$/.exec(path) ?? [];
  if (name === undefined) return path;
  const exists = (file: string): Promise<boolean> => stat(file).then(Boolean, () => false);
  const inPackage = resolve(packaged, name);
  return (await exists(resolve(folder, path))) || !(await exists(inPackage)) ? path : inPackage;
}

/**
 * Parses the text of a prompt file (YAML).
 * @param text content of the file.
 * @param path names the file in errors; relative paths of pictures are resolved against its folder.
 * @returns prompts, negatives, templates, schedule and defaults.
 * @throws {ConfigError} as `loadPromptFile`.
 */
export function parsePromptFile(text: string, path: string): PromptPlan {
  return planOf(validatePromptFile(text, path));
}

/** Maximum size of a prompt file in bytes, and length of a line for which a hint is given. */
const maxBytes = 1e6;
const maxHintLine = 200;

function validatePromptFile(text: string, path: string): PromptFile {
  const { LineCounter, parseDocument } = loadYaml();
  if (text.length > maxBytes)
    throw new ConfigError(`${path}: is larger than ${maxBytes / 1e6} MB; give a prompt file (YAML)`);
  requireShallowYaml(text, path);
  const lines = new LineCounter();
  let document: ReturnType<typeof parseDocument>;
  try {
    document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: "error" });
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new ConfigError(`${path}:1: is nested too deeply to be read`, { cause });
  }
  const [error] = document.errors;
  if (error) {
    const line = lines.linePos(error.pos[0]).line;
    const hint = makeColonHint(text.split("\n")[line - 1] ?? "");
    throw new ConfigError(`${path}:${line}: ${firstLineOf(error.message)}${hint}`);
  }
  let content: unknown;
  try {
    content = document.toJS();
  } catch (cause) {
    throw new ConfigError(`${path}:1: ${firstLineOf((cause as Error).message)}`, { cause });
  }
  if (
    typeof content === "string" ||
    (Array.isArray(content) && content.every((each) => typeof each === "string"))
  )
    throw new ConfigError(
      `${path}:1: looks like a list of prompts; begin it with a line "prompts:" and write each as - "a prompt"`,
    );
  const parsed = promptFileSchema.safeParse(content ?? {});
  if (!parsed.success)
    throw new ConfigError(`${path}:${describe(parsed.error.issues[0]!, document, lines, text)}`);
  const problem = findScheduleProblem(parsed.data);
  if (problem) {
    const { entry, name, message } = problem;
    const line =
      name === undefined
        ? lineOf(document, lines, ["schedule", entry])
        : text.slice(0, text.indexOf(name)).split("\n").length;
    throw new ConfigError(`${path}:${line}: ${message}`);
  }
  const absolute = (list: PromptFile["prompts"]): PromptFile["prompts"] =>
    list.map((entry) =>
      typeof entry === "string" || entry.image === undefined
        ? entry
        : { ...entry, name: entry.name ?? entry.image, image: resolve(dirname(path), entry.image) },
    );
  const { prompts, negatives } = parsed.data;
  return { ...parsed.data, prompts: absolute(prompts), negatives: absolute(negatives) };
}

/**
 * Returns the first line of a parser's message, at most 200 printable characters, since the message may quote the file at any
 * length.
 */
function firstLineOf(message: string): string {
  const line = message.split("\n")[0]!.replace(/[\p{Cc}\p{Cf}]/gu, "?");
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}

/** Hint about an unquoted colon, which turns a prompt into a YAML map. */
function makeColonHint(line: string): string {
  if (line.length > maxHintLine) return "";
  return /^\s*-?\s*[^"'{[#]*\S: /.test(line) ? '; a prompt with a colon needs quotes: - "like: this"' : "";
}

function describe(issue: z.core.$ZodIssue, document: Document, lines: LineCounter, text: string): string {
  let deepest = issue;
  // A prompt is a string or an object. The issue of the form that the file uses explains the error best.
  while (deepest.code === "invalid_union") {
    const options = deepest.errors.flat();
    const inner = options.find((each) => each.code !== "invalid_type" || each.path.length > 0) ?? options[0];
    if (!inner) break;
    deepest = { ...inner, path: [...deepest.path, ...inner.path] } as z.core.$ZodIssue;
  }
  const path = deepest.path.filter((key): key is string | number => typeof key !== "symbol");
  const where = path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`))
    .join("")
    .replace(/^\./, "");
  const line = lineOf(
    document,
    lines,
    deepest.code === "unrecognized_keys" ? [...path, deepest.keys[0]!] : path,
  );
  const source = text.split("\n")[line - 1] ?? "";
  if (deepest.code === "unrecognized_keys") {
    const inPrompt = /^(prompts|negatives)\[\d+\]$/.test(where);
    const hint = inPrompt ? makeColonHint(source) : "";
    const allowedKeys = inPrompt ? "text, image, weight, name, templates, from, to" : listKnownKeys(where);
    return `${line}: unknown key "${firstLineOf(deepest.keys[0]!)}"${where ? ` in ${where}` : ""}; known: ${allowedKeys}${hint}`;
  }
  const value: unknown = document.getIn(path);
  const got = typeof value === "object" ? "" : `, got ${firstLineOf(JSON.stringify(value) ?? "nothing")}`;
  return `${line}: ${where || "file"}: ${firstLineOf(deepest.message).replace(/^Invalid input: /, "")}${got}`;
}

function listKnownKeys(where: string): string {
  if (where.startsWith("schedule")) return "at, weights";
  if (where === "defaults") return "generator, steps, views, lr, seed, count";
  return Object.keys(promptFileSchema.shape).join(", ");
}

function lineOf(document: Document, lines: LineCounter, path: readonly (string | number)[]): number {
  for (let length = path.length; length >= 0; length--) {
    const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (loadYaml().isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}
