import { type ClipModels, type Encoder, classify, textClassifiers, topOf } from "../embedding/index.js";
import { ConfigError } from "../errors.js";
import { type InputPicture, readInput } from "./inputs.js";

/** CLIPs of a session. */
export interface OpenClips {
  readonly models: ClipModels;
  readonly encoder: Encoder;
}

/** Texts and pictures to embed. */
export interface EmbedRequest {
  /** Sentences as the CLIPs shall read them; no template is put around them. */
  readonly texts?: readonly string[];
  readonly pictures?: readonly InputPicture[];
}

/** Unit vectors of one CLIP, in the order of the request. The cosine of two is their dot product. */
export interface ClipEmbeddings {
  /** Name of the CLIP. */
  readonly clip: string;
  /** One vector a text, `[features]`. */
  readonly texts: readonly Float32Array[];
  /** One vector a picture, `[features]`. */
  readonly pictures: readonly Float32Array[];
}

/** Embeddings under each CLIP of a pack. */
export type Embedded = readonly ClipEmbeddings[];

/** How a picture is named. */
export interface ClassifyRequest {
  /** Sentences with `{}` for the label; the pack's when absent. */
  readonly templates?: readonly string[];
  /** Divides the scaled cosines before the softmax: above 1 less sure, below 1 surer. */
  readonly temperature?: number;
}

/** A label and its probability. */
export interface LabelScore {
  readonly label: string;
  /** 0 to 1; all labels sum to 1. */
  readonly probability: number;
}

/** Embeds texts and pictures under each CLIP. */
export async function embedAll(
  { models, encoder }: OpenClips,
  { texts = [], pictures = [] }: EmbedRequest,
  signal: AbortSignal | undefined,
): Promise<Embedded> {
  const rows = texts.length > 0 ? await encoder.encodeTexts([...texts]) : [];
  signal?.throwIfAborted();
  const seen = await embedPictures(encoder, pictures, signal);
  return models.clips.map(({ name, config }, clip) => {
    const { features } = config.text;
    return {
      clip: name,
      texts: texts.map((_, at) => rows[clip]!.slice(at * features, (at + 1) * features)),
      pictures: seen.map((each) => each[clip]!),
    };
  });
}

async function embedPictures(
  encoder: Encoder,
  pictures: readonly InputPicture[],
  signal: AbortSignal | undefined,
): Promise<Float32Array[][]> {
  async function* opened() {
    for (const picture of pictures) {
      signal?.throwIfAborted();
      const { name, bytes } = await readInput(picture);
      yield encoder.open(bytes, name);
    }
  }
  const rows: Float32Array[][] = [];
  for await (const each of encoder.encodeImages(opened())) rows.push(each.map((row) => row.slice()));
  return rows;
}

/**
 * Names a picture by labels.
 * @returns all labels, the likeliest first.
 * @throws {ConfigError} for fewer than two labels.
 */
export async function classifyPictures(
  { models, encoder }: OpenClips,
  picture: InputPicture,
  labels: readonly string[],
  { templates = models.templates, temperature = 1 }: ClassifyRequest,
  signal: AbortSignal | undefined,
): Promise<LabelScore[]> {
  if (labels.length < 2) throw new ConfigError("classify: give two labels or more");
  const classifiers = await textClassifiers(models, encoder, labels, templates);
  signal?.throwIfAborted();
  const [rows] = await embedPictures(encoder, [picture], signal);
  const probabilities = classify(models.clips, classifiers, rows!, { combine: "logits", temperature });
  return topOf(probabilities, labels.length).map((at) => ({
    label: labels[at]!,
    probability: probabilities[at]!,
  }));
}
