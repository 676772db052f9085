import { z } from "zod";
import { layerCommandSchema } from "./layerCommand.js";
import { ConfigError, InputError } from "../errors.js";
import { parseJson } from "../files/index.js";
import { decodeMetadata } from "../images/index.js";
import { longestPrompt, relationKinds, runFields } from "../prompts/index.js";
import {
  changeKind,
  describeIssue,
  engineNames,
  generateRequestSchema,
  issuePathOf,
  mostLayers,
  parseRequest,
  pixelFormats,
  sceneLayersSchema,
} from "./requests/index.js";

/** Text of a prompt, a template or a name. */
const words = z.string().trim().min(1).max(longestPrompt);
const count = (most: number) => z.int().min(0).max(most);
const finite = z.number().min(-1e6).max(1e6);
const fraction = z.number().min(0).max(1);

/** A plain file or folder name, without path, drive or control characters. */
export const plainName = z
  .string()
  .max(255)

  .regex(/^(?!\.{1,2}$)[^/\\:\u0000-\u001f\u007f]+$/, "must be a plain name without a folder");

/** An input file by its name and hash. Records never hold a path. */
export const fileReferenceSchema = z.strictObject({
  name: plainName,
  sha256: z.string().regex(/^[0-9a-f]{64}$/, "must be a SHA-256 in hexadecimal"),
});

const packReferenceSchema = z.strictObject({
  name: plainName,
  /** Hash over the hashes of the pack's files. */
  fingerprint: z.string().regex(/^[0-9a-f]{16}$/, "must be 16 hexadecimal digits"),
});

const termSchema = z
  .strictObject({
    name: words,
    text: words.optional(),
    image: fileReferenceSchema.optional(),
    weight: finite,
    templates: z.array(words).min(1).max(1000).optional(),
    from: fraction,
    to: fraction,
  })
  .refine(({ text, image }) => (text === undefined) !== (image === undefined), "needs either text or image");

const sceneSchema = z
  .strictObject({
    parts: z.array(words).min(1).max(mostLayers),
    /** Number of copies of each part; one each when absent. */
    counts: z.array(z.int().min(1).max(mostLayers)).optional(),
    relations: z.array(
      z.strictObject({
        subject: count(mostLayers - 1),
        kind: z.enum(relationKinds),
        object: count(mostLayers - 1),
      }),
    ),
  })
  .refine(
    ({ parts, counts = parts.map(() => 1), relations }) =>
      relations.length === parts.length - 1 &&
      counts.length === parts.length &&
      counts.reduce((sum, copies) => sum + copies, 0) <= mostLayers &&
      relations.every(({ subject, object }) => subject < parts.length && object < parts.length),
    "needs one relation fewer than parts, between its parts, and a count of each",
  );

const shared = {
  /** A time budget may set more steps than the limit of a request. */
  steps: count(100_000),
  views: runFields.views,
  lr: runFields.lr,
  seed: count(Number.MAX_SAFE_INTEGER),
  engine: z.enum(engineNames),
};

/** Ranges of a request's fields. */
const request = generateRequestSchema.shape;

const header = {
  /** Version of the record's schema. */
  schema: z.literal(1),
  /** Version of the toolkit that made the picture. */
  version: z.string().max(40),
  pack: packReferenceSchema,
};

/** Settings, hashes and versions of a generated picture. Together with the pack they determine its bytes. */
export const generateRecordSchema = z.strictObject({
  command: z.literal("generate"),
  ...header,
  settings: z.strictObject({
    terms: z.array(termSchema).min(1).max(1000),
    templates: z.array(words).min(1).max(1000),
    schedule: z
      .array(z.strictObject({ at: fraction, weights: z.record(z.string(), z.number().min(0).max(1e6)) }))
      .max(1000),
    ...shared,
    format: request.format.unwrap(),
    candidates: request.candidates.unwrap(),
    truncation: request.truncation.unwrap(),
    plateau: request.plateau.unwrap(),
    optimizer: request.optimizer.unwrap(),
    style: words.optional(),
    init: fileReferenceSchema.optional(),
    /** At least 16 in a request; the generator's own size may be smaller. */
    size: z.int().min(1).max(4096),
    /** Background and border; absent for generators of pixels, whose pictures are on white without a border. */
    background: request.background,
    outline: request.outline.unwrap().optional(),
    /** Things of the prompt that become layers, and their relations; absent for a picture of one layer. */
    scene: sceneSchema.optional(),
    /** Layers of the scene file that the request names, bottom to top. */
    layers: sceneLayersSchema.optional(),
    /** Rank of the steered draft; absent for the best draft. */
    draft: z.int().min(1).max(255).optional(),
  }),
});

