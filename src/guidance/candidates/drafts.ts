import { embedImages, inputSideOf, resizeSquare } from "../../clip/index.js";
import { type Program, type TensorSpec, compile, disposeOpened } from "../../engine/index.js";
import {
  type HostTensor,
  type TensorRecord,
  parametersFrom,
  sliceRows,
  selectPrefix,
  withPrefix,
} from "../../tensor/index.js";
import * as tf from "../../tf.js";
import type { PassCounter } from "../ascent/passes.js";
import { type RunOptions, type SteerModels, weightsOf } from "../steerModels.js";
import { type Embeddings, rowsOf } from "../programs/embedTerms.js";
import { toGeneratorRange, synthesizePicture, pictureWeightsOf } from "../programs/pictures.js";

/** First latents for a prompt, with their picture. */
export interface Draft {
  /** `[1, …latentShape]`. */
  readonly latents: HostTensor;
  /** `[1, side, side, 3]` in [0, 1]. */
  readonly picture: HostTensor;
  /** Score, higher is better; absent for drafts of scenes, which are ranked by other scores. */
  readonly score?: number;
  /** Index of the concept whose drawing it started from, where the prompt determined it. */
  readonly concept?: number | undefined;
  /** Parts of the scene from bottom to top; absent for pictures of one layer. */
  readonly layerOrder?: readonly number[] | undefined;
}

/** A draft with its score. */
export interface ScoredDraft extends Draft {
  readonly score: number;
}

/** Weight of the least-matched word's cosine, relative to the whole prompt's. It favours drafts that match every word. */
const wordShare = 0.5;

/** Weight of the discriminator's output, clipped to ±2, relative to a cosine. */
const realismShare = 0.02;

/** Weight of the clarity of regions, in [0, 1], relative to a cosine. */
const clarityShare = 1;

/** Inputs for making and scoring drafts. */
export interface DraftInputs {
  /** Random numbers from the generator's `sample`, for `count` drafts. */
  readonly draws: TensorRecord;
  readonly count: number;
  /** Unit embeddings of the whole prompt by CLIP, `[1, features]`; the first guide's conditions the generator. */
  readonly positives: Embeddings;
  /** Unit embeddings of the prompt's words by guide, `[words, features]`. */
  readonly words: Embeddings;
}

/** How far the drafts of a run are. Stages follow each other; `done` starts again in each. */
export interface DraftProgress {
  /** `drafts` of one picture are scored; `things` of a scene are drawn, in each style; its `layouts` are scored, in rounds. */
  readonly stage: "drafts" | "things" | "layouts";
  /** Number of drafts, things or rounds that are done, from 1 to `total`. */
  readonly done: number;
  readonly total: number;
}

/** Callbacks and abort signal of a draft run. */
export interface DraftOptions {
  /** Called after the first batch has started. */
  readonly onFirstBatchStarted?: (() => void) | undefined;
  /** Called after each batch. */
  readonly onProgress?: ((progress: DraftProgress) => void) | undefined;
  readonly passes?: PassCounter | undefined;
  /** Checked before each batch. */
  readonly signal?: AbortSignal | undefined;
}

/** Makes drafts. Its programs are compiled once. */
export interface Drafter {
  /** Starts to open the programs of `draft` for the shapes of `draws` and a number of words, while embeddings are computed. */
  prepare(inputs: Pick<DraftInputs, "draws" | "count">, words: number): void;
  /**
   * Makes feed-forward pictures for a condition, best first. The score combines the guides' mean cosines to the prompt and to the
   * least-matched word, the discriminator's output if there is one, and the clarity of regions if there are any.
   */
  draft(inputs: DraftInputs, options?: DraftOptions): Promise<ScoredDraft[]>;
  dispose(): Promise<void>;
}

type Specs = Readonly<Record<string, TensorSpec>>;

/** The program from draws to latents, and the program that scores a batch of latents. */
interface Programs {
  readonly latents: Promise<Program>;
  readonly scores: Promise<Program>;
}

