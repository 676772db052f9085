import { poseOf, replacePose } from "../../gan/index.js";
import {
  type Oklab,
  type Picture,
  type RgbaBytes,
  oklabDistance,
  compositeOnWhite,
  rgbOfOklabColour,
} from "../../images/index.js";
import { type HostTensor, createRandom, hostFloats } from "../../tensor/index.js";
import { scoreChanges } from "../candidates/editCandidates.js";
import { findDraftSubject } from "../steerModels.js";
import { type Term, sumPositiveEmbeddings } from "../programs/embedTerms.js";
import { type Sprite, placePose, spriteOf } from "../scenes/sprite.js";
import type { SessionPrograms } from "../sessionPrograms.js";
import type { AddContext } from "./addThings.js";
import { replaceDrawing } from "./composite.js";
import { mapDrawnShares } from "./drawn.js";
import { findFills, findMainFill } from "./fills.js";
import { type Ground, transparentGround } from "./ground.js";
import { fitBox, measureOutlineAgreement, makeSpriteOfMap } from "./outline.js";
import { paintLayer } from "./paintLayer.js";
import type { EditPlan } from "./plan.js";
import { recolourPixels } from "./recolourPixels.js";
import type { Subject } from "./subject.js";
import { reducePicture } from "./workingCopy.js";

/** Number of drafts, and of drafts whose outlines are compared. */
const counts = { drafts: 48, compared: 28 };
const paintedSide = 64;
const scoredSide = 128;
/** Weight of the agreement of outlines, in [0, 1], relative to a cosine. */
const outlineShare = 1.2;
/** Weight of the clarity of regions, in [0, 1]. */
const clarityShare = 1;
/** Smallest share of a picture that is ground, for a drawing that may be taken from it. */
const leastGround = 0.05;
/** Distance in Oklab from which on the main colours of a drawing and of its source differ; share of a drawing that has a main colour. */
const otherColour = 0.1;
const mainShare = 0.5;

/** A drawing at the source's place and size: latents `[1, size]`. */
export interface Redrawing {
  readonly latents: HostTensor;
  /** Main colour that the drawing is given, sRGB in [0, 1]; its own when absent. */
  readonly colour?: readonly [number, number, number] | undefined;
}

/** Tells whether a picture has a ground around its drawing; a photograph has none. @param drawnShares as `mapDrawnShares`. */
export const hasGround = (drawnShares: Float32Array): boolean =>
  drawnShares.filter((part) => part < 0.5).length >= leastGround * drawnShares.length;

/** Makes the source's ink, inside the mask; undefined for a picture that is no drawing on a ground. */
export function makeSourceSprite({ bytes, ownGround, mask }: Subject): Sprite | undefined {
  const drawnShares = mapDrawnShares(bytes, ownGround);
  if (!hasGround(drawnShares)) return undefined;
  return makeSpriteOfMap(mask ? drawnShares.map((part, at) => part * mask[at]!) : drawnShares, bytes);
}

/** Finds the colour of most of a picture's drawing, in Oklab; undefined where no fill covers half of it. */
function findMainColour(bytes: RgbaBytes, ground: Ground, mask?: Float32Array): Oklab | undefined {
  const fill = findMainFill(findFills(bytes, mapDrawnShares(bytes, ground), mask), undefined);
  return fill && fill.area >= mainShare ? fill.lab : undefined;
}

/** Paints a redrawing over a picture's ground. */
export async function paintRedrawing(
  programs: SessionPrograms,
  original: RgbaBytes,
  { latents, colour }: Redrawing,
  {
    ground,
    mask,
    signal,
  }: { ground: Ground; mask?: Float32Array | undefined; signal?: AbortSignal | undefined },
): Promise<RgbaBytes> {
  const side = Math.max(original.width, original.height);
  const painted = await paintLayer(programs, latents, side);
  const layer = colour
    ? await recolourPixels({ width: side, height: side, rgba: painted.rgba }, colour, {
        ground: transparentGround,
        strength: 1,
        signal,
      })
    : painted;
  return replaceDrawing(original, { side, rgba: layer.rgba }, { ground, mask });
}

/**
 * Chooses a drawing of a known thing for the source's place: among the drafts of the target, the one that the guides prefer and whose
 * outline agrees best with the source's, at the source's centre and size. In a change of style the source's colour is kept where most of it
 * has one.
 */
export async function chooseDrawing(
  programs: SessionPrograms,
  subject: Subject,
  source: Sprite,
  { plan, term }: { readonly plan: Extract<EditPlan, { kind: "redraw" }>; readonly term: Term },
  { texts, seed, passes, signal }: AddContext,
): Promise<Redrawing> {
  const { models, drafter } = programs;
  const positives = sumPositiveEmbeddings(texts, [term, { ...term, weight: -1 }]);
  const draws = models.generator.sample(createRandom(seed).stream("redraw"), counts.drafts, {
    truncation: 0.5,
    ...findDraftSubject(models, term.text),
    concepts: plan.concepts,
  });
  const drafts = await drafter.draft(
    { draws, count: counts.drafts, positives, words: positives },
    { passes, signal },
  );
  const synthesized = await (
    await programs.synthesizer()
  ).synthesize(
    drafts.slice(0, counts.compared).map(({ latents }) => latents),
    signal,
  );
  const painter = programs.painter();
  const candidates: (Redrawing & { bonus: number })[] = [];
  for (const { latents, clarity = 1 } of synthesized) {
    const { rgba } = await painter.paint(latents, paintedSide);
    const alpha = Float32Array.from({ length: paintedSide ** 2 }, (_, pixel) => rgba[pixel * 4 + 3]! / 255);
    const sprite = spriteOf(alpha, paintedSide);
    if (!sprite) continue;
    const at = fitBox(sprite.box, source.box);
    const row = latents.data as Float32Array;
    candidates.push({
      latents: hostFloats(replacePose(row, placePose(poseOf(row), at)), latents.shape),
      bonus: outlineShare * measureOutlineAgreement(sprite, at, source) + clarityShare * (clarity - 1),
    });
  }
  const { bytes, ownGround, mask } = subject;
  const small = reducePicture(bytes, scoredSide);
  const pictures: Picture[] = [];
  for (const candidate of candidates) {
    signal?.throwIfAborted();
    pictures.push(compositeOnWhite(await paintRedrawing(programs, small, candidate, { ground: ownGround })));
  }
  const scores = await scoreChanges(
    programs,
    compositeOnWhite(small),
    pictures,
    { texts },
    { passes, signal },
  );
  const best = candidates.reduce((first, _, index) => {
    const total = (at: number): number => scores[at]! + candidates[at]!.bonus;
    return total(index) > total(first) ? index : first;
  }, 0);
  const { latents } = candidates[best]!;
  if (!plan.sameThing) return { latents };
  const own = findMainColour(bytes, ownGround, mask);
  const drawing = findMainColour(await painter.paint(latents, scoredSide), transparentGround);
  const differs = own && drawing && oklabDistance(own, drawing) > otherColour;
  return { latents, colour: differs ? rgbOfOklabColour(own) : undefined };
}
