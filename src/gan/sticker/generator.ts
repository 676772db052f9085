import { ConfigError } from "../../errors.js";
import { type Parameters, type TensorRecord, hostFloats, scope, unitRows } from "../../tensor/index.js";
import * as tf from "../../tf.js";
import type { Generator, SampleOptions } from "../interface.js";
import { latentSize, principalPart, readLatents, writeLatents } from "./latents.js";
import {
  type StickerParts,
  type StickerShape,
  codeSide,
  decodeSticker,
  encodeSticker,
  logitSide,
} from "./networks.js";
import { onWhite, paint, resampleMaps, splineMatrix } from "./paint.js";
import { type WordsShape, wordsToCode } from "./words.js";

/** Configuration of a sticker generator. */
export interface StickerConfig {
  readonly shape: StickerShape;
  readonly words: WordsShape;
  /** Drawing styles it can be asked for. */
  readonly styles: readonly string[];
  /** Things whose drawings it knows in every style. */
  readonly concepts: number;
}

/** Scopes of its weights. */
export const stickerScopes = { encoder: "encoder", decoder: "decoder", words: "words" } as const;

/** Names of the codes of known drawings `[concepts · styles, size]`, and of the labels' embeddings under a guide, `[concepts, features]`. */
export const bankName = "bank.codes";
export const conceptEmbeddings = (guide: number): string => `concepts.${guide}`;

/** Lengths of the noise on the condition of the first and last of many drafts, at truncation 1. */
const nudges = { least: 0.1, most: 0.35 };

/** Mean cosine from which a prompt is the very name of a known thing. */
const namedCosine = 0.985;

/** Index of the one style that a name or its beginning means. @throws {ConfigError} when none or several do. */
export function styleIndex(name: string, styles: readonly string[]): number {
  const matches = styles.filter((style) => style === name || style.startsWith(name));
  if (matches.length === 1) return styles.indexOf(matches[0]!);
  throw new ConfigError(
    `${matches.length === 0 ? "unknown" : "ambiguous"} style "${name}"; known: ${styles.join(", ")}`,
  );
}

/** A picture of 128×128 is painted and averaged down for the CLIPs: they see edges as a saved picture has them. */
const seenSide = 128;

/**
 * The sticker generator: pictures of 16 region masks with linear fills. Latents are rows of coordinates of a code, changes of the fills,
 * and the pose on the canvas.
 * @param weights encoder, decoder, network from words to codes, latent statistics, and the bank of known drawings.
 */
