import { randomInt } from "node:crypto";
import { ConfigError } from "../errors.js";
import { type ScheduledTerm, type SteerModels, findDraftSubject, usualSizeOf } from "../guidance/index.js";
import { loadPictureFrom } from "../images/index.js";
import {
  type PromptPlan,
  type PromptTerm,
  parsePromptArgument,
  planOf,
  removeRequest,
  weightAt,
} from "../prompts/index.js";
import { understandTexts } from "./aliases.js";
import { planScene } from "./planScene.js";
import { type Asset, type Assets, plainNameOf } from "./assets.js";
import { limitDrafts, countStepsOfPasses } from "./budget.js";
import { type Finding, makeNote } from "./findings.js";
import { type InputFiles, findSceneMismatch } from "./inputs.js";
import type { GenerateJob } from "./jobs.js";
import { planOutput } from "./output.js";
import { type GenerateRecord, type RecordTerm, requireRecordable } from "./records.js";
import {
  type Budget,
  type FullGenerateRequest,
  type GenerateRequest,
  generateRequestSchema,
  parseBudget,
  parseRequest,
  qualityPresets,
  readToolkitVersion,
} from "./requests/index.js";
import type { RunSession } from "./session.js";
import { pickWeight } from "./promptFindings.js";

type Settings = GenerateRecord["settings"];

/** A request with all defaults, and its prompts. */
export interface ResolvedGenerate extends FullGenerateRequest {
  readonly plan: PromptPlan;
  /** Whether the request itself sets the number of drafts. */
  readonly draftsGiven: boolean;
  /** Whether the request limits the number of layers, even to the default. */
  readonly layersGiven: boolean;
  /** Whether the request, its prompt file or its quality sets anything about the ascent. */
  readonly ascentGiven: boolean;
}

/** Fields of a request that set something about the ascent. */
const ascentFields = ["steps", "budget", "views", "optimizer", "lr", "plateau"] as const;

/** Combines the prompts of a request with the prompts of its prompt file. */
function planPrompts({ text, imagePrompt, negative, prompts, scene }: FullGenerateRequest): PromptPlan {
  const file = prompts && planOf(prompts);
  const away = negative.map((argument) => {
    const term = parsePromptArgument(argument);
    return { ...term, weight: -Math.abs(term.weight) };
  });
  const images = imagePrompt.map((argument) => {
    const { text: image, name, weight, from, to } = parsePromptArgument(argument);
    return { name, image: image!, weight, from, to };
  });
  const sceneTerms: PromptTerm[] =
    scene && text.length === 0 ? [{ name: scene.prompt, text: scene.prompt, weight: 1, from: 0, to: 1 }] : [];
  const terms = [...text.map(parsePromptArgument), ...sceneTerms, ...images, ...(file?.terms ?? []), ...away];
  if (terms.length === 0)
    throw new ConfigError("no prompt; describe what the picture should show", { reason: "no-prompt" });
  const plan = { terms, schedule: file?.schedule ?? [], defaults: file?.defaults ?? {} };
  return file?.templates ? { ...plan, templates: file.templates } : plan;
}

/**
 * Validates a request and fills in the defaults. In ascending order of priority: defaults, quality preset, prompt file, request.
 * @param request fields of `generateRequestSchema`.
 * @returns the complete request; `plan` has the prompts.
 * @throws {ConfigError} that names the invalid field.
 */
export function resolveGenerate(request: GenerateRequest): ResolvedGenerate {
  const definedFields = Object.fromEntries(
    Object.entries(request).filter(([, value]) => value !== undefined),
  );
  const first = parseRequest("generate", generateRequestSchema, definedFields);
  const plan = planPrompts(first);
  const merged = parseRequest("generate", generateRequestSchema, {
    ...qualityPresets[first.quality],
    ...plan.defaults,
    ...definedFields,
  });
  if (merged.budget !== undefined && ("steps" in definedFields || definedFields.quality === "draft"))
    throw new ConfigError("a budget decides the number of steps", {
      reason: "steps" in definedFields ? "budget-and-steps" : "budget-and-draft",
    });
  const ascentGiven =
    ascentFields.some((name) => name in definedFields || name in plan.defaults) ||
    merged.animate ||
    first.quality !== "normal";
  const [draftsGiven, layersGiven] = ["candidates", "layers"].map((name) => name in definedFields);
  return { ...merged, plan, draftsGiven: draftsGiven!, layersGiven: layersGiven!, ascentGiven };
}

