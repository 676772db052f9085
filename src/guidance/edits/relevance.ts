import {
  type Encoder,
  createEncoder,
  encoderPicture,
  ensembleMean,
  fillTemplate,
  rowOf,
  withoutArticles,
} from "../../embedding/index.js";
import { type Picture, guidedFilter, padToSquare, resizePicture } from "../../images/index.js";
import { underPrefix } from "../../tensor/index.js";
import type { RunOptions, SteerModels } from "../models.js";

/** Where in a picture the guides see what a text names. */
export interface Relevance {
  /** `[height, width]` of the picture, 0 to 1, with a soft edge. */
  readonly mask: Float32Array;
  /** How far to trust it: mean correlation of the maps of each guide, by crops and by covering, and twice the largest loss by covering. */
  readonly certainty: number;
}

/** Certainty below which a mask is little better than chance: the guides do not know the thing, or it is not there. */
export const weakCertainty = 0.3;

/** A round or square part of a picture, in parts of its side. */
interface Spot {
  readonly x: number;
  readonly y: number;
  /** Side of a crop, or the radius at which a cover has faded to 1/e. */
  readonly size: number;
}

const crops = { sizes: [0.3, 0.44, 0.6], step: 0.1, inside: 0.4 };
const covers = { sizes: [0.09, 0.15], step: 0.085, inside: 0 };
/** How much better a crop must score to count e times as much. */
const temperature = 0.07;

function spotsOf({ sizes, step, inside }: typeof crops): Spot[] {
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

/** A crop at the picture's own size; what lies beyond the sides is white. */
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

/** How much of a spot is at each pixel, 1 in its middle. */
function weightsOf({ x, y, size }: Spot, side: number, radius = size): Float32Array {
  return Float32Array.from({ length: side * side }, (_, pixel) => {
    const across = ((pixel % side) + 0.5) / side - x;
    const down = (Math.floor(pixel / side) + 0.5) / side - y;
    return Math.exp(-(across * across + down * down) / (radius * radius));
  });
}

/** A picture with a spot faded to white. */
function coverOf(picture: Picture, spot: Spot): Picture {
  const weights = weightsOf(spot, picture.width);
  const data = picture.data.map((value, at) => value + (1 - value) * weights[Math.floor(at / 3)]!);
  return { ...picture, data };
}

/** Mean of what spots scored at each pixel, from 0 to 1. */
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
  return stretched(sums.map((sum, pixel) => sum / (weights[pixel]! + 1e-6)));
}

function stretched(map: Float32Array): Float32Array {
  const [low, high] = [map.reduce((a, b) => Math.min(a, b)), map.reduce((a, b) => Math.max(a, b))];
  return map.map((value) => (high > low ? (value - low) / (high - low) : 0));
}

function correlation(a: Float32Array, b: Float32Array): number {
  const centred = (map: Float32Array): Float32Array => {
    const mean = map.reduce((sum, value) => sum + value, 0) / map.length;
    return map.map((value) => value - mean);
  };
  const [x, y] = [centred(a), centred(b)];
  return x.reduce((sum, value, at) => sum + value * y[at]!, 0) / (Math.hypot(...x) * Math.hypot(...y) || 1);
}

/** Cosines of pictures to a text under each guide, `[guide][picture]`. */
async function cosinesOf(
  encoder: Encoder,
  pictures: readonly Picture[],
  wanted: readonly Float32Array[],
): Promise<number[][]> {
  const rows: number[][] = wanted.map(() => []);
  for await (const seen of encoder.encodeImages(pictures))
    wanted.forEach((text, guide) =>
      rows[guide]!.push(text.reduce((sum, value, at) => sum + value * seen[guide]![at]!, 0)),
    );
  return rows;
}

/** What a text's relevance is made of. */
interface Seen {
  /** The encoders' square, where the maps lie. */
  readonly square: Picture;
  /** Of every guide by crops and by covering, `[side, side]`, 0 to 1. */
  readonly maps: readonly Float32Array[];
  /** Largest loss of cosine by covering, mean over the guides. */
  readonly loss: number;
}

