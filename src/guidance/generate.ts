import { ensembleMean } from "../embedding/index.js";
import { ConfigError } from "../errors.js";
import {
  type HostTensor,
  type TensorRecord,
  createRandom,
  hostFloats,
  hostZeros,
  sizeOf,
} from "../tensor/index.js";
import { type Picture, pictureFrom } from "../images/index.js";
import { withoutArticles } from "../embedding/index.js";
import { type Embeddings, type Term, embedTerms } from "./encode.js";
import { invert } from "./invert.js";
import type { RunOptions, SteerModels } from "./models.js";
import { type Reader, type Reading, type Scores, createReader, draftLatents } from "./readout.js";
import { type SteerState, type SteerWeights, adamInputs, createSteering, latentShape } from "./steer.js";
import { defaultViews, drawViews, viewSides } from "./views.js";

/** A term whose weight may change in the course of a run. */
export interface ScheduledTerm extends Term {
  /** Weight at a part of the run, 0 to 1; `weight` throughout when absent. */
  readonly weightAt?: (part: number) => number;
}

/** Settings of one ascent. */
export interface AscentConfig {
  readonly seed: number;
  readonly steps: number;
  readonly views: number;
  /** Adam's peak step in steering coordinates. */
  readonly lr: number;
  /** First latents drawn, of which the best is steered. */
  readonly candidates: number;
  /** Size of the drafts' noise, 0 to 1: less is more typical, more is more varied. */
  readonly truncation: number;
  /** Drawing style of the drafts, where the generator has styles; every one in turn when absent. */
  readonly style?: string;
}

/** Progress of an ascent. */
export interface AscentStep {
  /** Steps done; 0 is the first draft. */
  readonly index: number;
  readonly steps: number;
  readonly loss?: number;
  readonly terms?: Readonly<Record<string, number>>;
  readonly picture: Picture;
}

/** What an ascent made. */
export interface AscentResult extends Scores {
  readonly picture: Picture;
  /** Latents of the picture, `[1, …latentShape]`. */
  readonly latents: HostTensor;
  /** Steps done; fewer than asked for when it was stopped. */
  readonly steps: number;
  /** Step whose latent was read out; 0 is the draft. */
  readonly chosen: number;
}

/** How much more the judge must like a steered picture than its draft: drafts are whole, and steering wears them. */
const worthIt = 0.03;

const steerWeights: SteerWeights = { anchor: 2, range: 0.05, realism: 0.2, direction: 0, outside: 0 };

/** The wanted embedding of each CLIP: the weighted mean of the positive terms, unit length, `[1, features]`. */
export function wantedOf(embeddings: Embeddings, terms: readonly Term[]): Embeddings {
  return Object.fromEntries(
    Object.entries(embeddings).map(([prefix, { data, shape }]) => {
      const features = shape[1]!;
      const rows = terms.flatMap(({ weight }, index) =>
        weight > 0
          ? [
              (data as Float32Array)
                .subarray(index * features, (index + 1) * features)
                .map((value) => value * weight),
            ]
          : [],
      );
      return [prefix, hostFloats(ensembleMean(rows), [1, features])];
    }),
  );
}

/** Learning rate over a run: up over the first 5 %, down by a cosine over the last 25 %; never zero. */
export function ascentRate(part: number, peak: number, steps: number): number {
  const rise = Math.min(1, (part * steps + 1) / Math.max(1, 0.05 * steps));
  const fall = part < 0.75 ? 1 : 0.05 + 0.95 * 0.5 * (1 + Math.cos(Math.PI * ((part - 0.75) / 0.25)));
  return peak * rise * fall;
}

/** Size of the noise on the latents: fades out over the first three quarters. */
export function latentNoise(part: number): number {
  return 0.15 * Math.max(0, 1 - part / 0.75) ** 2;
}

/**
 * Steers one picture towards the terms; yields the draft and every step. Stopping by the signal keeps the best so far.
 * Source of the recipe: design notes after VQGAN-CLIP (Crowson et al. 2022) and FuseDream (Liu et al. 2021).
 * @throws {ConfigError} when no term has a positive weight.
 */