const hasVaryingWeight = (
  { name, from, to }: RecordTerm | PromptTerm,
  schedule: Settings["schedule"],
): boolean => from > 0 || to < 1 || schedule.some(({ weights }) => Object.hasOwn(weights, name));

/** Counts the number of rounds of drafts: one for the start, and in a story one for each prompt of positive weight. */
export function countDraftRounds({
  terms,
  schedule,
  init,
  optimizer,
}: Pick<Settings, "schedule" | "optimizer"> & {
  readonly terms: readonly (RecordTerm | PromptTerm)[];
  readonly init?: unknown;
}): number {
  if (init !== undefined) return 0;
  const story = optimizer === "adam" && terms.some((term) => hasVaryingWeight(term, schedule));
  return 1 + (story ? terms.filter(({ weight }) => weight > 0).length : 0);
}

/** Resolves the numbers of steps and drafts: from the budget if there is one, else from the request. */
function resolveStepsAndDrafts(
  { steps, candidates, views, draftsGiven, plan, init, optimizer }: ResolvedGenerate,
  budget: Budget | undefined,
  { guides }: SteerModels,
): Pick<Settings, "steps" | "candidates"> {
  if (!budget) return { steps, candidates };
  const rounds = countDraftRounds({ ...plan, schedule: [...plan.schedule], init, optimizer });
  const drafts = draftsGiven
    ? candidates
    : limitDrafts(budget, guides.length * Math.max(1, rounds), candidates);
  if (budget.unit === "seconds") return { steps, candidates: drafts };
  const size = { guides: guides.length, views, candidates: drafts * rounds, optimizer };
  return { steps: countStepsOfPasses(budget, size), candidates: drafts };
}

const isScheduled = ({ schedule }: PromptPlan, name: string): boolean =>
  schedule.some(({ weights }) => Object.hasOwn(weights, name));

/** Tells whether the only prompt of a run names a thing, or a category of things, whose drawings the generator knows. */
function isKnownThing(
  { init, plan }: Pick<ResolvedGenerate, "init" | "plan">,
  terms: readonly RecordTerm[],
  models: SteerModels,
): boolean {
  const [term, ...others] = terms;
  if (!term || term.text === undefined || others.length > 0 || init !== undefined) return false;
  if (hasVaryingWeight(term, [...plan.schedule])) return false;
  const { isName, category } = findDraftSubject(models, term.text);
  return isName || category !== undefined;
}

/**
 * Describes the terms of a plan for the record: aliases replaced, pictures by name and hash.
 * @param refer reads a picture.
 * @returns the terms, and findings about aliases.
 */
async function recordTerms(
  plan: ResolvedGenerate["plan"],
  models: SteerModels,
  refer: (name: string) => Promise<{ name: string; sha256: string }>,
): Promise<{ terms: RecordTerm[]; findings: readonly Finding[] }> {
  const promptTexts = plan.terms.flatMap(({ text }) => (text === undefined ? [] : [text]));
  const { texts, findings } = await understandTexts(promptTexts, models, removeRequest);
  const understood = new Map(promptTexts.map((each, at) => [each, texts[at]!]));
  /** Returns the name of a prompt in the record. A name in the schedule is unchanged. */
  const recordedName = (name: string, image: string | undefined): string => {
    if (isScheduled(plan, name)) return name;
    // A picture's name may be a path, which must not be in a record. A text's name is the text after alias replacement.
    return image === undefined ? (understood.get(name) ?? name) : plainNameOf(name);
  };
  const terms: RecordTerm[] = [];
  for (const { image, name, text, ...term } of plan.terms)
    terms.push({
      name: recordedName(name, image),
      text: text === undefined ? undefined : understood.get(text)!,
      ...term,
      templates: term.templates && [...term.templates],
      image: image === undefined ? undefined : await refer(image),
    });
  return { terms, findings };
}

