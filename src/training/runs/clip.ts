import { join } from "node:path";
import { buildEmojiData, judgeSets, loadStickerData } from "../../data/index.js";
import { loadPromptFile } from "../../prompts/index.js";
import type { TensorRecord } from "../../tensor/index.js";
import type { ComposedConfig } from "../batches.js";
import { weightsOfState } from "../folderSession.js";
import { exportJudge, judgePreset } from "../judge.js";
import { makeContrastiveSettings } from "../recipes.js";
import type { ClipTrainingRequest, JudgeTrainingRequest } from "../requests/index.js";
import { prepareClipTraining } from "../sessions.js";
import { type Training, type TrainingHandlers, createTraining } from "./training.js";

/**
 * Reads the composition settings of a request; undefined when no picture is composed.
 * @param request `composed`: share of composed pictures, 0 to 0.9; `held`: prompt files, by commas, whose texts no composed
 * picture may show.
 */
export async function readComposedSettings({
  composed,
  held,
}: Pick<ClipTrainingRequest, "composed" | "held">): Promise<ComposedConfig | undefined> {
  if (composed === 0) return undefined;
  const plans = await Promise.all(held.split(",").map((path) => loadPromptFile(path.trim())));
  return { share: composed, held: plans.flatMap(({ terms }) => terms.flatMap(({ text }) => text ?? [])) };
}

/**
 * Prepares the training of one of the emoji pack's CLIPs on the emoji data.
 * @param request settings that `clipTrainingSchema` accepts, defaults filled in.
 * @param handlers callbacks for notes, warnings and progress, and abort signal.
 * @returns the training; reading its `steps` runs it.
 * @throws {InputError} when there is no emoji data; {ConfigError} when `from` has another model.
 */
export async function openClipTraining(
  request: ClipTrainingRequest,
  handlers: TrainingHandlers = {},
): Promise<Training> {
  const { preset, data, steps, resume, from, threads, saveEvery } = request;
  const folder = request.out ?? `outputs/train/${preset}`;
  const composed = await readComposedSettings(request);
  const swapped = composed ? Math.round(request.batch * request.swapped) : 0;
  const settings = { ...makeContrastiveSettings(request), composed, swapped: swapped || undefined };
  const things = request.things === undefined ? undefined : await loadStickerData(request.things);
  const session = await prepareClipTraining(preset, settings, {
    data,
    things,
    out: folder,
    resume,
    from,
    threads,
  });
  return createTraining(
    { title: `train clip ${preset}`, folder, total: steps, saveEvery, session },
    handlers,
  );
}

/**
 * Builds the drawings of the independent judge, if they are missing, and prepares its training. The judge is written into
 * `request.out` beside every checkpoint.
 * @param request settings that `judgeTrainingSchema` accepts, defaults filled in.
 * @param handlers callbacks for notes, warnings and progress, and abort signal.
 * @returns the training; reading its `steps` runs it.
 * @throws {DownloadError} when the icon sets can not be fetched.
 */
export async function openJudgeTraining(
  request: JudgeTrainingRequest,
  handlers: TrainingHandlers = {},
): Promise<Training> {
  const { out, data, cache, offline, steps, resume, threads, saveEvery } = request;
  const { signal, onProgress, onWarning } = handlers;
  const manifest = await buildEmojiData({
    out: data,
    sets: judgeSets,
    heldConcepts: new Set(),
    offline,
    cache,
    signal,
    onProgress,
    onProblem: onWarning,
  });
  const composed = await readComposedSettings(request);
  const recipe = { accumulate: 1, balance: undefined, balanceBy: "sampling", augment: 1 } as const;
  const settings = { ...makeContrastiveSettings({ ...request, ...recipe }), composed };
  const folder = join(out, "training");
  const session = await prepareClipTraining(judgePreset, settings, { data, out: folder, resume, threads });
  const { tokenizerJson: json, config } = session;
  const onSave = (state: TensorRecord): Promise<void> =>
    exportJudge(out, { json, model: config.model, weights: weightsOfState(state) }, manifest);
  return createTraining({ title: "train judge", folder, total: steps, saveEvery, session, onSave }, handlers);
}
