import { ConfigError } from "../errors.js";

/** Maximum number of prompts that a text expands to. */
export const mostPrompts = 1000;
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
const deepest = 10;

/**
 * Every prompt that a text with choices stands for: `a {red|blue} heart` gives two. Choices may hold choices; `\\{` is a brace.
 * @throws {ConfigError} when a brace is not closed, they are nested too deeply, or there would be more than `most`.
 */
export function expandWildcards(text: string, most = mostPrompts, depth = 0): string[] {
  if (depth > deepest)
    throw new ConfigError(`"${text.slice(0, 60)}": at most ${deepest} braces within each other`);
  let prompts = [""];
  const extend = (parts: readonly string[]): void => {
    if (prompts.length * parts.length > most)
      throw new ConfigError(`"${text.slice(0, 60)}": stands for more than ${most} prompts`);
    prompts = prompts.flatMap((head) => parts.map((part) => head + part));
  };
  const brace = /(?<!\\)\{/g;
  let from = 0;
  for (let match = brace.exec(text); match; match = brace.exec(text)) {
    const end = closingBrace(text, match.index);
    extend([text.slice(from, match.index)]);
    extend(
      choicesOf(text.slice(match.index + 1, end)).flatMap((choice) =>
        expandWildcards(choice, most, depth + 1),
      ),
    );
    from = brace.lastIndex = end + 1;
  }
  extend([text.slice(from)]);
  return depth > 0 ? prompts : prompts.map((prompt) => prompt.replaceAll("\\{", "{").replace(/ {2,}/g, " "));
}

/** Prompts of a YAML list; undefined when the text is no such list. */
async function yamlList(text: string): Promise<string[] | undefined> {
  if (!/^\s*(?:-\s|\[)/.test(text)) return undefined;
  const { parse } = await import("yaml");
  try {
    const content: unknown = parse(text, { maxAliasCount: 0, logLevel: "error" });
    if (!Array.isArray(content)) return undefined;
    return content.map((item) => {
      if (typeof item !== "string" && typeof item !== "number")
        throw new ConfigError("the list may hold texts only");
      return String(item);
    });
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(`the list is not valid YAML: ${(error as Error).message.split("\n")[0]!}`, {
      cause: error,
    });
  }
}

/**
 * Prompts of a pasted list: one a line, or a YAML list; blank lines and lines that begin with `#` are left out.
 * @throws {ConfigError} for nothing, a malformed list, or more than `mostPrompts`.
 */
export async function promptsOf(text: string): Promise<string[]> {
  const lines =
    (await yamlList(text)) ?? text.split(/\r\n|\r|\n/).filter((line) => !line.trimStart().startsWith("#"));
  const prompts: string[] = [];
  for (const line of lines) {
    if (line.trim() === "") continue;
    prompts.push(...expandWildcards(line.trim()));
    if (prompts.length > mostPrompts)
      throw new ConfigError(`the list stands for more than ${mostPrompts} prompts`);
  }
  if (prompts.length === 0) throw new ConfigError("the list holds no prompt");
  return prompts;
}
