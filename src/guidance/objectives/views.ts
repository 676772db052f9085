import { inputSideOf } from "../../clip/index.js";
import {
  createRandom,
  type Random,
  type Span,
  type TensorRecord,
  hostFloats,
  hostInts,
  deferFloats,
  makeSamplingMatrices,
  sizeOf,
} from "../../tensor/index.js";
import * as tf from "../../tf.js";
import type { SteerModels } from "../steerModels.js";

/** A box of the picture in parts of its sides. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The whole picture. */
export const wholeBox: Box = { left: 0, top: 0, width: 1, height: 1 };

/** Variation of views. */
export interface ViewConfig {
  readonly count: number;
  /** Share of the views that are close crops. */
  readonly close: number;
  readonly smallest: number;
  readonly largest: number;
  /**
   * Strength of the variation of the other views: at 1 the picture is scaled by 0.98 to 1.2 and shifted by up to 0.06 of its
   * sides; at 0 it is unchanged.
   */
  readonly loose: number;
  readonly flip: number;
  readonly colour: number;
  readonly noise: number;
}

/** Defaults of views. */
export const defaultViews: Omit<ViewConfig, "count"> = {
  close: 0.4,
  smallest: 0.55,
  largest: 0.95,
  loose: 1,
  flip: 0.3,
  colour: 0.08,
  noise: 0.08,
};

const bank = 16;

/** Sides of the pictures that views are taken from, and of the views. */
export interface ViewSides {
  readonly from: number;
  readonly to: number;
}

/** Returns the sides of views: the largest input side of the CLIPs; CLIPs with a smaller input reduce the views. */
export function viewSidesOf({
  generator,
  guides,
  judge,
}: Pick<SteerModels, "generator" | "guides" | "judge">): ViewSides {
  const sides = [...guides, judge].map(({ config }) => inputSideOf(config.image));
  return { from: generator.resolution, to: Math.max(...sides) };
}

/** Makes fixed noise pictures that views pick from; drawing fresh noise would cost as much as a guide. */
export function makeViewNoise({ to }: ViewSides): TensorRecord {
  const shape = [bank, to, to, 3];
  const noise = deferFloats(
    shape,
    () => createRandom("view noise").normals(sizeOf(shape)),
    `view noise ${shape}`,
  );
  return { viewNoise: noise };
}

/** Returns the shapes of drawn views, for `compile`. */
export function viewSpecsOf(
  count: number,
  { from, to }: ViewSides,
): Record<string, { shape: number[]; dtype: "float32" | "int32" }> {
  return {
    viewRows: { shape: [count, 1, to, from], dtype: "float32" },
    viewColumns: { shape: [count, 1, to, from], dtype: "float32" },
    viewGains: { shape: [count, 1, 1, 3], dtype: "float32" },
    viewShifts: { shape: [count, 1, 1, 3], dtype: "float32" },
    viewNoiseIndex: { shape: [count], dtype: "int32" },
    viewNoiseSize: { shape: [count, 1, 1, 1], dtype: "float32" },
  };
}

