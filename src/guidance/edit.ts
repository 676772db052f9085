import {
  type LoadedPicture,
  type Picture,
  type RgbaBytes,
  padToSquare,
  pictureFrom,
  resizePicture,
  toByte,
} from "../images/index.js";
import { type HostTensor, type TensorRecord, createRandom, hostFloats, hostZeros } from "../tensor/index.js";
import { type Embeddings, embedTerms, encoderInput } from "./encode.js";
import { type AscentConfig, type AscentStep, type ScheduledTerm, ascentRate, wantedOf } from "./generate.js";
import { invert } from "./invert.js";
import type { RunOptions, SteerModels } from "./models.js";
import { type Scores, createReader } from "./readout.js";
import { type ReportCard, changedOutside, measureChange, psnr } from "./report.js";
import { type SteerState, type SteerWeights, adamInputs, createSteering, latentShape } from "./steer.js";
import { type Box, defaultViews, drawViews, viewSides, wholeBox } from "./views.js";

/** Settings of an edit. */
export interface EditConfig extends Omit<AscentConfig, "candidates" | "truncation" | "style"> {
  /** What the picture shows now, in words. */
  readonly from: string;
  /** How much of the change is applied: 0 gives the picture back, 1 all of it. */
  readonly strength: number;
}

/** An edited picture at the original's size. */
export interface EditResult extends Scores {
  readonly bytes: RgbaBytes;
  /** What the generator made of the picture before and after. */
  readonly before: Picture;
  readonly after: Picture;
  /** Mean absolute error of the inversion. */
  readonly inversionError: number;
  readonly report: ReportCard;
  readonly steps: number;
}

const editWeights: SteerWeights = { anchor: 0.4, range: 0.05, realism: 0.02, direction: 1.2, outside: 6 };
/** Changes of fewer levels than this (of 1) are left out, so that what should stay does. */
const quiet = 0.03;

/** Smallest box around what a mask lets change, in parts of the square; the whole when it lets nothing or everything. */
export function maskBox(mask: Float32Array, side: number): Box {
  let [left, right, top, bottom] = [side, -1, side, -1];
  mask.forEach((value, index) => {
    if (value < 0.5) return;
    const [x, y] = [index % side, Math.floor(index / side)];
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
  });
  if (right < 0) return wholeBox;
  const grow = 2;
  [left, top] = [Math.max(0, left - grow), Math.max(0, top - grow)];
  [right, bottom] = [Math.min(side - 1, right + grow), Math.min(side - 1, bottom + grow)];
  return {
    left: left / side,
    top: top / side,
    width: (right - left + 1) / side,
    height: (bottom - top + 1) / side,
  };
}

/** A mask of a picture on the generator's square. */
async function smallMask(
  mask: Float32Array,
  { width, height }: RgbaBytes,
  side: number,
): Promise<Float32Array> {
  const data = Float32Array.from(
    { length: width * height * 3 },
    (_, index) => 1 - mask[Math.floor(index / 3)]!,
  );
  const { picture } = padToSquare({ width, height, data }); // white: outside the picture nothing may change
  const small = await resizePicture(picture, side, side);
  return Float32Array.from({ length: side * side }, (_, pixel) => 1 - small.data[pixel * 3]!);
}

/**
 * Adds the change between two of the generator's pictures to the original at its own size. Where the mask is 0 the bytes are the
 * original's; alpha is always the original's.
 */
export async function applyChange(
  original: RgbaBytes,
  before: Picture,
  after: Picture,
  options: { strength: number; mask?: Float32Array },
): Promise<RgbaBytes> {
  const { width, height } = original;
  const size = Math.max(width, height);
  const [left, top] = [Math.floor((size - width) / 2), Math.floor((size - height) / 2)];
  // The change is carried as a picture around mid-grey, at half its size, to be resized like one.
  const carried = Float32Array.from(after.data, (value, index) => 0.5 + (value - before.data[index]!) / 2);
  const large = await resizePicture({ ...after, data: carried }, size, size, "cubic");
  const rgba = original.rgba.slice();
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const pixel = y * width + x;
      const part = options.strength * (options.mask?.[pixel] ?? 1);
      if (part === 0) continue;
      for (let channel = 0; channel < 3; channel++) {
        const raw = (large.data[((y + top) * size + x + left) * 3 + channel]! - 0.5) * 2;
        const change = Math.sign(raw) * Math.max(0, Math.abs(raw) - quiet) * part;
        if (change !== 0) rgba[pixel * 4 + channel] = toByte(rgba[pixel * 4 + channel]! / 255 + change);
      }
    }
  return { width, height, rgba };
}

