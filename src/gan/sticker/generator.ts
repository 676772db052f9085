import {
  type HostTensor,
  type Parameters,
  type TensorRecord,
  hostFloats,
  scope,
  unitRows,
} from "../../tensor/index.js";
import * as tf from "../../tf.js";
import type { Concept } from "../../prompts/index.js";
import type { Generator, SampleOptions } from "../interface.js";
import { conceptsName, styleIndex } from "../names.js";
import {
  fillPart,
  latentSize,
  moveFills,
  principalCount,
  principalPart,
  readLatents,
  writeLatents,
} from "./latents.js";
import {
  type StickerParts,
  type StickerShape,
  codeSide,
  decodeSticker,
  encodeSticker,
  logitSide,
} from "./networks.js";
import { clarityOf, onWhite, paint, seenSide } from "./paint.js";
import { cropToInk } from "./inkCrop.js";
import { recolourFills } from "./recolour.js";
import { type WordsShape, wordsToCode } from "./words.js";

/** Configuration of a sticker generator. */
export interface StickerConfig {
  readonly shape: StickerShape;
  /** The network from words to codes; without it all drafts start from known drawings. */
  readonly words?: WordsShape | undefined;
  /** Drawing styles that can be requested. */
  readonly styles: readonly string[];
  /** Things whose drawings it knows in every style. */
  readonly concepts: number;
}

/** Scopes of its weights. */
export const stickerScopes = { encoder: "encoder", decoder: "decoder", words: "words" } as const;

/** Name of the codes of known drawings, `[concepts · styles, size]`. */
export const bankName = "bank.codes";

/**
 * Names of the weights of other names of things (tags such as "bee" of the honeybee): their embeddings under a guide `[names, features]`,
 * and the thing that each belongs to `[names]`.
 */
export const otherNames = { embeddings: (guide: number): string => `names.${guide}`, owners: "names.owners" };

/** Lengths of the noise on the condition of the first and last of many drafts, at truncation 1. */
const nudges = { least: 0.1, most: 0.35 };

/** Deviations of the principal coordinates of the first and last varied drafts, at truncation 1. */
const variations = { least: 0.05, most: 0.3 };

/** Mean cosine from which a prompt counts as the name of a known concept. */
const namedCosine = 0.985;

/**
 * The sticker generator: pictures of 16 region masks with linear fills. Latents are rows of coordinates of a code, changes of the fills,
 * and the pose on the canvas.
 * @param weights encoder, decoder, network from words to codes, latent statistics, and the bank of known drawings.
 * @param vocabulary names of the concepts of the bank, in its order.
 */
