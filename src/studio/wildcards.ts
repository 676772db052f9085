import { ConfigError } from "../errors.js";
import { parseYaml } from "../files/index.js";

/** Maximum number of prompts that a text expands to. */
export const maxPrompts = 1000;
/** Longest list of prompts, characters. */
export const longestList = 200_000;

/** Splits `a|b|{c|d}` at the bars outside of braces. */
function choicesOf(text: string): string[] {
  const choices = [""];
  let depth = 0;
  for (const letter of text) {
    if (letter === "{") depth++;
    if (letter === "}") depth--;
    if (letter === "|" && depth === 0) choices.push("");
    else choices[choices.length - 1] += letter;
  }
  return choices;
}

/** Position of the brace that closes the one at `start`. @throws {ConfigError} */
function closingBrace(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (text[at] === "{") depth++;
    if (text[at] === "}" && --depth === 0) return at;
  }
  throw new ConfigError(`"${text.slice(0, 60)}": the brace at letter ${start + 1} is never closed`);
}

/** Maximum depth of nested braces. */
const maxDepth = 10;
/** Maximum number of pieces that are put together for a text, and of characters of its prompts. */
const maxPieces = 1_000_000;
const maxLetters = 4_000_000;

/**
 * Every prompt of a text with choices: `a {red|blue} heart` gives two. Choices may hold choices; `\\{` is a brace.
 * @throws {ConfigError} when a brace is not closed, they are nested too deeply, or there would be more than `limit`.
 */
export function expandWildcards(text: string, limit = maxPrompts): string[] {
  const prompts = expand(text, { limit, pieces: maxPieces }, 0);
  return prompts.map((prompt) => prompt.replaceAll("\\{", "{").replace(/ {2,}/g, " "));
}

/** @param left pieces that may still be put together. */
function expand(text: string, left: { readonly limit: number; pieces: number }, depth: number): string[] {
  if (depth > maxDepth)
    throw new ConfigError(`"${text.slice(0, 60)}": at most ${maxDepth} braces within each other`);
  let prompts = [""];
  let letters = 0;
  const extend = (parts: readonly string[]): void => {
    const count = prompts.length * parts.length;
    if (count > left.limit)
      throw new ConfigError(`"${text.slice(0, 60)}": stands for more than ${left.limit} prompts`);
    const added = parts.reduce((sum, { length }) => sum + length, 0);
    letters = letters * parts.length + added * prompts.length;
    left.pieces -= count;
    if (left.pieces < 0 || letters > maxLetters)
      throw new ConfigError(`"${text.slice(0, 60)}": its prompts are too long; leave out words or choices`);
    prompts = prompts.flatMap((head) => parts.map((part) => head + part));
  };
  const brace = /(?<!\\)\{/g;
  let from = 0;
  for (let match = brace.exec(text); match; match = brace.exec(text)) {
    const end = closingBrace(text, match.index);
    extend([text.slice(from, match.index)]);
    extend(choicesOf(text.slice(match.index + 1, end)).flatMap((choice) => expand(choice, left, depth + 1)));
    from = brace.lastIndex = end + 1;
  }
  extend([text.slice(from)]);
  return prompts;
}

/** Prompts of a YAML list; undefined when the text is no such list. */
function yamlList(text: string): string[] | undefined {
  if (!/^\s*(?:-\s|\[)/.test(text)) return undefined;
  const content = parseYaml(text, "the YAML list");
  if (!Array.isArray(content)) return undefined;
  return content.map((item) => {
    if (typeof item !== "string" && typeof item !== "number")
      throw new ConfigError("the list may hold texts only");
    return String(item);
  });
}

/**
 * Prompts of a pasted list: one a line, or a YAML list; blank lines and lines that begin with `#` are left out.
 * @throws {ConfigError} for nothing, a malformed list, or more than `maxPrompts`.
 */
export function promptsOf(text: string): string[] {
  const lines =
    yamlList(text) ?? text.split(/\r\n|\r|\n/).filter((line) => !line.trimStart().startsWith("#"));
  const prompts: string[] = [];
  for (const line of lines) {
    if (line.trim() === "") continue;
    prompts.push(...expandWildcards(line.trim()));
    if (prompts.length > maxPrompts)
      throw new ConfigError(`the list stands for more than ${maxPrompts} prompts`);
  }
  if (prompts.length === 0) throw new ConfigError("the list holds no prompt");
  return prompts;
}
