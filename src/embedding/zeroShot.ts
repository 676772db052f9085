import { ShapeError } from "../errors.js";
import type { Encoder } from "./encoder.js";
import { rowOf } from "./encoder.js";
import type { ClipModel, ClipModels } from "./clipModels.js";
import { averageEnsemble, fillTemplate, removeArticles } from "./prompts.js";

/** The text side of zero-shot classification under one CLIP: one unit row a label, `[labels, features]`. */
export type TextClassifier = Float32Array;

/** Progress and cancellation of a long embedding of labels. */
export interface ClassifierOptions {
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** Batch size of labels. The prompts of a batch in all templates are in memory together. */
const labelBatch = 256;

/**
 * Computes one text classifier for each CLIP: fills every template with each label, averages the unit embeddings, and scales the mean to unit
 * length.
 * Source: Radford et al. 2021, §3.1.4.
 * @param models the CLIPs, and whether their texts keep articles.
 * @param encoder encoder of the same CLIPs.
 * @param labels distinct labels.
 * @param templates texts with `{}` for the label.
 * @param options callback for the labels embedded, and abort signal.
 * @returns `[labels, features]` for each CLIP.
 * @throws the signal's reason.
 */
export async function embedLabels(
  models: ClipModels,
  encoder: Encoder,
  labels: readonly string[],
  templates: readonly string[],
  { onProgress, signal }: ClassifierOptions = {},
): Promise<TextClassifier[]> {
  const classifiers = models.clips.map(
    ({ config }) => new Float32Array(labels.length * config.text.features),
  );
  for (let start = 0; start < labels.length; start += labelBatch) {
    signal?.throwIfAborted();
    const batch = labels.slice(start, start + labelBatch);
    const prompts = batch.flatMap((label) => {
      const plain = models.articles ? label : removeArticles(label);
      return templates.map((template) => fillTemplate(template, plain));
    });
    const embedded = await encoder.encodeTexts(prompts);
    models.clips.forEach(({ config: { text } }, clip) =>
      batch.forEach((_, label) => {
        const rows = templates.map((_template, at) =>
          rowOf(embedded[clip]!, label * templates.length + at, text.features),
        );
        classifiers[clip]!.set(averageEnsemble(rows), (start + label) * text.features);
      }),
    );
    onProgress?.(start + batch.length, labels.length);
  }
  return classifiers;
}

/** Computes the cosines of a picture's unit row with every label's. */
export function computeLabelCosines(row: Float32Array, classifier: TextClassifier): Float32Array {
  const features = row.length;
  const labels = classifier.length / features;
  if (!Number.isInteger(labels))
    throw new ShapeError(`cosines: ${classifier.length} values are no rows of ${features} features`);
  return Float32Array.from({ length: labels }, (_, label) => {
    let sum = 0;
    for (let at = 0, from = label * features; at < features; at++) sum += row[at]! * classifier[from + at]!;
    return sum;
  });
}

/** Computes the softmax of scores divided by a temperature above 0. Differences are divided, which a small temperature cannot make NaN. */
export function computeSoftmax(scores: Float32Array, temperature = 1): Float32Array {
  const most = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = scores.map((score) => Math.exp((score - most) / temperature));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/** How several CLIPs decide together: by the mean of their scaled cosines, or of their probabilities. */
export type Combination = "logits" | "probabilities";

/** Settings of a decision. */
export interface ClassifyOptions {
  readonly combine: Combination;
  /** Divides the scaled cosines before the softmax; default 1: what the CLIPs learnt. */
  readonly temperature?: number;
  /** Weight of each CLIP in the mean; default the same for all. */
  readonly weights?: readonly number[];
}

/**
 * Computes a picture's probabilities of labels under one CLIP or an ensemble.
 * @param clips logit scale of each CLIP.
 * @param classifiers one `[labels, features]` for each CLIP, as computed by `embedLabels`.
 * @param rows the picture's unit row `[features]` under each CLIP.
 * @param options how CLIPs are combined, their weights, and the temperature.
 * @returns `[labels]` in [0, 1]; the probabilities sum to 1.
 */
export function classify(
  clips: readonly Pick<ClipModel, "scale">[],
  classifiers: readonly TextClassifier[],
  rows: readonly Float32Array[],
  { combine, temperature = 1, weights = clips.map(() => 1) }: ClassifyOptions,
): Float32Array {
  const votes = rows.map((row, clip) => {
    const { scale } = clips[clip]!;
    const logits = computeLabelCosines(row, classifiers[clip]!).map((cosine) => cosine * scale);
    return combine === "logits" ? logits : computeSoftmax(logits, temperature);
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = votes[0]!.map((_, label) =>
    votes.reduce((sum, vote, clip) => sum + (weights[clip]! / total) * vote[label]!, 0),
  );
  return combine === "logits" ? computeSoftmax(mean, temperature) : mean;
}

/**
 * Finds the indices of the `count` largest values, largest first. Equal values are in the order of their indices.
 * @param scores values in any range; not changed.
 * @param count maximum number of indices.
 * @returns indices; all of them when there are fewer than `count` values.
 */
export function findLargest(scores: Float32Array, count: number): number[] {
  const best: number[] = [];
  scores.forEach((score, index) => {
    if (best.length === count && !(score > scores[best[count - 1]!]!)) return;
    let [low, high] = [0, best.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (scores[best[middle]!]! >= score) low = middle + 1;
      else high = middle;
    }
    best.splice(low, 0, index);
    if (best.length > count) best.pop();
  });
  return best;
}
