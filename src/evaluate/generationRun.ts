import { stat } from "node:fs/promises";
import { join } from "node:path";
import { type EmojiData, loadEmojiData } from "../data/index.js";
import { type ClipModels, loadClips } from "../embedding/index.js";
import { ConfigError, InputError } from "../errors.js";
import type { AscentConfig, SteerModels } from "../guidance/index.js";
import { composeContactSheet, savePicture } from "../images/index.js";
import { loadPack } from "../packs/index.js";
import { loadPromptFile } from "../prompts/index.js";
import { openRunSession } from "../runs/index.js";
import { buildGenerationReport } from "./generationReport.js";
import { type IndependentReport, judgeIndependently } from "./independentJudge.js";
import { type RealComparison, compareWithReal } from "./real.js";
import { writeReport } from "./report.js";
import { type SteeredReport, evaluateSteering } from "./steered.js";

/** Inputs of a measurement of generation, and the folder of its report. */
export interface GenerationEvaluationRequest {
  /** Prompt file; only prompts of positive weight are used. */
  readonly prompts: string;
  /** Model pack, by name or folder. */
  readonly generator: string;
  /**
   * Texts that the judge chooses from: the prompts. With `labels` there is a second measurement, among the prompts and the labels of all
   * real emoji.
   */
  readonly among: "prompts" | "labels";
  /** Folder of real emoji to compare with. */
  readonly data: string;
  /** Whether missing data is an error; it is one for `among: "labels"`. */
  readonly isDataRequired: boolean;
  /** Folder of the independent judge. */
  readonly judge: string;
  /** Whether a missing judge is an error. */
  readonly isJudgeRequired: boolean;
  /** Folder for report, plot and contact sheet. */
  readonly out: string;
  /** Threads of the engine; one for each core when absent. */
  readonly threads?: number | undefined;
  /** Settings of every picture; the seed counts up. */
  readonly ascent: Pick<AscentConfig, "steps" | "views" | "lr" | "candidates" | "truncation" | "seed">;
}

/** Callbacks and abort signal of a measurement. */
export interface GenerationEvaluationHandlers {
  /** Ends the measurement after the present picture; what is finished is reported. */
  readonly signal: AbortSignal;
  /** Called with a line for each part that is left out. */
  onNote(message: string): void;
  /** Called when the models are loaded, before the first picture. */
  onPrompts(models: SteerModels, prompts: readonly string[]): Promise<void>;
}

/** What was measured, and the files of the report. */
export interface GenerationEvaluation {
  /** Rates of the judge with intervals, without the lists of pictures. */
  readonly report: Omit<SteeredReport, "pictures" | "hits">;
  /** Comparison with real emoji; absent without them, and for a stopped measurement. */
  readonly real?: RealComparison;
  /** Verdict of the independent judge; absent without one, and for a stopped measurement. */
  readonly independent?: IndependentReport;
  /** Prompts whose picture the judge did not recognise. */
  readonly missed: readonly string[];
  /** Number of texts that the judge chose among, distractors included. */
  readonly texts: number;
  /** Path of the contact sheet. */
  readonly sheet: string;
  /** Paths of the report, as Markdown and HTML. */
  readonly files: readonly string[];
}

/** Opens the independent judge of a folder. @returns undefined when the folder has none and none is required. */
async function openIndependentJudge(
  folder: string,
  isRequired: boolean,
  onNote: (message: string) => void,
): Promise<ClipModels | undefined> {
  const isThere = await stat(join(folder, "pack.json")).then(Boolean, () => false);
  if (isThere) return loadClips(await loadPack(folder), "all");
  const reason = "no-independent-judge";
  if (isRequired) throw new InputError(`${folder}: no independent judge here`, { reason });
  onNote(`${folder}: no independent judge, so only the pack's own judge is used`);
  return undefined;
}

async function openData(
  { data, isDataRequired, among }: GenerationEvaluationRequest,
  onNote: (message: string) => void,
): Promise<EmojiData | undefined> {
  return loadEmojiData(data).catch((error: unknown) => {
    if (isDataRequired || among === "labels" || !(error instanceof InputError)) throw error;
    onNote(`${error.message} (pictures are not compared with real ones)`);
    return undefined;
  });
}

/**
 * Generates a picture for every prompt, computes R-precision, and writes report, plot and contact sheet. Yields the number of finished
 * pictures.
 * @param request prompts, pack, settings and folders.
 * @param handlers callbacks and abort signal.
 * @returns rates in [0, 1] with 95 % intervals, and the paths of sheet and report.
 * @throws {ConfigError} for fewer than two prompts or an unknown pack; {InputError} when required data or a required judge is missing.
 */
export async function* runGenerationEvaluation(
  request: GenerationEvaluationRequest,
  handlers: GenerationEvaluationHandlers,
): AsyncGenerator<{ readonly done: number; readonly total: number }, GenerationEvaluation> {
  const { prompts: promptFile, among, out, threads, ascent } = request;
  const { signal, onNote } = handlers;
  const plan = await loadPromptFile(promptFile);
  const prompts = plan.terms.flatMap(({ text, weight }) => (text !== undefined && weight > 0 ? [text] : []));
  if (prompts.length < 2) throw new ConfigError(`${promptFile}: an evaluation needs two prompts or more`);
  const data = await openData(request, onNote);
  const judge = await openIndependentJudge(request.judge, request.isJudgeRequired, onNote);
  await using session = await openRunSession(request.generator, { threads, signal });
  const { models } = session;
  await handlers.onPrompts(models, prompts);
  const promptSet = new Set(prompts.map((text) => text.toLowerCase()));
  const labels = among === "labels" ? [...new Set(data!.items.map(({ label }) => label))] : [];
  const distractors = labels.filter((label) => !promptSet.has(label));
  const run = { engine: "compiled", signal, distractors, threads } as const;
  const steering = evaluateSteering(session, prompts, ascent, { signal, distractors });
  let next = await steering.next();
  for (; !next.done; next = await steering.next()) yield { done: next.value, total: prompts.length };
  const { pictures, hits, ...report } = next.value;
  const isComplete = pictures.length === prompts.length;
  const real = isComplete && data ? await compareWithReal(models, prompts, pictures, data, run) : undefined;
  const independent =
    isComplete && judge ? await judgeIndependently(judge, prompts, pictures, data, run) : undefined;
  const missed = prompts.filter((_, index) => hits[index] === false);
  const measured = { real, independent, missed };
  const name = `steps-${ascent.steps}-of-${ascent.candidates}`;
  const settings = { prompts: promptFile, among, pack: models.pack, ...ascent };
  await writeReport(out, buildGenerationReport(name, settings, { ...report, ...measured }));
  const sheet = join(out, `${name}.png`);
  const captions = pictures.map((_, index) => `${hits[index] ? "✓" : "✗"} ${prompts[index]!}`);
  const picture = await composeContactSheet(pictures, { columns: 10, scale: 2, labels: captions });
  await savePicture(sheet, picture, { format: "png" });
  const files = ["md", "html"].map((end) => join(out, `${name}.${end}`));
  return { report, ...measured, texts: prompts.length + distractors.length, sheet, files };
}
