import { imageSide } from "../clip/index.js";
import {
  type Encoder,
  createEncoder,
  encoderPicture,
  ensembleMean,
  fillTemplate,
  rowOf,
  withoutArticles,
} from "../embedding/index.js";
import type { Picture } from "../images/index.js";
import { type HostTensor, hostFloats, underPrefix } from "../tensor/index.js";
import type { NamedClip, RunOptions, SteerModels } from "./models.js";

/** One thing that a picture should look like, or (negative weight) should not. */
export interface Term {
  readonly text?: string;
  /** A picture used as a prompt. */
  readonly picture?: Picture;
  readonly weight: number;
  readonly templates: readonly string[];
}

/** Unit embeddings of terms by CLIP prefix, `[terms, features]`. */
export type Embeddings = Readonly<Record<string, HostTensor>>;

/** A picture as the encoders take it: square on white, `[1, side, side, 3]` in [0, 1]; the CLIPs take 64×64. */
export async function encoderInput(picture: Picture, side = imageSide): Promise<HostTensor> {
  const { data } = await encoderPicture(picture, side);
  return hostFloats(data, [1, side, side, 3]);
}

function encoderOf(models: SteerModels, clips: readonly NamedClip[], options: RunOptions): Encoder {
  const own = clips.map((clip) => ({ ...clip, weights: underPrefix(clip.prefix, models.weights) }));
  const { engine, threads } = options;
  return createEncoder(own, models.tokenizer, { engine, ...(threads !== undefined && { threads }) });
}

/**
 * Embeds terms with each CLIP: every template of a text's ensemble, unit-normalised, averaged, unit-normalised.
 * Source: Radford et al. 2021, §3.1.4 (ensembling over the embedding space).
 */
export async function embedTerms(
  models: SteerModels,
  clips: readonly NamedClip[],
  terms: readonly Term[],
  options: RunOptions,
): Promise<Embeddings> {
  const prompts = terms.map(({ text, templates }) => {
    if (text === undefined) return [];
    const plain = models.articles ? text : withoutArticles(text);
    return templates.map((template) => fillTemplate(template, plain));
  });
  const encoder = encoderOf(models, clips, options);
  const texts = await encoder.encodeTexts(prompts.flat());
  const shown = encoder.encodeImages(terms.flatMap(({ picture }) => (picture ? [picture] : [])));
  const out = clips.map(({ config }) => new Float32Array(terms.length * config.text.features));
  let at = 0;
  for (const [index, filled] of prompts.entries()) {
    const pictured = filled.length > 0 ? undefined : (await shown.next()).value!;
    clips.forEach(({ config: { text } }, clip) => {
      const rows = filled.map((_, offset) => rowOf(texts[clip]!, at + offset, text.features));
      out[clip]!.set(pictured?.[clip] ?? ensembleMean(rows), index * text.features);
    });
    at += filled.length;
  }
  await encoder.dispose();
  return Object.fromEntries(
    clips.map(({ prefix, config }, clip) => [
      prefix,
      hostFloats(out[clip]!, [terms.length, config.text.features]),
    ]),
  );
}