export function stickerGenerator(config: StickerConfig, weights: TensorRecord): Generator {
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
  const bank = (p: Parameters): tf.Tensor => p(bankName, [concepts * styles.length, size], { constant: 0 });
  return {
    latentShape: [latentSize(code)],
    resolution: logitSide,
    range: [-1, 1],
    styles,
    weights,
    sample(random, count, { truncation, style: name }: SampleOptions) {
      const chosen = name === undefined ? undefined : styleIndex(name, styles);
      const drawnStyles = new Float32Array(count * styles.length);
      for (let row = 0; row < count; row++)
        drawnStyles[row * styles.length + (chosen ?? row % styles.length)] = 1;
      const half = Math.ceil(count / 2);
      const length = (row: number): number =>
        (truncation * (nudges.least + ((nudges.most - nudges.least) * (row % half)) / half)) /
        Math.sqrt(words.condition);
      return {
        style: hostFloats(drawnStyles, [count, styles.length]),
        nudge: hostFloats(
          random
            .stream("nudges")
            .normals(count * words.condition)
            .map((value, at) => value * length(Math.floor(at / words.condition))),
          [count, words.condition],
        ),
        noise: hostFloats(
          random
            .stream("noise")
            .normals(count * words.noise)
            .map((value) => value * truncation),
          [count, words.noise],
        ),
      };
    },
    map(p, { style, nudge, noise }, condition, others = []) {
      const count = style!.shape[0]!;
      const [styleCount, single] = [styles.length, condition.shape[0] === 1];
      const embeddings = [condition, ...others].flatMap((embedding, guide) => {
        const known = weights[conceptEmbeddings(guide)];
        if (!known) return [];
        const labels = p(conceptEmbeddings(guide), known.shape, { constant: 0 }) as tf.Tensor2D;
        return [tf.matMul(embedding as tf.Tensor2D, labels, false, true)];
      });
      // Drafts of the prompt itself, then known drawings of the things nearest to it.
      const near = single ? Math.floor(count / 2) : 0;
      const asked = count - near;
      const kinds = Math.min(concepts, Math.max(1, Math.ceil(near / styleCount)));
      const similarity = tf.addN(embeddings); // [condition rows, concepts]
      const { indices } = tf.topk(similarity, single ? kinds : 1);
      const nearest = tf.cast(tf.slice(indices, [0, 0], [-1, 1]), "int32"); // [condition rows, 1]
      const firstConcept = tf.reshape(tf.tile(nearest, [asked / condition.shape[0]!, 1]), [
        asked,
      ]) as tf.Tensor1D;
      const drawn = tf.slice(style!, [0, 0], [asked, styleCount]) as tf.Tensor2D;
      // The reference is in another style than is asked for: its translation is what the network learned.
      const turn = tf.tensor2d(
        Float32Array.from({ length: styleCount * styleCount }, (_, at) =>
          (Math.floor(at / styleCount) + 1) % styleCount === at % styleCount ? 1 : 0,
        ),
        [styleCount, styleCount],
      );
      const referenceStyle = tf.matMul(drawn, turn);
      const rowOf = (conceptRows: tf.Tensor, oneHot: tf.Tensor): tf.Tensor1D =>
        tf.add(
          tf.mul(conceptRows, tf.scalar(styleCount, "int32")),
          tf.cast(tf.argMax(oneHot, 1), "int32"),
        ) as tf.Tensor1D;
      const reference = tf.reshape(tf.gather(bank(p), rowOf(firstConcept, referenceStyle)), [
        asked,
        codeSide,
        codeSide,
        code,
      ]) as tf.Tensor4D;
      const text = unitRows(
        tf.add(
          tf.tile(condition, [asked / condition.shape[0]!, 1]),
          tf.slice(nudge!, [0, 0], [asked, words.condition]),
        ),
      );
      const made = wordsToCode(scope(p, stickerScopes.words), words, {
        text: text as tf.Tensor2D,
        style: drawn,
        reference,
        referenced: tf.ones([asked, 1]),
        referenceStyle: referenceStyle as tf.Tensor2D,
        noise: tf.slice(noise!, [0, 0], [asked, words.noise]) as tf.Tensor2D,
      });
      if (near === 0) return writeLatents(p, code, made);
      // A prompt that names a known thing gets drawings of that thing alone: the CLIPs may not know it well enough to choose.
      const isNamed = tf.greater(tf.max(similarity), embeddings.length * namedCosine);
      const spread = tf.tensor1d(
        Array.from({ length: near }, (_, at) => Math.min(kinds - 1, Math.floor(at / styleCount))),
        "int32",
      );
      const ranks = tf.mul(spread, tf.cast(tf.logicalNot(isNamed), "int32")) as tf.Tensor1D;
      const conceptRows = tf.gather(tf.reshape(tf.cast(indices, "int32"), [kinds]), ranks);
      // In the asked style where there is one, else in each in turn.
      const known = tf.gather(bank(p), rowOf(conceptRows, tf.slice(style!, [asked, 0], [near, styleCount])));
      return writeLatents(p, code, tf.concat([tf.reshape(made, [asked, size]), known], 0));
    },
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
      paintWindow: ({ poses, ...parts }, side, window) => paint(parts, side, { poses, window }),
    },
  };
}

/** Darkness from which a pixel counts as ink, and the part of a cropped picture that ink fills, as in training. */
const inkThreshold = 0.06;
const filledPart = 60 / 64;

/** Pictures on white `[batch, 64, 64, 3]`, cropped to the bounding square of their ink, and where it was: `[batch, 3]`. */
function cropToInk(rgb: tf.Tensor4D): { cropped: tf.Tensor4D; poses: tf.Tensor2D } {
  const [batch, side] = rgb.shape;
  const ink = tf.cast(tf.greater(tf.sub(1, tf.min(rgb, 3)), inkThreshold), "float32"); // [batch, side, side]
  const places = tf.tensor1d(Float32Array.from({ length: side }, (_, at) => at));
  const bounds = (axis: 1 | 2): [first: tf.Tensor, last: tf.Tensor] => {
    const line = tf.max(ink, axis === 1 ? 2 : 1); // [batch, side]: 1 where any ink is
    const first = tf.min(tf.add(places, tf.mul(tf.sub(1, line), side)), 1);
    const last = tf.max(tf.sub(places, tf.mul(tf.sub(1, line), side)), 1);
    return [tf.minimum(first, side - 1), tf.maximum(last, 0)];
  };
  const [top, bottom] = bounds(1);
  const [left, right] = bounds(2);
  const span = tf.maximum(tf.add(tf.maximum(tf.sub(bottom, top), tf.sub(right, left)), 1), side / 8);
  const centre = (first: tf.Tensor, last: tf.Tensor): tf.Tensor =>
    tf.sub(tf.mul(tf.add(tf.add(first, last), 1), 1 / side), 1); // [batch], in [−1, 1]
  const [x, y] = [centre(left, right), centre(top, bottom)];
  const size = tf.div(span, side * filledPart); // half side of the cropped square
  const poses = tf.stack([x, y, size], 1) as tf.Tensor2D;
  const steps = tf.tensor2d(
    Float32Array.from({ length: side }, (_, at) => ((at + 0.5) / side) * 2 - 1),
    [1, side],
  );
  const positions = (from: tf.Tensor): tf.Tensor2D =>
    tf.add(tf.mul(steps, tf.reshape(size, [batch, 1])), tf.reshape(from, [batch, 1])) as tf.Tensor2D;
  const cropped = resampleMaps(rgb, splineMatrix(positions(y), side), splineMatrix(positions(x), side));
  return { cropped, poses };
}
