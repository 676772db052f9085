import type { StickerTrainingRequest } from "../requests/index.js";
import { sheetPathOf } from "../samples.js";
import { createStickerSampler } from "../sticker/samples.js";
import { prepareStickerTraining } from "../sticker/session.js";
import { type Training, type TrainingHandlers, createTraining } from "./training.js";

/**
 * Prepares the training of a sticker generator's encoder and decoder. It draws a sheet of samples beside every checkpoint.
 * @param request settings that `stickerTrainingSchema` accepts, defaults filled in.
 * @param handlers callbacks for notes, warnings and progress, and abort signal.
 * @returns the training, which starts when its steps are read.
 * @throws {InputError} when there is no sticker data; {ConfigError} for unknown sets or a source of another kind.
 */
export async function openStickerTraining(
  request: StickerTrainingRequest,
  handlers: TrainingHandlers = {},
): Promise<Training> {
  const { data, out, resume, from, threads, batch, steps, rate, seed, noise, recoloured, codes } = request;
  const { only, drawings } = request;
  const session = await prepareStickerTraining(
    {
      sets: request.sets.split(","),
      purpose: request.development ? "development" : "release",
      batch,
      steps,
      rate,
      seed,
      noise,
      recoloured,
      codes: codes || undefined,
      only,
      drawings,
      reassign: request.reassign.split(",").filter(Boolean).map(Number),
      weights: { regions: 0.1, outlines: 4, alike: true, fills: 4, pixels: 1, code: 1e-4 },
    },
    { data, out, resume, from, threads },
  );
  const { config, set, start } = session;
  handlers.onNote?.(`${set.rows.length} drawings of ${config.sets.join(", ")}`);
  const sampler = await createStickerSampler(config, set, start.state, { threads });
  return createTraining(
    {
      title: "train sticker",
      folder: out,
      total: steps,
      saveEvery: request.saveEvery,
      session,
      sampler,
      onSave: (state, step) => sampler.draw(state, sheetPathOf(out, step)),
    },
    handlers,
  );
}
