import type { ClipModels, Encoder } from "../embedding/index.js";
import type { HostTensor } from "../tensor/index.js";
import { type EmbeddedSet, embedTemplate, pickRows } from "./embedded.js";
import type { LabelledSet, Part } from "./labelled.js";
import { ConfigError } from "../errors.js";
import { findBestColumns, computeCosines } from "./ranking.js";
import { comparePairedRates, rate } from "./proportions.js";
import { type Estimate, meanOf } from "./statistics.js";
import { splitInHalves } from "./zeroShot.js";

/** Accuracy of one choice of templates on the pictures that it was not chosen on. */
export interface TunedRow {
  readonly name: string;
  readonly accuracy: Estimate;
  /** Accuracy minus that of the present templates on the same pictures; absent for these themselves. */
  readonly gain?: Estimate;
}

/** Result of tuning. */
export interface TunedPrompts {
  /** Chosen by forward selection, in the order of choice. */
  readonly templates: readonly string[];
  /** Mean log-likelihood of the right labels after each choice. */
  readonly steps: readonly { readonly template: string; readonly logLikelihood: number }[];
  /** Label-free weight of every candidate; they sum to 1. */
  readonly weights: readonly { readonly template: string; readonly weight: number }[];
  /** Share of synonyms in a class, the best of a few; absent where no label has synonyms. */
  readonly synonyms?: { readonly share: number; readonly labels: number };
  /** All choices on the held-out pictures. */
  readonly heldOut: readonly TunedRow[];
  readonly chosenOn: number;
}

/** Rows of a set of texts under one CLIP for each template. */
type ByTemplate = readonly HostTensor[];

interface Half {
  readonly pictures: readonly HostTensor[];
  readonly own: readonly number[];
}

/**
 * Selects the part of a set on which prompts are tuned.
 * @param set set of `openLabelledSet`.
 * @param name name of the part; the first part when absent.
 * @returns the part.
 * @throws {ConfigError} for an unknown part, or a part with fewer than four labels.
 */
export function selectTuningPart({ parts, labelIndices: own }: LabelledSet, name: string | undefined): Part {
  const part = name === undefined ? parts[0]! : parts.find((each) => each.name === name);
  if (!part)
    throw new ConfigError(`tuning: no part "${name}"; known: ${parts.map((each) => each.name).join("; ")}`);
  if (new Set(part.rows.map((row) => own[row])).size < 4)
    throw new ConfigError(`tuning: "${part.name}" has fewer than four labels; two halves need more`);
  return part;
}

const synonymShares = [0, 0.1, 0.25, 0.5];

/**
 * Tunes prompts on one half of a part's labels and measures the result on the other half, in three ways: forward selection, which adds the
 * template that increases the likelihood of the correct labels most, until none increases it; label-free weights `w = softmax(s)`, where `s`
 * is the mean over pictures of the largest logit after each label's logits are centred over the pictures; and a share of the labels'
 * synonyms.
 * Source: Allingham et al. 2023, "A Simple Zero-shot Prompt Weighting Technique", arXiv 2302.06235, §3. Differs: the logits are centred on
 * these pictures only, since a CLIP's training pictures are not available.
 * @param models the CLIPs that embedded the set.
 * @param encoder encoder of the same CLIPs.
 * @param embedded the set and its rows, from `embedLabelled`.
 * @param part part with at least four labels, as `selectTuningPart` returns it.
 * @param options templates to choose from and to compare with, and the abort signal.
 * @returns the chosen templates, weights of all candidates, and accuracies in [0, 1] on the other half.
 * @throws the signal's reason.
 */
