import { embedImages, inputSide, resizeSquare } from "../../clip/index.js";
import { type Program, type TensorSpec, compile } from "../../engine/index.js";
import {
  type HostTensor,
  type TensorRecord,
  parametersFrom,
  sliceRows,
  underPrefix,
  withPrefix,
} from "../../tensor/index.js";
import * as tf from "../../tf.js";
import { type Embeddings, rowsOf } from "../programs/embedTerms.js";
import { type RunOptions, type SteerModels, weightsOf } from "../models.js";
import { inRange, pictureOf, pictureWeights } from "../programs/pictures.js";

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
  /** What the generator's `sample` made, for how many drafts. */
  readonly draws: TensorRecord;
  readonly count: number;
  /** Unit embeddings of the whole prompt by CLIP, `[1, features]`; the first guide's is the condition. */
  readonly wanted: Embeddings;
  /** Unit embeddings of the prompt's words, `[words, features]` a guide. */
  readonly words: Embeddings;
}

/** Makes drafts; programs are kept for the next ones. */
export interface Drafter {
  /** Begins to open what `draft` will run for such draws and so many words, while its embeddings are made. */
  prepare(drawn: Pick<DraftInputs, "draws" | "count">, words: number): void;
  /**
   * Feed-forward pictures for a condition, best first by the mean cosine under the guides to the prompt and to the word that is
   * seen least, and by the discriminator, if any.
   * @param meanwhile called when the drafts are under way.
   */
  draft(inputs: DraftInputs, meanwhile?: () => void): Promise<Draft[]>;
  dispose(): Promise<void>;
}

type Specs = Readonly<Record<string, TensorSpec>>;

/** What makes drafts, and what scores some of them. */
interface Programs {
  readonly latents: Promise<Program>;
  readonly scores: Promise<Program>;
}

/** How many drafts are scored together, sixteen of 64²: more would not be faster, only take more memory. */
function draftsTogether({ generator }: SteerModels): number {
  return Math.max(1, Math.floor((16 * 64) / generator.resolution));
}

/** Numbers of words are rounded up to a multiple of this, so that prompts of most lengths share a program. */
const wordsTogether = 4;

/** Makes a drafter. */
export function createDrafter(models: SteerModels, options: RunOptions): Drafter {
  const { generator, guides } = models;
  const condition = `${guides[0]!.prefix}wanted`;
  const programs = new Map<string, Promise<Program>>();
  const kept = (inputs: Specs, make: (inputs: Specs) => Promise<Program>): Promise<Program> => {
    const key = Object.entries(inputs)
      .map(([name, { shape }]) => `${name}[${shape}]`)
      .join();
    let program = programs.get(key);
    if (!program) programs.set(key, (program = make(inputs)));
    return program;
  };
  /** How many of so many drafts are scored together: about as many each time. */
  const size = (count: number): number => Math.ceil(count / Math.ceil(count / draftsTogether(models)));

  /** Latents of all drafts at once: what one of them is may depend on how many there are. */
  const compileLatents = (inputs: Specs): Promise<Program> =>
    compile(
      (tensors) => {
        const others = guides.slice(1).map(({ prefix }) => tensors[`${prefix}wanted`]!);
        const drawn = underPrefix("draw/", tensors);
        return {
          latents: generator.map(parametersFrom(tensors, "generator/"), drawn, tensors[condition]!, others),
        };
      },
      inputs,
      {
        weights: weightsOf(models, "generator/"),
        name: "draft",
        recipe: models.architecture,
        ...options,
      },
    );

  /** Pictures of some latents, and how good they are. */
  const compileScores = (inputs: Specs): Promise<Program> =>
    compile(
      (tensors) => {
        const pictures = pictureOf(models, tensors, tensors.latents!);
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
          tensors[condition]!,
        );
        const scores = real ? tf.add(guided, tf.mul(tf.clipByValue(real, -2, 2), realismShare)) : guided;
        return { pictures, scores };
      },
      inputs,
      {
        weights: pictureWeights(models, guides),
        name: "score drafts",
        recipe: models.architecture,
        ...options,
      },
    );

  /** Words of a program for so many. */
  const room = (words: number): number => Math.ceil(words / wordsTogether) * wordsTogether;

  const open = ({ draws, count }: Pick<DraftInputs, "draws" | "count">, words: number): Programs => {
    const told: Record<string, TensorSpec> = {};
    const asked: Record<string, TensorSpec> = {};
    for (const { prefix, config } of guides) {
      told[`${prefix}wanted`] = { shape: [1, config.text.features], dtype: "float32" };
      asked[`${prefix}words`] = { shape: [room(words), config.text.features], dtype: "float32" };
    }
    const some: TensorSpec = { shape: [size(count), ...generator.latentShape], dtype: "float32" };
    return {
      latents: kept({ ...withPrefix("draw/", draws), ...told }, compileLatents),
      scores: kept({ latents: some, ...told, ...asked }, compileScores),
    };
  };

  return {
    prepare(drawn, words) {
      for (const program of Object.values(open(drawn, words))) program.catch(() => undefined); // met again by `draft`
    },
    async draft({ draws, count, wanted, words }, meanwhile) {
      const said = words[guides[0]!.prefix]!.shape[0]!;
      // The least of a list does not change when its last entry is said again.
      const rows = Array.from({ length: room(said) }, (_, at) => Math.min(at, said - 1));
      const padded = rowsOf(words, rows);
      const told: TensorRecord = {};
      const asked: TensorRecord = {};
      for (const { prefix } of guides) {
        told[`${prefix}wanted`] = wanted[prefix]!;
        asked[`${prefix}words`] = padded[prefix]!;
      }
      const { latents: drawing, scores: scoring } = open({ draws, count }, said);
      const { latents } = await (await drawing).run({ ...withPrefix("draw/", draws), ...told });
      const scores = await scoring;
      const together = size(count);
      const drafts: (Draft & { score: number })[] = [];
      for (let at = 0; at < count; at += together) {
        // The last ones are filled up with some that have been: a program has one size.
        const from = Math.min(at, count - together);
        const some = sliceRows(latents!, from, from + together);
        const made = scores.run({ latents: some, ...told, ...asked });
        if (at === 0) meanwhile?.();
        const { pictures, scores: found } = await made;
        for (let row = at - from; row < together; row++)
          drafts.push({
            latents: sliceRows(some, row, row + 1),
            picture: sliceRows(pictures!, row, row + 1),
            score: found!.data[row]!,
          });
      }
      return drafts.sort((a, b) => b.score - a.score).map(({ latents, picture }) => ({ latents, picture }));
    },
    async dispose() {
      await Promise.all([...programs.values()].map(async (program) => (await program).dispose()));
      programs.clear();
    },
  };
}
