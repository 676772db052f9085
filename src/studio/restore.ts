import { z } from "zod";
import { InputError } from "../errors.js";
import { sceneNameOf, splitScene } from "../prompts/index.js";
import {
  type RunRecord,
  generateRequestSchema,
  loadAliases,
  editRequestSchema,
  mostThings,
  qualityPresets,
  readRecord,
} from "../runs/index.js";
import type { Uploads } from "./uploads.js";

/** Settings of a picture as a request, and what could not be restored. */
export const restoredSchema = z.object({
  kind: z.enum(["generate", "edit"]),
  request: z.record(z.string(), z.unknown()),
  /** Settings that the request cannot express, in words. */
  lost: z.array(z.string()),
  /** Whether the picture can be reproduced bit for bit. */
  exact: z.boolean(),
});

/** Settings of a picture as a request. */
export type Restored = z.infer<typeof restoredSchema>;

/**
 * Value of `layers` with which the prompt gives the same scene; undefined if the default does. A prompt of one thing needs
 * none.
 */
async function layersOf(
  terms: Extract<RunRecord, { command: "generate" }>["settings"]["terms"],
  layerCount: number,
): Promise<number | undefined> {
  const [{ text } = {}, ...others] = terms;
  const reading = { hasDrawing: () => false };
  if (text === undefined || others.length > 0 || splitScene(text, new Set(), reading).parts.length < 2)
    return undefined;
  const { labels } = await loadAliases();
  const { parts } = splitScene(text, new Set(labels.map(sceneNameOf)), reading);
  return parts.length === layerCount ? undefined : Math.min(layerCount, mostThings);
}

const withWeight = (text: string, weight: number): string => (weight === 1 ? text : `${text}::${weight}`);

/** Settings that differ from the defaults. */
function withoutDefaults(
  settings: Readonly<Record<string, unknown>>,
  defaults: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(settings).filter(
      ([name, value]) => name in defaults && defaults[name] !== value && value !== undefined,
    ),
  );
}

async function restoreGenerate(
  { settings, pack }: Extract<RunRecord, { command: "generate" }>,
  uploads: Uploads,
): Promise<Restored> {
  const {
    terms,
    templates: _,
    schedule,
    init,
    seed,
    style,
    size,
    scene,
    layers: sceneLayers,
    ...numbers
  } = settings;
  const lost: string[] = [];
  const imagePrompt: string[] = [];
  for (const { image, weight } of terms)
    if (image) {
      if (await uploads.has(image.sha256)) imagePrompt.push(withWeight(image.sha256, weight));
      else lost.push(`the picture ${image.name} among the prompts`);
    }
  const startKnown = init !== undefined && (await uploads.has(init.sha256));
  if (init && !startKnown) lost.push(`the picture that it started from (${init.name})`);
  if (schedule.length > 0 || terms.some(({ from, to }) => from > 0 || to < 1))
    lost.push("the schedule of the prompts");
  if (terms.some(({ templates }) => templates)) lost.push("templates of single prompts");
  const quality = (Object.keys(qualityPresets) as (keyof typeof qualityPresets)[]).find((name) => {
    const preset: Readonly<Record<string, unknown>> = qualityPresets[name];
    return (
      name !== "normal" &&
      Object.entries(preset).every(([key, value]) => numbers[key as keyof typeof numbers] === value)
    );
  });
  const layers = sceneLayers ? undefined : await layersOf(terms, scene?.parts.length ?? 1);
  const usual = { ...generateRequestSchema.parse({}), ...(quality && qualityPresets[quality]) };
  return {
    kind: "generate",
    request: {
      text: terms
        .filter(({ text, weight }) => text !== undefined && weight > 0)
        .map(({ text, weight }) => withWeight(text!, weight)),
      negative: terms
        .filter(({ text, weight }) => text !== undefined && weight < 0)
        .map(({ text, weight }) => withWeight(text!, -weight)),
      imagePrompt: imagePrompt.length > 0 ? imagePrompt : undefined,
      quality,
      ...withoutDefaults(numbers, usual),
      style,
      layers,
      scene: sceneLayers && { format: 1, pack, prompt: terms[0]!.text!, layers: sceneLayers },
      init: startKnown ? init.sha256 : undefined,
      generator: pack.name === usual.generator ? undefined : pack.name,
      seed,
      count: 1,
    },
    lost,
    exact: lost.every((what) => !what.startsWith("the picture")),
  };
}

async function restoreEdit(
  { settings, pack }: Extract<RunRecord, { command: "edit" }>,
  uploads: Uploads,
): Promise<Restored> {
  const { picture, edits, seed, ...numbers } = settings;
  const lost: string[] = [];
  const known = await uploads.has(picture.sha256);
  if (!known) lost.push(`the picture that was edited (${picture.name})`);
  const items = [];
  for (const { mask, ...edit } of edits) {
    const file = typeof mask === "object" ? mask : undefined;
    const there = file === undefined || (await uploads.has(file.sha256));
    if (!there) lost.push(`the mask ${file.name}`);
    items.push({ ...edit, mask: there ? (file?.sha256 ?? mask) : undefined });
  }
  const usual = editRequestSchema.parse({});
  return {
    kind: "edit",
    request: {
      picture: known ? picture.sha256 : undefined,
      edits: items,
      ...withoutDefaults(numbers, usual),
      generator: pack.name === usual.generator ? undefined : pack.name,
      seed,
      variations: 1,
    },
    lost,
    exact: lost.length === 0,
  };
}

/** The record in a picture's file; undefined when it was not made by this toolkit. @throws {InputError} for a damaged record. */
export async function recordOf(bytes: Buffer, name: string): Promise<RunRecord | undefined> {
  try {
    return await readRecord(bytes, name);
  } catch (error) {
    if (error instanceof InputError && error.reason === "no-record") return undefined;
    throw error;
  }
}

/** Restores the request of a picture, as far as its inputs are available. */
export function restoreRecord(record: RunRecord, uploads: Uploads): Promise<Restored> {
  return record.command === "generate" ? restoreGenerate(record, uploads) : restoreEdit(record, uploads);
}