export async function tunePrompts(
  models: ClipModels,
  encoder: Encoder,
  { set, pictures }: EmbeddedSet,
  part: Part,
  options: {
    /** Templates to choose from. */
    readonly candidates: readonly string[];
    /** Templates in use now, for comparison. */
    readonly present: readonly string[];
    /** Maximum number of templates to choose. */
    readonly maxTemplates: number;
    /** Ends the tuning with its reason. */
    readonly signal?: AbortSignal;
  },
): Promise<TunedPrompts> {
  const { present, maxTemplates, signal } = options;
  const candidates = [...new Set(options.candidates)];
  const column = new Map(part.labels.map((label, at) => [label, at]));
  const clusters = part.rows.map((row) => set.labelIndices[row]!);
  const first = splitInHalves(clusters);
  const pick = (inHalf: boolean): Half & { clusters: number[] } => {
    const rows = part.rows.filter((_, at) => first[at] === inHalf);
    return {
      pictures: pictures.map((matrix) => pickRows(matrix, rows)),
      own: rows.map((row) => column.get(set.labelIndices[row]!)!),
      clusters: rows.map((row) => set.labelIndices[row]!),
    };
  };
  const [chosenOn, heldOut] = [pick(true), pick(false)];
  const labels = part.labels.map((label) => set.labels[label]!);
  const embed = async (templates: readonly string[], texts: readonly string[]): Promise<ByTemplate[]> => {
    const byTemplate: HostTensor[][] = [];
    for (const template of templates) {
      signal?.throwIfAborted();
      byTemplate.push(await embedTemplate(models, encoder, template, texts));
    }
    return models.clips.map((_, clip) => byTemplate.map((each) => each[clip]!));
  };
  const texts = await embed(candidates, labels);
  const logits = (half: Half, classes: readonly HostTensor[]): Float32Array => {
    const parts = classes.map((rows, clip) => computeCosines(half.pictures[clip]!, rows));
    return parts[0]!.map((_, at) =>
      parts.reduce((sum, values, clip) => sum + (values[at]! * models.clips[clip]!.scale) / parts.length, 0),
    );
  };
  const likelihood = (classes: readonly HostTensor[]): number =>
    averageLogLikelihood(logits(chosenOn, classes), labels.length, chosenOn.own);
  const ensembleOf = (list: readonly number[]): HostTensor[] =>
    texts.map((byTemplate) => weighRows(list.map((at) => ({ rows: byTemplate[at]!, weight: 1 }))));
  const likelihoodOf = (list: readonly number[]): number => {
    signal?.throwIfAborted();
    return likelihood(ensembleOf(list));
  };
  const { chosen, likelihoods } = selectForward(candidates.length, maxTemplates, likelihoodOf);
  const tuned = ensembleOf(chosen);
  const weights = weighWithoutLabels(
    candidates.map((_, at) =>
      logits(
        chosenOn,
        texts.map((byTemplate) => byTemplate[at]!),
      ),
    ),
    labels.length,
  );
  const presentRows = (await embed(present, labels)).map((byTemplate) =>
    weighRows(byTemplate.map((rows) => ({ rows, weight: 1 }))),
  );
  const hits = (classes: readonly HostTensor[]): number[] =>
    findBestColumns(logits(heldOut, classes), labels.length).map((label, row) =>
      label === heldOut.own[row] ? 1 : 0,
    );
  const baseline = hits(presentRows);
  const row = (name: string, classes: readonly HostTensor[]): TunedRow => {
    const right = hits(classes);
    return {
      name,
      accuracy: rate(right, { clusters: heldOut.clusters }),
      gain: comparePairedRates(right, baseline, { clusters: heldOut.clusters }),
    };
  };
  const results: TunedRow[] = [
    { name: "present templates", accuracy: rate(baseline, { clusters: heldOut.clusters }) },
    row("best single template", ensembleOf(chosen.slice(0, 1))),
    row("forward selection", tuned),
    row("all candidates, equal", ensembleOf([...candidates.keys()])),
    row(
      "all candidates, label-free weights",
      texts.map((byTemplate) => weighRows(byTemplate.map((rows, at) => ({ rows, weight: weights[at]! })))),
    ),
  ];
  const shared = await mixSynonyms(
    tuned,
    labels.map((label) => set.synonyms?.[label] ?? []),
    (words) =>
      embed(
        chosen.map((at) => candidates[at]!),
        words,
      ),
  );
  let synonyms: TunedPrompts["synonyms"];
  if (shared) {
    const share = synonymShares.reduce((a, b) =>
      likelihood(shared.at(b)) > likelihood(shared.at(a)) ? b : a,
    );
    synonyms = { share, labels: shared.labels };
    results.push(row(`forward selection, ${share} of synonyms`, shared.at(share)));
  }
  return {
    templates: chosen.map((at) => candidates[at]!),
    steps: chosen.map((at, step) => ({ template: candidates[at]!, logLikelihood: likelihoods[step]! })),
    weights: candidates.map((template, at) => ({ template, weight: weights[at]! })),
    synonyms,
    heldOut: results,
    chosenOn: chosenOn.own.length,
  };
}

