import { makeGanSettings } from "../recipes.js";
import type { GanTrainingRequest, UpscalerTrainingRequest } from "../requests/index.js";
import { createSampler, sheetPathOf } from "../samples.js";
import { prepareGanTraining } from "../sessions.js";
import { prepareUpscalerTraining } from "../upscalerSession.js";
import { readComposedSettings } from "./clip.js";
import { type Training, type TrainingHandlers, createTraining } from "./training.js";

/**
 * Prepares the training of the emoji generator, its encoder and discriminator, conditioned on a trained CLIP. A sheet of samples
 * is drawn beside every checkpoint.
 * @param request settings that `ganTrainingSchema` accepts, defaults filled in.
 * @param handlers callbacks for notes, warnings and progress, and abort signal.
 * @returns the training; reading its `steps` runs it.
 * @throws {InputError} when there is no emoji data; {WeightsError} when `request.clip` holds no trained CLIP.
 */
export async function openGanTraining(
  request: GanTrainingRequest,
  handlers: TrainingHandlers = {},
): Promise<Training> {
  const { data, out: folder, steps, resume, from, threads, saveEvery } = request;
  const phases = request.phases.split(",").map(Number);
  const settings = makeGanSettings({ ...request, phases, composed: await readComposedSettings(request) });
  const onEmbed = (): void => handlers.onNote?.("composing and embedding pictures and captions…");
  const options = { data, out: folder, resume, from, onEmbed, threads };
  const session = await prepareGanTraining(request.clip, settings, options);
  const { config, clip, tokenizer, start, set } = session;
  const sampler = await createSampler(config.model, clip, tokenizer, set, start.state);
  return createTraining(
    {
      title: "train gan",
      folder,
      total: steps,
      saveEvery,
      session,
      sampler,
      onSave: (state, step) => sampler.draw(state, sheetPathOf(folder, step)),
    },
    handlers,
  );
}

/**
 * Draws the pictures for an upscaler and prepares its training.
 * @param request settings that `upscalerTrainingSchema` accepts, defaults filled in.
 * @param handlers callbacks for notes, warnings and progress, and abort signal.
 * @returns the training; reading its `steps` runs it.
 * @throws {InputError} when there is no emoji data; {ConfigError} for an unknown pack.
 */
export async function openUpscalerTraining(
  request: UpscalerTrainingRequest,
  handlers: TrainingHandlers = {},
): Promise<Training> {
  const { generator, data, out: folder, saveEvery, resume, threads, ...settings } = request;
  handlers.onNote?.("drawing the pictures…");
  const { signal } = handlers;
  const session = await prepareUpscalerTraining(settings, {
    generator,
    data,
    out: folder,
    resume,
    signal,
    threads,
  });
  return createTraining(
    { title: "train upscaler", folder, total: settings.steps, saveEvery, session },
    handlers,
  );
}
