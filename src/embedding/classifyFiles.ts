import type { Encoder } from "./encoder.js";
import { type Skipped, encodeFiles } from "./files.js";
import type { ClipModel } from "./clipModels.js";
import { type ClassifyOptions, type TextClassifier, classify, findLargest } from "./zeroShot.js";

/** The labels of one picture file. */
export interface ClassifiedFile {
  /** Path as it was given. */
  readonly path: string;
  /** Whether the likeliest label is less probable than `abstain`. */
  readonly none: boolean;
  /** The likeliest labels first, each with its probability, 0 to 1 among all labels. */
  readonly labels: readonly { readonly label: string; readonly probability: number }[];
}

/**
 * Classifies picture files in their order. Yields one result for each readable file, and ends early when the signal is aborted.
 * @param clips the CLIPs, whose logit scales are used.
 * @param encoder encoder of the same CLIPs.
 * @param classifiers one for each CLIP, as computed by `embedLabels` from `labels`.
 * @param labels texts of the labels, in the order of the classifiers' rows.
 * @param paths paths of picture files.
 * @param options how probabilities are combined, as for `classify`.
 * @param options.top maximum number of labels for each picture.
 * @param options.abstain threshold in [0, 1]: below this probability of the best label, a picture counts as none of the labels.
 * @param options.onSkip called for each unreadable or too large file, which is skipped.
 * @param options.signal ends the classification before the next picture.
 * @returns a generator of results: labels with their probabilities in [0, 1].
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
    const best = findLargest(probabilities, top).map((at) => ({
      label: labels[at]!,
      probability: probabilities[at]!,
    }));
    yield { path, none: best[0]!.probability < abstain, labels: best };
  }
}
