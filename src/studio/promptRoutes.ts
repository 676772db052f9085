import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { fillTemplate, removeArticles } from "../embedding/index.js";
import { ConfigError } from "../errors.js";
import { writeFileAtomic } from "../files/index.js";
import { loadPack } from "../packs/index.js";
import { type PromptPlan, parsePromptFile, promptFileSchema, weightAt } from "../prompts/index.js";
import { templateLimit } from "../runs/index.js";
import { estimateSchema } from "./classifyRoutes.js";
import { defaultPack } from "./packs.js";
import type { StudioParts } from "./parts.js";
import { readFileIn } from "./folders.js";
import { NotFoundError, type Route, route } from "./routes.js";

/** Prompt files of the package; beside the bundle's folder (dist/engine) and the sources' (src/studio) alike. */
const packaged = fileURLToPath(new URL("../../prompts", import.meta.url));
/** Files of the package that are offered; the others are the prompts of its own evaluation. */
const offered = ["emoji.yaml", "imagenet-80.yaml", "showcase.yaml"];
const longestFile = 200_000;
/** Maximum nesting of a file, so that parsing is fast. */
const maxDepth = 30;
/** Maximum number of templates that are compared. */
const maxCandidates = 200;
const fileName = /^[\p{L}\p{N}][\p{L}\p{N} _-]{0,60}\.yaml$/u;
const sources = z.enum(["package", "own"]);

/** Result of checking a prompt file. */
export const promptCheckSchema = z.object({
  ok: z.boolean(),
  /** Line of the mistake, from 1, and what is wrong. */
  line: z.number().optional(),
  message: z.string().optional(),
  /** Prompts with the sentences that the CLIPs read, and their weights at five parts of the run. */
  prompts: z.array(
    z.object({ name: z.string(), sentences: z.array(z.string()), weights: z.array(z.number()) }),
  ),
  /** The file's content, as a request takes it. */
  content: z.record(z.string(), z.unknown()).optional(),
});

/** Result of checking a prompt file. */
export type PromptCheck = z.infer<typeof promptCheckSchema>;

function planOfText(text: string): PromptPlan {
  // YAML's flow style nests without line breaks; a library that recurses must not see thousands of levels.
  const brackets = [...text].reduce(
    ({ depth, deepest }, letter) => {
      const now = depth + (letter === "[" || letter === "{" ? 1 : letter === "]" || letter === "}" ? -1 : 0);
      return { depth: now, deepest: Math.max(deepest, now) };
    },
    { depth: 0, deepest: 0 },
  );
  if (brackets.deepest > maxDepth) throw new ConfigError("file:1: is nested too deeply");
  return parsePromptFile(text, "file");
}

/** Checks the text of a prompt file. */
export async function checkPromptFile(text: string): Promise<PromptCheck> {
  let plan: PromptPlan;
  try {
    plan = planOfText(text);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const [, line = "1", message = error.message] = /^file:(\d+): ([^]*)$/.exec(error.message) ?? [];
    return { ok: false, line: Number(line), message, prompts: [] };
  }
  const { manifest } = await loadPack(defaultPack);
  const shared = plan.templates ?? manifest.templates;
  const prompts = plan.terms.map((term) => {
    const { name, text: words, templates = shared } = term;
    const plain = words === undefined || manifest.articles ? words : removeArticles(words);
    return {
      name,
      sentences:
        plain === undefined ? [] : templates.slice(0, 100).map((template) => fillTemplate(template, plain)),
      weights: [0, 0.25, 0.5, 0.75, 1].map((part) => weightAt(plan, term, part)),
    };
  });
  const { parse } = await import("yaml");
  const content = promptFileSchema.parse(parse(text, { maxAliasCount: 50, logLevel: "error" }) ?? {});
  return { ok: true, prompts, content };
}

const tunedRow = z.object({ name: z.string(), accuracy: estimateSchema, gain: estimateSchema.optional() });