/** Adds the candidate that increases a likelihood most, until none does. @returns indices in the order of choice, each with the likelihood then. */
function selectForward(
  candidates: number,
  limit: number,
  likelihoodOf: (list: readonly number[]) => number,
): { chosen: number[]; likelihoods: number[] } {
  const [chosen, likelihoods]: [number[], number[]] = [[], []];
  while (chosen.length < Math.min(limit, candidates)) {
    let best: { at: number; value: number } | undefined;
    for (let at = 0; at < candidates; at++) {
      if (chosen.includes(at)) continue;
      const value = likelihoodOf([...chosen, at]);
      if (!best || value > best.value) best = { at, value };
    }
    if (!best || best.value <= (likelihoods.at(-1) ?? -Infinity)) break;
    chosen.push(best.at);
    likelihoods.push(best.value);
  }
  return { chosen, likelihoods };
}

/** Weighs the unit rows of a weighted sum of matrices. */
function weighRows(list: readonly { readonly rows: HostTensor; readonly weight: number }[]): HostTensor {
  const [count, features] = list[0]!.rows.shape as [number, number];
  const data = new Float32Array(count * features);
  for (const { rows, weight } of list) rows.data.forEach((value, at) => (data[at]! += weight * value));
  for (let row = 0; row < count; row++) {
    const values = data.subarray(row * features, (row + 1) * features);
    const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0)) || 1;
    values.forEach((value, at) => (values[at] = value / length));
  }
  return { shape: [count, features], dtype: "float32", data };
}

function averageLogLikelihood(logits: Float32Array, labels: number, ownLabels: readonly number[]): number {
  return meanOf(
    ownLabels.map((label, row) => {
      const values = logits.subarray(row * labels, (row + 1) * labels);
      const top = values.reduce((a, b) => Math.max(a, b), -Infinity);
      return values[label]! - top - Math.log(values.reduce((sum, value) => sum + Math.exp(value - top), 0));
    }),
  );
}

/**
 * Weighs the weights of templates without labels; see `tunePrompts`.
 * @param logits of each template, `[pictures, labels]`.
 */
export function weighWithoutLabels(logits: readonly Float32Array[], labels: number): number[] {
  const scores = logits.map((values) => {
    const rows = values.length / labels;
    const means = new Float64Array(labels);
    values.forEach((value, at) => (means[at % labels]! += value / rows));
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      let best = -Infinity;
      for (let label = 0; label < labels; label++)
        best = Math.max(best, values[row * labels + label]! - means[label]!);
      sum += best / rows;
    }
    return sum;
  });
  const top = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - top));
  const total = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / total);
}

/** Mixes a share of the mean of their synonyms into classes; undefined where there are none. */
async function mixSynonyms(
  classes: readonly HostTensor[],
  synonyms: readonly (readonly string[])[],
  embed: (words: readonly string[]) => Promise<ByTemplate[]>,
): Promise<{ labels: number; at: (share: number) => HostTensor[] } | undefined> {
  const words = [...new Set(synonyms.flat())];
  if (words.length === 0) return undefined;
  const place = new Map(words.map((word, at) => [word, at]));
  const means = (await embed(words)).map((byTemplate, clip) => {
    const rows = weighRows(byTemplate.map((each) => ({ rows: each, weight: 1 })));
    const [count, features] = classes[clip]!.shape as [number, number];
    const data = new Float32Array(count * features);
    synonyms.forEach((list, label) => {
      // A label without synonyms is its own synonym.
      const own =
        list.length === 0
          ? pickRows(classes[clip]!, [label])
          : pickRows(
              rows,
              list.map((word) => place.get(word)!),
            );
      own.data.forEach((value, at) => (data[label * features + (at % features)]! += value));
    });
    return weighRows([{ rows: { shape: [count, features], dtype: "float32", data }, weight: 1 }]);
  });
  return {
    labels: synonyms.filter((list) => list.length > 0).length,
    at: (share) =>
      classes.map((rows, clip) =>
        weighRows([
          { rows, weight: 1 - share },
          { rows: means[clip]!, weight: share },
        ]),
      ),
  };
}
