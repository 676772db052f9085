import { stat } from "node:fs/promises";
import { ConfigError } from "../errors.js";
import { loadPromptFile } from "./file.js";

/** Summary of a valid prompt file. */
export interface PromptFileCheck {
  /** Number of prompts. */
  readonly prompts: number;
  /** Number of templates of the whole file. */
  readonly templates: number;
  /** The first template without `{}`. Texts are appended to it. */
  readonly plain: string | undefined;
}

/**
 * Checks a prompt file and that its pictures exist.
 * @param path path of the file.
 * @returns numbers of prompts and templates, and the first template without `{}`.
 * @throws {ConfigError} for an invalid prompt file, with the line; or a missing picture.
 */
export async function checkPromptFile(path: string): Promise<PromptFileCheck> {
  const { terms, templates = [] } = await loadPromptFile(path);
  for (const { image } of terms)
    if (image !== undefined && !(await stat(image).catch(() => undefined))?.isFile())
      throw new ConfigError(`${path}: picture ${image}: no such file; paths are relative to the file`);
  const plain = templates.find((template) => !template.includes("{}"));
  return { prompts: terms.length, templates: templates.length, plain };
}
