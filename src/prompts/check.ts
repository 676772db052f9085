import { stat } from "node:fs/promises";
import { ConfigError } from "../errors.js";
import { loadPromptFile } from "./file.js";

/** What a valid prompt file holds. */
export interface PromptFileCheck {
  /** Number of prompts. */
  readonly prompts: number;
  /** Number of templates of the whole file. */
  readonly templates: number;
  /** The first template without `{}`: texts are put after it. */
  readonly plain: string | undefined;
}

/**
 * Checks a prompt file and that its pictures exist.
 * @throws {ConfigError} for a file that is no prompt file, naming the line, or a picture that is missing.
 */
export async function checkPromptFile(path: string): Promise<PromptFileCheck> {
  const { terms, templates = [] } = await loadPromptFile(path);
  for (const { image } of terms)
    if (image !== undefined && !(await stat(image).catch(() => undefined))?.isFile())
      throw new ConfigError(`${path}: picture ${image}: no such file; paths are relative to the file`);
  const plain = templates.find((template) => !template.includes("{}"));
  return { prompts: terms.length, templates: templates.length, plain };
}
