import type { EmojiData, EmojiItem } from "../data/index.js";
import { type HostTensor, type Random, hostFloats } from "../tensor/index.js";
import { side } from "./augment.js";

/** Pictures ready to be drawn in batches. */
export interface Pictures {
  /** Position of each item in the data's pictures. */
  readonly positions: Int32Array;
  /** RGB bytes `[pictures, 64, 64, 3]`. */
  readonly images: Uint8Array;
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

/** Items of the batch of a step: every epoch is a fresh order, and a step's batch depends on seed and step only. */
export function drawBatch({ positions }: Pictures, step: number, size: number, random: Random): number[] {
  const perEpoch = Math.max(1, Math.floor(positions.length / size));
  const order = random.stream(`epoch/${Math.floor(step / perEpoch)}`).permutation(positions.length);
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
