import {
  type HostTensor,
  type Random,
  type Span,
  type TensorRecord,
  hostFloats,
  hostInts,
  makeSamplingMatrices,
} from "../tensor/index.js";
import * as tf from "../tf.js";

/** Strengths of the augmentation of training pictures. */
export interface AugmentConfig {
  /** Part of the pictures that are cropped closely. */
  readonly zoom: number;
  /** Smallest side of a close crop, as a part of the picture's. */
  readonly closest: number;
  readonly flip: number;
  readonly colour: number;
  readonly noise: number;
}

/** Side in pixels of the pictures that CLIPs and GANs are trained on. */
export const trainingSide = 64;
const noiseBank = 64;

/** Makes fixed noise pictures `[64, 64, 64, 3]` that steps pick from; drawing fresh noise would cost more than the step. */
export function makeNoise(random: Random): HostTensor {
  return hostFloats(random.stream("noise").normals(noiseBank * trainingSide * trainingSide * 3), [
    noiseBank,
    trainingSide,
    trainingSide,
    3,
  ]);
}

/** Draws random crops, jitter and noise of one batch, as inputs of a recorded step. */
export function drawAugmentation(count: number, config: AugmentConfig, random: Random): TensorRecord {
  const between = (low: number, high: number): number => low + (high - low) * random.uniform();
  const rows: Span[] = [];
  const columns: Span[] = [];
  for (let index = 0; index < count; index++) {
    const close = random.uniform() < config.zoom;
    const size = close ? between(config.closest, 0.95) : between(0.92, 1.25);
    const aspect = between(0.92, 1.08);
    const place = (span: number): number =>
      close ? between(0, 1 - Math.min(1, span)) : between(-0.1, 0.1) + (1 - span) / 2;
    const [tall, wide] = [size * aspect, size / aspect];
    rows.push({ start: place(tall), span: tall });
    columns.push({ start: place(wide), span: wide, flip: random.uniform() < config.flip });
  }
  const colours = (centre: number): Float32Array =>
    Float32Array.from({ length: count * 3 }, () => centre + between(-config.colour, config.colour));
  return {
    rows: hostFloats(makeSamplingMatrices(rows, trainingSide, trainingSide), [
      count,
      1,
      trainingSide,
      trainingSide,
    ]),
    columns: hostFloats(makeSamplingMatrices(columns, trainingSide, trainingSide), [
      count,
      1,
      trainingSide,
      trainingSide,
    ]),
    gains: hostFloats(colours(1), [count, 1, 1, 3]),
    shifts: hostFloats(colours(0), [count, 1, 1, 3]),
    noiseIndex: hostInts(
      Int32Array.from({ length: count }, () => random.integer(noiseBank)),
      [count],
    ),
    noiseSize: hostFloats(
      Float32Array.from({ length: count }, () => between(0, config.noise)),
      [count, 1, 1, 1],
    ),
  };
}

/**
 * Applies a drawn augmentation. Pixels outside the picture are white.
 * @param planes `[batch, 3, 64, 64]` in [0, 1].
 * @returns `[batch, 64, 64, 3]`.
 */
export function augment(planes: tf.Tensor, draws: Record<string, tf.Tensor>, noise: tf.Tensor): tf.Tensor4D {
  const ink = tf.sub(1, planes);
  const cropped = tf.matMul(tf.matMul(draws.rows!, ink), draws.columns!, false, true); // [batch, 3, 64, 64]
  const pictures = tf.transpose(tf.sub(1, cropped), [0, 2, 3, 1]);
  const coloured = tf.add(tf.mul(pictures, draws.gains!), draws.shifts!);
  return tf.add(
    coloured,
    tf.mul(tf.gather(noise, draws.noiseIndex as tf.Tensor1D), draws.noiseSize!),
  ) as tf.Tensor4D;
}
