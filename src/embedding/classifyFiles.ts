import type { Encoder } from "./encoder.js";
import { type Skipped, encodeFiles } from "./files.js";
import type { ClipModel } from "./clipModels.js";
import { type ClassifyOptions, type TextClassifier, classify, topOf } from "./zeroShot.js";

/** The labels of one picture file. */
export interface ClassifiedFile {
  readonly path: string;
  /** Whether the likeliest label is less probable than `abstain`. */
  readonly none: boolean;
  /** The likeliest labels first, each with its probability, 0 to 1 among all labels. */
  readonly labels: readonly { readonly label: string; readonly probability: number }[];
}

/**
 * Classifies picture files in their order.
 * @param classifiers one a CLIP, as `textClassifiers` makes them of `labels`.
 * @param options.top most labels of a picture.
 * @param options.abstain probability of the best label, 0 to 1, below which a picture is none of the labels.
 * @param options.onSkip called for every unreadable or huge file, which is left out.
 */
export async function* classifyFiles(
  clips: readonly ClipModel[],
  encoder: Encoder,
  classifiers: readonly TextClassifier[],
  labels: readonly string[],
  paths: readonly string[],
  options: ClassifyOptions & {
    readonly top: number;
    readonly abstain: number;
    readonly onSkip: (file: Skipped) => void;
    readonly signal?: AbortSignal;
  },
): AsyncGenerator<ClassifiedFile> {
  const { top, abstain, onSkip, signal, ...decision } = options;
  for await (const { path, rows } of encodeFiles(encoder, paths, { onSkip, signal })) {
    const probabilities = classify(clips, classifiers, rows, decision);
    const best = topOf(probabilities, top).map((at) => ({
      label: labels[at]!,
      probability: probabilities[at]!,
    }));
    yield { path, none: best[0]!.probability < abstain, labels: best };
  }
}
