import {
  type ClipModels,
  type Encoder,
  averageEnsemble,
  fillTemplate,
  readAhead,
  rowOf,
  removeArticles,
} from "../embedding/index.js";
import { InputError } from "../errors.js";
import type { Picture } from "../images/index.js";
import { type HostTensor, hostFloats } from "../tensor/index.js";
import { type LabelledSet, keepRows } from "./labelled.js";

/** A labelled set with the embeddings of its pictures. */
export interface EmbeddedSet {
  /** The pictures that could be read. */
  readonly set: LabelledSet;
  /** Unit rows of the pictures for each CLIP, `[pictures, features]`. */
  readonly pictures: readonly HostTensor[];
  /** One line for every picture that could not be read. */
  readonly unreadable: readonly string[];
}

/** Progress and cancellation of a long embedding. */
export interface Following {
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Embeds the pictures of a set's parts. Unreadable pictures are left out.
 * @param set set of `openLabelledSet`.
 * @param encoder encoder of the CLIPs that are evaluated.
 * @param options callback for the pictures embedded, and abort signal.
 * @returns the readable part of the set, unit rows `[pictures, features]` for each CLIP, and the messages of unreadable pictures.
 * @throws {InputError} when no picture is readable; the signal's reason.
 */
export async function embedLabelled(
  set: LabelledSet,
  encoder: Encoder,
  { onProgress, signal }: Following = {},
): Promise<EmbeddedSet> {
  const rowsToEmbed = [...new Set(set.parts.flatMap(({ rows }) => rows))].sort((a, b) => a - b);
  const readRows: number[] = [];
  const unreadable: string[] = [];
  const load = async (row: number): Promise<Picture | string> => {
    try {
      return await set.readPicture(row, encoder.open);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (!(error instanceof InputError) && code === undefined) throw error;
      return (error as Error).message;
    }
  };
  async function* readPictures(): AsyncGenerator<Picture> {
    let at = 0;
    for await (const loaded of readAhead(rowsToEmbed, load)) {
      signal?.throwIfAborted();
      const row = rowsToEmbed[at++]!;
      if (typeof loaded === "string") unreadable.push(loaded);
      else {
        readRows.push(row);
        yield loaded;
      }
    }
  }
  const rows: Float32Array[][] = [];
  for await (const row of encoder.encodeImages(readPictures())) {
    rows.push(row);
    onProgress?.(rows.length + unreadable.length, rowsToEmbed.length);
  }
  if (rows.length === 0)
    throw new InputError(`${set.name}: no picture could be read; the first: ${unreadable[0]}`);
  const pictures = rows[0]!.map((first, clip) => {
    const data = new Float32Array(rows.length * first.length);
    rows.forEach((row, at) => data.set(row[clip]!, at * first.length));
    return hostFloats(data, [rows.length, first.length]);
  });
  return { set: keepRows(set, readRows), pictures, unreadable };
}

/** Computes the unit embeddings of texts in one template, for each CLIP `[texts, features]`. */
export async function embedTemplate(
  models: ClipModels,
  encoder: Encoder,
  template: string,
  texts: readonly string[],
): Promise<HostTensor[]> {
  const filled = texts.map((text) => fillTemplate(template, models.articles ? text : removeArticles(text)));
  return (await encoder.encodeTexts(filled)).map((data) =>
    hostFloats(data, [texts.length, data.length / texts.length]),
  );
}

/** Computes the unit means of the same rows of several matrices: an ensemble of templates. */
export function averageRows(matrices: readonly HostTensor[]): HostTensor {
  const [rows, features] = matrices[0]!.shape as [number, number];
  const out = new Float32Array(rows * features);
  for (let row = 0; row < rows; row++)
    out.set(
      averageEnsemble(matrices.map(({ data }) => rowOf(data as Float32Array, row, features))),
      row * features,
    );
  return hostFloats(out, [rows, features]);
}

/** Picks the rows of a matrix, in the given order. */
export function pickRows({ data, shape }: HostTensor, rows: readonly number[]): HostTensor {
  const features = shape[1]!;
  const out = new Float32Array(rows.length * features);
  rows.forEach((row, at) => out.set(rowOf(data as Float32Array, row, features), at * features));
  return hostFloats(out, [rows.length, features]);
}

/**
 * Returns the mean of the scores of several CLIPs, each weighted by its learned scale. It ranks as the mean of the CLIPs' logits
 * (scale × cosine) does; divided by the sum of the scales, it stays a cosine.
 * @param scores flat `[pictures × texts]` cosines, one array for each of `clips`.
 */
export function averageScores(
  scores: readonly Float32Array[],
  clips: readonly { readonly scale: number }[],
): Float32Array {
  const total = clips.reduce((sum, { scale }) => sum + scale, 0);
  return scores[0]!.map((_, at) =>
    scores.reduce((sum, cosines, index) => sum + (cosines[at]! * clips[index]!.scale) / total, 0),
  );
}
