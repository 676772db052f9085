import { ConfigError } from "../errors.js";
import type { Parameters } from "../tensor/index.js";
import * as tf from "../tf.js";
import type { Generator } from "./interface.js";
import { onWhite, over, seenSide } from "./sticker/index.js";

/**
 * Pictures of several layers as a generator: latents are the layers' own, bottom to top, `[layers, …latentShape]`. Each layer is placed by
 * its own pose and painted with alpha; the layers are composited "over".
 * @throws {ConfigError} when the generator paints no regions.
 */
export function layeredGenerator(generator: Generator, layers: number): Generator {
  const { regions, latentShape, resolution, narrow } = generator;
  if (!regions || latentShape.length !== 1)
    throw new ConfigError("scenes of layers need a generator of regions: its pictures have no alpha");
  const size = latentShape[0]!;
  const flat = (u: tf.Tensor): tf.Tensor2D => tf.reshape(u, [-1, size]);
  const stacked = (rows: tf.Tensor): tf.Tensor => tf.reshape(rows, [-1, layers, size]);
  const repeat = (rows: tf.Tensor): tf.Tensor =>
    rows.shape[0] === 1
      ? rows
      : tf.reshape(tf.tile(tf.expandDims(rows, 1), [1, layers, 1]), [-1, rows.shape[1]!]);
  const paint = (p: Parameters, u: tf.Tensor, side: number): tf.Tensor4D => {
    const painted = regions.paint(p, flat(u), side); // [batch · layers, side, side, 4]
    return over(tf.reshape(painted, [-1, layers, side, side, 4]));
  };
  return {
    latentShape: [layers, size],
    resolution,
    range: generator.range,
    styles: generator.styles,
    weights: generator.weights,
    sample: (random, count, options) => generator.sample(random, count * layers, options),
    map: (p, draws, condition, others = []) =>
      stacked(generator.map(p, draws, repeat(condition), others.map(repeat))),
    synthesize(p, u) {
      const rgb = onWhite(paint(p, u, seenSide));
      const factor = seenSide / resolution;
      return tf.sub(tf.mul(tf.avgPool(rgb, factor, factor, "valid") as tf.Tensor4D, 2), 1);
    },
    narrow: narrow ? (change: tf.Tensor) => tf.reshape(narrow(flat(change)), change.shape) : undefined,
    regions: {
      parts: (p, u) => regions.parts(p, flat(u)),
      paint,
      paintWindow: regions.paintWindow,
      recolour: (p, u, rgb) => stacked(regions.recolour(p, flat(u), rgb)),
      fillPart: (change) => tf.reshape(regions.fillPart(flat(change)), change.shape),
    },
  };
}
