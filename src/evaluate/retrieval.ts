import type { ClipModels, Encoder } from "../embedding/index.js";
import type { HostTensor } from "../tensor/index.js";
import { type EmbeddedSet, embedTemplate, averageRows, averageScores, pickRows } from "./embedded.js";
import { computeCosines, markHits, rankPositives } from "./ranking.js";
import { rate } from "./proportions.js";
import { type Estimate, bootstrap, medianOf, meanOf } from "./statistics.js";

/** Retrieval in one direction with one model. */
export interface RetrievalRow {
  readonly model: string;
  readonly direction: "text → picture" | "picture → text";
  readonly queries: number;
  readonly candidates: number;
  /** Recall at K: the share of queries with a positive in the top K. */
  readonly recall: Readonly<Record<"1" | "5" | "10", Estimate>>;
  /** Median rank of the best positive, from 1. */
  readonly medianRank: Estimate;
  /** Mean average precision. */
  readonly map: Estimate;
}

/** Results of one part. */
export interface RetrievalPart {
  readonly name: string;
  readonly pictures: number;
  readonly rows: readonly RetrievalRow[];
}

/**
 * Evaluates retrieval in every part of a set, both ways. A text's positives are all pictures of its label; a picture's is its
 * own label's text. Texts are ensembles of the templates. Intervals treat queries of one label as dependent.
 * Source: Radford et al. 2021, appendix D.2; Manning, Raghavan & Schütze 2008, §8.4.
 * @param models the CLIPs that embedded the set.
 * @param encoder the encoder that embedded the set. @param templates texts with `{}` for the label.
 * @param embedded the set and its rows, from `embedLabelled`.
 * @param options abort signal; none when absent.
 * @param options.signal ends the measurement with its reason.
 * @returns one entry for each part; rates in [0, 1] with 95 % intervals.
 * @throws the signal's reason.
 */
export async function evaluateRetrieval(
  models: ClipModels,
  encoder: Encoder,
  { set, pictures }: EmbeddedSet,
  templates: readonly string[],
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<RetrievalPart[]> {
  const byTemplate: HostTensor[][] = [];
  for (const template of templates) {
    signal?.throwIfAborted();
    byTemplate.push(await embedTemplate(models, encoder, template, set.labels));
  }
  const texts = models.clips.map((_, clip) => averageRows(byTemplate.map((each) => each[clip]!)));
  return set.parts.map(({ name, rows, labels }): RetrievalPart => {
    const column = new Map(labels.map((label, at) => [label, at]));
    const own = rows.map((row) => column.get(set.labelIndices[row]!)!);
    const scores = models.clips.map((_, clip) =>
      computeCosines(pickRows(pictures[clip]!, rows), pickRows(texts[clip]!, labels)),
    );
    const named = [
      ...models.clips.map((clip, at) => ({ model: clip.name, scores: scores[at]! })),
      ...(scores.length > 1 ? [{ model: "all CLIPs", scores: averageScores(scores, models.clips) }] : []),
    ];
    const shown = labels.map((): number[] => []);
    own.forEach((label, row) => shown[label]!.push(row));
    return {
      name,
      pictures: rows.length,
      rows: named.flatMap(({ model, scores: table }): RetrievalRow[] => [
        {
          model,
          direction: "text → picture",
          ...computeFigures(transposeMatrix(table, labels.length), rows.length, shown, (query) => query),
        },
        {
          model,
          direction: "picture → text",
          ...computeFigures(
            table,
            labels.length,
            own.map((label) => [label]),
            (query) => own[query]!,
          ),
        },
      ]),
    };
  });
}

function computeFigures(
  scores: Float32Array,
  candidates: number,
  positives: readonly (readonly number[])[],
  labelOf: (query: number) => number,
): Omit<RetrievalRow, "model" | "direction"> {
  const ranked = rankPositives(scores, candidates, positives).flatMap((result, query) =>
    result ? [{ ...result, label: labelOf(query) }] : [],
  );
  const ranks = ranked.map(({ first }) => first);
  const clusters = ranked.map(({ label }) => label);
  const recall = (k: number): Estimate => rate(markHits(ranks, k), { clusters });
  return {
    queries: ranked.length,
    candidates,
    recall: { 1: recall(1), 5: recall(5), 10: recall(10) },
    medianRank: bootstrap(ranks, { clusters, statistic: medianOf }),
    map: bootstrap(
      ranked.map(({ averagePrecision }) => averagePrecision),
      { clusters, statistic: meanOf },
    ),
  };
}

function transposeMatrix(values: Float32Array, columns: number): Float32Array {
  const rows = values.length / columns;
  const out = new Float32Array(values.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      out[column * rows + row] = values[row * columns + column]!;
  return out;
}
