import type { TensorRecord } from "../../tensor/index.js";
import type { StickerTrainingRequest, WordsTrainingRequest } from "../requests/index.js";
import { sheetPathOf } from "../samples.js";
import { createStickerSampler, createWordsSampler } from "../sticker/samples.js";
import { prepareStickerTraining, prepareWordsTraining } from "../sticker/session.js";
import { type Training, type TrainingHandlers, createTraining } from "./training.js";

type Sampled = Pick<Parameters<typeof createTraining>[0], "session" | "title"> & {
  readonly sampler: {
    draw(state: TensorRecord, path: string): Promise<void>;
    dispose(): Promise<void>;
  };
};

/** Creates a training that draws a sheet of samples beside every checkpoint. */
function createSampledTraining(
  { title, session, sampler }: Sampled,
  request: StickerTrainingRequest | WordsTrainingRequest,
  handlers: TrainingHandlers,
): Training {
  const { out: folder, steps: total, saveEvery } = request;
  const onSave = (state: TensorRecord, step: number): Promise<void> =>
    sampler.draw(state, sheetPathOf(folder, step));
  return createTraining({ title, folder, total, saveEvery, session, sampler, onSave }, handlers);
}

/**
 * Prepares the training of a sticker generator's encoder and decoder.
 * @throws {InputError} when there is no sticker data; {ConfigError} for unknown sets or a source of another kind.
 */
export async function openStickerTraining(
  request: StickerTrainingRequest,
  handlers: TrainingHandlers = {},
): Promise<Training> {
  const { data, out, resume, from, threads, batch, steps, rate, seed, noise, recoloured, codes } = request;
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
      reassign: request.reassign.split(",").filter(Boolean).map(Number),
      weights: { fills: 2, pixels: 1, code: 1e-4 },
    },
    { data, out, resume, from, threads },
  );
  const { config, set, start } = session;
  handlers.onNote?.(`${set.rows.length} drawings of ${config.sets.join(", ")}`);
  const sampler = await createStickerSampler(config, set, start.state, { threads });
  return createSampledTraining({ title: "train sticker", session, sampler }, request, handlers);
}

/**
 * Prepares the training of a sticker generator's network from words to codes, over the codes of a sticker run.
 * @throws {ConfigError} for a source of another kind, or of other shapes than the sticker run; the signal's reason.
 */
export async function openWordsTraining(
  request: WordsTrainingRequest,
  handlers: TrainingHandlers = {},
): Promise<Training> {
  const { batch, steps, rate, seed, refine, decoded, critic, adversarial } = request;
  const { data, out, resume, from, threads, sticker, clips } = request;
  const onEmbed = (): void => handlers.onNote?.("encoding drawings and embedding their names…");
  const session = await prepareWordsTraining(
    { batch, steps, rate, seed, refine, decoded: Math.min(batch, decoded), critic, adversarial },
    { data, out, resume, from, threads, sticker, clips, onEmbed, signal: handlers.signal },
  );
  const { config, data: words, decoder, labels, start } = session;
  const sampler = await createWordsSampler(config, words, labels, decoder, start.state, { threads });
  return createSampledTraining({ title: "train words", session, sampler }, request, handlers);
}