/** Notes that a picture of one layer has no layers to save. */
function listLayerFileFindings({ layerFiles }: ResolvedGenerate, { scene, layers }: Settings): Finding[] {
  if (!layerFiles || scene || layers) return [];
  const message =
    "the picture is one layer, so there are no layers to save; a prompt of several things has them";
  return [makeNote("one-layer", message)];
}

/** Plans the first job of a request. @returns the job, its input pictures, and findings about aliases and scenes. */
export async function planGenerate(
  resolved: ResolvedGenerate,
  { models, pack }: Pick<RunSession, "models" | "pack">,
  assets: Assets,
): Promise<{ job: GenerateJob; inputs: InputFiles; findings: readonly Finding[] }> {
  const { plan, budget: text } = resolved;
  const budget = text === undefined ? undefined : parseBudget(text);
  const inputs = new Map<string, Asset>();
  const refer = async (name: string): Promise<{ name: string; sha256: string }> => {
    const asset = await assets.read(name);
    inputs.set(asset.sha256, asset);
    return { name: asset.name, sha256: asset.sha256 };
  };
  const { terms, findings } = await recordTerms(plan, models, refer);
  const { scene, findings: planFindings } = await planScene(resolved, terms, models);
  const planned = resolveStepsAndDrafts(resolved, budget, models);
  // Ascent seldom improves a scene or a drawing of a known thing (docs/quality.md), so by default these take no steps.
  const isDraftEnough = (scene ?? resolved.scene) !== undefined || isKnownThing(resolved, terms, models);
  const settings: Settings = {
    terms,
    templates: [...(plan.templates ?? models.templates)],
    schedule: [...plan.schedule],
    steps: isDraftEnough && !resolved.ascentGiven ? 0 : planned.steps,
    candidates: planned.candidates,
    views: resolved.views,
    lr: resolved.lr,
    truncation: resolved.truncation,
    plateau: resolved.plateau,
    optimizer: resolved.optimizer,
    style: resolved.style,
    scene,
    layers: resolved.scene && [...resolved.scene.layers],
    seed: resolved.seed ?? randomInt(2 ** 31),
    init: resolved.init === undefined ? undefined : await refer(resolved.init),
    size: resolved.size ?? usualSizeOf(models),
    engine: resolved.engine,
    ...planOutput(resolved, models),
  };
  const job: GenerateJob = {
    command: "generate",
    record: { command: "generate", schema: 1, version: readToolkitVersion(), pack, settings },
    following: resolved.count - 1,
    animate: resolved.animate,
    metadata: resolved.metadata,
    layerFiles: resolved.layerFiles,
    earlier: [],
    budget: budget?.unit === "seconds" ? budget.text : undefined,
  };
  requireRecordable(job.record, job.following);
  return {
    job,
    inputs,
    findings: [
      ...findings,
      ...planFindings,
      ...listLayerFileFindings(resolved, settings),
      ...findSceneMismatch(resolved.scene, pack),
    ],
  };
}

/**
 * Makes terms of a run, ready for guidance: pictures decoded, the run's templates where a term has none, and `weightAt` where
 * its weight changes over the run.
 */
export async function makeTerms(settings: Settings, inputs: InputFiles): Promise<ScheduledTerm[]> {
  const { schedule, templates: usual } = settings;
  return Promise.all(
    settings.terms.map(async (term) => {
      const { text, image, weight, templates = usual } = term;
      const asset = image && inputs.get(image.sha256)!;
      return {
        text,
        picture: asset ? (await loadPictureFrom(asset.bytes, asset.name)).picture : undefined,
        weight,
        templates,
        weightAt: hasVaryingWeight(term, schedule)
          ? (part: number) => weightAt({ schedule }, pickWeight(term), part)
          : undefined,
      };
    }),
  );
}
