import {
  type Encoder,
  createEncoder,
  fitForEncoder,
  averageEnsemble,
  fillTemplate,
  rowOf,
  removeArticles,
} from "../../embedding/index.js";
import type { Picture } from "../../images/index.js";
import { selectPrefix } from "../../tensor/index.js";
import type { RunOptions, SteerModels } from "../steerModels.js";

/** A round or square part of a picture, in parts of its side. */
interface Spot {
  readonly x: number;
  readonly y: number;
  /** Side of a crop, or the radius at which an occlusion has faded to 1/e. */
  readonly size: number;
}

const crops = { sizes: [0.3, 0.44, 0.6], step: 0.1, inside: 0.4 };
const covers = { sizes: [0.09, 0.15], step: 0.085, inside: 0 };
/** Difference in score that multiplies the weight of a crop by e. */
const temperature = 0.07;

function listSpots({ sizes, step, inside }: typeof crops): Spot[] {
  return sizes.flatMap((size) => {
    const low = inside * size;
    const count = Math.round((1 - 2 * low) / step);
    const at = (index: number): number => low + ((1 - 2 * low) * index) / count;
    return Array.from({ length: (count + 1) ** 2 }, (_, index) => ({
      x: at(index % (count + 1)),
      y: at(Math.floor(index / (count + 1))),
      size,
    }));
  });
}

/** Returns a crop at the picture's own size; pixels outside the picture are white. */
function cropOf({ width: side, data }: Picture, { x, y, size }: Spot): Picture {
  const out = new Float32Array(data.length).fill(1);
  const ink = (column: number, row: number, channel: number): number =>
    column < 0 || row < 0 || column >= side || row >= side
      ? 0
      : 1 - data[(row * side + column) * 3 + channel]!;
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++) {
      const [u, v] = [
        (x - size / 2) * side + (column + 0.5) * size - 0.5,
        (y - size / 2) * side + (row + 0.5) * size - 0.5,
      ];
      const [left, top] = [Math.floor(u), Math.floor(v)];
      const [right, down] = [u - left, v - top];
      for (let channel = 0; channel < 3; channel++) {
        const upper = ink(left, top, channel) * (1 - right) + ink(left + 1, top, channel) * right;
        const lower = ink(left, top + 1, channel) * (1 - right) + ink(left + 1, top + 1, channel) * right;
        out[(row * side + column) * 3 + channel] = 1 - upper * (1 - down) - lower * down;
      }
    }
  return { width: side, height: side, data: out };
}

/** Returns the weight of a spot at each pixel, 1 at its centre. */
function weightsOf({ x, y, size }: Spot, side: number, radius = size): Float32Array {
  const weights = new Float32Array(side * side); // a loop: `Float32Array.from` takes ten times as long
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++) {
      const across = (column + 0.5) / side - x;
      const down = (row + 0.5) / side - y;
      weights[row * side + column] = Math.exp(-(across * across + down * down) / (radius * radius));
    }
  return weights;
}

/** Returns a picture with a spot faded to white. */
function coverOf(picture: Picture, spot: Spot): Picture {
  const weights = weightsOf(spot, picture.width);
  const data = picture.data.map((value, at) => value + (1 - value) * weights[Math.floor(at / 3)]!);
  return { ...picture, data };
}

/** Maps the mean score of the spots at each pixel, scaled to [0, 1]. */
function mapOf(
  spots: readonly Spot[],
  scores: readonly number[],
  side: number,
  spread: number,
): Float32Array {
  const [sums, weights] = [new Float32Array(side * side), new Float32Array(side * side)];
  spots.forEach((spot, index) =>
    weightsOf(spot, side, spot.size * spread).forEach((weight, pixel) => {
      sums[pixel]! += weight * scores[index]!;
      weights[pixel]! += weight;
    }),
  );
  return stretchToUnit(sums.map((sum, pixel) => sum / (weights[pixel]! + 1e-6)));
}