function directions(embeddings: Embeddings): Record<string, HostTensor> {
  return Object.fromEntries(
    Object.entries(embeddings).map(([prefix, { data, shape }]) => {
      const features = shape[1]!;
      const values = data as Float32Array;
      const change = Float32Array.from(
        { length: features },
        (_, index) => values[index]! - values[features + index]!,
      );
      const length = Math.hypot(...change) || 1;
      return [
        prefix,
        hostFloats(
          change.map((value) => value / length),
          [features],
        ),
      ];
    }),
  );
}

/**
 * Changes a picture towards a prompt: inversion, then ascent along the text's direction from `from` to the prompt, on
 * views inside the mask; the change is added to the original.
 */
export async function* edit(
  models: SteerModels,
  original: LoadedPicture,
  term: ScheduledTerm,
  config: EditConfig,
  options: RunOptions & { mask?: Float32Array; signal?: AbortSignal },
): AsyncGenerator<AscentStep, EditResult> {
  const side = models.generator.resolution;
  const clips = [...models.guides, models.judge];
  const inverted = await invert(models, original.picture, { steps: 120 }, options);
  const before = pictureFrom(inverted.picture.data as Float32Array, side);
  yield { index: 0, steps: config.steps, picture: before };

  const source = { text: config.from, weight: 1, templates: term.templates };
  const embeddings = await embedTerms(models, clips, [term, source], options);
  const wanted = wantedOf(embeddings, [term, { ...source, weight: -1 }]);
  const inside = options.mask
    ? await smallMask(options.mask, original, side)
    : new Float32Array(side * side).fill(1);
  const box = options.mask ? maskBox(inside, side) : wholeBox;
  const shape = latentShape(models);
  const fixed: TensorRecord = {
    anchor: inverted.latents,
    condition: wanted[models.guides[0]!.prefix]!,
    base: inverted.picture,
    keep: hostFloats(
      inside.map((value) => 1 - value),
      [1, side, side, 1],
    ),
    noise: hostZeros(shape),
    termWeights: hostFloats(Float32Array.of(term.weight), [1]),
  };
  const along = directions(embeddings);
  for (const { prefix } of models.guides) {
    fixed[`${prefix}terms`] = wanted[prefix]!;
    fixed[`${prefix}direction`] = along[prefix]!;
  }
  const random = createRandom(config.seed);
  const steering = await createSteering(
    models,
    { terms: 1, views: config.views, weights: editWeights },
    options,
  );
  let state: SteerState = { latents: inverted.latents, first: hostZeros(shape), second: hostZeros(shape) };
  let done = 0;
  try {
    for (let index = 0; index < config.steps && !options.signal?.aborted; index++) {
      const part = index / config.steps;
      const result = await steering.step(state, {
        ...fixed,
        ...drawViews(
          { count: config.views, ...defaultViews },
          random.stream(`step/${index}`),
          viewSides(models),
          box,
        ),
        ...adamInputs(index, ascentRate(part, config.lr, config.steps)),
      });
      state = result.state;
      done = index + 1;
      const picture = pictureFrom(result.picture.data as Float32Array, side);
      yield { index: done, steps: config.steps, loss: result.loss, terms: result.terms, picture };
    }
  } finally {
    await steering.dispose();
  }
  const reader = await createReader(models, wanted, options);
  try {
    const reading = await reader.read(state.latents);
    const after = pictureFrom(reading.picture.data as Float32Array, side);
    const { strength } = config;
    const bytes = await applyChange(original, before, after, {
      strength,
      ...(options.mask && { mask: options.mask }),
    });
    const target = await encoderInput(original.picture, side);
    const report = {
      ...(await measureChange(models, { before, after }, embeddings, options)),
      changedOutside: changedOutside(original, bytes, options.mask),
      inversionPsnr: psnr(target.data as Float32Array, before.data),
    };
    return {
      bytes,
      before,
      after,
      report,
      guide: reading.guide,
      judge: reading.judge,
      inversionError: inverted.error,
      steps: done,
    };
  } finally {
    await reader.dispose();
  }
}
