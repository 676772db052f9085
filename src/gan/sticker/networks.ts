import {
  type Parameters,
  conv,
  dense,
  depthToSpace,
  layerNorm,
  sampleNorm,
  scope,
  spaceToDepth,
} from "../../tensor/index.js";
import * as tf from "../../tf.js";

/** Side of a code's coarse part, in cells. */
export const codeSide = 8;
/** Side of a code's detail, in cells. */
export const detailSide = 32;
/** Side of a decoded code's logits, in pixels. */
export const logitSide = 64;
/** Number of slots of a picture, including the transparent slot 0. */
export const slotCount = 16;
/** Values of a fill: constant, slope along x and slope along y, each for R, G and B. */
export const fillSize = 9;

/** Shape of a code: a coarse part `[8, 8, code]`, then a detail `[32, 32, detail]`, flattened in this order. */
export interface CodeShape {
  /** Channels of the coarse part, which the encoder predicts. */
  readonly code: number;
  /** Channels of the detail, which is found by descent only; 0 when absent. */
  readonly detail?: number | undefined;
}

/** Returns the number of values of a code's coarse part. */
export const coarseSizeOf = ({ code }: CodeShape): number => codeSide * codeSide * code;
/** Returns the number of values of a code's detail. */
export const detailSizeOf = ({ detail = 0 }: CodeShape): number => detailSide * detailSide * detail;
/** Returns the number of values of a code. */
export const codeSizeOf = (shape: CodeShape): number => coarseSizeOf(shape) + detailSizeOf(shape);

/** Shape of the sticker generator's encoder and decoder. */
export interface StickerShape extends CodeShape {
  /** Encoder channels at 32, 16 and 8 pixels a side. */
  readonly encoder: readonly [number, number, number];
  /** Decoder channels at 8, 16 and 32 pixels a side. */
  readonly decoder: readonly [number, number, number];
  /** Channels at 64 pixels a side, the input of the convolution to logits. */
  readonly outline: number;
  /** Width of the fills' attention pooling. */
  readonly fill: number;
  /** Share of each neighbour along an axis in the smoothed logits, 0 to 0.25 (see `smoothMaps`); 0 when absent. */
  readonly smoothing?: number | undefined;
}

/** Bound of the logits, so that no slot can dominate a picture. */
const bound = 10;

const leaky = (x: tf.Tensor): tf.Tensor4D => tf.leakyRelu(x, 0.2) as tf.Tensor4D;

/** Applies a residual block: `[batch, side, side, width]` → same. */
function refine(parameters: Parameters, x: tf.Tensor4D): tf.Tensor4D {
  const inner = leaky(sampleNorm(scope(parameters, "norm"), x));
  return tf.add(x, conv(scope(parameters, "conv"), inner, x.shape[3], 3, { gain: 0.7 }));
}

/**
 * Encodes pictures. The detail of their codes is 0.
 * @param pictures premultiplied RGB over white, then alpha: `[batch, 64, 64, 4]` in [0, 1]. Unknown alpha is 1 everywhere.
 * @returns codes, `[batch, size]`.
 */
export function encodeSticker(
  parameters: Parameters,
  shape: StickerShape,
  pictures: tf.Tensor4D,
): tf.Tensor2D {
  let x = tf.sub(tf.mul(pictures, 2), 1) as tf.Tensor4D;
  shape.encoder.forEach((width, layer) => {
    const at = scope(parameters, `layer${layer}`);
    x = refine(at, conv(scope(at, "merge"), spaceToDepth(x, 2), width, 1)); // 32, 16, 8
  });
  x = refine(scope(parameters, "last"), x);
  const cells = conv(
    scope(parameters, "out"),
    leaky(sampleNorm(scope(parameters, "norm"), x)),
    shape.code,
    1,
    { gain: 1 },
  );
  const coarse = tf.reshape(cells, [-1, coarseSizeOf(shape)]) as tf.Tensor2D;
  if (!shape.detail) return coarse;
  return tf.pad(coarse, [
    [0, 0],
    [0, detailSizeOf(shape)],
  ]);
}

/** Splits codes `[batch, size]` into the coarse part `[batch, 64 · code]` and the detail `[batch, 1024 · detail]`, if there is one. */
export function splitCodes(
  shape: CodeShape,
  codes: tf.Tensor2D,
): { coarse: tf.Tensor2D; detail: tf.Tensor2D | undefined } {
  if (!shape.detail) return { coarse: codes, detail: undefined };
  const [coarse, detail] = tf.split(codes, [coarseSizeOf(shape), detailSizeOf(shape)], 1);
  return { coarse: coarse as tf.Tensor2D, detail: detail as tf.Tensor2D };
}

/** Logits and fills of a decoded code. */
export interface StickerParts {
  /** Coefficients of the slots' logits, `[batch, 64, 64, 16]` in [−10, 10]. */
  readonly logits: tf.Tensor4D;
  /** Linear fills of the slots 1 … 15, `[batch, 15, 9]`. */
  readonly fills: tf.Tensor3D;
}

