import { embedImages, inputSide, resizeSquare } from "../../clip/index.js";
import { type Program, compile } from "../../engine/index.js";
import { type HostTensor, hostFloats, parametersFrom } from "../../tensor/index.js";
import * as tf from "../../tf.js";
import type { PassCounter } from "../ascent/passes.js";
import type { RunOptions, SteerModels } from "../models.js";
import type { Embeddings } from "../programs/embedTerms.js";
import { pictureOf, pictureWeights } from "../programs/pictures.js";

/** Picture of a scene, with its cosines to texts. */
export interface SceneScore {
  /** `[1, side, side, 3]` in [0, 1]. */
  readonly picture: HostTensor;
  /** Cosine to each text, averaged over the guides. */
  readonly cosines: Float32Array;
}

/** Scores scenes with the guides. */
export interface SceneScorer {
  /** @param latents `[1, layers, size]` each. @param texts unit embeddings by guide, `[texts, features]`. */
  score(
    latents: readonly HostTensor[],
    texts: Embeddings,
    watch?: { readonly passes?: PassCounter | undefined; readonly signal?: AbortSignal | undefined },
  ): Promise<SceneScore[]>;
  dispose(): Promise<void>;
}

/** Batch size for scoring. */
const batch = 8;
/** The number of texts is rounded up to a multiple of this, so that most scenes share a program. */
const textSlots = 8;

/** Makes a scorer for models of `layeredModels`. */
export function createSceneScorer(models: SteerModels, options: RunOptions): SceneScorer {
  const { generator, guides } = models;
  const programs = new Map<number, Promise<Program>>();
  const open = (slots: number): Promise<Program> => {
    let program = programs.get(slots);
    if (!program) {
      program = compile(
        (tensors) => {
          const pictures = pictureOf(models, tensors, tensors.latents!);
          const cosines = guides.map(({ prefix, config }) => {
            const p = parametersFrom(tensors, prefix);
            const embedded = embedImages(p, config, resizeSquare(pictures, inputSide(config.image)));
            return tf.matMul(embedded, tensors[`${prefix}texts`]! as tf.Tensor2D, false, true);
          });
          return { pictures, cosines: tf.div(tf.addN(cosines), cosines.length) };
        },
        {
          latents: { shape: [batch, ...generator.latentShape], dtype: "float32" },
          ...Object.fromEntries(
            guides.map(({ prefix, config }) => [
              `${prefix}texts`,
              { shape: [slots, config.text.features], dtype: "float32" as const },
            ]),
          ),
        },
        {
          weights: pictureWeights(models, guides),
          name: "score scenes",
          recipe: models.architecture,
          ...options,
        },
      );
      programs.set(slots, program);
    }
    return program;
  };
  return {
    async score(latents, texts, { passes, signal } = {}) {
      const count = texts[guides[0]!.prefix]!.shape[0]!;
      const slots = Math.ceil(count / textSlots) * textSlots;
      const program = await open(slots);
      const padded = Object.fromEntries(
        guides.map(({ prefix, config }) => {
          const rows = new Float32Array(slots * config.text.features);
          rows.set(texts[prefix]!.data as Float32Array);
          return [`${prefix}texts`, hostFloats(rows, [slots, config.text.features])];
        }),
      );
      const size = generator.latentShape.reduce((product, side) => product * side, 1);
      const scores: SceneScore[] = [];
      for (let at = 0; at < latents.length; at += batch) {
        signal?.throwIfAborted();
        const rows = new Float32Array(batch * size);
        // The last batch is padded with the last scene.
        for (let row = 0; row < batch; row++)
          rows.set(latents[Math.min(at + row, latents.length - 1)]!.data as Float32Array, row * size);
        const { pictures, cosines } = await program.run({
          latents: hostFloats(rows, [batch, ...generator.latentShape]),
          ...padded,
        });
        passes?.add(batch * guides.length);
        const [, side] = pictures!.shape as [number, number];
        const pixels = side * side * 3;
        for (let row = 0; row < Math.min(batch, latents.length - at); row++)
          scores.push({
            picture: hostFloats((pictures!.data as Float32Array).slice(row * pixels, (row + 1) * pixels), [
              1,
              side,
              side,
              3,
            ]),
            cosines: (cosines!.data as Float32Array).slice(row * slots, row * slots + count),
          });
      }
      return scores;
    },
    async dispose() {
      await Promise.all([...programs.values()].map(async (program) => (await program).dispose()));
      programs.clear();
    },
  };
}
