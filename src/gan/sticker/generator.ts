import {
  type HostTensor,
  type Parameters,
  type TensorRecord,
  hostFloats,
  scope,
} from "../../tensor/index.js";
import * as tf from "../../tf.js";
import type { Concept } from "../../prompts/index.js";
import type { Generator, SampleOptions } from "../interface.js";
import { conceptsNameOf, findStyle } from "../names.js";
import { bankNames, detailStep, readBankCodes, stepOfCoarse } from "./bank.js";
import {
  fillPart,
  groupLatents,
  latentSizeOf,
  moveFills,
  removeResidual,
  readLatents,
  writeLatents,
} from "./latents.js";
import { principalCount } from "./statistics.js";
import {
  type StickerParts,
  type StickerShape,
  codeSizeOf,
  coarseSizeOf,
  detailSizeOf,
  decodeSticker,
  encodeSticker,
  logitSide,
} from "./networks.js";
import { measureOutlineLength, measureClarity, onWhite, paint, seenSide } from "./paint.js";
import { cropToInk } from "./inkCrop.js";
import { recolourFills } from "./recolour.js";

/** Configuration of a sticker generator. */
export interface StickerConfig {
  readonly shape: StickerShape;
  /** Drawing styles that can be requested. */
  readonly styles: readonly string[];
  /** Number of concepts in the bank. Each has a drawing in every style. */
  readonly concepts: number;
}

/** Scopes of the weights. */
export const stickerScopes = { encoder: "encoder", decoder: "decoder" } as const;

/**
 * Weight names for additional names of concepts (tags such as "bee" for the honeybee): their embeddings under a guide
 * `[names, features]`, and the index of each name's concept `[names]`.
 */
export const otherNames = { embeddings: (guide: number): string => `names.${guide}`, owners: "names.owners" };

/** Standard deviation of the principal coordinates at truncation 1, for the first and the last varied draft. */
const variations = { least: 0.05, most: 0.3 };

/** Checks that the values of a weight are indices below `count`, as the program relies on it. @throws {RangeError} */
function checkIndices(weights: TensorRecord, name: string, count: number): void {
  const values = weights[name]?.data ?? [];
  for (const value of values)
    if (!(Number.isInteger(value) && value >= 0 && value < count))
      throw new RangeError(`${name}: ${value} is no index below ${count}`);
}

/** Minimum mean cosine for a prompt to count as the name of a concept. */
const namedCosine = 0.985;

/**
 * Makes the sticker generator. Its pictures consist of 16 region masks with linear fills. A latent consists of the coordinates of a code,
 * changes of the fills, and the pose on the canvas.
 * @param weights encoder, decoder, latent statistics, and bank.
 * @param vocabulary names of the concepts of the bank, in its order.
 */