const editSettingsSchema = z
  .strictObject({
    prompt: words,
    from: words,
    /** A shape in words, or a picture. */
    mask: z.union([words, fileReferenceSchema]).optional(),
    maskPrompt: words.optional(),
    /** Whether the mask is inverted: pixels outside it may change. */
    maskInvert: z.literal(true).optional(),
    strength: fraction,
    change: changeKind,
    /** Change of the layers of a picture that was generated as a scene; the whole edit when present. */
    layers: layerCommandSchema.optional(),
  })
  .refine(
    ({ mask, maskPrompt }) => mask === undefined || maskPrompt === undefined,
    "needs a mask or a mask prompt, not both",
  );

/** Settings, hashes and versions of an edited picture. Together with the pack and the inputs they determine its bytes. */
export const editRecordSchema = z.strictObject({
  command: z.literal("edit"),
  ...header,
  settings: z.strictObject({
    picture: fileReferenceSchema,
    edits: z.array(editSettingsSchema).min(1).max(64),
    ...shared,
    format: z.enum(pixelFormats),
  }),
});

const recordSchema = z.discriminatedUnion("command", [generateRecordSchema, editRecordSchema]);

/** An input file by its name and hash. */
export type FileReference = z.output<typeof fileReferenceSchema>;
/** One prompt of a generate record. */
export type RecordTerm = z.output<typeof termSchema>;
/** Record of a generated picture. */
export type GenerateRecord = z.output<typeof generateRecordSchema>;
/** One edit of an edit record. */
export type EditSettings = z.output<typeof editSettingsSchema>;
/** Record of an edited picture. */
export type EditRecord = z.output<typeof editRecordSchema>;
/** Record of any picture that this toolkit made. */
export type RunRecord = z.output<typeof recordSchema>;

/**
 * Checks the record of a planned run, whose last picture has the seed `following` after the first one's. What is written at the end can
 * then be read again.
 * @throws {ConfigError} one line for what no record may hold.
 */
export function requireRecordable(record: RunRecord, following: number): void {
  const last = { ...record, settings: { ...record.settings, seed: record.settings.seed + following } };
  for (const each of [record, last] as const) parseRequest(record.command, recordSchema, each);
}

/**
 * Parses the record of a picture.
 * @param text JSON, as `readMetadata` returns it.
 * @param subject names its source in errors.
 * @returns the validated record.
 * @throws {InputError} one line for a text that is no record.
 */
export function parseRecord(text: string, subject: string): RunRecord {
  const refuse = (reason: string, cause?: unknown): never => {
    throw new InputError(`${subject}: its settings cannot be used: ${reason}`, {
      cause,
      reason: "bad-record",
    });
  };
  let content: unknown;
  try {
    content = parseJson(text);
  } catch (cause) {
    return refuse("they are not JSON", cause);
  }
  const parsed = recordSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  if (typeof content === "object" && content !== null && "stamp" in content && !("command" in content))
    return refuse("they were written by an older version", parsed.error);
  const path = issuePathOf(issue);
  return refuse(`${path === "" ? "" : `${path}: `}${describeIssue(issue, content)}`, parsed.error);
}

/**
 * Reads the record in a picture file.
 * @param bytes content of a picture file.
 * @param name names the file in errors.
 * @returns the validated record.
 * @throws {InputError} when the file is no picture, or its record is missing or malformed.
 */
export async function readRecord(bytes: Buffer, name: string): Promise<RunRecord> {
  const text = await decodeMetadata(bytes, name);
  if (text === undefined)
    throw new InputError(`${name}: holds no settings; only a picture made by clipsteer can be reproduced`, {
      reason: "no-record",
    });
  return parseRecord(text, name);
}

/**
 * Narrows a record to a command's type.
 * @param record a validated record.
 * @param command the expected command.
 * @param name name of the record's file, for the message.
 * @returns the record itself.
 * @throws {ConfigError} for a record of another command.
 */
export function expectRecord<T extends RunRecord["command"]>(
  record: RunRecord,
  command: T,
  name: string,
): Extract<RunRecord, { command: T }> {
  if (record.command !== command)
    throw new ConfigError(
      `${name}: was made by ${record.command}, not by ${command}; reproduce it with ${record.command}`,
      { reason: "other-command" },
    );
  return record as Extract<RunRecord, { command: T }>;
}

/** Serializes a record for a picture's metadata. */
export function serializeRecord(record: RunRecord): string {
  return JSON.stringify(recordSchema.parse(record));
}
