import { removeArticles } from "../../embedding/index.js";
import { ConfigError } from "../../errors.js";
import {
  type LoadedPicture,
  type Picture,
  type RgbaBytes,
  compositeOnWhite,
  toPreview,
  toPicture,
} from "../../images/index.js";
import type { HostTensor } from "../../tensor/index.js";
import { createPassCounter } from "../ascent/passes.js";
import { type CandidateContext, type ScoredCandidate, rankCandidates } from "../candidates/editCandidates.js";
import { makeEditStarts, interpolate } from "../candidates/editStarts.js";
import { type Recipe, editRecipe } from "../objectives/recipe.js";
import { wholeBox } from "../objectives/views.js";
import { type Term, toEncoderInput, sumPositiveEmbeddings } from "../programs/embedTerms.js";
import { enlargePictures, usualSizeOf } from "../programs/enlarge.js";
import type { SessionPrograms } from "../sessionPrograms.js";
import type { Inversion } from "../programs/invert.js";
import { applyChange } from "./applyChange.js";
import type { ChangeKind } from "./changeKind.js";
import { type Scene, type Stage, ascendFrom } from "./editAscent.js";
import type { EditConfig, EditOptions, EditResult, EditStep } from "./contract.js";
import { prepareDirectEdit } from "./direct.js";
import { findMaskBox, fitMaskToSquare } from "./maskArea.js";
import { makeStyleFinding } from "./findings.js";
import { makeEditSnapshot, restoreEditStart } from "./progress.js";
import { namesSetting, planEdit } from "./plan.js";
import { computePsnr } from "./report.js";
import { reportEdit } from "./reportEdit.js";
import { type Subject, extractSubject } from "./subject.js";
import { reduceMask, reducePicture } from "./workingCopy.js";

const inversionSteps = 120;

/** Paints pictures of regions over white at a size. */
async function paintOnWhite(
  programs: SessionPrograms,
  latents: readonly HostTensor[],
  size: number,
): Promise<Picture[]> {
  const painter = programs.painter();
  const pictures: Picture[] = [];
  for (const each of latents) pictures.push(compositeOnWhite(await painter.paint(each, size)));
  return pictures;
}

/** @throws {ConfigError} when both texts are the same. */
function requireDifference(from: string, to: string | undefined, articles: boolean): void {
  const plain = (text: string): string => {
    const words = text.normalize("NFKC").toLowerCase().trim().replace(/\s+/g, " ");
    return articles ? words : removeArticles(words);
  };
  if (to !== undefined && plain(from) === plain(to))
    throw new ConfigError(
      `edit: nothing to change: the picture is said to show "${from}" already; describe what it should show instead`,
      { reason: "equal-texts" },
    );
}

/** The end of an ascent, to be applied to the original. */
interface EditOutcome {
  readonly original: LoadedPicture;
  readonly inverted: Pick<Inversion, "latents">;
  /** The generator's copy of the original. */
  readonly before: Picture;
  readonly best: Pick<ScoredCandidate, "latents" | "picture">;
  readonly kind: ChangeKind;
  readonly subject: Subject;
  readonly options: Pick<EditOptions, "mask" | "signal">;
}

/** Applies the change between the generator's copy and the best latents to the original. @returns the generator's picture, and the result. */
async function applyResult(
  programs: SessionPrograms,
  { original, inverted, before, best, kind, subject, options: { mask, signal } }: EditOutcome,
  { strength }: Pick<EditConfig, "strength">,
): Promise<{ after: Picture; bytes: RgbaBytes }> {
  const { models } = programs;
  const side = models.generator.resolution;
  const [part] =
    strength === 1
      ? [best]
      : await (
          await programs.synthesizer()
        ).synthesize([interpolate(inverted.latents, best.latents, strength)]);
  const after = toPicture(part!.picture.data as Float32Array, side);
  // For larger originals the change is drawn at a higher resolution, if the pack has an upscaler or paints regions.
  const finer = Math.max(original.width, original.height) > side ? usualSizeOf(models) : side;
  const [fineBefore, fineAfter] = models.generator.regions
    ? await paintOnWhite(programs, [inverted.latents, part!.latents], finer)
    : await enlargePictures(models, [before, after], finer, programs.options);
  const bytes =
    strength === 0
      ? { width: original.width, height: original.height, rgba: original.rgba.slice() }
      : await applyChange(original, fineBefore!, fineAfter!, {
          kind,
          mask,
          ground: subject.ground,
          // The result of a stopped ascent is applied; only an abort after the ascent stops the application.
          signal: signal?.aborted ? undefined : signal,
        });
  return { after, bytes };
}

/**
 * Changes a picture towards a prompt with a session's programs, as `edit` does. Where the texts name a new colour, a thing that
 * is added or another known thing, and the generator paints regions, `makeDirectEdit` does. Otherwise the generator inverts the
 * picture. Candidates are computed along the generator's condition from text to text, and towards drafts of the target. From the
 * best candidate the ascent follows the direction of the texts on views inside the mask; the weight that holds the copy falls
 * during the ascent. The better of start and ascent, by the guides, is applied to the original.
 * Source: Gal et al. 2022, "StyleGAN-NADA", §3.2, for the directional loss.
 */
