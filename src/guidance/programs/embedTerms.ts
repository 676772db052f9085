import { imageSide } from "../../clip/index.js";
import {
  type Encoder,
  createEncoder,
  fitForEncoder,
  averageEnsemble,
  fillTemplate,
  rowOf,
  removeArticles,
} from "../../embedding/index.js";
import type { Picture } from "../../images/index.js";
import { type HostTensor, hostFloats, selectPrefix } from "../../tensor/index.js";
import type { PassCounter } from "../ascent/passes.js";
import type { NamedClip, RunOptions, SteerModels } from "../steerModels.js";

/** A prompt that a picture should match, or (negative weight) should not. */
export interface Term {
  readonly text?: string;
  /** A picture used as a prompt. */
  readonly picture?: Picture;
  readonly weight: number;
  readonly templates: readonly string[];
}

/** Unit embeddings of terms by CLIP prefix, `[terms, features]`. */
export type Embeddings = Readonly<Record<string, HostTensor>>;

/**
 * Converts a picture to the input of the encoders: a square on white, `[1, side, side, 3]` in [0, 1]. The CLIPs of the bundled
 * packs take 64×64.
 */
export async function toEncoderInput(picture: Picture, side = imageSide): Promise<HostTensor> {
  const { data } = await fitForEncoder(picture, side);
  return hostFloats(data, [1, side, side, 3]);
}

function createEncoderOf(models: SteerModels, clips: readonly NamedClip[], options: RunOptions): Encoder {
  const own = clips.map((clip) => ({ ...clip, weights: selectPrefix(clip.prefix, models.weights) }));
  const { engine, threads } = options;
  return createEncoder(own, models.tokenizer, { engine, threads });
}

/** Embeds terms, and caches the embeddings of texts. */
export interface Embedder {
  /**
   * Embeds terms with each CLIP: every template of a text's ensemble, unit-normalised, averaged, unit-normalised.
   * Source: Radford et al. 2021, §3.1.4 (ensembling over the embedding space).
   * @param passes counts the passes of pictures that are terms.
   */
  embed(terms: readonly Term[], passes?: PassCounter): Promise<Embeddings>;
  dispose(): Promise<void>;
}

/** Makes an embedder over CLIPs of a pack. */
export function createEmbedder(
  models: SteerModels,
  clips: readonly NamedClip[],
  options: RunOptions,
): Embedder {
  const encoder = createEncoderOf(models, clips, options);
  const known = new Map<string, readonly Float32Array[]>();
  const keyOf = ({ text, templates }: Term): string => JSON.stringify([text, templates]);
  const learn = async (terms: readonly Term[]): Promise<void> => {
    const prompts = terms.map(({ text, templates }) => {
      const plain = models.articles ? text! : removeArticles(text!);
      return templates.map((template) => fillTemplate(template, plain));
    });
    const texts = await encoder.encodeTexts(prompts.flat());
    let at = 0;
    terms.forEach((term, index) => {
      const { length } = prompts[index]!;
      const means = clips.map(({ config }, clip) => {
        const { features } = config.text;
        return averageEnsemble(Array.from({ length }, (_, row) => rowOf(texts[clip]!, at + row, features)));
      });
      known.set(keyOf(term), means);
      at += length;
    });
  };
  return {
    async embed(terms, passes) {
      const fresh = new Map(
        terms.flatMap((term) =>
          term.text === undefined || known.has(keyOf(term)) ? [] : [[keyOf(term), term] as const],
        ),
      );
      if (fresh.size > 0) await learn([...fresh.values()]);
      const pictures = terms.flatMap(({ text, picture }) => (text === undefined && picture ? [picture] : []));
      passes?.add(pictures.length * clips.length);
      const shown = encoder.encodeImages(pictures);
      const out = clips.map(({ config }) => new Float32Array(terms.length * config.text.features));
      for (const [index, term] of terms.entries()) {
        const rows = term.text === undefined ? (await shown.next()).value! : known.get(keyOf(term))!;
        clips.forEach(({ config: { text } }, clip) => out[clip]!.set(rows[clip]!, index * text.features));
      }
      return Object.fromEntries(
        clips.map(({ prefix, config }, clip) => [
          prefix,
          hostFloats(out[clip]!, [terms.length, config.text.features]),
        ]),
      );
    },
    dispose: () => encoder.dispose(),
  };
}

/** Embeds terms once, as `Embedder.embed`. */
export async function embedTerms(
  models: SteerModels,
  clips: readonly NamedClip[],
  terms: readonly Term[],
  options: RunOptions,
): Promise<Embeddings> {
  const embedder = createEmbedder(models, clips, options);
  const embeddings = await embedder.embed(terms);
  await embedder.dispose();
  return embeddings;
}

/** Selects rows of embeddings, in the given order. */
export function rowsOf(embeddings: Embeddings, indices: Iterable<number>): Embeddings {
  const rows = [...indices];
  return Object.fromEntries(
    Object.entries(embeddings).map(([prefix, { data, shape }]) => {
      const features = shape[1]!;
      const out = new Float32Array(rows.length * features);
      rows.forEach((row, at) => out.set(rowOf(data as Float32Array, row, features), at * features));
      return [prefix, hostFloats(out, [rows.length, features])];
    }),
  );
}

/** Sums the positive embedding of each CLIP: the weighted mean of the positive terms, unit length, `[1, features]`. */
export function sumPositiveEmbeddings(embeddings: Embeddings, terms: readonly Term[]): Embeddings {
  return Object.fromEntries(
    Object.entries(embeddings).map(([prefix, { data, shape }]) => {
      const features = shape[1]!;
      const rows = terms.flatMap(({ weight }, index) =>
        weight > 0
          ? [
              (data as Float32Array)
                .subarray(index * features, (index + 1) * features)
                .map((value) => value * weight),
            ]
          : [],
      );
      return [prefix, hostFloats(averageEnsemble(rows), [1, features])];
    }),
  );
}
