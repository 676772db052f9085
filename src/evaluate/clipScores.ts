import type { EmojiData } from "../data/index.js";
import { type Encoder, createEncoder } from "../embedding/index.js";
import { type RunOptions, type SteerModels, embedTerms } from "../guidance/index.js";
import type { Picture } from "../images/index.js";
import { type HostTensor, hostFloats, selectPrefix } from "../tensor/index.js";
import { pickRows } from "./embedded.js";
import { minReferenceRows } from "./kernelDistance.js";
import { createEmojiSet } from "./labelled.js";
import { computePercentiles } from "./percentiles.js";

/** Embeds texts and whole pictures under the judge and the guides of a pack; the judge is always first. */
export interface ClipEmbedder {
  /** Decodes the bytes of a picture file. */
  readonly open: Encoder["open"];
  /** Computes the unit rows of texts in the pack's templates, a matrix `[texts, features]` for each CLIP. */
  embedTexts(texts: readonly string[]): Promise<HostTensor[]>;
  /** Computes the unit rows of pictures, a matrix `[pictures, features]` for each CLIP. */
  embedPictures(pictures: readonly Picture[]): Promise<HostTensor[]>;
  dispose(): Promise<void>;
}

/** Opens an embedder over the judge and the guides. Each encoder is compiled when it is first used. */
export function openClipEmbedder(models: SteerModels, options: RunOptions): ClipEmbedder {
  const { judge, guides, templates, tokenizer } = models;
  const clips = [judge, ...guides];
  const encoder = createEncoder(
    clips.map((clip) => ({ ...clip, weights: selectPrefix(clip.prefix, models.weights) })),
    tokenizer,
    options,
  );
  return {
    open: encoder.open,
    async embedTexts(texts) {
      const terms = texts.map((text) => ({ text, weight: 1, templates }));
      const embedded = await embedTerms(models, clips, terms, options);
      return clips.map(({ prefix }) => embedded[prefix]!);
    },
    async embedPictures(pictures) {
      const matrices = clips.map(({ config }) => new Float32Array(pictures.length * config.image.features));
      let at = 0;
      for await (const rows of encoder.encodeImages(pictures)) {
        rows.forEach((row, clip) => matrices[clip]!.set(row, row.length * at));
        at++;
      }
      return matrices.map((data) => hostFloats(data, [pictures.length, data.length / pictures.length]));
    },
    dispose: () => encoder.dispose(),
  };
}

/** Computes the cosine of each row of `pictures` with the row of `texts` that is its own. */
export function computeOwnCosines(
  pictures: HostTensor,
  texts: HostTensor,
  textRows: readonly number[],
): number[] {
  const features = pictures.shape[1]!;
  return textRows.map((text, row) => {
    let sum = 0;
    for (let at = 0; at < features; at++)
      sum += pictures.data[row * features + at]! * texts.data[text * features + at]!;
    return sum;
  });
}

/** Real drawings that the CLIPs of the pack were not trained on. */
export interface HeldOut {
  /** Cosine of each drawing with its own label, a list for each CLIP, the judge's first. */
  readonly cosines: readonly (readonly number[])[];
  /** Drawings of the style that no generator is trained on either; absent with fewer than `minReferenceRows`. */
  readonly style?: {
    /** Unit rows of the judge, `[drawings, features]`. */
    readonly embeddings: HostTensor;
    /** Label of each drawing: its cluster. */
    readonly labels: readonly string[];
  };
}

/** Embeds the held-out drawings of a data set; undefined when there are fewer than `minReferenceRows`. */
export async function embedHeldOut(embedder: ClipEmbedder, data: EmojiData): Promise<HeldOut | undefined> {
  const rows = data.items.flatMap(({ split }, row) => (/^(test|val)_/.test(split) ? [row] : []));
  if (rows.length < minReferenceRows) return undefined;
  const labels = rows.map((row) => data.items[row]!.label);
  const names = [...new Set(labels)];
  const place = new Map(names.map((name, at) => [name, at]));
  const own = labels.map((label) => place.get(label)!);
  const texts = await embedder.embedTexts(names);
  const { readPicture: picture } = createEmojiSet(data);
  const pictures = await embedder.embedPictures(
    await Promise.all(rows.map((row) => picture(row, embedder.open))),
  );
  const ofStyle = rows.flatMap((row, at) => (data.items[row]!.split.endsWith("_style") ? [at] : []));
  return {
    cosines: pictures.map((matrix, clip) => computeOwnCosines(matrix, texts[clip]!, own)),
    style:
      ofStyle.length >= minReferenceRows
        ? { embeddings: pickRows(pictures[0]!, ofStyle), labels: ofStyle.map((at) => labels[at]!) }
        : undefined,
  };
}

/** Scores of each picture as percentiles of the held-out drawings' scores, from 0 to 1. */
export interface ScorePercentiles {
  readonly judge: readonly number[];
  /** Mean over the guides. */
  readonly guides: readonly number[];
}

/** @param cosines of each picture with its own text, a list for each CLIP, the judge's first. */
export function computeScorePercentiles(
  cosines: readonly (readonly number[])[],
  reference: HeldOut,
): ScorePercentiles {
  const [judge, ...guides] = cosines.map((values, clip) =>
    computePercentiles(values, reference.cosines[clip]!),
  );
  return {
    judge: judge!,
    guides: judge!.map((_, at) => guides.reduce((sum, values) => sum + values[at]!, 0) / guides.length),
  };
}