/** Draws views of a box of the picture: close crops inside it, and wide ones around it, shifted and scaled. */
export function drawViews(
  config: ViewConfig,
  random: Random,
  { from, to }: ViewSides,
  box: Box = wholeBox,
): TensorRecord {
  const between = (low: number, high: number): number => low + (high - low) * random.uniform();
  const rows: Span[] = [];
  const columns: Span[] = [];
  for (let index = 0; index < config.count; index++) {
    const close = index < Math.round(config.count * config.close);
    const size = close
      ? between(config.smallest, config.largest)
      : between(1 - 0.02 * config.loose, 1 + 0.2 * config.loose);
    const along = (start: number, span: number): Span => {
      const part = size * span;
      const free = span - part;
      return close
        ? { start: start + between(0, Math.max(0, free)), span: part }
        : { start: start + free / 2 + between(-0.06, 0.06) * config.loose * span, span: part };
    };
    rows.push(along(box.top, box.height));
    columns.push({ ...along(box.left, box.width), flip: random.uniform() < config.flip });
  }
  const colours = (centre: number): Float32Array =>
    Float32Array.from({ length: config.count * 3 }, () => centre + between(-config.colour, config.colour));
  const { count } = config;
  return {
    viewRows: hostFloats(makeSamplingMatrices(rows, from, to), [count, 1, to, from]),
    viewColumns: hostFloats(makeSamplingMatrices(columns, from, to), [count, 1, to, from]),
    viewGains: hostFloats(colours(1), [count, 1, 1, 3]),
    viewShifts: hostFloats(colours(0), [count, 1, 1, 3]),
    viewNoiseIndex: hostInts(
      Int32Array.from({ length: count }, () => random.integer(bank)),
      [count],
    ),
    viewNoiseSize: hostFloats(
      Float32Array.from({ length: count }, () => between(0, config.noise)),
      [count, 1, 1, 1],
    ),
  };
}

/**
 * Maximum number of pixels of the views in one batch: sixteen views of 224². Larger batches need more memory and are not
 * faster.
 */
const together = 16 * 224 ** 2;

/** Returns the number of views of a side in one batch. */
export function limitViewsTogether(count: number, { to }: ViewSides): number {
  const largest = Math.max(1, Math.floor(together / to ** 2));
  return Math.ceil(count / Math.ceil(count / largest));
}

/**
 * Splits drawn views into chunks of `size`, with `viewShares`, the weight of each view in the mean over all of them. The
 * last chunk is padded with views of weight 0.
 */
export function* splitViews(draws: TensorRecord, size: number): Generator<TensorRecord> {
  const count = draws.viewRows!.shape[0]!;
  for (let from = 0; from < count; from += size) {
    const places = Array.from({ length: size }, (_, at) => Math.min(from + at, count - 1));
    const chunk: TensorRecord = {};
    for (const [name, { data, shape, dtype }] of Object.entries(draws)) {
      const each = data.length / count;
      const part = dtype === "int32" ? new Int32Array(size * each) : new Float32Array(size * each);
      places.forEach((place, at) => part.set(data.subarray(place * each, (place + 1) * each), at * each));
      chunk[name] = { shape: [size, ...shape.slice(1)], dtype, data: part };
    }
    const shares = Float32Array.from(places, (_, at) => (from + at < count ? 1 / count : 0));
    yield { ...chunk, viewShares: hostFloats(shares, [size]) };
  }
}

/**
 * Cuts the drawn views out of one picture; white outside it.
 * @param picture `[1, from, from, 3]` in [0, 1].
 * @returns `[count, to, to, 3]`.
 */
export function cutViews(picture: tf.Tensor4D, draws: Record<string, tf.Tensor>): tf.Tensor4D {
  const [count, , side, from] = draws.viewRows!.shape as [number, number, number, number];
  const ink = tf.reshape(tf.transpose(tf.sub(1, picture), [0, 1, 3, 2]), [from, 3 * from]); // [row, channel · column]
  const rows = tf.matMul(tf.reshape(draws.viewRows!, [count * side, from]), ink); // [count · row, channel · column]
  const columns = tf.reshape(draws.viewColumns!, [count, side, from]);
  const cropped = tf.matMul(tf.reshape(rows, [count, side * 3, from]), columns, false, true);
  const pictures = tf.transpose(tf.sub(1, tf.reshape(cropped, [count, side, 3, side])), [0, 1, 3, 2]);
  const coloured = tf.add(tf.mul(pictures, draws.viewGains!), draws.viewShifts!);
  const noise = tf.gather(draws.viewNoise!, draws.viewNoiseIndex as tf.Tensor1D);
  return tf.add(coloured, tf.mul(noise, draws.viewNoiseSize!)) as tf.Tensor4D;
}
