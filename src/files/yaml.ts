import { createRequire } from "node:module";
import type * as library from "yaml";
import { ConfigError } from "../errors.js";

/** Loads the package yaml on first use, since most runs read no file. */
export const loadYaml = (): typeof library => createRequire(import.meta.url)("yaml") as typeof library;

/** Limits of YAML: nesting depth, of which the parser recurses into each level, and anchors, with which its time grows quadratically. */
const maxDepth = 50;
const maxAnchors = 1000;

/** Finds the first line that exceeds the maximum nesting depth. */
function findTooDeepLine(text: string): number | undefined {
  const lines = text.split("\n");
  let open = 0;
  for (const [index, line] of lines.entries()) {
    const start = /^[ ]*(?:[-?:][ \t]+)*/.exec(line)![0];
    let depth = 0;
    for (const sign of start) if (sign !== " " && sign !== "\t") depth++;
    const indent = line.length - line.trimStart().length;
    for (const sign of line) {
      if (sign === "[" || sign === "{") open++;
      else if ((sign === "]" || sign === "}") && open > 0) open--;
      if (open > maxDepth) return index + 1;
    }
    if (depth > maxDepth || (indent > 4 * maxDepth && line.trim() !== "")) return index + 1;
  }
  return undefined;
}

/** Refuses YAML that would take the parser long or overflow its stack. @param path is used in errors. @throws {ConfigError} */
export function requireShallowYaml(text: string, path: string): void {
  if ((text.match(/(?:^|[\s[{,])&/g)?.length ?? 0) > maxAnchors)
    throw new ConfigError(`${path}: has more than ${maxAnchors} anchors (&name)`);
  const line = findTooDeepLine(text);
  if (line !== undefined) throw new ConfigError(`${path}:${line}: is nested deeper than ${maxDepth} levels`);
}

/**
 * Parses YAML from anywhere. The caller limits its size.
 * @param path is used in errors.
 * @throws {ConfigError} one line for a text that is not YAML, nested too deeply, or with too many anchors or aliases.
 */
export function parseYaml(text: string, path: string): unknown {
  requireShallowYaml(text, path);
  try {
    return loadYaml().parse(text, { maxAliasCount: 20, logLevel: "error" });
  } catch (cause) {
    const [line] = (cause as Error).message.split("\n");
    throw new ConfigError(`${path}: ${line!.replace(/:$/, "")}`, { cause });
  }
}
