import { ConfigError } from "../errors.js";
import type { ClipModel } from "./clipModels.js";
import { type TextClassifier, classify, computeLabelCosines, findLargest } from "./zeroShot.js";

/**
 * Fits the scale (1 / temperature) of scores: the one that maximises the likelihood of the right labels. The mean negative
 * log-likelihood is convex in it, so the root of its slope is found by bisection.
 * Source: Guo et al. 2017, §4.2.
 * @returns a value in [0.001, 10 000]; an end of the range when every picture, or none, is right.
 */
export function fitScale(scores: Float32Array, labels: number, ownLabels: readonly number[]): number {
  const slope = (scale: number): number => {
    let sum = 0;
    ownLabels.forEach((label, row) => {
      const values = scores.subarray(row * labels, (row + 1) * labels);
      const top = values.reduce((a, b) => Math.max(a, b), -Infinity);
      let [total, weighted] = [0, 0];
      for (const value of values) {
        const weight = Math.exp(scale * (value - top));
        total += weight;
        weighted += weight * value;
      }
      sum += weighted / total - values[label]!;
    });
    return sum;
  };
  let [low, high] = [Math.log(1e-3), Math.log(1e4)];
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (slope(Math.exp(middle)) < 0) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
}

/** Weights and temperature of CLIPs that decide by the mean of their logits, fitted on labelled pictures. */
export interface Calibration {
  /** Accuracy of each CLIP alone, in [0, 1]: its weight in the mean. */
  readonly weights: readonly number[];
  /** Temperature of the mean that maximises the likelihood of the true labels, above 0; below 1 it sharpens the probabilities. */
  readonly temperature: number;
}

/**
 * Weights CLIPs by their accuracy on labelled pictures, then fits the temperature of the ensemble.
 * @param clips logit scale of each CLIP.
 * @param classifiers one `[labels, features]` for each CLIP, as computed by `embedLabels`.
 * @param pictures for each picture one unit row `[features]` a CLIP, in the order of `clips`.
 * @param truths index of each picture's label.
 * @returns a weight in [0, 1] for each CLIP (its accuracy), and the temperature.
 * @throws {ConfigError} without a picture, or when no CLIP classifies one correctly.
 */
export function calibrate(
  clips: readonly Pick<ClipModel, "scale">[],
  classifiers: readonly TextClassifier[],
  pictures: readonly (readonly Float32Array[])[],
  truths: readonly number[],
): Calibration {
  const weights = clips.map((_, clip) => {
    const right = pictures.filter(
      (rows, at) => findLargest(computeLabelCosines(rows[clip]!, classifiers[clip]!), 1)[0] === truths[at],
    );
    return right.length / pictures.length;
  });
  if (!weights.some((weight) => weight > 0))
    throw new ConfigError(
      "calibrate: no CLIP names any of the labelled pictures correctly; check that the labels belong to them",
    );
  const decided = pictures.map((rows) => classify(clips, classifiers, rows, { combine: "logits", weights }));
  const labels = decided[0]!.length;
  const logits = new Float32Array(decided.length * labels);
  decided.forEach((row, at) =>
    logits.set(
      row.map((probability) => Math.log(Math.max(probability, 1e-37))),
      at * labels,
    ),
  );
  return { weights, temperature: 1 / fitScale(logits, labels, truths) };
}
