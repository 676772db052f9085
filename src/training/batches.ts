import {
  type ComposedItem,
  type EmojiData,
  type StickerData,
  compose,
  loadThingPictures,
} from "../data/index.js";
import { type HostTensor, type Random, createRandom, hostFloats } from "../tensor/index.js";
import { trainingSide } from "./augment.js";

/** Pictures ready to be drawn in batches. */
export interface Pictures {
  /** Position of each item in the data's pictures. */
  readonly positions: Int32Array;
  /** RGB bytes `[pictures, 64, 64, 3]`. */
  readonly images: Uint8Array;
  /** Returns the family key: batches take items of one family in pairs; default: no pairs. */
  family?(item: number): string;
}

/** Pictures of chosen splits of the emoji data. */
export interface TrainingSet extends Pictures {
  readonly items: readonly ComposedItem[];
}

/** Selects the items of the named splits. */
export function selectSplits(data: EmojiData, splits: readonly string[]): TrainingSet {
  const positions = data.items.flatMap((item, index) => (splits.includes(item.split) ? [index] : []));
  const items = positions.map((at) => data.items[at]!);
  return {
    items,
    positions: Int32Array.from(positions),
    images: data.images,
    family: (item) => items[item]!.concept,
  };
}

const person = /\b(?:man|men|woman|women|person|people|couple|family|kiss)\b/;

/**
 * Selects the training pictures of a generator: drawings in its styles, without the many, nearly identical variants of persons. Fewer
 * pictures, each seen more often, give sharper results.
 */
export function selectGanPictures(data: EmojiData, styles: readonly string[]): TrainingSet {
  const { items, positions, images } = selectSplits(data, ["train", "val_pair"]);
  const places = items.flatMap(({ style, group, label }, at) =>
    styles.includes(style) && !(group === "people body" && person.test(label)) ? [at] : [],
  );
  return {
    items: places.map((at) => items[at]!),
    positions: Int32Array.from(places, (at) => positions[at]!),
    images,
  };
}

/** Copies of each drawing of a thing that is no emoji. An emoji occurs about as often, once per icon set. */
const thingRepeats = 4;

/** Returns a set extended by the things that no emoji shows; see `loadThingPictures`. */
export function addThingPictures(set: TrainingSet, data: StickerData): TrainingSet {
  const { items, images } = loadThingPictures(data);
  const all = new Uint8Array(set.images.length + images.length);
  all.set(set.images);
  all.set(images, set.images.length);
  const known = set.images.length / (trainingSide * trainingSide * 3);
  const repeated = Array.from({ length: thingRepeats }, () => items).flat();
  const extended = [...set.items, ...repeated];
  return {
    items: extended,
    positions: Int32Array.from([...set.positions, ...repeated.map((_, at) => known + (at % items.length))]),
    images: all,
    family: (item) => extended[item]!.concept,
  };
}

/** Composed training pictures; see `compose`. */
export interface ComposedConfig {
  /** Share of all training pictures, in [0, 1). */
  readonly share: number;
  /** Held-out prompts; no composed picture shows one of them. */
  readonly held: readonly string[];
}

/** Extends a set by composed pictures of its own items, in pairs; deterministic for a seed. */
export function extendWithCompositions(
  set: TrainingSet,
  { share, held }: ComposedConfig,
  seed: number | string,
): TrainingSet {
  const known = set.items.length;
  const pixels = trainingSide * trainingSide * 3;
  const pictureOf = (item: number): Uint8Array =>
    set.images.subarray(set.positions[item]! * pixels, (set.positions[item]! + 1) * pixels);
  const count = 2 * Math.round((known * share) / (1 - share) / 2);
  const random = createRandom(seed).stream("compositions");
  const composed = compose(set.items, pictureOf, { count, held, random });
  const images = new Uint8Array((known + count) * pixels);
  set.items.forEach((_, item) => images.set(pictureOf(item), item * pixels));
  images.set(composed.images, known * pixels);
  return {
    items: [...set.items, ...composed.items],
    positions: Int32Array.from({ length: known + count }, (_, at) => at),
    images,
    family: (item) =>
      item < known ? (set.family?.(item) ?? `${item}`) : `composed/${Math.floor((item - known) / 2)}`,
  };
}

/** Reorders an epoch so that items of one family are adjacent in pairs, as long as there are two. */
function pairFamilies(order: Int32Array, family: (item: number) => string): number[] {
  const alone = new Map<string, number[]>();
  const places = Array.from(order, (item) => {
    const key = family(item);
    const waiting = alone.get(key);
    if (waiting) {
      waiting.push(item);
      alone.delete(key);
      return [];
    }
    const place = [item];
    alone.set(key, place);
    return place;
  });
  return places.flat();
}

/** Draws the items of a step's batch: every epoch has a new order, and the batch depends on seed and step only. */
export function drawBatch(set: Pictures, step: number, size: number, random: Random): number[] {
  const { length } = set.positions;
  const perEpoch = Math.max(1, Math.floor(length / size));
  const permutation = random.stream(`epoch/${Math.floor(step / perEpoch)}`).permute(length);
  const order = set.family ? pairFamilies(permutation, (item) => set.family!(item)) : permutation;
  const start = (step % perEpoch) * size;
  return Array.from({ length: size }, (_, index) => order[(start + index) % order.length]!);
}

/** Gathers the pictures of a batch as planes `[batch, 3, 64, 64]` in [0, 1]. */
export function gatherPlanes(set: Pictures, batch: readonly number[]): HostTensor {
  const pixels = trainingSide * trainingSide;
  const data = new Float32Array(batch.length * 3 * pixels);
  batch.forEach((index, row) => {
    const from = set.positions[index]! * pixels * 3;
    for (let channel = 0; channel < 3; channel++) {
      const to = (row * 3 + channel) * pixels;
      for (let pixel = 0; pixel < pixels; pixel++)
        data[to + pixel] = set.images[from + pixel * 3 + channel]! / 255;
    }
  });
  return hostFloats(data, [batch.length, 3, trainingSide, trainingSide]);
}

/**
 * Makes the targets of the contrastive loss: the texts that are true of a picture share its row's weight.
 * @param isTrue whether the text of a column is true of the picture of a row.
 * @returns `[size, size]`, rows sum to 1.
 */
export function makeContrastiveTargets(
  size: number,
  isTrue: (picture: number, text: number) => boolean,
): HostTensor {
  const data = new Float32Array(size * size);
  const columns = Array.from({ length: size }, (_, column) => column);
  for (let row = 0; row < size; row++) {
    const fitting = columns.filter((column) => isTrue(row, column));
    for (const column of fitting) data[row * size + column] = 1 / fitting.length;
  }
  return hostFloats(data, [size, size]);
}
