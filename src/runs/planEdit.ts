import { ConfigError } from "../errors.js";
import { isShape } from "../images/index.js";
import { parsePromptArgument } from "../prompts/index.js";
import { understandTexts } from "./aliases.js";
import { type Asset, type Assets } from "./assets.js";
import type { Finding } from "./findings.js";
import type { InputFiles } from "./inputs.js";
import type { EditJob } from "./jobs.js";
import type { EditRecord, EditSettings } from "./records.js";
import {
  type EditRequest,
  type FullEditRequest,
  editRequestSchema,
  parseRequest,
  toolkitVersion,
} from "./requests/index.js";
import type { RunSession } from "./session.js";

/** What a picture shows when the request does not say. */
const unknown = "an emoji";

/** One edit of a request; its mask is a shape or the name of a picture. */
interface EditItem extends Omit<EditSettings, "mask" | "maskInvert"> {
  readonly mask?: string | undefined;
  readonly maskInvert: boolean;
}

/** A request with all defaults, and its edits in order. */
export interface ResolvedEdit extends Omit<FullEditRequest, "edits" | "picture"> {
  readonly picture: string;
  readonly items: readonly EditItem[];
}

/** The value of each of `count` edits: none, one for all, or one each. */
function each(name: string, values: readonly string[], count: number): (string | undefined)[] {
  if (values.length > 1 && values.length !== count)
    throw new ConfigError(
      `edit: ${name} is given ${values.length} times for ${count} prompts; give it once, or once a prompt`,
    );
  return Array.from({ length: count }, (_, index) => values[values.length === 1 ? 0 : index]);
}

function itemsOf(request: FullEditRequest): EditItem[] {
  const { prompt, edits, strength, change, from, mask, maskPrompt, maskInvert } = request;
  if (edits) {
    if (prompt.length + from.length + mask.length + maskPrompt.length > 0)
      throw new ConfigError("edit: give prompts and masks in the list of edits or beside it, not both", {
        reason: "edits-twice",
      });
    return edits.map((edit) => ({
      ...edit,
      from: edit.from ?? unknown,
      strength: edit.strength ?? strength,
      change: edit.change ?? change,
      maskInvert: edit.maskInvert ?? maskInvert,
    }));
  }
  const count = prompt.length;
  if (count === 0) throw new ConfigError("edit: no prompt", { reason: "no-edit-prompt" });
  const [sources, masks, named] = [
    each("from", from, count),
    each("mask", mask, count),
    each("mask prompt", maskPrompt, count),
  ];
  return prompt.map((text, index) => ({
    prompt: text,
    from: sources[index] ?? unknown,
    mask: masks[index],
    maskPrompt: named[index],
    maskInvert,
    strength,
    change,
  }));
}

/**
 * Checks a request and fills in what it leaves out.
 * @throws {ConfigError} for no edit, values that do not pair up, two masks for one edit, or a field that is wrong.
 */
export function resolveEdit(request: EditRequest): ResolvedEdit {
  const given = Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined));
  const full = parseRequest("edit", editRequestSchema, given);
  const { picture } = full;
  if (picture === undefined) throw new ConfigError("edit: no picture", { reason: "no-picture" });
  const items = itemsOf(full);
  for (const { prompt, mask, maskPrompt, maskInvert } of items) {
    if (maskInvert && mask === undefined && maskPrompt === undefined)
      throw new ConfigError(`edit "${prompt}": there is no mask to invert; give one`, { reason: "no-mask" });
    if (mask !== undefined && maskPrompt !== undefined)
      throw new ConfigError(`edit "${prompt}": has a mask and a mask prompt; give one of them`);
    if (parsePromptArgument(prompt).weight < 0)
      throw new ConfigError(
        `edit "${prompt}": a negative weight leads nowhere; say what it should show instead`,
      );
  }
  return { ...full, picture, items };
}

/** The first job of a request, the pictures that it names, and what its texts were read as. */
export async function planEdit(
  resolved: ResolvedEdit,
  { models, pack }: Pick<RunSession, "models" | "pack">,
  assets: Assets,
): Promise<{ job: EditJob; inputs: InputFiles; findings: readonly Finding[] }> {
  const inputs = new Map<string, Asset>();
  const refer = async (name: string): Promise<{ name: string; sha256: string }> => {
    const asset = await assets.read(name);
    inputs.set(asset.sha256, asset);
    return { name: asset.name, sha256: asset.sha256 };
  };
  const picture = await refer(resolved.picture);
  const edits: EditSettings[] = [];
  const findings: Finding[] = [];
  /** A text with its aliases replaced. */
  const understand = async (text: string): Promise<string> => {
    const { texts, findings: found } = await understandTexts([text], models);
    findings.push(...found);
    return texts[0]!;
  };
  for (const { mask, maskInvert, ...edit } of resolved.items)
    edits.push({
      ...edit,
      prompt: await understand(edit.prompt),
      from: await understand(edit.from),
      ...(edit.maskPrompt !== undefined && { maskPrompt: await understand(edit.maskPrompt) }),
      mask: mask === undefined || isShape(mask) ? mask : await refer(mask),
      ...(maskInvert && { maskInvert: true as const }),
    });
  const { steps, views, lr, seed, engine, format } = resolved;
  const record: EditRecord = {
    command: "edit",
    schema: 1,
    version: toolkitVersion(),
    pack,
    settings: { picture, edits, steps, views, lr, engine, format, seed },
  };
  const job: EditJob = {
    command: "edit",
    record,
    following: resolved.variations - 1,
    metadata: resolved.metadata,
    earlier: [],
    done: [],
  };
  return { job, inputs, findings };
}
