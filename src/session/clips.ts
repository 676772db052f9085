import { type ClipModels, type Encoder, classify, embedLabels, findLargest } from "../embedding/index.js";
import { ConfigError } from "../errors.js";
import { type InputPicture, readInput } from "./inputs.js";

/** CLIPs of a session. */
export interface OpenClips {
  readonly models: ClipModels;
  readonly encoder: Encoder;
}

/** Texts and pictures to embed. */
export interface EmbedRequest {
  /** Complete sentences. They are embedded without templates. */
  readonly texts?: readonly string[];
  /** Paths, bytes of files, or pixels. */
  readonly pictures?: readonly InputPicture[];
}

/** Unit vectors of one CLIP, in the order of the request. The cosine of two is their dot product. */
export interface ClipEmbeddings {
  /** Name of the CLIP. */
  readonly clip: string;
  /** One vector for each text, `[features]`. */
  readonly texts: readonly Float32Array[];
  /** One vector for each picture, `[features]`. */
  readonly pictures: readonly Float32Array[];
}

/** Embeddings under each CLIP of a pack. */
export type Embedded = readonly ClipEmbeddings[];

/** Settings of `Session.classify`. */
export interface ClassifyRequest {
  /** Sentences with `{}` for the label; the pack's templates when absent. */
  readonly templates?: readonly string[];
  /** Divides the scaled cosines before the softmax. Values above 1 flatten the probabilities, values below 1 sharpen them. */
  readonly temperature?: number;
}

/** A label and its probability. */
export interface LabelScore {
  /** The label as it was given. */
  readonly label: string;
  /** In [0, 1]. The probabilities of all labels sum to 1. */
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
  const pictureRows = await embedPictures(encoder, pictures, signal);
  return models.clips.map(({ name, config }, clip) => {
    const { features } = config.text;
    return {
      clip: name,
      texts: texts.map((_, at) => rows[clip]!.slice(at * features, (at + 1) * features)),
      pictures: pictureRows.map((each) => each[clip]!),
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
 * Classifies a picture by labels.
 * @returns all labels, most probable first.
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
  const classifiers = await embedLabels(models, encoder, labels, templates);
  signal?.throwIfAborted();
  const [rows] = await embedPictures(encoder, [picture], signal);
  const probabilities = classify(models.clips, classifiers, rows!, { combine: "logits", temperature });
  return findLargest(probabilities, labels.length).map((at) => ({
    label: labels[at]!,
    probability: probabilities[at]!,
  }));
}
