import { embedImages, embedTexts, imageSide } from "../clip/index.js";
import { compile } from "../engine/index.js";
import { type Picture, padToSquare, resizePicture } from "../images/index.js";
import { type HostTensor, hostFloats, hostInts, parametersFrom } from "../tensor/index.js";
import type * as tf from "../tf.js";
import { type NamedClip, type RunOptions, type SteerModels, weightsOf } from "./models.js";

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

/** Unit-normalises the mean of unit rows. */
export function ensembleMean(rows: readonly Float32Array[]): Float32Array {
  const sum = new Float32Array(rows[0]!.length);
  for (const row of rows) row.forEach((value, index) => (sum[index]! += value));
  const length = Math.hypot(...sum) || 1;
  return sum.map((value) => value / length);
}

/** A template with its prompt put in. */
export function fillTemplate(template: string, text: string): string {
  return template.includes("{}") ? template.replaceAll("{}", () => text) : `${template} ${text}`;
}

/** A text without the articles before its words: "a cat on the mat" → "cat on mat". */
export function withoutArticles(text: string): string {
  return text.replace(/(?<=^|\s)(?:an?|the)\s+(?=\S)/gi, "");
}

/** A picture as the encoders take it: square on white, `[1, side, side, 3]` in [0, 1]; the CLIPs take 64×64. */
export async function encoderInput(picture: Picture, side = imageSide): Promise<HostTensor> {
  const square = padToSquare(picture).picture;
  const small = await resizePicture(square, side, side);
  return hostFloats(small.data, [1, side, side, 3]);
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
  const texts = prompts.flat();
  const texted = texts.length > 0 ? await embedAll(models, clips, texts, options) : {};
  const pictured = await Promise.all(
    terms.map(async ({ picture }) =>
      picture ? embedPicture(models, clips, await encoderInput(picture), options) : undefined,
    ),
  );
  return Object.fromEntries(
    clips.map(({ prefix, config }) => {
      const { features } = config.text;
      const out = new Float32Array(terms.length * features);
      let at = 0;
      terms.forEach((_, index) => {
        const rows = prompts[index]!.map(() => {
          const row = texted[prefix]!.subarray(at * features, (at + 1) * features);
          at++;
          return row;
        });
        out.set(rows.length > 0 ? ensembleMean(rows) : pictured[index]![prefix]!, index * features);
      });
      return [prefix, hostFloats(out, [terms.length, features])];
    }),
  );
}

async function embedAll(
  models: SteerModels,
  clips: readonly NamedClip[],
  texts: readonly string[],
  options: RunOptions,
): Promise<Record<string, Float32Array>> {
  const { tokenizer } = models;
  const shape = [texts.length, tokenizer.contextLength];
  const program = await compile(
    (tensors) =>
      Object.fromEntries(
        clips.map(({ prefix, config }) => [
          prefix,
          embedTexts(parametersFrom(tensors, prefix), config, tensors.tokens as tf.Tensor2D),
        ]),
      ),
    { tokens: { shape, dtype: "int32" } },
    {
      weights: weightsOf(models, ...clips.map(({ prefix }) => `${prefix}text.`)),
      name: "encode texts",
      ...options,
    },
  );
  const results = await program.run({ tokens: hostInts(tokenizer.encode(texts), shape) });
  await program.dispose();
  return Object.fromEntries(
    Object.entries(results).map(([prefix, { data }]) => [prefix, data as Float32Array]),
  );
}

/** Unit embedding of one picture under each CLIP. */
export async function embedPicture(
  models: SteerModels,
  clips: readonly NamedClip[],
  input: HostTensor,
  options: RunOptions,
): Promise<Record<string, Float32Array>> {
  const program = await compile(
    (tensors) =>
      Object.fromEntries(
        clips.map(({ prefix, config }) => [
          prefix,
          embedImages(parametersFrom(tensors, prefix), config, tensors.picture as tf.Tensor4D),
        ]),
      ),
    { picture: input },
    {
      weights: weightsOf(models, ...clips.map(({ prefix }) => `${prefix}image.`)),
      name: "encode picture",
      ...options,
    },
  );
  const results = await program.run({ picture: input });
  await program.dispose();
  return Object.fromEntries(
    Object.entries(results).map(([prefix, { data }]) => [prefix, data as Float32Array]),
  );
}
