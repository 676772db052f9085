import { embedImages, inputSide, resizeSquare } from "../clip/index.js";
import { type Program, type TensorSpec, compile } from "../engine/index.js";
import {
  type HostTensor,
  type TensorRecord,
  hostFloats,
  parametersFrom,
  underPrefix,
  withPrefix,
} from "../tensor/index.js";
import * as tf from "../tf.js";
import { type Embeddings, rowsOf } from "./encode.js";
import type { RunOptions, SteerModels } from "./models.js";
import { inRange, pictureOf, pictureWeights } from "./pictures.js";

/** A first latent with its picture. */
export interface Draft {
  /** `[1, …latentShape]`. */
  readonly latents: HostTensor;
  readonly picture: HostTensor;
}

/** What the word that a draft shows least counts beside the whole prompt: each should be seen, not the most striking alone. */
const wordShare = 0.5;

/** What the discriminator's opinion of a draft (cut at ±2) counts beside a cosine. */
const realismShare = 0.02;

/** What drafts are made and judged by. */
export interface DraftInputs {
  /** What the generator's `sample` made. */
  readonly draws: TensorRecord;
  /** Unit embeddings of the whole prompt by CLIP, `[1, features]`; the first guide's is the condition. */
  readonly wanted: Embeddings;
  /** Unit embeddings of the prompt's words, `[words, features]` a guide. */
  readonly words: Embeddings;
}

/** Makes drafts; programs are kept for the next ones. */
export interface Drafter {
  /** Begins to open what `draft` will run for such draws and so many words, while its embeddings are made. */
  prepare(draws: TensorRecord, words: number): void;
  /**
   * Feed-forward pictures for a condition, best first by the mean cosine under the guides to the prompt and to the word that is
   * seen least, and by the discriminator, if any.
   * @param meanwhile called when the drafts are under way.
   */
  draft(inputs: DraftInputs, meanwhile?: () => void): Promise<Draft[]>;
  dispose(): Promise<void>;
}

/** Numbers of words are rounded up to a multiple of this, so that prompts of most lengths share a program. */
const wordsTogether = 4;

/** Makes a drafter. */
export function createDrafter(models: SteerModels, options: RunOptions): Drafter {
  const { generator, guides } = models;
  const condition = `${guides[0]!.prefix}wanted`;
  const programs = new Map<string, Promise<Program>>();

  const compileDrafts = (inputs: Readonly<Record<string, TensorSpec>>): Promise<Program> =>
    compile(
      (tensors) => {
        const drawn = underPrefix("draw/", tensors);
        const told = tensors[condition]!;
        const others = guides.slice(1).map(({ prefix }) => tensors[`${prefix}wanted`]!);
        const latents = generator.map(parametersFrom(tensors, "generator/"), drawn, told, others);
        const pictures = pictureOf(models, tensors, latents);
        const cosines = guides.map(({ prefix, config }) => {
          const p = parametersFrom(tensors, prefix);
          const seen = embedImages(p, config, resizeSquare(pictures, inputSide(config.image)));
          const asked = tf.concat(
            [tensors[`${prefix}wanted`]!, tensors[`${prefix}words`]!],
            0,
          ) as tf.Tensor2D;
          return tf.matMul(seen, asked, false, true); // [drafts, 1 + words]
        });
        const mean = tf.div(tf.addN(cosines), cosines.length);
        const [whole, each] = tf.split(mean, [1, mean.shape[1]! - 1], 1) as [tf.Tensor, tf.Tensor];
        const guided = tf.add(tf.reshape(whole, [-1]), tf.mul(tf.min(each, 1), wordShare));
        const real = generator.realism?.(
          parametersFrom(tensors, "generator/"),
          inRange(models, pictures),
          told,
        );
        const scores = real ? tf.add(guided, tf.mul(tf.clipByValue(real, -2, 2), realismShare)) : guided;
        return { latents, pictures, scores };
      },
      inputs,
      {
        weights: pictureWeights(models, guides),
        name: "draft",
        recipe: models.architecture,
        ...options,
      },
    );

  /** Words of a program for so many. */
  const room = (words: number): number => Math.ceil(words / wordsTogether) * wordsTogether;

  const open = (draws: TensorRecord, words: number): Promise<Program> => {
    const specs: Record<string, TensorSpec> = withPrefix("draw/", draws);
    for (const { prefix, config } of guides) {
      const { features } = config.text;
      specs[`${prefix}wanted`] = { shape: [1, features], dtype: "float32" };
      specs[`${prefix}words`] = { shape: [room(words), features], dtype: "float32" };
    }
    const key = Object.entries(specs)
      .map(([name, { shape }]) => `${name}[${shape}]`)
      .join();
    let program = programs.get(key);
    if (!program) programs.set(key, (program = compileDrafts(specs)));
    return program;
  };

  return {
    prepare: (draws, words) => void open(draws, words).catch(() => undefined), // met again by `draft`
    async draft({ draws, wanted, words }, meanwhile) {
      const count = words[guides[0]!.prefix]!.shape[0]!;
      // The least of a list does not change when its last entry is said again.
      const rows = Array.from({ length: room(count) }, (_, at) => Math.min(at, count - 1));
      const padded = rowsOf(words, rows);
      const inputs: TensorRecord = withPrefix("draw/", draws);
      for (const { prefix } of guides) {
        inputs[`${prefix}wanted`] = wanted[prefix]!;
        inputs[`${prefix}words`] = padded[prefix]!;
      }
      const made = (await open(draws, count)).run(inputs);
      meanwhile?.();
      return ranked(await made);
    },
    async dispose() {
      await Promise.all([...programs.values()].map(async (program) => (await program).dispose()));
      programs.clear();
    },
  };
}

/** Drafts in the order of their scores. */
function ranked(results: TensorRecord): Draft[] {
  const scores = results.scores!.data;
  const count = scores.length;
  const order = Array.from({ length: count }, (_, index) => index).sort(
    (a, b) => scores[b]! - scores[a]! || a - b,
  );
  const row = ({ data, shape }: HostTensor, index: number): HostTensor => {
    const size = data.length / count;
    return hostFloats((data as Float32Array).slice(index * size, (index + 1) * size), [1, ...shape.slice(1)]);
  };
  return order.map((index) => ({
    latents: row(results.latents!, index),
    picture: row(results.pictures!, index),
  }));
}
