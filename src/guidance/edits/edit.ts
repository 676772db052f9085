import {
  type LoadedPicture,
  type Picture,
  type RgbaBytes,
  onWhite,
  pictureFrom,
} from "../../images/index.js";
import {
  type HostTensor,
  type TensorRecord,
  createRandom,
  hostFloats,
  hostZeros,
} from "../../tensor/index.js";
import { type Candidate, type Tried, tryCandidates } from "../candidates/editCandidates.js";
import { type ChangeKind, applyChange, kindOf, maskBox, smallMask } from "./applyChange.js";
import { createDrafter } from "../candidates/drafts.js";
import { conditionalWay, synthesizeLatents } from "../candidates/conditionalPath.js";
import { type Embeddings, type Term, embedTerms, encoderInput } from "../programs/embedTerms.js";
import { type EditProgress, keepEdit, restoreEdit } from "./progress.js";
import { type AscentConfig, type AscentStep, ascentRate, wantedOf } from "../generate.js";
import { picturesAt, usualSize } from "../programs/enlarge.js";
import { invert } from "../programs/invert.js";
import { type RunOptions, type SteerModels, namedStyle } from "../models.js";
import { type ReportCard, changedPixels, measureChange, measureRealism, psnr } from "./report.js";
import { latentShape } from "../programs/pictures.js";
import type { Snapshot } from "../ascent/snapshot.js";
import { type SteerState, type SteerWeights, adamInputs, createSteering } from "../programs/steer.js";
import { type Box, defaultViews, drawViews, viewSides, wholeBox } from "../objectives/views.js";

/** Settings of an edit. */
export interface EditConfig extends Omit<AscentConfig, "candidates" | "truncation" | "style"> {
  /** What the picture shows now, in words. */
  readonly from: string;
  /** How far to go: 0 gives the picture back to the bit, 1 goes all the way. */
  readonly strength: number;
  /** What may change: colours alone, shapes too, or (`auto`) colours alone where the texts differ in words for colours alone. */
  readonly change: ChangeKind | "auto";
}

/** Progress of an edit; step 0 is the generator's copy, before anything is changed. */
export interface EditStep extends AscentStep {
  /** Peak signal-to-noise ratio of the copy to the input, dB; on step 0. */
  readonly inversionPsnr?: number;
}

/** An edited picture at the original's size. */
export interface EditResult {
  readonly bytes: RgbaBytes;
  /** What the generator made of the picture before and after. */
  readonly before: Picture;
  readonly after: Picture;
  /** Mean absolute error of the inversion. */
  readonly inversionError: number;
  readonly report: ReportCard;
  /** What was taken of the change. */
  readonly kind: ChangeKind;
  readonly steps: number;
}

const editWeights: SteerWeights = { anchor: 2, range: 0.05, realism: 0.2, direction: 1.2, outside: 6 };
/** Parts of the generator's own way from text to text that are tried. */
const parts = [0.5, 1, 1.5];
/** Parts of the way to pictures that the generator makes of the target anew. */
const blends = [0.7, 1];
const anew = 32;
/** Share of the square that a mask must leave open for pictures made anew: they fill the square. */
const roomy = 0.4;

/** How much better an ascent must score than its start: starts are whole pictures, and ascent wears them. */
const worthIt = 0.15;

