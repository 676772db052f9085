import { ConfigError } from "../errors.js";
import type { Parameters } from "../tensor/index.js";
import * as tf from "../tf.js";
import type { Generator, RegionParts } from "./interface.js";
import {
  type Cut,
  onWhite,
  compositeLayers,
  listPixelCentres,
  seenSide,
  slotCount,
} from "./sticker/index.js";

/** Flags of a layer, in addition to its latents. */
export interface LayerFlags {
  /** Whether it is mirrored left to right about its centre. */
  readonly mirrored: boolean;
  /** Whether each of its 15 regions is painted transparent. */
  readonly hidden: readonly boolean[];
  /** Curve below which it is transparent, in steps of 0.01; it is whole when absent. */
  readonly cut?: Cut | undefined;
}

/** Numbers of a cut in latents. */
const cutCount = 4;
/** Number of flags of a layer: `mirrored`, then `hidden` of each region, then the cut. */
const flagCount = slotCount + cutCount;
/** Steps of a cut's numbers in a half side. Latents hold whole numbers, 0 for `noCut`, which neither noise nor ascent changes. */
const cutSteps = 100;
/** A cut below every picture. */
const noCut: Cut = { x: 0, y: 3, half: 1, sag: 0 };
const stepsOf = ({ x, y, half, sag }: Cut): number[] =>
  [x, y, half, sag].map((value) => Math.round(value * cutSteps));
const plainCut = stepsOf(noCut);
/** Value of a flag in latents that is set; others are 0. So far apart, neither noise nor ascent changes a flag. */
const setFlag = 10;

/** A layer without flags: neither mirrored nor with hidden regions. */
export const plainLayer: LayerFlags = {
  mirrored: false,
  hidden: new Array<boolean>(slotCount - 1).fill(false),
};

/** Joins latents of one picture `[size]` and flags to a layer's row of a scene's latents, `[size + 20]`. */
export function joinLayer(latents: Float32Array, { mirrored, hidden, cut }: LayerFlags): Float32Array {
  const row = new Float32Array(latents.length + flagCount);
  row.set(latents);
  [mirrored, ...hidden].forEach((flag, at) => (row[latents.length + at] = flag ? setFlag : 0));
  row.set(
    stepsOf(cut ?? noCut).map((value, at) => value - plainCut[at]!),
    latents.length + slotCount,
  );
  return row;
}

/** Splits a layer's row of a scene's latents as `joinLayer` joined it. */
export function splitLayer(row: Float32Array): { latents: Float32Array; flags: LayerFlags } {
  const size = row.length - flagCount;
  const [mirrored, ...hidden] = Array.from(
    row.subarray(size, size + slotCount),
    (value) => value > setFlag / 2,
  );
  const steps = Array.from(row.subarray(size + slotCount), (value, at) => Math.round(value) + plainCut[at]!);
  const [x, y, half, sag] = steps.map((value) => value / cutSteps) as [number, number, number, number];
  const flags = { mirrored: mirrored!, hidden };
  const isWhole = steps.every((value, at) => value === plainCut[at]);
  return { latents: row.slice(0, size), flags: isWhole ? flags : { ...flags, cut: { x, y, half, sag } } };
}

/**
 * Pictures of several layers as a generator. Latents are the rows of the layers, bottom to top, `[layers, size + 20]`: a picture's own
 * latents, then flags (see `joinLayer`). Each layer is placed by its own pose and painted with alpha; the layers are composited "over".
 * @throws {ConfigError} when the generator paints no regions.
 */
export function createLayeredGenerator(generator: Generator, layers: number): Generator {
  const { regions, latentShape, resolution, narrow, groups } = generator;
  if (!regions || latentShape.length !== 1)
    throw new ConfigError("scenes of layers need a generator of regions: its pictures have no alpha");
  const size = latentShape[0]!;
  const rowSize = size + flagCount;
  const rowsOf = (u: tf.Tensor): [latents: tf.Tensor2D, flags: tf.Tensor2D] =>
    tf.split(tf.reshape(u, [-1, rowSize]), [size, flagCount], 1) as [tf.Tensor2D, tf.Tensor2D];
  const stacked = (latents: tf.Tensor, flags: tf.Tensor): tf.Tensor =>
    tf.reshape(tf.concat([latents, flags], 1), [-1, layers, rowSize]);
  /** Applies a function of latents to the rows of a change; flags do not change. */
  const ofChange =
    (part: (change: tf.Tensor) => tf.Tensor) =>
    (change: tf.Tensor): tf.Tensor => {
      const [latents, flags] = rowsOf(change);
      return tf.reshape(tf.concat([part(latents), tf.zerosLike(flags)], 1), change.shape);
    };
  const repeat = (rows: tf.Tensor): tf.Tensor =>
    rows.shape[0] === 1
      ? rows
      : tf.reshape(tf.tile(tf.expandDims(rows, 1), [1, layers, 1]), [-1, rows.shape[1]!]);
  const parts = (parameters: Parameters, u: tf.Tensor): RegionParts => {
    const [latents, flags] = rowsOf(u);
    const [switches, steps] = tf.split(flags, [slotCount, cutCount], 1) as [tf.Tensor2D, tf.Tensor2D];
    // 0 or 1, with a gradient of zero.
    const isSet = tf.clipByValue(tf.sub(switches, (setFlag - 1) / 2), 0, 1);
    const [mirrored, hidden] = tf.split(isSet, [1, slotCount - 1], 1) as [tf.Tensor2D, tf.Tensor2D];
    const cuts = tf.div(
      tf.add(tf.round(steps), tf.tensor2d(plainCut, [1, cutCount])),
      cutSteps,
    ) as tf.Tensor2D;
    return { ...regions.parts(parameters, latents), mirrored, hidden, cuts };
  };
  const paint = (parameters: Parameters, u: tf.Tensor, side: number): tf.Tensor4D => {
    const centres = tf.tensor2d(listPixelCentres(side), [1, side]);
    const { rgba } = regions.paintWindow(parts(parameters, u), side, { x: centres, y: centres });
    return compositeLayers(tf.reshape(rgba, [-1, layers, side, side, 4]));
  };
  return {
    latentShape: [layers, rowSize],
    resolution,
    range: generator.range,
    styles: generator.styles,
    weights: generator.weights,
    sample: (random, count, options) => generator.sample(random, count * layers, options),
    map(parameters, draws, condition, others = []) {
      const latents = generator.map(parameters, draws, repeat(condition), others.map(repeat));
      return stacked(latents, tf.zeros([latents.shape[0]!, flagCount]));
    },
    synthesize(parameters, u) {
      const rgb = onWhite(paint(parameters, u, seenSide));
      const factor = seenSide / resolution;
      return tf.sub(tf.mul(tf.avgPool(rgb, factor, factor, "valid") as tf.Tensor4D, 2), 1);
    },
    narrow: narrow && ofChange(narrow),
    groups: groups && Uint8Array.from({ length: layers * rowSize }, (_, at) => groups[at % rowSize] ?? 0),
    regions: {
      seenSide,
      parts,
      paint,
      paintWindow: regions.paintWindow,
      fillPart: ofChange(regions.fillPart),
      boundary: (parameters, u) =>
        tf.sum(tf.reshape(regions.boundary(parameters, rowsOf(u)[0]), [-1, layers]), 1),
    },
  };
}