/** Returns the largest batch for scoring: 16 drafts of 64². Larger batches need more memory without being faster. */
function limitBatch(resolution: number): number {
  return Math.max(1, Math.floor((16 * 64) / resolution));
}

/** Chooses the batch size for scoring `count` drafts. Batches are as equal as possible. */
function chooseBatchSize(count: number, resolution: number): number {
  return Math.ceil(count / Math.ceil(count / limitBatch(resolution)));
}

/**
 * Counts the picture encodings that scoring `count` drafts takes, under all guides. Batches have one size, so the last one repeats
 * earlier drafts, which count too.
 * @param guides number of guides; @param resolution side of the pictures, in pixels.
 */
export function countDraftPasses(
  count: number,
  { guides, resolution }: { guides: number; resolution: number },
): number {
  if (count === 0) return 0;
  const batch = chooseBatchSize(count, resolution);
  return Math.ceil(count / batch) * batch * guides;
}

/** The number of words is rounded up to a multiple of this, so that prompts of similar lengths share a program. */
const wordSlots = 4;

/** Rounds a number of words up to the number of word slots of a program. */
const roundUpToSlots = (words: number): number => Math.ceil(words / wordSlots) * wordSlots;

/** Makes a drafter. */
export function createDrafter(models: SteerModels, options: RunOptions): Drafter {
  const { generator, guides } = models;
  const condition = `${guides[0]!.prefix}wanted`;
  const programs = new Map<string, Promise<Program>>();
  const openOnce = (inputs: Specs, open: (inputs: Specs) => Promise<Program>): Promise<Program> => {
    const key = Object.entries(inputs)
      .map(([name, { shape }]) => `${name}[${shape}]`)
      .join();
    let program = programs.get(key);
    if (!program) programs.set(key, (program = open(inputs)));
    return program;
  };

  /** Computes the latents of all drafts in one batch, since a draft may depend on the number of drafts. */
  const compileLatents = (inputs: Specs): Promise<Program> =>
    compile(
      (tensors) => {
        const others = guides.slice(1).map(({ prefix }) => tensors[`${prefix}wanted`]!);
        const draws = selectPrefix("draw/", tensors);
        return {
          latents: generator.map(parametersFrom(tensors, "generator/"), draws, tensors[condition]!, others),
        };
      },
      inputs,
      {
        weights: weightsOf(models, "generator/"),
        name: "draft",
        // As for a program with the whole bank, whose weights are mapped: both round alike.
        packed: inputs["draw/codes"] ? false : undefined,
        arena: false,
        recipe: models.architecture,
        ...options,
      },
    );

  /** Computes the pictures of a batch of latents, and their scores. */
  const compileScores = (inputs: Specs): Promise<Program> =>
    compile(
      (tensors) => {
        const pictures = synthesizePicture(models, tensors, tensors.latents!);
        const cosines = guides.map(({ prefix, config }) => {
          const parameters = parametersFrom(tensors, prefix);
          const embedded = embedImages(parameters, config, resizeSquare(pictures, inputSideOf(config.image)));
          const texts = tf.concat(
            [tensors[`${prefix}wanted`]!, tensors[`${prefix}words`]!],
            0,
          ) as tf.Tensor2D;
          return tf.matMul(embedded, texts, false, true); // [drafts, 1 + words]
        });
        const mean = tf.div(tf.addN(cosines), cosines.length);
        const [promptCosines, wordCosines] = tf.split(mean, [1, mean.shape[1]! - 1], 1) as [
          tf.Tensor,
          tf.Tensor,
        ];
        const guideScores = tf.add(
          tf.reshape(promptCosines, [-1]),
          tf.mul(tf.min(wordCosines, 1), wordShare),
        );
        const realism = generator.realism?.(
          parametersFrom(tensors, "generator/"),
          toGeneratorRange(models, pictures),
          tensors[condition]!,
        );
        const clarity = generator.clarity?.(parametersFrom(tensors, "generator/"), tensors.latents!);
        const bonuses = [
          realism && tf.mul(tf.clipByValue(realism, -2, 2), realismShare),
          clarity && tf.mul(clarity, clarityShare),
        ].filter((bonus) => bonus !== undefined);
        return { pictures, scores: tf.addN([guideScores, ...bonuses]) };
      },
      inputs,
      {
        weights: pictureWeightsOf(models, guides),
        name: "score drafts",
        arena: false,
        recipe: models.architecture,
        ...options,
      },
    );

  const open = ({ draws, count }: Pick<DraftInputs, "draws" | "count">, words: number): Programs => {
    const conditionSpecs: Record<string, TensorSpec> = {};
    const wordSpecs: Record<string, TensorSpec> = {};
    for (const { prefix, config } of guides) {
      conditionSpecs[`${prefix}wanted`] = { shape: [1, config.text.features], dtype: "float32" };
      wordSpecs[`${prefix}words`] = {
        shape: [roundUpToSlots(words), config.text.features],
        dtype: "float32",
      };
    }
    const batch: TensorSpec = {
      shape: [chooseBatchSize(count, generator.resolution), ...generator.latentShape],
      dtype: "float32",
    };
    return {
      latents: openOnce({ ...withPrefix("draw/", draws), ...conditionSpecs }, compileLatents),
      scores: openOnce({ latents: batch, ...conditionSpecs, ...wordSpecs }, compileScores),
    };
  };

  return {
    prepare(inputs, words) {
      // The error is rethrown when `draft` awaits the program.
      for (const program of Object.values(open(inputs, words))) program.catch(() => undefined);
    },
    async draft(
      { draws, count, positives, words },
      { onFirstBatchStarted, onProgress, passes, signal } = {},
    ) {
      const wordCount = words[guides[0]!.prefix]!.shape[0]!;
      // Padding with the last word does not change the minimum.
      const rows = Array.from({ length: roundUpToSlots(wordCount) }, (_, at) => Math.min(at, wordCount - 1));
      const paddedWords = rowsOf(words, rows);
      const conditionEmbeddings: TensorRecord = {};
      const wordEmbeddings: TensorRecord = {};
      for (const { prefix } of guides) {
        conditionEmbeddings[`${prefix}wanted`] = positives[prefix]!;
        wordEmbeddings[`${prefix}words`] = paddedWords[prefix]!;
      }
      const { latents: mapping, scores: scoring } = open({ draws, count }, wordCount);
      const { latents } = await (
        await mapping
      ).run({ ...withPrefix("draw/", draws), ...conditionEmbeddings });
      const scores = await scoring;
      const size = chooseBatchSize(count, generator.resolution);
      const conceptOf = (row: number): number | undefined => {
        const concept = draws.concept?.data[row] ?? -1;
        return concept < 0 ? undefined : concept;
      };
      const drafts: ScoredDraft[] = [];
      for (let at = 0; at < count; at += size) {
        signal?.throwIfAborted();
        // A program has a fixed batch size, so the last batch also contains drafts of the previous one.
        const from = Math.min(at, count - size);
        const batch = sliceRows(latents!, from, from + size);
        const running = scores.run({ latents: batch, ...conditionEmbeddings, ...wordEmbeddings });
        if (at === 0) onFirstBatchStarted?.();
        const { pictures, scores: values } = await running;
        passes?.add(size * guides.length);
        for (let row = at - from; row < size; row++)
          drafts.push({
            latents: sliceRows(batch, row, row + 1),
            picture: sliceRows(pictures!, row, row + 1),
            score: values!.data[row]!,
            concept: conceptOf(from + row),
          });
        onProgress?.({ stage: "drafts", done: drafts.length, total: count });
      }
      return drafts.sort((a, b) => b.score - a.score);
    },
    async dispose() {
      await disposeOpened(programs.values());
      programs.clear();
    },
  };
}
