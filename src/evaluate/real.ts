import type { EmojiData } from "../data/index.js";
import type { RunOptions, SteerModels } from "../guidance/index.js";
import type { Picture } from "../images/index.js";
import type { HostTensor } from "../tensor/index.js";
import {
  type HeldOut,
  embedHeldOut,
  openClipEmbedder,
  computeOwnCosines,
  computeScorePercentiles,
} from "./clipScores.js";
import { pickRows } from "./embedded.js";
import { estimateKernelDistance } from "./kernelDistance.js";
import { createEmojiSet } from "./labelled.js";
import { rate } from "./proportions.js";
import { markNearestPrompts } from "./rPrecision.js";
import { type Estimate, bootstrap, estimatePairedDifference } from "./statistics.js";

/** Generated pictures compared with real ones of the same prompts. */
export interface RealComparison {
  /** Number of prompts that are an emoji's label; only these are compared. */
  readonly prompts: number;
  /** R-precision at 1 of all real pictures of these prompts, among all prompts: the ceiling. Prompts are clusters. */
  readonly ceiling: Estimate;
  /** The same among the prompts and all distractors; absent without distractors. */
  readonly ceilingAmongAll?: Estimate;
  /** The same of pictures that no model was trained on; absent where there are none. */
  readonly ceilingKeptBack?: Estimate;
  /** Comparison with drawings that no model was trained on; absent with fewer than `minReferenceRows` or three prompts. */
  readonly heldOut?: HeldOutComparison;
}

/** Generated pictures compared with held-out drawings. */
export interface HeldOutComparison {
  /** Drawings that the CLIPs were not trained on: the reference of the percentiles. */
  readonly drawings: number;
  /** Kernel distance of judge embeddings to drawings of a style that no model is trained on; absent with too few of them. */
  readonly distance?: {
    readonly drawings: number;
    readonly generated: Estimate;
    /** Distance of the training drawings of the same prompts: the value of a generator that copies them. */
    readonly training?: Estimate;
  };
  /** Scores as percentiles of the held-out drawings' scores. */
  readonly percentile: {
    readonly judge: Estimate;
    readonly guides: Estimate;
    /** Guides minus judge: above 0 where pictures score high under the guides alone. */
    readonly gap: Estimate;
  };
}

/**
 * Compares generated pictures with the real emoji that have their prompts as labels, under the judge.
 * @param pictures one for each prompt.
 * @param options `distractors`: as of `evaluateSteering`.
 * @returns undefined when fewer than two prompts are labels.
 */
export async function compareWithReal(
  models: SteerModels,
  prompts: readonly string[],
  pictures: readonly Picture[],
  data: EmojiData,
  options: RunOptions & { distractors?: readonly string[] },
): Promise<RealComparison | undefined> {
  const promptOf = new Map(prompts.map((prompt, at) => [prompt.toLowerCase(), at]));
  const rows = data.items.flatMap(({ label }, row) => (promptOf.has(label) ? [row] : []));
  const own = rows.map((row) => promptOf.get(data.items[row]!.label)!);
  const matched = [...new Set(own)];
  if (matched.length < 2) return undefined;
  const texts = [...prompts, ...(options.distractors ?? [])];
  const embedder = openClipEmbedder(models, options);
  try {
    const textRows = await embedder.embedTexts(texts);
    const { readPicture: picture } = createEmojiSet(data);
    const [real] = await embedder.embedPictures(
      await Promise.all(rows.map((row) => picture(row, embedder.open))),
    );
    const generated = await embedder.embedPictures(pictures);
    const reference = await embedHeldOut(embedder, data);
    const [{ data: judgeTexts, shape }] = textRows as [HostTensor];
    const features = shape[1]!;
    const hitsAmong = (count: number): number[] => {
      const among = (judgeTexts as Float32Array).subarray(0, count * features);
      return markNearestPrompts(real!.data as Float32Array, among, features, own);
    };
    const estimate = (hits: readonly number[], chosen: readonly number[]): Estimate =>
      rate(
        chosen.map((at) => hits[at]!),
        { clusters: chosen.map((at) => own[at]!) },
      );
    const hits = hitsAmong(prompts.length);
    const every = rows.map((_, at) => at);
    const splitRows = (test: (split: string) => boolean): number[] =>
      every.filter((at) => test(data.items[rows[at]!]!.split));
    const keptBack = splitRows((split) => split.startsWith("test_"));
    const trained = splitRows((split) => split === "train");
    return {
      prompts: matched.length,
      ceiling: estimate(hits, every),
      ceilingAmongAll: options.distractors?.length ? estimate(hitsAmong(texts.length), every) : undefined,
      ceilingKeptBack: keptBack.length > 0 ? estimate(hits, keptBack) : undefined,
      heldOut:
        reference && prompts.length > 2
          ? compareWithHeldOut(generated, textRows, reference, {
              embeddings: pickRows(real!, trained),
              prompts: trained.map((at) => own[at]!),
            })
          : undefined,
    };
  } finally {
    await embedder.dispose();
  }
}

function compareWithHeldOut(
  generated: readonly HostTensor[],
  texts: readonly HostTensor[],
  reference: HeldOut,
  training: { readonly embeddings: HostTensor; readonly prompts: readonly number[] },
): HeldOutComparison {
  const count = generated[0]!.shape[0]!;
  const own = Array.from({ length: count }, (_, at) => at);
  const { judge, guides } = computeScorePercentiles(
    generated.map((matrix, clip) => computeOwnCosines(matrix, texts[clip]!, own)),
    reference,
  );
  const { style } = reference;
  return {
    drawings: reference.cosines[0]!.length,
    distance: style && measureDistances(generated[0]!, style, training),
    percentile: {
      judge: bootstrap(judge),
      guides: bootstrap(guides),
      gap: estimatePairedDifference(guides, judge),
    },
  };
}

/**
 * Measures the distances of the generated and the training pictures to the drawings of one style; prompts and labels are
 * clusters.
 */
function measureDistances(
  generated: HostTensor,
  { embeddings, labels }: NonNullable<HeldOut["style"]>,
  training: { readonly embeddings: HostTensor; readonly prompts: readonly number[] },
): HeldOutComparison["distance"] {
  const clusters = { first: training.prompts, second: labels };
  return {
    drawings: labels.length,
    generated: estimateKernelDistance(generated, embeddings, { second: labels }),
    training:
      new Set(training.prompts).size > 2 // the distance needs three clusters
        ? estimateKernelDistance(training.embeddings, embeddings, clusters)
        : undefined,
  };
}
