import type { Parameters, Random, TensorRecord } from "../tensor/index.js";
import type { Concept } from "../prompts/index.js";
import type * as tf from "../tf.js";

/** How first latents are drawn. */
export interface SampleOptions {
  /** 0 gives the mean picture, 1 the whole variety. */
  readonly truncation: number;
  /** One of the generator's styles; each in turn when absent. */
  readonly style?: string;
  /** Indices into the generator's `vocabulary`, the best first; chosen by the condition when absent. */
  readonly concepts?: readonly number[] | undefined;
  /** Colour that the drawing's main parts are given: sRGB in [0, 1]. Only for generators with a vocabulary. */
  readonly colour?: readonly [red: number, green: number, blue: number] | undefined;
}

/** What a picture of regions with fills consists of. */
export interface RegionParts {
  /** Coefficients of the slots' logits, `[batch, 64, 64, 16]`; slot 0 is transparent. */
  readonly logits: tf.Tensor4D;
  /** Linear fills of the slots 1 … 15, `[batch, 15, 9]`: constant, slope along x, slope along y, each R, G, B. */
  readonly fills: tf.Tensor3D;
  /** `[batch, 3]`: x, y and half side on the canvas [−1, 1]². */
  readonly poses: tf.Tensor2D;
  /** 1 for pictures that are mirrored left to right about their centre, else 0: `[batch, 1]`; none when absent. */
  readonly mirrored?: tf.Tensor2D | undefined;
  /** 1 for slots that are painted transparent, else 0: `[batch, 15]`; none when absent. */
  readonly hidden?: tf.Tensor2D | undefined;
}

/** What a generator of regions with fills can do beside `synthesize`. */
export interface RegionPainter {
  /** Parts of latents `[batch, …latentShape]`. */
  parts(p: Parameters, latents: tf.Tensor): RegionParts;
  /** Paints latents: premultiplied RGBA `[batch, side, side, 4]`, sRGB; colours may leave [0, alpha] a little. */
  paint(p: Parameters, latents: tf.Tensor, side: number): tf.Tensor4D;
  /** The part of a change of latents that moves fills alone. */
  fillPart(change: tf.Tensor): tf.Tensor;
  /** Latents whose main parts have another colour, `rgb` `[3]` in [0, 1]; masks, pose and parts of other colours stay. */
  recolour(p: Parameters, latents: tf.Tensor, rgb: tf.Tensor): tf.Tensor;
  /**
   * Paints the pixels of parts that lie in a window of a square of `side` pixels, as `paint` would.
   * @param window centres of its columns and rows in [−1, 1], `[1, columns]` and `[1, rows]`.
   * @returns premultiplied RGBA `[batch, rows, columns, 4]`, and the sharpened logits whose softmax are the slots' shares,
   * `[batch, rows, columns, 16]`.
   */
  paintWindow(
    parts: RegionParts,
    side: number,
    window: { readonly x: tf.Tensor2D; readonly y: tf.Tensor2D },
  ): { rgba: tf.Tensor4D; logits: tf.Tensor4D };
}

/**
 * What steering needs of a generator. Its functions are pure: they take weights by name and give tensors, so they compile
 * and have gradients. Latents are in steering coordinates, in which samples have mean 0 and variance 1, or nearly so;
 * the generator's own space (W+, noise and class vector, code grid) stays its own affair.
 */
export interface Generator {
  /** Sides of one picture's latents. */
  readonly latentShape: readonly number[];
  /** Width and height of its pictures. */
  readonly resolution: number;
  /** Range of its pictures' values. */
  readonly range: readonly [low: number, high: number];
  /** Drawing styles that `sample` accepts; empty where there are none. */
  readonly styles: readonly string[];
  /** Concepts that `sample` accepts; absent where the condition alone determines the drawing. */
  readonly vocabulary?: readonly Concept[] | undefined;
  /** Weights, fixed noise and latent statistics, under the names by which the functions below ask for them. */
  readonly weights: TensorRecord;
  /** Random numbers for first latents, made on the host. @throws {ConfigError} for a style that it does not have. */
  sample(random: Random, count: number, options: SampleOptions): TensorRecord;
  /**
   * Latents `[count, …latentShape]` of such numbers.
   * @param condition unit CLIP embeddings `[count or 1, features]`; heard by generators that were trained with one.
   * @param others the same prompt under the further guides, `[count or 1, features]` each, as the condition.
   */
  map(
    p: Parameters,
    draws: Readonly<Record<string, tf.Tensor>>,
    condition: tf.Tensor,
    others?: readonly tf.Tensor[],
  ): tf.Tensor;
  /** Pictures `[batch, resolution, resolution, 3]` in `range` of latents `[batch, …latentShape]`. */
  synthesize(p: Parameters, latents: tf.Tensor): tf.Tensor4D;
  /** First guess of the latents of pictures in `range`; without an encoder, inversion starts from the mean. */
  encode?(p: Parameters, pictures: tf.Tensor4D, condition: tf.Tensor): tf.Tensor;
  /** Realness of pictures in `range` for the condition, `[batch]`: 1 and more for real ones, −1 and less for made ones. */
  realism?(p: Parameters, pictures: tf.Tensor4D, condition: tf.Tensor): tf.Tensor;
  /** How far the regions of latents are drawn rather than blended, `[batch]` in [0, 1]; absent for generators of pixels. */
  clarity?(p: Parameters, latents: tf.Tensor): tf.Tensor;
  /**
   * The part of a change of latents that keeps pictures whole: moving all layers together where each has its own (W in W+).
   * Pictures made from words are steered by it; absent where there is no such part.
   */
  narrow?(change: tf.Tensor): tf.Tensor;
  /** Pictures as regions with fills, at any size and with alpha; absent for generators of pixels. */
  readonly regions?: RegionPainter;
  /** Brings latents back to where the generator knows its way, after a step of ascent. */
  project?(p: Parameters, latents: tf.Tensor): tf.Tensor;
}
