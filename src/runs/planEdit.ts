import { ConfigError } from "../errors.js";
import { reducePicture } from "../guidance/index.js";
import { type Picture, isShape, loadPictureFrom, compositeOnWhite } from "../images/index.js";
import { type LayerCommand, parsePromptArgument } from "../prompts/index.js";
import { understandTexts } from "./aliases.js";
import { type Asset, type Assets } from "./assets.js";
import type { Sight } from "./editRequest.js";
import { resolveEditTexts } from "./editTexts.js";
import type { Finding } from "./findings.js";
import type { InputFiles } from "./inputs.js";
import type { EditJob } from "./jobs.js";
import { readRecordedScene } from "./knownLayers.js";
import { type EditRecord, type EditSettings, requireRecordable } from "./records.js";
import {
  type EditRequest,
  type FullEditRequest,
  editRequestSchema,
  parseRequest,
  readToolkitVersion,
} from "./requests/index.js";
import type { RunSession } from "./session.js";

/** Longest side, in pixels, of the copy by which the guides determine what a picture shows. */
const guessedSide = 256;

/** One edit of a request. Its mask is a shape or the name of a picture. */
interface EditItem extends Omit<EditSettings, "from" | "mask" | "maskInvert"> {
  readonly from?: string | undefined;
  readonly mask?: string | undefined;
  readonly maskInvert: boolean;
}

/** A request with all defaults, and its edits in order. */
export interface ResolvedEdit extends Omit<FullEditRequest, "edits" | "picture"> {
  readonly picture: string;
  readonly items: readonly EditItem[];
}

/** Repeats values for `count` edits. `values` is empty, holds one value for all edits, or one value for each edit. */
function repeatValues(name: string, values: readonly string[], count: number): (string | undefined)[] {
  if (values.length > 1 && values.length !== count)
    throw new ConfigError(
      `edit: ${name} is given ${values.length} times for ${count} prompts; give it once, or once a prompt`,
    );
  return Array.from({ length: count }, (_, index) => values[values.length === 1 ? 0 : index]);
}

function listItems(request: FullEditRequest): EditItem[] {
  const { prompt, edits, strength, change, from, mask, maskPrompt, maskInvert } = request;
  if (edits) {
    if (prompt.length + from.length + mask.length + maskPrompt.length > 0)
      throw new ConfigError("edit: give prompts and masks in the list of edits or beside it, not both", {
        reason: "edits-twice",
      });
    return edits.map((edit) => ({
      ...edit,
      strength: edit.strength ?? strength,
      change: edit.change ?? change,
      maskInvert: edit.maskInvert ?? maskInvert,
    }));
  }
  const count = prompt.length;
  if (count === 0) throw new ConfigError("edit: no prompt", { reason: "no-edit-prompt" });
  const [sources, masks, maskPrompts] = [
    repeatValues("from", from, count),
    repeatValues("mask", mask, count),
    repeatValues("mask prompt", maskPrompt, count),
  ];
  return prompt.map((text, index) => ({
    prompt: text,
    from: sources[index],
    mask: masks[index],
    maskPrompt: maskPrompts[index],
    maskInvert,
    strength,
    change,
  }));
}

/**
 * Validates a request and fills in the defaults.
 * @param request fields of `editRequestSchema`.
 * @returns the complete request; `items` has one entry for each edit.
 * @throws {ConfigError} for a missing edit or picture, a wrong number of values, two masks for one edit, or an invalid field.
 */