/** How much the copy holds what may change: all of it at first, little once the text has faded in. */
export function heldInside(part: number): number {
  return Math.max(0.05, 1 - 2 * part);
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

const between = (from: HostTensor, to: HostTensor, part: number): HostTensor =>
  hostFloats(
    (from.data as Float32Array).map((value, at) => value + part * (to.data[at]! - value)),
    from.shape,
  );

/** What an edit works on once the picture is copied. */
interface Scene {
  readonly latents: HostTensor;
  /** `[1, side, side, 3]`. */
  readonly copy: HostTensor;
  readonly texts: Embeddings;
  readonly wanted: Embeddings;
  /** 1 where the square may change. */
  readonly inside: Float32Array;
  readonly box: Box;
}

/** First latents: along the generator's own way, or towards pictures made anew. */
async function starts(
  models: SteerModels,
  scene: Scene,
  { seed, from, to }: Pick<EditConfig, "seed" | "from"> & { to: string | undefined },
  options: RunOptions,
): Promise<Omit<Candidate, "kind">[]> {
  const { prefix } = models.guides[0]!;
  const [before, after] = [from, to].map((text) => namedStyle(models, text));
  const { data, shape } = scene.texts[prefix]!;
  const features = shape[1]!;
  const [target, source] = [0, 1].map((row) =>
    hostFloats((data as Float32Array).slice(row * features, (row + 1) * features), [1, features]),
  ) as [HostTensor, HostTensor];
  const way = await conditionalWay(
    models,
    scene.latents,
    { target: { embedding: target, style: after }, source: { embedding: source, style: before } },
    { parts, seed },
    options,
  );
  const open = scene.inside.reduce((sum, value) => sum + value, 0) / scene.inside.length;
  if (open < roomy) return way;
  const draws = models.generator.sample(createRandom(seed).stream("anew"), anew, {
    truncation: 0.5,
    ...(after !== undefined && { style: after }),
  });
  const drafter = createDrafter(models, options);
  const drafts = await drafter
    .draft({ draws, count: anew, wanted: scene.wanted, words: scene.wanted })
    .finally(() => drafter.dispose());
  const moved = drafts
    .slice(0, 6)
    .flatMap(({ latents }) => blends.map((part) => between(scene.latents, latents, part)));
  return [...way, ...(await synthesizeLatents(models, moved, options))];
}

/**
 * Changes a picture towards a prompt. The generator copies it, then ways to go are tried: the generator's own from text to text, and
 * pictures made anew; from the best, ascent along the text's direction on views inside the mask, the copy holding less and less.
 * What the guides like best of start and ascent is brought to the original.
 * Source: Gal et al. 2022, "StyleGAN-NADA", §3.2, for the directional loss.
 */
export async function* edit(
  models: SteerModels,
  original: LoadedPicture,
  term: Term,
  config: EditConfig,
  options: RunOptions & { mask?: Float32Array; from?: Snapshot; signal?: AbortSignal },
): AsyncGenerator<EditStep, EditResult> {
  const { mask } = options;
  const side = models.generator.resolution;
  const kept = options.from && restoreEdit(options.from);
  const inverted = kept?.inverted ?? (await invert(models, original.picture, { steps: 120 }, options));
  const before = pictureFrom(inverted.picture.data as Float32Array, side);
  const target = await encoderInput(original.picture, side);
  const inversionPsnr = psnr(target.data as Float32Array, before.data);
  yield { index: 0, steps: config.steps, picture: before, inversionPsnr };

  const source = { text: config.from, weight: 1, templates: term.templates };
  const texts = await embedTerms(models, [...models.guides, models.judge], [term, source], options);
  const inside = mask ? await smallMask(mask, original, side) : new Float32Array(side * side).fill(1);
  const scene: Scene = {
    latents: inverted.latents,
    copy: inverted.picture,
    texts,
    wanted: wantedOf(texts, [term, { ...source, weight: -1 }]),
    inside,
    box: mask ? maskBox(inside, side) : wholeBox,
  };
  const kind = config.change === "auto" ? kindOf(config.from, term.text ?? "") : config.change;
  const judged = { before, texts, ...(mask && { mask, box: scene.box }) };
  const attempt = (latents: readonly Omit<Candidate, "kind">[]): Promise<Tried[]> =>
    tryCandidates(
      models,
      original,
      latents.map((each) => ({ ...each, kind })),
      judged,
      options,
    );
  let best: EditProgress["best"] =
    kept?.best ?? (await attempt(await starts(models, scene, { ...config, to: term.text }, options)))[0]!;
  const ascent = climb(models, scene, best, config, { ...options, ...(kept && { kept }) });
  let done = kept?.done ?? 0;
  for (;;) {
    const next = await ascent.next();
    if (next.done) {
      const [end] = next.value ? await attempt(await synthesizeLatents(models, [next.value], options)) : [];
      if (end && end.score > best.score + worthIt) best = end;
      break;
    }
    const { state, ...step } = next.value;
    done = step.index;
    yield { ...step, snapshot: keepEdit({ inverted, best, state, done }) };
  }
  const { strength } = config;
  const [part] =
    strength === 1
      ? [best]
      : await synthesizeLatents(models, [between(scene.latents, best.latents, strength)], options);
  const after = pictureFrom(part!.picture.data as Float32Array, side);
  // Larger originals get the change in finer drawing, where the pack has an upscaler.
  const finer = Math.max(original.width, original.height) > side ? usualSize(models) : side;
  const [fineBefore, fineAfter] = await picturesAt(models, [before, after], finer, options);
  const bytes =
    strength === 0
      ? { width: original.width, height: original.height, rgba: original.rgba.slice() }
      : await applyChange(original, fineBefore!, fineAfter!, { kind, ...(mask && { mask }) });
  const pictures = { before: original.picture, after: onWhite(bytes) };
  const realism = await measureRealism(models, pictures, scene.wanted[models.guides[0]!.prefix]!, options);
  const report: ReportCard = {
    ...(await measureChange(models, pictures, texts, options)),
    changedOutside: mask ? changedPixels(original, bytes, mask) : 0,
    changed: changedPixels(original, bytes),
    inversionPsnr,
    ...(realism && { realism }),
  };
  return { bytes, before, after, report, inversionError: inverted.error, kind, steps: done };
}

/** Ascent from a start, or from where it was left; gives the last latents, or undefined when there were no steps. */
async function* climb(
  models: SteerModels,
  scene: Scene,
  start: Candidate,
  config: EditConfig,
  options: RunOptions & { kept?: EditProgress; signal?: AbortSignal },
): AsyncGenerator<AscentStep & { readonly state: SteerState }, HostTensor | undefined> {
  if (config.steps === 0) return undefined;
  const side = models.generator.resolution;
  const shape = latentShape(models);
  const square = [1, side, side, 1];
  const fixed: TensorRecord = {
    anchor: start.latents,
    condition: scene.wanted[models.guides[0]!.prefix]!,
    base: scene.copy,
    keep: hostFloats(
      scene.inside.map((value) => 1 - value),
      square,
    ),
    noise: hostZeros(shape),
  };
  const along = directions(scene.texts);
  for (const { prefix } of models.guides) {
    fixed[`${prefix}terms`] = scene.wanted[prefix]!;
    fixed[`${prefix}direction`] = along[prefix]!;
  }
  const random = createRandom(config.seed);
  const steering = await createSteering(
    models,
    // The latents move where pictures stay whole.
    { terms: 1, views: config.views, weights: editWeights, shared: true },
    options,
  );
  let state: SteerState = options.kept?.state ?? {
    latents: start.latents,
    first: hostZeros(shape),
    second: hostZeros(shape),
  };
  try {
    for (let index = options.kept?.done ?? 0; index < config.steps && !options.signal?.aborted; index++) {
      const part = index / config.steps;
      const views = random.stream(`step/${index}`);
      const held = heldInside(part);
      const { loss, terms, picture, ...next } = await steering.step(state, {
        ...fixed,
        hold: hostFloats(
          scene.inside.map((value) => 1 - value * (1 - held)),
          square,
        ),
        termWeights: hostFloats(Float32Array.of(1 - held), [1]),
        ...drawViews({ count: config.views, ...defaultViews }, views, viewSides(models), scene.box),
        ...adamInputs(index, ascentRate(part, config.lr, config.steps)),
      });
      state = next.state;
      const shown = pictureFrom(picture.data as Float32Array, side);
      yield { index: index + 1, steps: config.steps, loss, terms, picture: shown, state };
    }
    return state.latents;
  } finally {
    await steering.dispose();
  }
}