export async function* generate(
  models: SteerModels,
  terms: readonly ScheduledTerm[],
  config: AscentConfig,
  options: RunOptions & { init?: Picture; signal?: AbortSignal },
): AsyncGenerator<AscentStep, AscentResult> {
  if (!terms.some(({ weight }) => weight > 0))
    throw new ConfigError("every prompt has a negative weight; give one to go towards");
  const random = createRandom(config.seed);
  const clips = [...models.guides, models.judge];
  const embeddings = await embedTerms(models, clips, terms, options);
  const wanted = wantedOf(embeddings, terms);
  const condition = wanted[models.guides[0]!.prefix]!;
  const shape = latentShape(models);
  let start: { latents: HostTensor; picture: HostTensor };
  if (options.init) {
    const inverted = await invert(models, options.init, { steps: 60 }, options);
    start = { latents: inverted.latents, picture: inverted.picture };
  } else {
    const draws = models.generator.sample(random.stream("candidates"), config.candidates, config);
    const words = await embedTerms(models, models.guides, wordsOf(terms), options);
    start = (await draftLatents(models, condition, draws, wanted, words, options))[0]!;
  }
  const side = models.generator.resolution;
  yield { index: 0, steps: config.steps, picture: pictureFrom(start.picture.data as Float32Array, side) };

  const reader = await createReader(models, wanted, options);
  try {
    let best: Reading & { latents: HostTensor; chosen: number } = {
      ...(await reader.read(start.latents)),
      latents: start.latents,
      chosen: 0,
    };
    let done = 0;
    if (config.steps > 0) {
      const ascent = ascend(models, terms, embeddings, condition, start.latents, config, reader, options);
      for (;;) {
        const next = await ascent.next();
        if (next.done) {
          if (next.value && next.value.judge >= best.judge + worthIt) best = next.value;
          break;
        }
        done = next.value.index;
        yield next.value;
      }
    }
    return {
      picture: pictureFrom(best.picture.data as Float32Array, side),
      latents: hostFloats(best.latents.data as Float32Array, shape),
      guide: best.guide,
      judge: best.judge,
      steps: done,
      chosen: best.chosen,
    };
  } finally {
    await reader.dispose();
  }
}

/** The words of what is wanted, each as a term of its own, without those that show nothing; a picture stays one term. */
function wordsOf(terms: readonly ScheduledTerm[]): Term[] {
  return terms
    .filter(({ weight }) => weight > 0)
    .flatMap((term) => {
      if (term.text === undefined) return [term];
      const words = withoutArticles(term.text).split(/\s+/);
      const telling = words.filter((word) => !/^(?:with|and|of|in|on|at|to|for)$/i.test(word));
      return (telling.length > 0 ? telling : words).map((text) => ({ ...term, text }));
    });
}

type Best = Reading & { latents: HostTensor; chosen: number };

async function* ascend(
  models: SteerModels,
  terms: readonly ScheduledTerm[],
  embeddings: Embeddings,
  condition: HostTensor,
  start: HostTensor,
  config: AscentConfig,
  reader: Reader,
  options: RunOptions & { init?: Picture; signal?: AbortSignal },
): AsyncGenerator<AscentStep, Best | undefined> {
  const { steps, views, seed } = config;
  const random = createRandom(seed);
  const shape = latentShape(models);
  const size = sizeOf(shape);
  // Drafts are steered where pictures stay whole (W); a given picture needs all of its latents (W+).
  const shared = models.generator.narrow !== undefined && options.init === undefined;
  const steering = await createSteering(
    models,
    { terms: terms.length, views, weights: steerWeights, shared },
    options,
  );
  let state: SteerState = { latents: start, first: hostZeros(shape), second: hostZeros(shape) };
  const average = Float32Array.from(start.data);
  const fixed: TensorRecord = { anchor: start, condition };
  for (const { prefix } of models.guides) fixed[`${prefix}terms`] = embeddings[prefix]!;
  const readEvery = Math.max(5, Math.round(steps / 12));
  let best: Best | undefined;
  let done = 0;
  const readAverage = async (): Promise<void> => {
    const latents = hostFloats(average.slice(), shape);
    const reading = await reader.read(latents);
    if (!best || reading.judge >= best.judge) best = { ...reading, latents, chosen: done };
  };
  try {
    for (let index = 0; index < steps && !options.signal?.aborted; index++) {
      const part = index / steps;
      const draw = random.stream(`step/${index}`);
      const scale = latentNoise(part);
      const values = draw.stream("noise").normals(shared ? size / shape[1]! : size);
      const noise = Float32Array.from({ length: size }, (_, at) => values[at % values.length]! * scale);
      const weights = terms.map((term) => term.weightAt?.(part) ?? term.weight);
      const result = await steering.step(state, {
        ...fixed,
        ...drawViews({ count: views, ...defaultViews }, draw.stream("views"), viewSides(models)),
        ...adamInputs(index, ascentRate(part, config.lr, steps)),
        noise: hostFloats(noise, shape),
        termWeights: hostFloats(Float32Array.from(weights), [terms.length]),
      });
      state = result.state;
      done = index + 1;
      const kept = Math.min(0.95, (index + 1) / (index + 6));
      state.latents.data.forEach((value, at) => (average[at] = average[at]! * kept + value * (1 - kept)));
      yield {
        index: done,
        steps,
        loss: result.loss,
        terms: result.terms,
        picture: pictureFrom(result.picture.data as Float32Array, models.generator.resolution),
      };
      if (done % readEvery === 0 && done > steps / 4) await readAverage();
    }
    if (done > 0) await readAverage();
    return best;
  } finally {
    await steering.dispose();
  }
}