export function stickerGenerator(
  config: StickerConfig,
  weights: TensorRecord,
  vocabulary?: readonly Concept[],
): Generator {
  const { shape, words, styles, concepts } = config;
  const { code } = shape;
  const size = codeSide * codeSide * code;
  const partsOf = (p: Parameters, u: tf.Tensor): StickerParts & { poses: tf.Tensor2D } => {
    const { code: codes, fillChange, poses } = readLatents(p, code, u);
    const { logits, fills } = decodeSticker(scope(p, stickerScopes.decoder), shape, codes);
    return { logits, fills: tf.add(fills, fillChange) as tf.Tensor3D, poses };
  };
  const paintAt = (p: Parameters, u: tf.Tensor, side: number): tf.Tensor4D => {
    const { poses, ...parts } = partsOf(p, u);
    return paint(parts, side, { poses }).rgba;
  };
  const recolour = (p: Parameters, u: tf.Tensor, rgb: tf.Tensor): tf.Tensor => {
    const drawn = partsOf(p, u);
    return moveFills(u, code, tf.sub(recolourFills(drawn, rgb), drawn.fills));
  };
  const guides = [0, 1].filter((guide) => weights[conceptsName(guide)]);
  /** Sum over the guides of the cosines of prompts and names, the other names last: `[prompts, names]`. */
  const similarityOf = (p: Parameters, embeddings: readonly tf.Tensor[]): tf.Tensor => {
    const against = (name: string, embedding: tf.Tensor): tf.Tensor[] => {
      const known = weights[name];
      if (!known) return [];
      const names = p(name, known.shape, { constant: 0 }) as tf.Tensor2D;
      return [tf.matMul(embedding as tf.Tensor2D, names, false, true)];
    };
    return tf.addN(
      // An edit knows its texts under the first guide alone.
      guides.slice(0, embeddings.length).map((guide) => {
        const embedding = embeddings[guide]!;
        const labels = against(conceptsName(guide), embedding);
        return tf.concat([...labels, ...against(otherNames.embeddings(guide), embedding)], 1);
      }),
    );
  };
  /** Things that names `[…]` (indices) belong to. */
  const ownersOf = (p: Parameters, names: tf.Tensor): tf.Tensor => {
    const whole = tf.cast(names, "int32");
    const others = weights[otherNames.owners];
    if (!others) return whole;
    const owners = tf.cast(tf.round(p(otherNames.owners, others.shape, { constant: 0 })), "int32");
    const labels = tf.tensor1d(
      Int32Array.from({ length: concepts }, (_, at) => at),
      "int32",
    );
    return tf.gather(tf.concat([labels, owners as tf.Tensor1D], 0), whole);
  };
  /**
   * Things whose drawings `count` drafts start from: those nearest to a prompt, each once in every style and then again; the nearest
   * alone where a prompt is its very name, since the CLIPs may not know it well enough to choose.
   * @returns `rows` `[count]`, and `first` `[prompts, 1]`, the nearest.
   */
  const pickConcepts = (p: Parameters, similarity: tf.Tensor, count: number, prompts: number) => {
    const distinct = distinctCount(count);
    const kinds = prompts === 1 ? Math.min(concepts, Math.max(1, Math.ceil(distinct / styles.length))) : 1;
    const { values, indices } = tf.topk(similarity, kinds);
    const owners = ownersOf(p, indices); // [prompts, kinds]
    const first = tf.slice(owners, [0, 0], [-1, 1]);
    if (prompts > 1) return { rows: tf.reshape(tf.tile(first, [count / prompts, 1]), [count]), first };
    const isNamed = tf.greater(tf.max(values), guides.length * namedCosine);
    const ranks = tf.tensor1d(
      Array.from({ length: count }, (_, at) =>
        Math.min(kinds - 1, Math.floor((at % Math.max(1, distinct)) / styles.length)),
      ),
      "int32",
    );
    const chosen = tf.mul(ranks, tf.cast(tf.logicalNot(isNamed), "int32")) as tf.Tensor1D;
    return { rows: tf.gather(tf.reshape(owners, [kinds]), chosen), first };
  };
  /** Drafts that start from known drawings as they are, before the same again, varied. */
  const distinctCount = (count: number): number => (words ? count : Math.ceil(count / 2));
  const bank = (p: Parameters): tf.Tensor => p(bankName, [concepts * styles.length, size], { constant: 0 });
  return {
    latentShape: [latentSize(code)],
    resolution: logitSide,
    range: [-1, 1],
    styles,
    vocabulary,
    weights,
    sample(random, count, { truncation, style: name, concepts: requestedConcepts, colour }: SampleOptions) {
      const chosen = name === undefined ? undefined : styleIndex(name, styles);
      const drawnStyles = new Float32Array(count * styles.length);
      for (let row = 0; row < count; row++)
        drawnStyles[row * styles.length + (chosen ?? row % styles.length)] = 1;
      const normals = (stream: string, size: number, scale: (row: number) => number): HostTensor =>
        hostFloats(
          random
            .stream(stream)
            .normals(count * size)
            .map((value, at) => value * truncation * scale(Math.floor(at / size))),
          [count, size],
        );
      const half = Math.ceil(count / 2);
      const ramp = ({ least, most }: typeof nudges, row: number): number =>
        least + ((most - least) * (row % half)) / half;
      const perConcept = Math.max(1, styles.length);
      const conceptOf = (row: number): number =>
        requestedConcepts?.[
          Math.floor((row % Math.max(1, distinctCount(count))) / perConcept) % requestedConcepts.length
        ] ?? -1;
      return {
        style: hostFloats(drawnStyles, [count, styles.length]),
        // −1 where the condition chooses.
        concept: hostFloats(
          Float32Array.from({ length: count }, (_, row) => conceptOf(row)),
          [count],
        ),
        ...(colour && { colour: hostFloats(Float32Array.from(colour), [3]) }),
        // The first half are known drawings as they are, the second half varied ones.
        variation: normals("variation", principalCount, (row) => (row < half ? 0 : ramp(variations, row))),
        ...(words && {
          nudge: normals("nudges", words.condition, (row) => ramp(nudges, row) / Math.sqrt(words.condition)),
          noise: normals("noise", words.noise, () => 1),
        }),
      };
    },
    map(p, draws, condition, others = []) {
      const { style, variation } = draws as { style: tf.Tensor2D; variation: tf.Tensor2D };
      const [count, styleCount] = style.shape;
      const prompts = condition.shape[0]!;
      const wordDrawCount = words ? (prompts === 1 ? Math.ceil(count / 2) : count) : 0;
      const similarity = similarityOf(p, [condition, ...others]); // [prompts, concepts]
      const { rows: nearestRows, first } = pickConcepts(p, similarity, count - wordDrawCount, prompts);
      const conceptIndices = tf.cast(
        tf.slice(draws.concept!, [wordDrawCount], [count - wordDrawCount]),
        "int32",
      );
      const conceptRows = tf.where(
        tf.greaterEqual(conceptIndices, tf.scalar(0, "int32")),
        conceptIndices,
        nearestRows,
      );
      const rowOf = (rows: tf.Tensor, oneHot: tf.Tensor): tf.Tensor1D =>
        tf.add(
          tf.mul(rows, tf.scalar(styleCount, "int32")),
          tf.cast(tf.argMax(oneHot, 1), "int32"),
        ) as tf.Tensor1D;
      const [newStyles, knownStyles] = tf.split(style, [wordDrawCount, count - wordDrawCount], 0) as [
        tf.Tensor2D,
        tf.Tensor2D,
      ];
      const parts: tf.Tensor[] = [];
      if (words && wordDrawCount > 0) {
        // The reference is in another style than the requested one, as in training.
        const referenceStyle = tf.matMul(newStyles, nextStyle(styleCount)) as tf.Tensor2D;
        const concepts = tf.reshape(tf.tile(first, [wordDrawCount / prompts, 1]), [wordDrawCount]);
        const reference = tf.gather(bank(p), rowOf(concepts, referenceStyle));
        const firstRows = (name: string, size: number): tf.Tensor2D =>
          tf.slice(draws[name]!, [0, 0], [wordDrawCount, size]) as tf.Tensor2D;
        const text = tf.add(
          tf.tile(condition, [wordDrawCount / prompts, 1]),
          firstRows("nudge", words.condition),
        );
        const codes = wordsToCode(scope(p, stickerScopes.words), words, {
          text: unitRows(text),
          style: newStyles,
          reference: tf.reshape(reference, [wordDrawCount, codeSide, codeSide, code]),
          referenced: tf.ones([wordDrawCount, 1]),
          referenceStyle,
          noise: firstRows("noise", words.noise),
        });
        parts.push(tf.reshape(codes, [wordDrawCount, size]));
      }
      // In the requested style where there is one, else in each in turn.
      if (count > wordDrawCount) parts.push(tf.gather(bank(p), rowOf(conceptRows, knownStyles)));
      const latents = tf.add(
        writeLatents(p, code, tf.concat(parts, 0)),
        tf.pad(variation, [
          [0, 0],
          [0, latentSize(code) - principalCount],
        ]),
      );
      return draws.colour ? recolour(p, latents, draws.colour) : latents;
    },
    clarity: (p, u) => clarityOf(partsOf(p, u).logits),
    narrow: (change) => principalPart(change, code),
    synthesize(p, u) {
      const rgb = onWhite(paintAt(p, u, seenSide));
      const factor = seenSide / logitSide;
      const small = tf.avgPool(rgb, factor, factor, "valid") as tf.Tensor4D;
      return tf.sub(tf.mul(small, 2), 1);
    },
    encode(p, pictures) {
      const rgb = tf.mul(tf.add(pictures, 1), 0.5) as tf.Tensor4D;
      const { cropped, poses } = cropToInk(rgb);
      const input = tf.concat([cropped, tf.ones([rgb.shape[0], logitSide, logitSide, 1])], 3) as tf.Tensor4D;
      const codes = encodeSticker(scope(p, stickerScopes.encoder), shape, input);
      return writeLatents(p, code, codes, poses);
    },
    regions: {
      parts: partsOf,
      paint: paintAt,
      recolour,
      fillPart: (change) => fillPart(change, code),
      paintWindow: ({ poses, ...parts }, side, window) => paint(parts, side, { poses, window }),
    },
  };
}

/** Turns a one-hot style into the next one: `[styles, styles]`. */
function nextStyle(count: number): tf.Tensor2D {
  return tf.tensor2d(
    Float32Array.from({ length: count * count }, (_, at) =>
      (Math.floor(at / count) + 1) % count === at % count ? 1 : 0,
    ),
    [count, count],
  );
}
