import { poseOf, replacePose } from "../../gan/index.js";
import { type Picture, type RgbaBytes, compositeOnWhite } from "../../images/index.js";
import { type HostTensor, createRandom, hostFloats } from "../../tensor/index.js";
import type { PassCounter } from "../ascent/passes.js";
import { makeDrafts } from "../ascent/promptDrafts.js";
import { scoreChanges } from "../candidates/editCandidates.js";
import type { Embeddings } from "../programs/embedTerms.js";
import { computeSequencePoint } from "../scenes/layout.js";
import { priors } from "../scenes/priors.js";
import { type Dials, dialCount } from "../scenes/relate.js";
import {
  type Box,
  type Placement,
  type Sprite,
  identity,
  placeBox,
  placePose,
  spriteOf,
} from "../scenes/sprite.js";
import type { SessionPrograms } from "../sessionPrograms.js";
import { putOver, putUnder } from "./composite.js";
import { mapDrawnShares } from "./drawn.js";
import type { Ground } from "./ground.js";
import { findBearer } from "./bearer.js";
import { canMove, frameOf, moveFigure } from "./figure.js";
import { containBox, isHeadLike, makeSpriteOfMap } from "./outline.js";
import type { AddedThing } from "./plan.js";
import { paintLayer } from "./paintLayer.js";
import { findSpot } from "./spot.js";
import type { Subject } from "./subject.js";
import { reducePicture } from "./workingCopy.js";

/** Number of drafts of a thing, of drawings that are tried, and of placements of each. */
const counts = { drafts: 24, drawings: 6, placements: 8 };
/** Side of sprites' paintings, in pixels. */
const paintedSide = 64;
/** Longest side of the copies that placements are scored on. */
const scoredSide = 128;
/** Extent of a picture without a separate drawing: the whole canvas. */
const whole: Sprite = {
  alpha: new Float32Array(64 * 64).fill(1),
  side: 64,
  box: { left: -1, top: -1, right: 1, bottom: 1 },
};

/** A placed drawing of a thing: latents `[1, size]`, and whether it is behind the picture's drawing. */
export interface PlacedThing {
  readonly latents: HostTensor;
  readonly isUnder: boolean;
  /** Placement of the picture's own drawing, which makes room. */
  readonly figure: Placement;
  /** The thing's box on the canvas. */
  readonly box: Box;
}

/** What additions share. */
export interface AddContext {
  readonly texts: Embeddings;
  readonly templates: readonly string[];
  readonly seed: number;
  readonly passes: PassCounter;
  readonly signal: AbortSignal | undefined;
}

/** Composites a placed thing with a picture. */
export async function addThing(
  programs: SessionPrograms,
  original: RgbaBytes,
  { latents, isUnder, figure }: PlacedThing,
  { ground, mask, strength }: { ground: Ground; mask?: Float32Array | undefined; strength: number },
): Promise<RgbaBytes> {
  const side = Math.max(original.width, original.height);
  const layer = await paintLayer(programs, latents, side);
  const below = await moveFigure(original, ground, figure);
  if (!isUnder) return putOver(below, layer, { mask, strength });
  return putUnder(below, layer, { drawnShares: mapDrawnShares(below, ground), mask, strength });
}

/**
 * Chooses a drawing of a thing and its place: drawings are drafts of the thing's words, places come from the layout prior of its relation,
 * or from the mask, and the guides choose by the change along the texts' direction and the gain. The thing is inside the canvas; where it
 * has no room, the picture's drawing moves.
 * @returns undefined when no draft has ink.
 */
export async function placeThing(
  programs: SessionPrograms,
  { bytes, ownGround, mask }: Subject,
  { text, relation }: AddedThing,
  subjectText: string,
  { texts, templates, seed, passes, signal }: AddContext,
): Promise<PlacedThing | undefined> {
  const drafts = await makeDrafts(
    programs,
    [{ text, weight: 1, templates }],
    { seed, candidates: counts.drafts, truncation: 0.5, steps: 0, views: 1, lr: 0 },
    { passes, signal },
  );
  const named = await programs.embedder.embed([{ text, weight: 1, templates }], passes);
  const drawnShares = mapDrawnShares(bytes, ownGround);
  const subject = findBearer(bytes, drawnShares) ?? whole;
  const bearerText = isHeadLike(subject) ? `${subjectText} face` : subjectText;
  const place = { relation, frame: frameOf(bytes), movable: canMove(bytes, drawnShares) };
  const open = mask && makeSpriteOfMap(mask, bytes)?.box;
  const start = createRandom(seed).stream("places").uniform();
  const painter = programs.painter();
  const candidates: (PlacedThing & { cost: number })[] = [];
  for (const { latents } of drafts.slice(0, counts.drawings)) {
    const { rgba } = await painter.paint(latents, paintedSide);
    const alpha = Float32Array.from({ length: paintedSide ** 2 }, (_, pixel) => rgba[pixel * 4 + 3]! / 255);
    const sprite = spriteOf(alpha, paintedSide);
    if (!sprite) continue;
    const row = latents.data as Float32Array;
    const at = (where: Placement): HostTensor =>
      hostFloats(replacePose(row, placePose(poseOf(row), where)), latents.shape);
    if (open) {
      const where = containBox(sprite.box, open);
      const box = placeBox(sprite.box, where);
      candidates.push({ latents: at(where), isUnder: false, figure: identity, box, cost: 0 });
      continue;
    }
    for (let index = 0; index < counts.placements; index++) {
      const dials = computeSequencePoint(index, dialCount, start) as unknown as Dials;
      const pair = { subject, object: sprite, subjectText: bearerText, objectText: text };
      const { where, ...spot } = findSpot(pair, priors[relation](pair, dials), place);
      candidates.push({ latents: at(where), ...spot, box: placeBox(sprite.box, where) });
    }
  }
  const pictures: Picture[] = [];
  const small = reducePicture(bytes, scoredSide);
  for (const candidate of candidates) {
    signal?.throwIfAborted();
    const added = await addThing(programs, small, candidate, { ground: ownGround, strength: 1 });
    pictures.push(compositeOnWhite(added));
  }
  const scores = await scoreChanges(
    programs,
    compositeOnWhite(small),
    pictures,
    { texts, named, changeCost: 0 },
    { passes, signal },
  );
  const totals = candidates.map(({ cost }, index) => scores[index]! - cost);
  return candidates[totals.indexOf(Math.max(...totals))];
}
