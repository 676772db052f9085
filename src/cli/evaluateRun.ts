import { z } from "zod";
import type { ClipModels, Encoder } from "../embedding/index.js";
import { InputError } from "../errors.js";
import type { EmbeddedSet, LabelledSet, ReportHead } from "../evaluate/index.js";
import { clipChoice, clipOptions, locateClips, warnOfCuts } from "./clips.js";
import type { Context } from "./context.js";

/** Options of the commands that measure CLIPs on a labelled set. */
export const evaluationOptions = {
  data: z
    .string()
    .default("outputs/data/emoji")
    .describe("Emoji data, a folder of label folders, or a CSV")
    .meta({ positional: true }),
  label: z.string().optional().describe("Column of labels in a CSV (default: label, else caption)"),
  templates: z.string().optional().describe("Prompt file whose templates to use (default: the pack's)"),
  clip: z.string().default("all").describe(clipChoice),
  ...clipOptions,
};

/** What a measurement works on. */
export interface Evaluation {
  readonly models: ClipModels;
  readonly encoder: Encoder;
  readonly templates: readonly string[];
  readonly embedded: EmbeddedSet;
  readonly head: ReportHead;
}

/** Options that `prepareEvaluation` reads. */
export interface EvaluationInput {
  readonly generator: string;
  readonly clip: string;
  readonly templates?: string | undefined;
  readonly threads?: number | undefined;
}

/** Loads CLIPs and templates and embeds a set, with progress; hands all to `measure`, then frees it and reports bad pictures. */
export async function runEvaluation(
  set: LabelledSet,
  { generator, clip, templates: file, threads }: EvaluationInput,
  context: Context,
  measure: (evaluation: Evaluation) => Promise<void>,
): Promise<void> {
  const { createEncoder, openClips } = await import("../embedding/index.js");
  const { embedLabelled } = await import("../evaluate/index.js");
  const models = await openClips({ generator, clip }, await locateClips(context));
  const templates = (file === undefined ? undefined : await readTemplates(file)) ?? models.templates;
  const encoder = createEncoder(models.clips, models.tokenizer, { threads });
  try {
    const total = new Set(set.parts.flatMap(({ rows }) => rows)).size;
    const progress = context.progress("embed", total);
    const embedded = await embedLabelled(set, encoder, {
      signal: context.signal,
      onProgress: (done) => progress.update(done),
    });
    progress.stop();
    for (const line of embedded.unreadable) context.warn(`${line}; skipped`);
    const head: ReportHead = {
      data: set.name,
      pack: models.pack,
      clips: models.clips.map(({ name }) => name),
      templates,
      unreadable: embedded.unreadable,
    };
    await warnOfCuts(models, set.labels, templates, context);
    await measure({ models, encoder, templates, embedded, head });
    if (embedded.unreadable.length > 0)
      throw new InputError(
        `${embedded.unreadable.length} of ${total} pictures were skipped; see the warnings above`,
      );
  } finally {
    await encoder.dispose();
  }
}

async function readTemplates(file: string): Promise<readonly string[]> {
  const { loadPromptFile } = await import("../prompts/index.js");
  const { templates } = await loadPromptFile(file);
  if (!templates) throw new InputError(`${file}: has no templates; add a list under templates:`);
  return templates;
}
