import { fitScale } from "../embedding/index.js";
import { createRandom } from "../tensor/index.js";
import { type Estimate, meanOf, estimatePivotal } from "./statistics.js";

/** Probability of a classifier's first choice, and whether that choice is correct. */
export interface Confidence {
  readonly confidence: number;
  readonly correct: boolean;
}

/** Pictures whose confidence lies in one bin. */
export interface CalibrationBin {
  readonly from: number;
  readonly to: number;
  readonly samples: number;
  readonly confidence: number;
  readonly accuracy: number;
}

/**
 * Computes the probability of the first choice of every row under a softmax of `scale · scores`, and whether the own label is that choice.
 */
export function computeConfidences(
  scores: Float32Array,
  labels: number,
  ownLabels: readonly number[],
  scale: number,
): Confidence[] {
  return ownLabels.map((label, row) => {
    const values = scores.subarray(row * labels, (row + 1) * labels);
    let best = 0;
    values.forEach((value, at) => (best = value > values[best]! ? at : best));
    let total = 0;
    for (const value of values) total += Math.exp(scale * (value - values[best]!));
    return { confidence: 1 / total, correct: best === label };
  });
}

/** Computes confidence and accuracy in 15 bins of equal width; empty bins are left out. */
export function binConfidences(list: readonly Confidence[], bins = 15): CalibrationBin[] {
  const members = Array.from({ length: bins }, (): Confidence[] => []);
  for (const each of list) members[Math.min(bins - 1, Math.floor(each.confidence * bins))]!.push(each);
  return members.flatMap((inside, at) =>
    inside.length === 0
      ? []
      : [
          {
            from: at / bins,
            to: (at + 1) / bins,
            samples: inside.length,
            confidence: meanOf(inside.map(({ confidence }) => confidence)),
            accuracy: meanOf(inside.map(({ correct }) => (correct ? 1 : 0))),
          },
        ],
  );
}

/**
 * Computes the expected calibration error: the mean distance of confidence and accuracy over the bins, weighted by their pictures.
 * Source: Guo et al. 2017, "On Calibration of Modern Neural Networks", equation 3.
 */
export function computeCalibrationError(list: readonly Confidence[], bins = 15): number {
  return binConfidences(list, bins).reduce(
    (sum, { samples, confidence, accuracy }) =>
      sum + (samples / list.length) * Math.abs(accuracy - confidence),
    0,
  );
}

/**
 * Estimates the calibration error with a pivotal bootstrap interval, since the error itself is too large when bins hold few
 * pictures. Whole clusters are drawn, since outcomes of one concept are correlated.
 * Source: Davison & Hinkley 1997, §3.8 (clusters) and equation 2.10 (pivotal interval).
 * @param clusters cluster of each picture; default: all are independent.
 */
export function estimateCalibrationError(
  list: readonly Confidence[],
  clusters: readonly (string | number)[] = list.map((_, at) => at),
): Estimate {
  const random = createRandom("calibration");
  const members = new Map<string | number, Confidence[]>();
  list.forEach((each, at) => {
    const group = members.get(clusters[at]!);
    if (group) group.push(each);
    else members.set(clusters[at]!, [each]);
  });
  const groups = [...members.values()];
  const resampled = Float64Array.from({ length: 1000 }, () =>
    computeCalibrationError(groups.flatMap(() => groups[random.integer(groups.length)]!)),
  );
  return estimatePivotal(computeCalibrationError(list), resampled, list.length);
}

/**
 * Computes confidences under a scale fitted on other pictures: each half of the rows uses the scale fitted on the other half.
 * @param half which half each row is in.
 */
export function crossFitConfidences(
  scores: Float32Array,
  labels: number,
  ownLabels: readonly number[],
  half: readonly boolean[],
): { list: Confidence[]; scales: [number, number] } {
  const pick = (inHalf: boolean): { rows: number[]; values: Float32Array; own: number[] } => {
    const rows = ownLabels.flatMap((_, row) => (half[row] === inHalf ? [row] : []));
    const values = new Float32Array(rows.length * labels);
    rows.forEach((row, at) => values.set(scores.subarray(row * labels, (row + 1) * labels), at * labels));
    return { rows, values, own: rows.map((row) => ownLabels[row]!) };
  };
  const [first, second] = [pick(true), pick(false)];
  const scales: [number, number] = [
    fitScale(second.values, labels, second.own),
    fitScale(first.values, labels, first.own),
  ];
  const list = new Array<Confidence>(ownLabels.length);
  for (const [at, part] of [first, second].entries())
    computeConfidences(part.values, labels, part.own, scales[at]!).forEach(
      (each, row) => (list[part.rows[row]!] = each),
    );
  return { list, scales };
}
