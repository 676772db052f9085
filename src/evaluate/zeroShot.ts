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
 * ensemble of templates. The ensemble is compared with the best single template. For a part that shares no picture with the first
 * part, that template is chosen on the first part, otherwise on the part itself. With one template only the ensemble is reported.
 * Intervals treat pictures of one label as dependent.
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
    const addRow = (model: string, prompt: string, scores: Float32Array): Float32Array => {
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
        addRow(name, template, computeCosines(shown[clip]!, pickRows(texts[at]![clip]!, labels))),
      ),
    );
    const ensembles = models.clips.map(({ name }, clip) =>
      addRow(name, ensemble, computeCosines(shown[clip]!, pickRows(whole[clip]!, labels))),
    );
    const mean = (prompt: string, scores: readonly Float32Array[]): Float32Array =>
      addRow(allModels, prompt, averageScores(scores, models.clips));
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
    const names = [...models.clips.map(({ name }) => name), ...(together.length > 0 ? [allModels] : [])];
    const others = place > 0 && !rows.some((row) => firstRows.has(row));
    const compared = { names, table, results, clusters, isChosenElsewhere: others };
    return {
      name: part.name,
      pictures: rows.length,
      labels: labels.length,
      rows: table,
      comparisons: [
        ...(several ? compareTemplates(compared, singles) : []),
        ...(together.length > 0 ? [compareModels(compared)] : []),
      ],
      calibration: calibrateEnsembles(models, [...ensembles, ...together], {
        labels: labels.length,
        own,
        clusters,
      }),
    };
  });
}

/** Outcomes on the pictures of one part. */
interface PartOutcomes {
  /** Models that are compared. */
  readonly names: readonly string[];
  readonly table: readonly ZeroShotRow[];
  /** Top-1 hits of each picture by `model/prompt`. */
  readonly results: ReadonlyMap<string, readonly number[]>;
  /** Label of each picture. */
  readonly clusters: readonly number[];
  /** Whether the best single templates were chosen on the pictures of the first part, none of which is here. */
  readonly isChosenElsewhere: boolean;
}

function findBestRow(table: readonly ZeroShotRow[], isCandidate: (row: ZeroShotRow) => boolean): ZeroShotRow {
  return table.filter(isCandidate).reduce((a, b) => (b.top1.mean > a.top1.mean ? b : a));
}

function compareOutcomes(
  { results, clusters }: PartOutcomes,
  what: string,
  first: string,
  second: string,
): Comparison {
  return { what, difference: comparePairedRates(results.get(first)!, results.get(second)!, { clusters }) };
}

/**
 * Compares each model's ensemble of templates with its best single template.
 * @param singles best single template of each model on the first part, which sets it.
 */
function compareTemplates(outcomes: PartOutcomes, singles: Map<string, string>): Comparison[] {
  const { names, table, isChosenElsewhere } = outcomes;
  return names.map((name) => {
    const here = findBestRow(table, (row) => row.model === name && row.prompt !== ensemble).prompt;
    if (!singles.has(name)) singles.set(name, here);
    const single = isChosenElsewhere ? singles.get(name)! : here;
    const source = isChosenElsewhere ? "chosen on the first part" : "chosen here";
    const what = `${name}: ensemble − "${single}", ${source}`;
    return compareOutcomes(outcomes, what, `${name}/${ensemble}`, `${name}/${single}`);
  });
}

/** Compares all CLIPs together with the best one. */
function compareModels(outcomes: PartOutcomes): Comparison {
  const isSingle = ({ model, prompt }: ZeroShotRow): boolean => model !== allModels && prompt === ensemble;
  const single = findBestRow(outcomes.table, isSingle).model;
  const what = `${allModels} − ${single}`;
  return compareOutcomes(outcomes, what, `${allModels}/${ensemble}`, `${single}/${ensemble}`);
}

/** Measures the calibration of ensembles of templates: of each CLIP in order, then of all together. */
function calibrateEnsembles(
  { clips }: ClipModels,
  ensembles: readonly Float32Array[],
  { labels, own, clusters }: { labels: number; own: readonly number[]; clusters: readonly number[] },
): CalibrationRow[] {
  const half = splitInHalves(clusters);
  return ensembles.map((scores, at): CalibrationRow => {
    const model = clips[at];
    const { list, scales } = crossFitConfidences(scores, labels, own, half);
    const learnt = model && {
      scale: model.scale,
      error: computeCalibrationError(computeConfidences(scores, labels, own, model.scale)),
    };
    return {
      model: model?.name ?? allModels,
      learnt,
      fitted: { scales, error: estimateCalibrationError(list, clusters) },
      bins: binConfidences(list),
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