async function look(
  models: SteerModels,
  picture: Picture,
  text: string,
  { engine, threads }: RunOptions,
): Promise<Seen> {
  const { guides, templates } = models;
  const clips = guides.map(({ config, prefix }) => ({
    config,
    weights: underPrefix(prefix, models.weights),
  }));
  const encoder = createEncoder(clips, models.tokenizer, {
    engine,
    ...(threads !== undefined && { threads }),
  });
  try {
    const plain = models.articles ? text : withoutArticles(text);
    const texts = await encoder.encodeTexts(templates.map((template) => fillTemplate(template, plain)));
    const wanted = guides.map(({ config }, guide) =>
      ensembleMean(templates.map((_, row) => rowOf(texts[guide]!, row, config.text.features))),
    );
    const side = models.generator.resolution;
    const square = await encoderPicture(picture, side);
    const [cropSpots, coverSpots] = [spotsOf(crops), spotsOf(covers)];
    const cropped = await cosinesOf(
      encoder,
      cropSpots.map((spot) => cropOf(square, spot)),
      wanted,
    );
    const hidden = await cosinesOf(
      encoder,
      [square, ...coverSpots.map((spot) => coverOf(square, spot))],
      wanted,
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

/** Value that parts a map best into two groups. Source: Otsu 1979, "A Threshold Selection Method from Gray-Level Histograms". */
function threshold(map: Float32Array): number {
  const bins = 64;
  const counts = new Array<number>(bins).fill(0);
  for (const value of map) counts[Math.min(bins - 1, Math.floor(value * bins))]!++;
  const total = counts.reduce((sum, count, bin) => sum + count * bin, 0);
  let [best, found] = [-1, 0.5];
  let [below, sum] = [0, 0];
  for (let bin = 0; bin < bins - 1; bin++) {
    below += counts[bin]!;
    sum += counts[bin]! * bin;
    const above = map.length - below;
    if (below === 0 || above === 0) continue;
    const between = below * above * (sum / below - (total - sum) / above) ** 2;
    if (between > best) [best, found] = [between, (bin + 1) / bins];
  }
  return found;
}

/** Side of the square that edges are found on; larger pictures get the mask of their smaller copy. */
const finest = 512;
/** Weight of blank paper beside drawn parts: an edit may reach over the edge of a thing, not fill the page. */
const paper = 0.4;

/**
 * A mask from words: where crops of the picture look like the text to the guides, and where covering it makes the picture
 * look less so; edges are those of the picture's colours.
 * Source: covering after Zeiler & Fergus 2014, "Visualizing and Understanding Convolutional Networks", §4.2.
 */
export async function relevanceMask(
  models: SteerModels,
  picture: Picture,
  text: string,
  options: RunOptions,
): Promise<Relevance> {
  const { square, maps, loss } = await look(models, picture, text, options);
  const others = maps.map((map) => maps.filter((other) => other !== map));
  const agreements = maps.map(
    (map, at) => others[at]!.reduce((sum, other) => sum + correlation(map, other), 0) / others[at]!.length,
  );
  const trust = agreements.map((agreement) => Math.max(0.05, agreement));
  const joint = stretched(
    square.data
      .filter((_, at) => at % 3 === 0)
      .map((_, pixel) => maps.reduce((sum, map, at) => sum + map[pixel]! * trust[at]!, 0)),
  );
  const { picture: padded, placement } = padToSquare(picture);
  const side = Math.min(finest, Math.max(square.width, placement.size));
  const [guide, spread] = await Promise.all([
    resizePicture(padded, side, side),
    resizePicture({ ...square, data: repeated(joint) }, side, side, "cubic"),
  ]);
  const drawn = Float32Array.from({ length: side * side }, (_, pixel) => {
    const ink = Math.max(...[0, 1, 2].map((channel) => 1 - guide.data[pixel * 3 + channel]!));
    return spread.data[pixel * 3]! * (paper + (1 - paper) * Math.min(1, ink * 5));
  });
  const shaped = stretched(
    guidedFilter([drawn], guide.data, {
      width: side,
      height: side,
      radius: Math.round(side / 8),
      flat: 0.003,
    })[0]!,
  );
  const cut = threshold(shaped);
  const soft = shaped.map((value) => {
    const part = Math.min(1, Math.max(0, (value - cut + 0.08) / 0.16));
    return part * part * (3 - 2 * part);
  });
  const large = await resizePicture(
    { width: side, height: side, data: repeated(soft) },
    placement.size,
    placement.size,
  );
  const { width, height } = picture;
  const mask = Float32Array.from({ length: width * height }, (_, pixel) => {
    const [column, row] = [pixel % width, Math.floor(pixel / width)];
    const value = large.data[((row + placement.top) * placement.size + column + placement.left) * 3]!;
    return value < 1 / 255 ? 0 : value;
  });
  const agreement = agreements.reduce((sum, value) => sum + value, 0) / agreements.length;
  return { mask, certainty: agreement + 2 * loss };
}

/** A map as a grey picture's values. */
function repeated(map: Float32Array): Float32Array {
  return Float32Array.from({ length: map.length * 3 }, (_, at) => map[Math.floor(at / 3)]!);
}
