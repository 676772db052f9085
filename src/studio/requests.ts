import { z } from "zod";
import { ConfigError } from "../errors.js";
import { isShape } from "../images/index.js";
import { listPacks } from "../packs/index.js";
import { editRequestSchema, generateRequestSchema } from "../runs/index.js";

/** Longest text of a prompt, characters. Far more than any CLIP reads. */
export const longestText = 2000;

const text = z.string().max(longestText, `must have at most ${longestText} characters`);
const uploadId = z.string().regex(/^[0-9a-f]{64}$/, "must be the id of an upload");
const pictures = z.array(
  z
    .string()
    .regex(/^[0-9a-f]{64}(?:::-?\d+(?:\.\d+)?)?$/, "must be the id of an upload, with a weight if need be"),
);
const mask = z
  .string()
  .max(2000)
  .refine((value) => /^[0-9a-f]{64}$/.test(value) || isShape(value), "must be an upload or a shape");
const pack = z.string().max(100);

/** Request of `generate` over HTTP. Pictures are uploads, never paths. */
export const studioGenerateSchema = generateRequestSchema.extend({
  text: z.array(text).max(64).optional(),
  negative: z.array(text).max(64).optional(),
  imagePrompt: pictures.max(16).optional(),
  init: uploadId.optional(),
  generator: pack.optional(),
});

/** Request of `edit` over HTTP. Pictures and masks are uploads, never paths. */
export const studioEditSchema = editRequestSchema.extend({
  picture: uploadId,
  prompt: z.array(text).max(64).optional(),
  from: z.array(text).max(64).optional(),
  mask: z.array(mask).max(64).optional(),
  maskPrompt: z.array(text).max(64).optional(),
  generator: pack.optional(),
});

/** Checks a request and returns it unchanged; presets fill in absent fields when it runs. @throws {ConfigError} */
export async function checkRequest(
  kind: "generate" | "edit",
  request: unknown,
): Promise<Record<string, unknown>> {
  const parsed = (kind === "generate" ? studioGenerateSchema : studioEditSchema).safeParse(request);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    throw new ConfigError(
      `${path.map(String).join(".") || "request"}: ${message.replace(/^Invalid input: /, "")}`,
    );
  }
  const given = request as Record<string, unknown>;
  const { generator } = given;
  // A pack by name only: a folder could lie anywhere.
  if (generator !== undefined && !(await listPacks()).includes(generator as string))
    throw new ConfigError(`generator: no pack is called "${String(generator)}"`);
  const words = [...((given.text ?? given.prompt ?? []) as string[])].filter((each) => each.trim() !== "");
  const others =
    given.prompts ?? given.edits ?? given.scene ?? (given.imagePrompt as string[] | undefined)?.length;
  if (words.length === 0 && !others) throw new ConfigError("the prompt is empty");
  return given;
}
