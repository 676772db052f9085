import type { Parameters, Random, TensorRecord } from "../tensor/index.js";
import type { Concept } from "../prompts/index.js";
import type * as tf from "../tf.js";

/** Options for drawing first latents. */
export interface SampleOptions {
  /** Truncation, 0 to 1: 0 gives the mean picture, 1 the full variety. */
  readonly truncation: number;
  /** One of the generator's styles; all styles in turn when absent. */
  readonly style?: string;
  /** Indices into the generator's `vocabulary`, best first; the condition selects them when absent. */
  readonly concepts?: readonly number[] | undefined;
  /** Colour of the drawing's main parts: sRGB in [0, 1]. Only for generators with a vocabulary. */
  readonly colour?: readonly [red: number, green: number, blue: number] | undefined;
}

/** Parts of a picture of regions with fills. */
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
  /** Curves below which pictures are transparent, in half sides about their centres: `[batch, 4]` as x, y, half, sag; none when absent. */
  readonly cuts?: tf.Tensor2D | undefined;
}

/** Additional functions of generators of regions with fills. */
export interface RegionPainter {
  /** Returns the parts of latents `[batch, …latentShape]`. */
  parts(parameters: Parameters, latents: tf.Tensor): RegionParts;
  /** Side at which `synthesize` paints pictures before it reduces them. A program that also outputs the larger ones paints them once. */
  readonly seenSide: number;
  /** Paints latents: premultiplied RGBA `[batch, side, side, 4]`, sRGB; colours may exceed [0, alpha] slightly. */
  paint(parameters: Parameters, latents: tf.Tensor, side: number): tf.Tensor4D;
  /** Projects a change of latents to the coordinates of the fills. */
  fillPart(change: tf.Tensor): tf.Tensor;
  /**
   * Returns the length of all outlines of the regions, `[batch]`, in sides of the drawing. Fragments lengthen it. Differentiable.
   */
  boundary(parameters: Parameters, latents: tf.Tensor): tf.Tensor1D;
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
 * A generator as steering uses it. Its functions are pure: they take weights by name and return tensors, so they can be
 * compiled and differentiated. Latents are in steering coordinates, in which samples have mean 0 and variance 1, approximately.
 * The generator's own space (W+, noise and class vector, code grid) is internal.
 */
export interface Generator {
  /** Shape of one picture's latents, without the batch, e.g. `[128]` or `[layers, features]`. */
  readonly latentShape: readonly number[];
  /** Width and height of its pictures, pixels. */
  readonly resolution: number;
  /** Range of its pictures' values, e.g. [−1, 1] after a tanh. */
  readonly range: readonly [low: number, high: number];
  /** Drawing styles that `sample` accepts; empty if there are none. */
  readonly styles: readonly string[];
  /** Concepts that `sample` accepts; absent if the condition alone determines the drawing. */
  readonly vocabulary?: readonly Concept[] | undefined;
  /** Weights, fixed noise and latent statistics, by the names that the functions below use. */
  readonly weights: TensorRecord;
  /**
   * Samples random numbers for first latents, on the host.
   * @param count number of pictures.
   * @returns tensors by name whose first axis is `count`, except `colour`, `[3]`; `map` takes them.
   * @throws {ConfigError} for a style that it does not have.
   */
  sample(random: Random, count: number, options: SampleOptions): TensorRecord;
  /**
   * Maps such numbers to latents `[count, …latentShape]`.
   * @param condition unit CLIP embeddings `[count or 1, features]`; ignored by generators that were trained without one.
   * @param others the same prompt under the further guides, `[count or 1, features]` each, as the condition.
   */
  map(
    parameters: Parameters,
    draws: Readonly<Record<string, tf.Tensor>>,
    condition: tf.Tensor,
    others?: readonly tf.Tensor[],
  ): tf.Tensor;
  /** Synthesizes pictures `[batch, resolution, resolution, 3]` in `range` from latents `[batch, …latentShape]`. */
  synthesize(parameters: Parameters, latents: tf.Tensor): tf.Tensor4D;
  /**
   * Encodes pictures `[batch, resolution, resolution, 3]` in `range` to a first guess of their latents
   * `[batch, …latentShape]`; without an encoder, inversion starts from the mean.
   */
  encode?(parameters: Parameters, pictures: tf.Tensor4D, condition: tf.Tensor): tf.Tensor;
  /**
   * Returns the realness of pictures in `range` for the condition, `[batch]`: 1 and more for real ones, −1 and less for made
   * ones.
   */
  realism?(parameters: Parameters, pictures: tf.Tensor4D, condition: tf.Tensor): tf.Tensor;
  /**
   * Returns the clarity of the regions, `[batch]` in [0, 1]: 1 for pure regions, less for blended ones; absent for generators of
   * pixels.
   */
  clarity?(parameters: Parameters, latents: tf.Tensor): tf.Tensor;
  /**
   * Projects a change of latents to the changes that keep pictures coherent: the same change in all layers (W in W+). It
   * restricts the ascent of pictures made from words. Absent if there is no such projection.
   */
  narrow?(change: tf.Tensor): tf.Tensor;
  /**
   * Groups of coordinates that an ascent can release one after the other, `[…latentShape]`: 0 is released first. Absent if there is one
   * group.
   */
  readonly groups?: Uint8Array | undefined;
  /** Pictures as regions with fills, at any size and with alpha; absent for generators of pixels. */
  readonly regions?: RegionPainter;
  /** Projects latents `[batch, …latentShape]` to the range that the generator was trained on, after a step of ascent; the same shape. */
  project?(parameters: Parameters, latents: tf.Tensor): tf.Tensor;
}
