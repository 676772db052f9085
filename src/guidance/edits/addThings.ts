import { poseOf, withPose } from "../../gan/index.js";
import { type Picture, type RgbaBytes, onWhite } from "../../images/index.js";
import { type HostTensor, createRandom, hostFloats } from "../../tensor/index.js";
import type { PassCounter } from "../ascent/passes.js";
import { draftTerms } from "../ascent/generate.js";
import { scoreChanges } from "../candidates/editCandidates.js";
import type { Embeddings } from "../programs/embedTerms.js";
import { sequencePoint } from "../scenes/layout.js";
import { type Dials, type Related, dialCount, priors } from "../scenes/priors.js";
import { type Box, type Placement, type Sprite, placePose, spriteOf } from "../scenes/sprite.js";
import type { SessionPrograms } from "../sessionPrograms.js";
import { putOver, putUnder } from "./composite.js";
import { drawnMap } from "./drawn.js";
import type { Ground } from "./ground.js";
import {
  containBox,
  coveredShare,
  hatInsideCanvas,
  insideCanvas,
  looksLikeHead,
  spriteOfMap,
} from "./outline.js";
import type { AddedThing } from "./plan.js";
import type { Subject } from "./subject.js";
import { reducePicture } from "./workingCopy.js";

/** Number of drafts of a thing, of drawings that are tried, and of placements of each. */
const counts = { drafts: 24, drawings: 6, placements: 8 };
/** Side of sprites' paintings, in pixels. */
const paintedSide = 64;
/** Longest side of the copies that placements are scored on. */
const scoredSide = 128;
/** Share of a drawing that a thing may cover, and the cost of covering all of it. */
const freeCover = 0.2;
const coverCost = 1.5;
/** Share of a drawing that a held thing may cover: faces fill their pictures, and a held thing must not hide them. */
const freeCoverOfHeld = 0.05;
/** Lower corners of the canvas, where a held thing finds a place when the drawing fills the picture. */
const corners: readonly Box[] = [
  { left: -0.98, top: 0.1, right: -0.28, bottom: 0.98 },
  { left: 0.28, top: 0.1, right: 0.98, bottom: 0.98 },
];
/** Extent of a picture that has no drawing of its own: all of the canvas. */
const whole: Sprite = {
  alpha: new Float32Array(64 * 64).fill(1),
  side: 64,
  box: { left: -1, top: -1, right: 1, bottom: 1 },
};

/** A drawing of a thing at its place: latents `[1, size]`, and whether it is behind the picture's drawing. */
export interface PlacedThing {
  readonly latents: HostTensor;
  readonly isUnder: boolean;
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
  { latents, isUnder }: PlacedThing,
  { ground, mask, strength }: { ground: Ground; mask?: Float32Array | undefined; strength: number },
): Promise<RgbaBytes> {
  const side = Math.max(original.width, original.height);
  const layer = { side, rgba: (await programs.painter().paint(latents, side)).rgba };
  if (!isUnder) return putOver(original, layer, { mask, strength });
  return putUnder(original, layer, { drawnShares: drawnMap(original, ground), mask, strength });
}

/**
 * Chooses a drawing of a thing and its place: drawings are drafts of the thing's words, places come from the layout prior of its relation,
 * or from the mask, and the guides choose by the change along the texts' direction and the gain. The thing is inside the canvas.
 * @returns undefined when no draft has ink.
 */
export async function placeThing(
  programs: SessionPrograms,
  { bytes, ownGround, mask }: Subject,
  { text, relation }: AddedThing,
  subjectText: string,
  { texts, templates, seed, passes, signal }: AddContext,
): Promise<PlacedThing | undefined> {
  const drafts = await draftTerms(
    programs,
    [{ text, weight: 1, templates }],
    { seed, candidates: counts.drafts, truncation: 0.5, steps: 0, views: 1, lr: 0 },
    { passes, signal },
  );
  const subject = spriteOfMap(drawnMap(bytes, ownGround), bytes) ?? whole;
  const bearer = looksLikeHead(subject) ? `${subjectText} face` : subjectText;
  const open = mask && spriteOfMap(mask, bytes)?.box;
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
      hostFloats(withPose(row, placePose(poseOf(row), where)), latents.shape);
    if (open) {
      candidates.push({ latents: at(containBox(sprite.box, open)), isUnder: false, cost: 0 });
      continue;
    }
    const isHeld = relation === "holding";
    const free = isHeld ? freeCoverOfHeld : freeCover;
    const costAt = (where: Placement): number =>
      coverCost * Math.max(0, coveredShare(subject, sprite, where) - free);
    if (isHeld)
      for (const corner of corners) {
        const where = containBox(sprite.box, corner);
        candidates.push({ latents: at(where), isUnder: false, cost: costAt(where) });
      }
    for (let place = 0; place < counts.placements; place++) {
      const dials = sequencePoint(place, dialCount, start) as unknown as Dials;
      const related: Related = priors[relation](
        { subject, object: sprite, subjectText: bearer, objectText: text },
        dials,
      );
      const where =
        relation === "head"
          ? hatInsideCanvas(sprite.box, related.object, subject.box)
          : insideCanvas(sprite.box, related.object);
      const isUnder = related.front === "subject";
      candidates.push({ latents: at(where), isUnder, cost: isUnder ? 0 : costAt(where) });
    }
  }
  const pictures: Picture[] = [];
  const small = reducePicture(bytes, scoredSide);
  for (const candidate of candidates) {
    signal?.throwIfAborted();
    const added = await addThing(programs, small, candidate, { ground: ownGround, strength: 1 });
    pictures.push(onWhite(added));
  }
  const scores = await scoreChanges(programs, onWhite(small), pictures, { texts }, { passes, signal });
  const totals = candidates.map(({ cost }, index) => scores[index]! - cost);
  return candidates[totals.indexOf(Math.max(...totals))];
}