export function createStickerGenerator(
  config: StickerConfig,
  weights: TensorRecord,
  vocabulary?: readonly Concept[],
): Generator {
  const { shape, styles, concepts } = config;
  checkIndices(weights, bankNames.drawings, weights[bankNames.coarse]?.shape[0] ?? 0);
  checkIndices(weights, otherNames.owners, concepts);
  const partsOf = (parameters: Parameters, u: tf.Tensor): StickerParts & { poses: tf.Tensor2D } => {
    const { codes, fillChange, poses } = readLatents(parameters, shape, u);
    const { logits, fills } = decodeSticker(scope(parameters, stickerScopes.decoder), shape, codes);
    return { logits, fills: tf.add(fills, fillChange) as tf.Tensor3D, poses };
  };
  const paintAt = (parameters: Parameters, u: tf.Tensor, side: number): tf.Tensor4D => {
    const { poses, ...parts } = partsOf(parameters, u);
    return paint(parts, side, { poses }).rgba;
  };
  const recolour = (parameters: Parameters, u: tf.Tensor, rgb: tf.Tensor): tf.Tensor => {
    const parts = partsOf(parameters, u);
    return moveFills(u, shape, tf.sub(recolourFills(parts, rgb), parts.fills));
  };
  const guides = [0, 1].filter((guide) => weights[conceptsNameOf(guide)]);
  /**
   * Returns the cosines of prompts and names, summed over the guides: `[prompts, names]`. Labels come first, then the other
   * names.
   */
  const similarityOf = (parameters: Parameters, embeddings: readonly tf.Tensor[]): tf.Tensor => {
    const against = (name: string, embedding: tf.Tensor): tf.Tensor[] => {
      const weight = weights[name];
      if (!weight) return [];
      const names = parameters(name, weight.shape, { constant: 0 }) as tf.Tensor2D;
      return [tf.matMul(embedding as tf.Tensor2D, names, false, true)];
    };
    return tf.addN(
      // An edit provides embeddings of the first guide only.
      guides.slice(0, embeddings.length).map((guide) => {
        const embedding = embeddings[guide]!;
        const labels = against(conceptsNameOf(guide), embedding);
        return tf.concat([...labels, ...against(otherNames.embeddings(guide), embedding)], 1);
      }),
    );
  };
  /** Returns the indices of the concepts of names, given by index `[…]`. */
  const ownersOf = (parameters: Parameters, names: tf.Tensor): tf.Tensor => {
    const whole = tf.cast(names, "int32");
    const others = weights[otherNames.owners];
    if (!others) return whole;
    const owners = tf.cast(parameters(otherNames.owners, others.shape, { constant: 0 }), "int32");
    const labels = tf.tensor1d(
      Int32Array.from({ length: concepts }, (_, at) => at),
      "int32",
    );
    return tf.gather(tf.concat([labels, owners as tf.Tensor1D], 0), whole);
  };
  /**
   * Picks the concepts whose drawings are the starts of `count` drafts: the concepts nearest to a prompt, each in every style. If the
   * prompt is the name of a concept, only this concept is picked.
   * @returns the concept of each draft, `[count]`.
   */
  const pickConcepts = (
    parameters: Parameters,
    similarity: tf.Tensor,
    count: number,
    prompts: number,
  ): tf.Tensor => {
    const distinct = countUnvaried(count);
    const kinds = prompts === 1 ? Math.min(concepts, Math.max(1, Math.ceil(distinct / styles.length))) : 1;
    const { values, indices } = tf.topk(similarity, kinds);
    const owners = ownersOf(parameters, indices); // [prompts, kinds]
    if (prompts > 1) return tf.reshape(tf.tile(owners, [count / prompts, 1]), [count]);
    const isNamed = tf.greater(tf.max(values), guides.length * namedCosine);
    const ranks = tf.tensor1d(
      Array.from({ length: count }, (_, at) =>
        Math.min(kinds - 1, Math.floor((at % distinct) / styles.length)),
      ),
      "int32",
    );
    const effectiveRanks = tf.mul(ranks, tf.cast(tf.logicalNot(isNamed), "int32")) as tf.Tensor1D;
    return tf.gather(tf.reshape(owners, [kinds]), effectiveRanks);
  };
  /** Returns the codes of concepts in styles, given by index `concept · styles + style`: `[count, size]`. */
  const readBank = (parameters: Parameters, pairs: tf.Tensor1D): tf.Tensor2D => {
    const drawings = weights[bankNames.coarse]?.shape[0] ?? 0;
    const drawingOf = parameters(bankNames.drawings, [concepts * styles.length], { constant: 0 });
    const rows = tf.cast(tf.gather(drawingOf, pairs), "int32") as tf.Tensor1D;
    const readPart = (name: string, size: number, step: number): tf.Tensor2D => {
      const steps = tf.gather(parameters(name, [drawings, size], { constant: 0 }), rows);
      return (step === 1 ? steps : tf.mul(tf.cast(steps, "float32"), step)) as tf.Tensor2D;
    };
    const coarse = readPart(bankNames.coarse, coarseSizeOf(shape), stepOfCoarse(weights[bankNames.coarse]));
    if (!shape.detail) return coarse;
    return tf.concat([coarse, readPart(bankNames.detail, detailSizeOf(shape), detailStep)], 1);
  };
  /** Returns the codes of the drawings that are nearest to prompts, in the styles of the drafts: `[count, size]`. */
  const findCodes = (
    parameters: Parameters,
    style: tf.Tensor2D,
    embeddings: readonly tf.Tensor[],
  ): tf.Tensor2D => {
    const [count, styleCount] = style.shape;
    const prompts = embeddings[0]!.shape[0]!;
    const picked = pickConcepts(parameters, similarityOf(parameters, embeddings), count, prompts);
    // The style rows hold the requested style, or all styles in turn.
    const pairs = tf.add(
      tf.mul(picked, tf.scalar(styleCount, "int32")),
      tf.cast(tf.argMax(style, 1), "int32"),
    ) as tf.Tensor1D;
    return readBank(parameters, pairs);
  };
  /** Reads codes as `readBank` does, without a program: `[count, size]`. The rest of the bank is not read. */
  const lookUp = (pairs: readonly number[]): HostTensor => {
    const { data: drawingOf } = weights[bankNames.drawings]!;
    const codes = readBankCodes(
      weights,
      shape,
      pairs.map((pair) => drawingOf[pair]!),
    );
    return hostFloats(codes, [pairs.length, codeSizeOf(shape)]);
  };
  /** Returns the number of drafts that are not varied. The picks of the others, which are varied, repeat theirs. */
  const countUnvaried = (count: number): number => Math.ceil(count / 2);
  return {
    latentShape: [latentSizeOf(shape)],
    resolution: logitSide,
    range: [-1, 1],
    styles,
    vocabulary,
    weights,
    sample(random, count, { truncation, style: name, concepts: requestedConcepts, colour }: SampleOptions) {
      const requestedStyle = name === undefined ? undefined : findStyle(name, styles);
      const styleOf = (row: number): number => requestedStyle ?? row % styles.length;
      const styleRows = new Float32Array(count * styles.length);
      for (let row = 0; row < count; row++) styleRows[row * styles.length + styleOf(row)] = 1;
      const half = countUnvaried(count);
      const scaleOf = (row: number): number => {
        const { least, most } = variations;
        return row < half ? 0 : least + ((most - least) * (row % half)) / half;
      };
      const perConcept = Math.max(1, styles.length);
      const conceptOf = (row: number): number =>
        requestedConcepts?.[Math.floor((row % half) / perConcept) % requestedConcepts.length] ?? -1;
      const pairs = Array.from({ length: count }, (_, row) => conceptOf(row) * styles.length + styleOf(row));
      return {
        // The program then needs neither the bank nor the names.
        ...(requestedConcepts?.length && { codes: lookUp(pairs) }),
        style: hostFloats(styleRows, [count, styles.length]),
        // Not read by the program. −1: the condition determines the concept.
        concept: hostFloats(
          Float32Array.from({ length: count }, (_, row) => conceptOf(row)),
          [count],
        ),
        ...(colour && { colour: hostFloats(Float32Array.from(colour), [3]) }),
        variation: hostFloats(
          random
            .stream("variation")
            .normals(count * principalCount)
            .map((value, at) => value * truncation * scaleOf(Math.floor(at / principalCount))),
          [count, principalCount],
        ),
      };
    },
    map(parameters, draws, condition, others = []) {
      const { style, variation } = draws as { style: tf.Tensor2D; variation: tf.Tensor2D };
      const codes =
        (draws.codes as tf.Tensor2D | undefined) ?? findCodes(parameters, style, [condition, ...others]);
      const latents = tf.add(
        writeLatents(parameters, shape, codes),
        tf.pad(variation, [
          [0, 0],
          [0, latentSizeOf(shape) - principalCount],
        ]),
      );
      return draws.colour ? recolour(parameters, latents, draws.colour) : latents;
    },
    clarity: (parameters, u) => measureClarity(partsOf(parameters, u).logits),
    narrow: (change) => removeResidual(change, shape),
    groups: groupLatents(shape),
    synthesize(parameters, u) {
      const rgb = onWhite(paintAt(parameters, u, seenSide));
      const factor = seenSide / logitSide;
      const small = tf.avgPool(rgb, factor, factor, "valid") as tf.Tensor4D;
      return tf.sub(tf.mul(small, 2), 1);
    },
    encode(parameters, pictures) {
      const rgb = tf.mul(tf.add(pictures, 1), 0.5) as tf.Tensor4D;
      const { cropped, poses } = cropToInk(rgb);
      const input = tf.concat([cropped, tf.ones([rgb.shape[0], logitSide, logitSide, 1])], 3) as tf.Tensor4D;
      const codes = encodeSticker(scope(parameters, stickerScopes.encoder), shape, input);
      return writeLatents(parameters, shape, codes, poses);
    },
    regions: {
      seenSide,
      parts: partsOf,
      paint: paintAt,
      fillPart: (change) => fillPart(change, shape),
      boundary: (parameters, u) => measureOutlineLength(partsOf(parameters, u).logits),
      paintWindow: ({ logits, fills, ...placed }, side, window) =>
        paint({ logits, fills }, side, { ...placed, window }),
    },
  };
}