export function resolveEdit(request: EditRequest): ResolvedEdit {
  const definedFields = Object.fromEntries(
    Object.entries(request).filter(([, value]) => value !== undefined),
  );
  const full = parseRequest("edit", editRequestSchema, definedFields);
  const { picture } = full;
  if (picture === undefined) throw new ConfigError("edit: no picture", { reason: "no-picture" });
  const items = listItems(full);
  for (const { prompt, mask, maskPrompt, maskInvert } of items) {
    if (maskInvert && mask === undefined && maskPrompt === undefined)
      throw new ConfigError(`edit "${prompt}": there is no mask to invert; give one`, { reason: "no-mask" });
    if (mask !== undefined && maskPrompt !== undefined)
      throw new ConfigError(`edit "${prompt}": has a mask and a mask prompt; give one of them`);
    if (parsePromptArgument(prompt).weight < 0)
      throw new ConfigError(
        `edit "${prompt}": a negative weight is not possible; describe what the picture should show instead`,
      );
  }
  return { ...full, picture, items };
}

/** Lists the changes of layers of edits; undefined when one of them is another kind of edit. */
function listLayerCommands(edits: readonly EditSettings[]): LayerCommand[] | undefined {
  const commands = edits.flatMap(({ layers }) => (layers ? [layers] : []));
  return commands.length === edits.length ? commands : undefined;
}

/** Plans the first job of a request. @returns the job, its input pictures, and findings about replaced aliases. */
export async function planEdit(
  resolved: ResolvedEdit,
  session: Pick<RunSession, "models" | "pack" | "getPrograms">,
  assets: Assets,
): Promise<{ job: EditJob; inputs: InputFiles; findings: readonly Finding[] }> {
  const { models, pack, getPrograms } = session;
  const inputs = new Map<string, Asset>();
  const refer = async (name: string): Promise<{ name: string; sha256: string }> => {
    const asset = await assets.read(name);
    inputs.set(asset.sha256, asset);
    return { name: asset.name, sha256: asset.sha256 };
  };
  const picture = await refer(resolved.picture);
  const edits: EditSettings[] = [];
  const findings: Finding[] = [];
  /** Replaces the aliases of a text and records the findings. */
  const understand = async (text: string): Promise<string> => {
    const { texts, findings: found } = await understandTexts([text], models);
    findings.push(...found);
    return texts[0]!;
  };
  let small: Promise<Picture> | undefined;
  const reduced = (): Promise<Picture> =>
    (small ??= (async () => {
      const { bytes, name } = inputs.get(picture.sha256)!;
      return compositeOnWhite(reducePicture(await loadPictureFrom(bytes, name), guessedSide));
    })());
  let scene: ReturnType<typeof readRecordedScene> | undefined;
  const recordedScene = (): ReturnType<typeof readRecordedScene> =>
    (scene ??= readRecordedScene(inputs.get(picture.sha256)!, session));
  const sight: Sight = {
    styles: models.generator.styles,
    shows: async (text) => getPrograms().shows(await reduced(), text),
    name: async () => getPrograms().nameShown(await reduced()),
    layers: async () => (await recordedScene())?.names ?? [],
    scenePrompt: async () => (await recordedScene())?.prompt,
    knows: (text) => models.phrases?.read(text)?.isName === true,
  };
  for (const { mask, maskInvert, ...edit } of resolved.items) {
    const texts = await resolveEditTexts(
      {
        prompt: await understand(edit.prompt),
        from: edit.from === undefined ? undefined : await understand(edit.from),
        change: edit.change,
        masked: mask !== undefined || edit.maskPrompt !== undefined,
        earlier: edit.strength === 1 ? listLayerCommands(edits) : undefined,
      },
      sight,
    );
    const { findings: guesses, maskPrompt = edit.maskPrompt, ...plain } = texts;
    findings.push(...guesses);
    edits.push({
      ...edit,
      ...plain,
      maskPrompt: maskPrompt === undefined ? undefined : await understand(maskPrompt),
      mask: mask === undefined || isShape(mask) ? mask : await refer(mask),
      maskInvert: maskInvert ? (true as const) : undefined,
    });
  }
  const { steps, views, lr, seed, engine, format } = resolved;
  const record: EditRecord = {
    command: "edit",
    schema: 1,
    version: readToolkitVersion(),
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
  requireRecordable(record, job.following);
  return { job, inputs, findings };
}