/** Values shifted and scaled to [0, 1]; all 0 if they are equal. */
export function stretchToUnit(map: Float32Array): Float32Array {
  const [low, high] = [map.reduce((a, b) => Math.min(a, b)), map.reduce((a, b) => Math.max(a, b))];
  return map.map((value) => (high > low ? (value - low) / (high - low) : 0));
}

/** Computes Pearson's correlation of two maps, −1 to 1; 0 if one is constant. */
export function computeCorrelation(a: Float32Array, b: Float32Array): number {
  const centred = (map: Float32Array): Float32Array => {
    const mean = map.reduce((sum, value) => sum + value, 0) / map.length;
    return map.map((value) => value - mean);
  };
  const [x, y] = [centred(a), centred(b)];
  return x.reduce((sum, value, at) => sum + value * y[at]!, 0) / (Math.hypot(...x) * Math.hypot(...y) || 1);
}

/** Computes the cosines of pictures to a text under each guide, `[guide][picture]`. */
async function computeCosines(
  encoder: Encoder,
  pictures: readonly Picture[],
  promptRows: readonly Float32Array[],
  signal: AbortSignal | undefined,
): Promise<number[][]> {
  const rows: number[][] = promptRows.map(() => []);
  for await (const embedding of encoder.encodeImages(pictures)) {
    signal?.throwIfAborted();
    promptRows.forEach((text, guide) =>
      rows[guide]!.push(text.reduce((sum, value, at) => sum + value * embedding[guide]![at]!, 0)),
    );
  }
  return rows;
}

/** Similarity of each position of a picture to a text. */
export interface RelevanceMaps {
  /** The picture on the square input of the encoders; maps have its side. */
  readonly square: Picture;
  /** Maps of every guide, by crops and by occlusion: `[side, side]` each, in [0, 1]. */
  readonly maps: readonly Float32Array[];
  /** Largest loss of cosine by occlusion, averaged over the guides. */
  readonly loss: number;
}

/** Compares crops of a picture, and copies with an occluded spot, with a text under each guide. */
export async function computeRelevanceMaps(
  models: SteerModels,
  picture: Picture,
  text: string,
  { engine, threads, signal }: RunOptions & { readonly signal?: AbortSignal | undefined },
): Promise<RelevanceMaps> {
  const { guides, templates } = models;
  const clips = guides.map(({ config, prefix }) => ({
    config,
    weights: selectPrefix(prefix, models.weights),
  }));
  const encoder = createEncoder(clips, models.tokenizer, {
    engine,
    threads,
  });
  try {
    const plain = models.articles ? text : removeArticles(text);
    const texts = await encoder.encodeTexts(templates.map((template) => fillTemplate(template, plain)));
    const promptRows = guides.map(({ config }, guide) =>
      averageEnsemble(templates.map((_, row) => rowOf(texts[guide]!, row, config.text.features))),
    );
    const side = models.generator.resolution;
    const square = await fitForEncoder(picture, side);
    const [cropSpots, coverSpots] = [listSpots(crops), listSpots(covers)];
    const cropped = await computeCosines(
      encoder,
      cropSpots.map((spot) => cropOf(square, spot)),
      promptRows,
      signal,
    );
    const hidden = await computeCosines(
      encoder,
      [square, ...coverSpots.map((spot) => coverOf(square, spot))],
      promptRows,
      signal,
    );
    let loss = 0;
    const maps = guides.flatMap((_, guide) => {
      const best = Math.max(...cropped[guide]!);
      const [whole, ...without] = hidden[guide]! as [number, ...number[]];
      const lost = without.map((score) => Math.max(0, whole - score));
      loss += Math.max(...lost) / guides.length;
      const near = cropped[guide]!.map((score) => Math.exp((score - best) / temperature));
      return [mapOf(cropSpots, near, side, 0.4), mapOf(coverSpots, lost, side, 1)];
    });
    return { square, maps, loss };
  } finally {
    await encoder.dispose();
  }
}
