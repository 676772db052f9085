import { type ClipModels, createEncoder } from "../embedding/index.js";
import type { RunOptions } from "../guidance/index.js";
import type { Picture } from "../images/index.js";
import { hostFloats } from "../tensor/index.js";
import { embedTemplate, averageRows } from "./embedded.js";
import { findBestColumns, computeCosines } from "./ranking.js";

/**
 * A question with several answers, of which a CLIP chooses the nearest: one picture and many texts, or many pictures and one
 * text.
 */
export interface JudgedTrial {
  /** One picture for several texts, or several pictures for one text. */
  readonly pictures: readonly Picture[];
  /** Several texts for one picture, or one text for several pictures; embedded in every template of the models. */
  readonly texts: readonly string[];
}

/**
 * Answers trials with the first CLIP of `models`.
 * @param models models with at least one CLIP.
 * @param trials trials in order, read one at a time.
 * @param options engine and threads.
 * @param options.signal ends it between two trials, with its reason.
 * @returns the chosen index of each trial: of a text, or of a picture if the trial has several.
 * @throws what reading the trials throws; the signal's reason.
 */
export async function judgeTrials(
  models: ClipModels,
  trials: AsyncIterable<JudgedTrial>,
  { signal, ...options }: RunOptions & { readonly signal?: AbortSignal | undefined },
): Promise<number[]> {
  const encoder = createEncoder(models.clips.slice(0, 1), models.tokenizer, options);
  const chosen: number[] = [];
  try {
    for await (const { pictures, texts } of trials) {
      signal?.throwIfAborted();
      const rows: Float32Array[] = [];
      for await (const [row] of encoder.encodeImages(pictures)) rows.push(row!);
      const features = rows[0]!.length;
      const pictureRows = hostFloats(Float32Array.from(rows.flatMap((row) => [...row])), [
        rows.length,
        features,
      ]);
      const byTemplate = [];
      for (const template of models.templates)
        byTemplate.push((await embedTemplate(models, encoder, template, texts))[0]!);
      const textRows = averageRows(byTemplate);
      const scores =
        texts.length > 1 ? computeCosines(pictureRows, textRows) : computeCosines(textRows, pictureRows);
      chosen.push(findBestColumns(scores, Math.max(texts.length, pictures.length))[0]!);
    }
  } finally {
    await encoder.dispose();
  }
  return chosen;
}
