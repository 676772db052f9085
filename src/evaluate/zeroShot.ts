import type { ClipModels, Encoder } from "../embedding/index.js";
import { ConfigError } from "../errors.js";
import { type HostTensor, createRandom } from "../tensor/index.js";
import {
  type CalibrationBin,
  binConfidences,
  computeCalibrationError,
  estimateCalibrationError,
  computeConfidences,
  crossFitConfidences,
} from "./calibration.js";
import { type EmbeddedSet, embedTemplate, averageRows, averageScores, pickRows } from "./embedded.js";
import { computeCosines, markHits, rankPositives } from "./ranking.js";
import { type PairedRates, comparePairedRates, rate } from "./proportions.js";
import type { Estimate } from "./statistics.js";

/** Accuracy of one classifier on the pictures of one part. */
export interface ZeroShotRow {
  /** A CLIP's name, or `all CLIPs` for the mean of their scaled cosines. */
  readonly model: string;
  /** A template, or `ensemble`. */
  readonly prompt: string;
  readonly top1: Estimate;
  readonly top5: Estimate;
}

/** Calibration of one ensemble of templates. */
export interface CalibrationRow {
  readonly model: string;
  /** Under the learnt scale of the model; absent for several models. */
  readonly learnt?: { readonly scale: number; readonly error: number };
  /** Under scales fitted on the other half of the pictures. */
  readonly fitted: { readonly scales: readonly [number, number]; readonly error: Estimate };
  readonly bins: readonly CalibrationBin[];
}

/** A paired comparison of top-1 accuracy. */
export interface Comparison {
  readonly what: string;
  readonly difference: PairedRates;
}

/** Results of one part. */
export interface ZeroShotPart {
  readonly name: string;
  readonly pictures: number;
  readonly labels: number;
  readonly rows: readonly ZeroShotRow[];
  readonly comparisons: readonly Comparison[];
  readonly calibration: readonly CalibrationRow[];
}

const allModels = "all CLIPs";
const ensemble = "ensemble";

/**
 * Evaluates the zero-shot classification of every part of a set: each CLIP and all together, with each template alone and with the
 * ensemble of templates. The ensemble is compared with the best single template, which is chosen on the first part where that has
 * other pictures. Labels are clusters: outcomes of one concept are correlated.
 * Source: Radford et al. 2021, §3.1.4 (templates), Guo et al. 2017 (calibration).
 * @param models the CLIPs that embedded the set.
 * @param encoder the encoder that embedded the set. @param templates texts with `{}` for the label.
 * @param embedded the set and its rows, from `embedLabelled`.
 * @param options abort signal; none when absent.
 * @param options.signal ends the measurement with its reason.
 * @returns one entry for each part; rates in [0, 1] with 95 % intervals.
 * @throws {ConfigError} when a part has fewer than two labels.
 * @throws the signal's reason.
 */
