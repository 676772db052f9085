import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { ConfigError } from "../errors.js";
import { isShape } from "../images/index.js";
import { parsePromptArgument } from "../prompts/index.js";
import type { EditOptions } from "./commands/edit.js";

/** One edit of a run; masks are shapes or absolute paths. */
export interface EditItem {
  readonly prompt: string;
  readonly from: string;
  readonly mask?: string;
  readonly maskPrompt?: string;
  readonly strength: number;
  readonly change: EditOptions["change"];
}

const words = z.string().trim().min(1);
const itemSchema = z.strictObject({
  prompt: words,
  from: words.optional(),
  mask: words.optional(),
  maskPrompt: words.optional(),
  strength: z.number().min(0).max(1).optional(),
  change: z.enum(["auto", "colour", "shape"]).optional(),
});

const unknown = "an emoji";

/** The value of each of `count` edits: none, one for all, or one each. */
function each(name: string, values: readonly string[], count: number): (string | undefined)[] {
  if (values.length > 1 && values.length !== count)
    throw new ConfigError(
      `edit: --${name} is given ${values.length} times for ${count} prompts; give it once, or once a prompt`,
    );
  return Array.from({ length: count }, (_, index) => values[values.length === 1 ? 0 : index]);
}

async function fileItems(
  path: string,
  { strength, change }: Pick<EditOptions, "strength" | "change">,
): Promise<EditItem[]> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new ConfigError(`${path}: cannot be read; check the path`, { cause });
  });
  const { parse } = await import("yaml");
  let content: unknown;
  try {
    content = parse(text);
  } catch (cause) {
    throw new ConfigError(`${path}: ${(cause as Error).message.split("\n")[0]!}`, { cause });
  }
  const parsed = z.array(itemSchema).min(1).safeParse(content);
  if (!parsed.success) {
    const { path: at, message } = parsed.error.issues[0]!;
    const where =
      at.length > 0 ? `edit ${Number(at[0]) + 1}${at[1] === undefined ? "" : `, ${String(at[1])}`}` : "file";
    throw new ConfigError(
      `${path}: ${where}: ${message.replace(/^Invalid input: /, "")}; a list of edits with prompt, from, mask or maskPrompt, strength, change`,
    );
  }
  return parsed.data.map(({ prompt, from = unknown, mask, maskPrompt, ...own }) => ({
    prompt,
    from,
    ...(mask !== undefined && { mask: isShape(mask) ? mask : resolve(dirname(path), mask) }),
    ...(maskPrompt !== undefined && { maskPrompt }),
    strength: own.strength ?? strength,
    change: own.change ?? change,
  }));
}

/** The edits of a command line, in order. @throws {ConfigError} for none, options that don't pair up, or two masks for one edit. */
export async function editItems(options: EditOptions): Promise<EditItem[]> {
  const { prompt, edits, strength, change } = options;
  if (
    edits !== undefined &&
    prompt.length + options.from.length + options.mask.length + options.maskPrompt.length > 0
  )
    throw new ConfigError(
      "edit: give prompts, --from and masks in the file of --edits, or on the command line, not both",
    );
  if (edits === undefined && prompt.length === 0)
    throw new ConfigError('edit: no prompt; try clipsteer edit cat.png "a blue cat" --from "a cat"');
  const count = prompt.length;
  const [from, masks, named] = [
    each("from", options.from, count),
    each("mask", options.mask, count),
    each("mask-prompt", options.maskPrompt, count),
  ];
  const items =
    edits !== undefined
      ? await fileItems(edits, options)
      : prompt.map((text, index) => {
          const [mask, maskPrompt] = [masks[index], named[index]];
          return {
            prompt: text,
            from: from[index] ?? unknown,
            ...(mask !== undefined && { mask: isShape(mask) ? mask : resolve(mask) }),
            ...(maskPrompt !== undefined && { maskPrompt }),
            strength,
            change,
          };
        });
  for (const item of items) {
    if (item.mask !== undefined && item.maskPrompt !== undefined)
      throw new ConfigError(`edit "${item.prompt}": has a mask and a mask prompt; give one of them`);
    if (parsePromptArgument(item.prompt).weight < 0)
      throw new ConfigError(
        `edit "${item.prompt}": a negative weight leads nowhere; say what it should show instead`,
      );
  }
  return items;
}