/** Decodes codes `[batch, size]`. */
export function decodeSticker(parameters: Parameters, shape: StickerShape, codes: tf.Tensor2D): StickerParts {
  const [wide, middle, narrow] = shape.decoder;
  const { coarse, detail } = splitCodes(shape, codes);
  const cells = tf.reshape(coarse, [-1, codeSide, codeSide, shape.code]) as tf.Tensor4D;
  let x = conv(scope(parameters, "start"), cells, wide, 3, { gain: 1 });
  x = refine(scope(parameters, "refine8a"), x);
  const top = refine(scope(parameters, "refine8b"), x); // [batch, 8, 8, wide]
  x = depthToSpace(conv(scope(parameters, "up16"), top, 4 * middle, 1, { gain: 1, bias: false }), 2);
  x = refine(scope(parameters, "refine16"), x); // [batch, 16, 16, middle]
  x = depthToSpace(conv(scope(parameters, "up32"), x, 4 * narrow, 1, { gain: 1, bias: false }), 2);
  if (detail) {
    const map = tf.reshape(detail, [-1, detailSide, detailSide, shape.detail!]) as tf.Tensor4D;
    x = tf.add(x, conv(scope(parameters, "detail"), map, narrow, 3, { gain: 0.5, bias: false }));
  }
  x = refine(scope(parameters, "refine32"), x); // [batch, 32, 32, narrow]
  const fine = depthToSpace(conv(scope(parameters, "up64"), leaky(x), 4 * shape.outline, 1, { gain: 1 }), 2); // [batch, 64, 64, outline]
  const raw = conv(scope(parameters, "logits"), leaky(fine), slotCount, 3, { gain: 1 });
  const bounded = tf.mul(tf.tanh(tf.mul(raw, 1 / bound)), bound) as tf.Tensor4D;
  const logits = smoothMaps(bounded, shape.smoothing ?? 0);
  return { logits, fills: poolFills(scope(parameters, "fills"), shape, top) };
}

/**
 * Smooths maps `[batch, 64, 64, channels]` along both axes by the kernel (share, 1 − 2 · share, share). Bounded logits are saturated on
 * both sides of an outline, so the outline follows the grid; smoothed, it runs straight.
 */
export function smoothMaps(maps: tf.Tensor4D, share: number): tf.Tensor4D {
  if (share === 0) return maps;
  const [batch, rows, columns, channels] = maps.shape;
  const kernel = (side: number): tf.Tensor2D =>
    tf.tensor2d(
      Float32Array.from({ length: side * side }, (_, at) => {
        const [row, column] = [Math.floor(at / side), at % side];
        if (Math.abs(row - column) === 1) return share;
        if (row !== column) return 0;
        return row === 0 || row === side - 1 ? 1 - share : 1 - 2 * share;
      }),
      [side, side],
    );
  const tall = tf.matMul(
    kernel(rows),
    tf.reshape(tf.transpose(maps, [1, 0, 2, 3]), [rows, batch * columns * channels]),
  );
  const across = tf.transpose(tf.reshape(tall, [rows, batch, columns, channels]), [2, 1, 0, 3]);
  const wide = tf.matMul(kernel(columns), tf.reshape(across, [columns, batch * rows * channels]));
  return tf.transpose(tf.reshape(wide, [columns, batch, rows, channels]), [1, 2, 0, 3]);
}

/** Fills by attention pooling: a learned query for each slot attends to the 64 positions of the decoder's first features. */
function poolFills(parameters: Parameters, shape: StickerShape, top: tf.Tensor4D): tf.Tensor3D {
  const [batch, , , wide] = top.shape;
  const width = shape.fill;
  const slots = slotCount - 1;
  const places = tf.reshape(leaky(sampleNorm(scope(parameters, "norm"), top)), [
    batch,
    codeSide * codeSide,
    wide,
  ]);
  const keys = dense(scope(parameters, "key"), places, width); // [batch, 64, width]
  const values = dense(scope(parameters, "value"), places, width);
  const queries = parameters("query", [slots, width], { normal: 1 });
  const scores = tf.mul(
    tf.matMul(tf.reshape(keys, [-1, width]), queries as tf.Tensor2D, false, true),
    1 / Math.sqrt(width),
  );
  const shares = tf.softmax(tf.transpose(tf.reshape(scores, [batch, codeSide * codeSide, slots]), [0, 2, 1])); // [batch, 15, 64]
  const pooled = tf.add(tf.matMul(shares, values), parameters("slot", [slots, width], { normal: 0.5 })); // [batch, 15, width]
  const hidden = tf.relu(
    dense(scope(parameters, "hidden"), layerNorm(scope(parameters, "pooled"), pooled), width, {
      gain: Math.SQRT2,
    }),
  );
  const fills = dense(scope(parameters, "out"), hidden, fillSize, { gain: 0.3 });
  return tf.add(fills, parameters("mean", [slots, fillSize], { constant: 0 })) as tf.Tensor3D;
}
