import { type EmojiData, type EmojiItem, compose } from "../data/index.js";
import { type HostTensor, type Random, createRandom, hostFloats } from "../tensor/index.js";
import { side } from "./augment.js";

/** Pictures ready to be drawn in batches. */
export interface Pictures {
  /** Position of each item in the data's pictures. */
  readonly positions: Int32Array;
  /** RGB bytes `[pictures, 64, 64, 3]`. */
  readonly images: Uint8Array;
  /** First of the items that come in pairs, which batches take together; default: none do. */
  readonly paired?: number;
}

/** The pictures of some splits of the emoji data. */
export interface TrainingSet extends Pictures {
  readonly items: readonly EmojiItem[];
}

/** Items of the named splits. */
export function selectSplits(data: EmojiData, splits: readonly string[]): TrainingSet {
  const positions = data.items.flatMap((item, index) => (splits.includes(item.split) ? [index] : []));
  return {
    items: positions.map((at) => data.items[at]!),
    positions: Int32Array.from(positions),
    images: data.images,
  };
}

/** Pictures that no set has, made for training; see `compose`. */
export interface ComposedConfig {
  /** Part of all training pictures, 0 to below 1. */
  readonly share: number;
  /** Prompts kept for measuring. */
  readonly held: readonly string[];
}

/** A set with composed pictures of its own items behind it, in pairs; the same for the same seed. */
export function withCompositions(
  set: TrainingSet,
  { share, held }: ComposedConfig,
  seed: number,
): TrainingSet {
  const known = set.items.length;
  const pixels = side * side * 3;
  const pictureOf = (item: number): Uint8Array =>
    set.images.subarray(set.positions[item]! * pixels, (set.positions[item]! + 1) * pixels);
  const count = 2 * Math.round((known * share) / (1 - share) / 2);
  const random = createRandom(seed).stream("compositions");
  const made = compose(set.items, pictureOf, { count, held, random });
  const images = new Uint8Array((known + count) * pixels);
  set.items.forEach((_, item) => images.set(pictureOf(item), item * pixels));
  images.set(made.images, known * pixels);
  return {
    items: [...set.items, ...made.items],
    positions: Int32Array.from({ length: known + count }, (_, at) => at),
    images,
    paired: known,
  };
}

/** An epoch's order with the items of a pair beside each other. */
function together(order: Int32Array, paired: number): number[] {
  const seen = new Set<number>();
  return Array.from(order).flatMap((item) => {
    if (item < paired) return [item];
    const first = item - ((item - paired) % 2);
    if (seen.has(first)) return [];
    seen.add(first);
    return [first, first + 1];
  });
}

/** Items of the batch of a step: every epoch is a fresh order, and a step's batch depends on seed and step only. */
export function drawBatch(
  { positions, paired }: Pictures,
  step: number,
  size: number,
  random: Random,
): number[] {
  const perEpoch = Math.max(1, Math.floor(positions.length / size));
  const drawn = random.stream(`epoch/${Math.floor(step / perEpoch)}`).permutation(positions.length);
  const order = paired === undefined ? drawn : together(drawn, paired);
  const start = (step % perEpoch) * size;
  return Array.from({ length: size }, (_, index) => order[(start + index) % order.length]!);
}

/** Pictures of a batch as planes `[batch, 3, 64, 64]` in [0, 1]. */
export function planesOf(set: Pictures, batch: readonly number[]): HostTensor {
  const pixels = side * side;
  const data = new Float32Array(batch.length * 3 * pixels);
  batch.forEach((index, row) => {
    const from = set.positions[index]! * pixels * 3;
    for (let channel = 0; channel < 3; channel++) {
      const to = (row * 3 + channel) * pixels;
      for (let pixel = 0; pixel < pixels; pixel++)
        data[to + pixel] = set.images[from + pixel * 3 + channel]! / 255;
    }
  });
  return hostFloats(data, [batch.length, 3, side, side]);
}

/** Targets of the contrastive loss: pairs of the same concept share a row's weight. `[batch, batch]`, rows sum to 1. */
export function conceptTargets(concepts: readonly (string | number)[]): HostTensor {
  const size = concepts.length;
  const data = new Float32Array(size * size);
  concepts.forEach((concept, row) => {
    const same = concepts.filter((other) => other === concept).length;
    concepts.forEach((other, column) => {
      if (other === concept) data[row * size + column] = 1 / same;
    });
  });
  return hostFloats(data, [size, size]);
}