/** Templates chosen by the pictures of one half of a folder's labels, measured on the other half. */
export const tunedSchema = z.object({
  templates: z.array(z.string()),
  steps: z.array(z.object({ template: z.string(), logLikelihood: z.number() })),
  heldOut: z.array(tunedRow),
  chosenOn: z.number(),
});

/** Templates chosen by the pictures of one half of a folder's labels, measured on the other half. */
export type TunedView = z.infer<typeof tunedSchema>;

/** Templates of a prompt file to choose among. @throws {ConfigError} when there are fewer than two, or too many. */
function candidatesOf(text: string): string[] {
  const { templates = [] } = planOfText(text);
  if (templates.length < 2)
    throw new ConfigError(
      "the file has fewer than two templates; list those to choose among under templates:",
    );
  if (templates.length > maxCandidates)
    throw new ConfigError(
      `the file has ${templates.length} templates; at most ${maxCandidates} are compared here`,
    );
  return [...templates];
}

/** Routes of prompt files: those of the package to read, and the user's own in the studio's folder. */
export function promptRoutes({ folders, pictureFolders, engine }: StudioParts): Route[] {
  const own = join(folders.own, "prompts");
  const folderOf = (source: string): string => (sources.parse(source) === "own" ? own : packaged);
  const requireName = (name: string): string => {
    if (!fileName.test(name))
      throw new NotFoundError("no such prompt file; names end in .yaml and hold letters, digits, - and _");
    return name;
  };
  const listed = async (source: "package" | "own") =>
    (await readdir(folderOf(source)).catch(() => []))
      .filter((name) => (source === "own" ? fileName.test(name) : offered.includes(name)))
      .map((name) => ({ source, name }));

  return [
    route({
      method: "get",
      path: "/api/prompts",
      summary: "Prompt files",
      answer: z.object({
        files: z.array(z.object({ source: sources, name: z.string() })),
        schema: z.record(z.string(), z.unknown()),
      }),
      handle: async () => ({
        files: [...(await listed("own")), ...(await listed("package"))],
        schema: z.toJSONSchema(promptFileSchema, { io: "input" }),
      }),
    }),
    route({
      method: "post",
      path: "/api/prompts/check",
      summary: "Check a prompt file, and list its sentences and weights",
      body: z.strictObject({ text: z.string().max(longestFile) }),
      answer: promptCheckSchema,
      handle: ({ body }) => checkPromptFile(body.text),
    }),
    route({
      method: "post",
      path: "/api/prompts/tune",
      summary: "Choose templates of a prompt file by a labelled folder; measured on the half not used",
      body: z.strictObject({
        text: z.string().max(longestFile),
        folder: z.string().min(1).max(1000).describe("A folder of label folders, as /api/folders names it"),
        most: templateLimit,
      }),
      answer: tunedSchema,
      async handle({ body: { text, folder, most } }) {
        const candidates = candidatesOf(text);
        const { templates, steps, heldOut, chosenOn } = await engine.call("tune", {
          pack: defaultPack,
          folder: await pictureFolders.pathOf(folder),
          candidates,
          maxTemplates: most,
        });
        return { templates, steps, heldOut, chosenOn };
      },
    }),
    route({
      method: "get",
      path: "/api/prompts/:source/:name",
      summary: "Text of a prompt file",
      answer: z.object({ text: z.string() }),
      async handle({ params }) {
        const source = sources.safeParse(params.source);
        if (!source.success || (source.data === "package" && !offered.includes(params.name!)))
          throw new NotFoundError("no such prompt file");
        const { bytes } = await readFileIn(folderOf(source.data), requireName(params.name!), longestFile);
        return { text: bytes.toString("utf8") };
      },
    }),
    route({
      method: "put",
      path: "/api/prompts/own/:name",
      summary: "Save a prompt file",
      body: z.strictObject({ text: z.string().max(longestFile) }),
      async handle({ params, body }) {
        const name = requireName(params.name!);
        await mkdir(own, { recursive: true });
        await writeFileAtomic(join(own, name), body.text);
      },
    }),
  ];
}