export async function evaluateZeroShot(
  models: ClipModels,
  encoder: Encoder,
  { set, pictures }: EmbeddedSet,
  templates: readonly string[],
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<ZeroShotPart[]> {
  const single = set.parts.find(({ labels }) => labels.length < 2);
  if (single)
    throw new ConfigError(
      `zero-shot: "${single.name}" has fewer than two labels; two or more are needed to decide between`,
    );
  const texts: HostTensor[][] = [];
  for (const template of templates) {
    signal?.throwIfAborted();
    texts.push(await embedTemplate(models, encoder, template, set.labels));
  }
  const whole = models.clips.map((_, clip) => averageRows(texts.map((each) => each[clip]!)));
  // A template scores too high on the pictures that it was chosen on, so the other parts use the first part's choice.
  const firstRows = new Set(set.parts[0]?.rows);
  const singles = new Map<string, string>();
  return set.parts.map((part, place): ZeroShotPart => {
    const { rows, labels } = part;
    const column = new Map(labels.map((label, at) => [label, at]));
    const own = rows.map((row) => column.get(set.labelIndices[row]!)!);
    const clusters = rows.map((row) => set.labelIndices[row]!);
    const shown = pictures.map((matrix) => pickRows(matrix, rows));
    const results = new Map<string, number[]>();
    const table: ZeroShotRow[] = [];
    const judge = (model: string, prompt: string, scores: Float32Array): Float32Array => {
      const ranks = rankPositives(
        scores,
        labels.length,
        own.map((label) => [label]),
      ).map((ranked) => ranked!.first);
      const [top1, top5] = [markHits(ranks, 1), markHits(ranks, 5)];
      results.set(`${model}/${prompt}`, top1);
      table.push({ model, prompt, top1: rate(top1, { clusters }), top5: rate(top5, { clusters }) });
      return scores;
    };
    const several = templates.length > 1;
    const byTemplate = models.clips.map(({ name }, clip) =>
      (several ? templates : []).map((template, at) =>
        judge(name, template, computeCosines(shown[clip]!, pickRows(texts[at]![clip]!, labels))),
      ),
    );
    const ensembles = models.clips.map(({ name }, clip) =>
      judge(name, ensemble, computeCosines(shown[clip]!, pickRows(whole[clip]!, labels))),
    );
    const mean = (prompt: string, scores: readonly Float32Array[]): Float32Array =>
      judge(allModels, prompt, averageScores(scores, models.clips));
    const together: Float32Array[] = [];
    if (ensembles.length > 1) {
      byTemplate[0]!.forEach((_, at) =>
        mean(
          templates[at]!,
          byTemplate.map((scores) => scores[at]!),
        ),
      );
      together.push(mean(ensemble, ensembles));
    }
    const compare = (what: string, first: string, second: string): Comparison => ({
      what,
      difference: comparePairedRates(results.get(first)!, results.get(second)!, { clusters }),
    });
    const best = (keep: (row: ZeroShotRow) => boolean): ZeroShotRow =>
      table.filter(keep).reduce((a, b) => (b.top1.mean > a.top1.mean ? b : a));
    const others = place > 0 && !rows.some((row) => firstRows.has(row));
    const comparisons = several
      ? [...models.clips.map(({ name }) => name), ...(together.length > 0 ? [allModels] : [])].map((name) => {
          const here = best((row) => row.model === name && row.prompt !== ensemble).prompt;
          if (place === 0) singles.set(name, here);
          const single = others ? singles.get(name)! : here;
          const source = others ? "chosen on the first part" : "chosen here";
          return compare(
            `${name}: ensemble − "${single}", ${source}`,
            `${name}/${ensemble}`,
            `${name}/${single}`,
          );
        })
      : [];
    if (together.length > 0) {
      const single = best((row) => row.model !== allModels && row.prompt === ensemble).model;
      comparisons.push(
        compare(`${allModels} − ${single}`, `${allModels}/${ensemble}`, `${single}/${ensemble}`),
      );
    }
    const half = splitInHalves(clusters);
    const calibration = [...ensembles, ...together].map((scores, at): CalibrationRow => {
      const model = models.clips[at];
      const { list, scales } = crossFitConfidences(scores, labels.length, own, half);
      return {
        model: model?.name ?? allModels,
        learnt: model
          ? {
              scale: model.scale,
              error: computeCalibrationError(computeConfidences(scores, labels.length, own, model.scale)),
            }
          : undefined,
        fitted: { scales, error: estimateCalibrationError(list, clusters) },
        bins: binConfidences(list),
      };
    });
    return {
      name: part.name,
      pictures: rows.length,
      labels: labels.length,
      rows: table,
      comparisons,
      calibration,
    };
  });
}

/** Splits clusters at random into two halves. @returns whether each member is in the first half. */
export function splitInHalves(clusters: readonly (string | number)[]): boolean[] {
  const names = [...new Set(clusters)];
  const order = createRandom("halves").permute(names.length);
  const first = new Set(names.filter((_, at) => order[at]! < names.length / 2));
  return clusters.map((name) => first.has(name));
}