export async function* runEdit(
  programs: SessionPrograms,
  original: LoadedPicture,
  term: Term,
  config: EditConfig,
  options: EditOptions = {},
): AsyncGenerator<EditStep, EditResult> {
  const { models } = programs;
  const { mask, signal } = options;
  requireDifference(config.from, term.text, models.articles);
  const subject = extractSubject(original, mask);
  const plan = planEdit(models, config.from, term.text, config.change, { masked: mask !== undefined });
  if (namesSetting(models, term.text) && !namesSetting(models, config.from))
    throw new ConfigError(
      `edit "${term.text}": an edit does not draw a setting such as the night or a beach around a picture; generate a picture of the whole text instead`,
    );
  const direct = await prepareDirectEdit(programs, plan, { original, subject, mask, term, config, signal });
  if (direct) {
    yield { index: 0, steps: 0, picture: direct.before, paint: paintReduced(original) };
    return direct.finish();
  }
  return yield* steerEdit(programs, { original, subject, plan, term }, config, options);
}

/** Returns the function that paints a picture at a small size: the preview before the first change. */
const paintReduced =
  (original: LoadedPicture) =>
  (longest: number): Promise<Picture> =>
    Promise.resolve(toPreview(reducePicture(original, longest)));

/** A picture and how it is to change. */
interface EditTask {
  readonly original: LoadedPicture;
  readonly subject: Subject;
  readonly plan: ReturnType<typeof planEdit>;
  readonly term: Term;
}

/** Edits a picture by inversion and ascent, as `runEdit` describes. */
async function* steerEdit(
  programs: SessionPrograms,
  { original, subject, plan, term }: EditTask,
  config: EditConfig,
  options: EditOptions,
): AsyncGenerator<EditStep, EditResult> {
  const { models, embedder } = programs;
  const { mask, signal } = options;
  const side = models.generator.resolution;
  const recipe: Recipe = { ...editRecipe, ...config.recipe };
  const begun = options.from && restoreEditStart(options.from);
  const resumed = begun && options.from;
  const passes = createPassCounter();
  const uncounted = createPassCounter();
  const count = resumed ? uncounted : passes; // the count of the snapshot includes passes before the ascent
  if (resumed) passes.add(resumed.values.passes as number);

  const inverted =
    begun?.inverted ??
    (await programs.inverter.invert(subject.picture, { steps: inversionSteps, signal, passes: count }));
  signal?.throwIfAborted();
  const before = toPicture(inverted.picture.data as Float32Array, side);
  const target = await toEncoderInput(subject.picture, side);
  const inversionPsnr = computePsnr(target.data as Float32Array, before.data);
  yield { index: 0, steps: config.steps, picture: before, paint: paintReduced(original), inversionPsnr };

  const source: Term = { text: config.from, weight: 1, templates: term.templates };
  const texts = await embedder.embed([term, source], count);
  const inside = subject.mask
    ? await fitMaskToSquare(subject.mask, subject.bytes, side)
    : new Float32Array(side * side).fill(1);
  const scene: Scene = {
    latents: inverted.latents,
    copy: inverted.picture,
    texts,
    positives: sumPositiveEmbeddings(texts, [term, { ...source, weight: -1 }]),
    inside,
    box: mask ? findMaskBox(inside, side) : wholeBox,
  };
  // A drawing that cannot be redrawn completely is steered.
  const kind = plan.kind === "steer" ? plan.change : "shape";
  const undrawn = plan.kind === "steer" ? plan.undrawn : undefined;
  const context: CandidateContext = {
    original: subject.bytes,
    picture: subject.picture,
    ground: subject.ownGround,
    before,
    texts,
    kind,
    mask: subject.mask,
    box: subject.mask && scene.box,
  };
  const stage: Stage = { scene, context, recipe, passes, signal };
  const findCandidates = async (): Promise<ScoredCandidate[]> => {
    const openShare = inside.reduce((sum, value) => sum + value, 0) / inside.length;
    const { from, seed } = config;
    const starts = await makeEditStarts(
      programs,
      { ...scene, from, to: term.text, seed, openShare },
      { passes, signal },
    );
    return rankCandidates(programs, starts, context, { passes, signal });
  };
  const candidates = begun ? [begun.start] : await findCandidates();
  /** Returns the original with the change after a step, at a small size. */
  const previewOf = async (picture: Picture, longest: number): Promise<Picture> => {
    const reduced = reducePicture(original, longest);
    const limits = { mask: mask && reduceMask(mask, original, longest), ground: subject.ground, signal };
    return toPreview(await applyChange(reduced, before, picture, { kind, ...limits }));
  };
  const ascent = ascendFrom(programs, candidates, { ...stage, term, from: resumed }, config);
  let next = await ascent.next();
  for (; !next.done; next = await ascent.next()) {
    const { snapshot, ...step } = next.value;
    const state = { inverted, start: candidates[0]! };
    const paint = (longest: number): Promise<Picture> => previewOf(step.picture, longest);
    yield { ...step, paint, snapshot: snapshot && makeEditSnapshot(snapshot, state) };
  }
  const { best, done, plateaued } = next.value;

  const { after, bytes } = await applyResult(
    programs,
    { original, inverted, before, best, kind, options, subject },
    config,
  );
  const pictures = { original, bytes, mask };
  const { report, findings } = await reportEdit(programs, pictures, { texts, term, passes });
  return {
    bytes,
    before,
    after,
    report: { ...report, inversionPsnr },
    inversionError: inverted.error,
    kind,
    steps: done,
    plateaued,
    passes: passes.total,
    findings: undrawn === undefined ? findings : [...findings, makeStyleFinding(undrawn)],
  };
}
