import {
  type LoadedPicture,
  type Picture,
  type RgbaBytes,
  compositeOnWhite,
  toPicture,
} from "../../images/index.js";
import { createPassCounter } from "../ascent/passes.js";
import { type Term, toEncoderInput } from "../programs/embedTerms.js";
import { type Box, type Placement, composePlacements, identity, placeBox } from "../scenes/sprite.js";
import type { SessionPrograms } from "../sessionPrograms.js";
import { type AddContext, addThing, placeThing } from "./addThings.js";
import type { EditConfig, EditResult } from "./contract.js";
import { mapDrawnShares } from "./drawn.js";
import { fillsFrame } from "./findings.js";
import { isInPlace } from "./figure.js";
import type { EditPlan } from "./plan.js";
import type { ReportCard } from "./report.js";
import type { PartBox } from "./visibleChange.js";
import { recolourPixels } from "./recolourPixels.js";
import { isRecoloured, measureRecolouring } from "./recolouring.js";
import { chooseDrawing, hasGround, paintRedrawing, makeSourceSprite } from "./redraw.js";
import { reportEdit } from "./reportEdit.js";
import { judgeShows } from "./shows.js";
import { type Subject, extractSubject } from "./subject.js";

/** An edit by its inputs. */
export interface DirectEditInputs {
  readonly original: LoadedPicture;
  readonly subject: Subject;
  readonly mask: Float32Array | undefined;
  readonly term: Term;
  readonly config: Pick<EditConfig, "from" | "seed" | "strength">;
  readonly signal: AbortSignal | undefined;
}

/** An edit without ascent: its picture at the generator's size, and a function that finishes it. */
export interface DirectEdit {
  readonly before: Picture;
  finish(): Promise<EditResult>;
}

/** What an edit without ascent did. */
interface Changed {
  readonly bytes: RgbaBytes;
  /** New placement of the picture's drawing, and boxes of the added things, on the canvas. */
  readonly figure?: Placement;
  readonly boxes?: readonly Box[];
}

/** Converts a placement on the canvas [−1, 1]² to the units of a report. */
const describeMove = ({ scale, x, y }: Placement): NonNullable<ReportCard["moved"]> => ({
  scale,
  right: x / 2,
  down: y / 2,
});

/** Returns the intersection of a box on the canvas with the picture, as fractions of the picture's sides. */
function toPartBox({ left, top, right, bottom }: Box, size: Pick<RgbaBytes, "width" | "height">): PartBox {
  const side = Math.max(size.width, size.height);
  const part = (at: number, length: number): number =>
    Math.min(1, Math.max(0, 0.5 + (at * side) / (2 * length)));
  const { width, height } = size;
  return {
    left: part(left, width),
    top: part(top, height),
    right: part(right, width),
    bottom: part(bottom, height),
  };
}

/**
 * Prepares an edit that needs no ascent: a named colour, added layers, or a known thing in another's place.
 * @returns undefined when the edit is steered: the plan says so, the strength of a redrawing is a part, or the picture is no drawing on a ground.
 */
export async function prepareDirectEdit(
  programs: SessionPrograms,
  plan: EditPlan,
  { original, subject, mask, term, config, signal }: DirectEditInputs,
): Promise<DirectEdit | undefined> {
  const { from, seed, strength } = config;
  const source = plan.kind === "redraw" ? makeSourceSprite(subject) : undefined;
  if (plan.kind === "steer" || (plan.kind === "redraw" && (!source || (strength !== 0 && strength !== 1))))
    return undefined;
  signal?.throwIfAborted();
  const side = programs.models.generator.resolution;
  const seen = async (picture: Picture): Promise<Picture> =>
    toPicture((await toEncoderInput(picture, side)).data as Float32Array, side);
  const { ground } = subject;
  const isSeparate = mask !== undefined || hasGround(mapDrawnShares(subject.bytes, subject.ownGround));

  const change = async (context: AddContext): Promise<Changed> => {
    const { width, height, rgba } = original;
    if (strength === 0) return { bytes: { width, height, rgba: rgba.slice() } };
    if (plan.kind === "recolour") {
      const { named, served } = plan;
      const limits = { ground, mask, named, served, strength, signal };
      return { bytes: await recolourPixels(original, plan.rgb, limits) };
    }
    if (plan.kind === "redraw") {
      const drawing = await chooseDrawing(programs, subject, source!, { plan, term }, context);
      return { bytes: await paintRedrawing(programs, original, drawing, { ground, mask, signal }) };
    }
    let bytes: RgbaBytes = original;
    let figure = identity;
    let boxes: Box[] = [];
    for (const [at, thing] of plan.things.entries()) {
      const below = at === 0 ? subject : extractSubject(bytes, mask);
      const placed = await placeThing(programs, below, thing, plan.subject, { ...context, seed: seed + at });
      if (!placed) continue;
      bytes = await addThing(programs, bytes, placed, { ground, mask, strength });
      figure = composePlacements(placed.figure, figure);
      boxes = [...boxes.map((box) => placeBox(box, placed.figure)), placed.box];
    }
    return { bytes, figure, boxes };
  };

  /** Measures the fills that a recolouring of full strength changed. The picture shows what a mask points at; other things are looked for. */
  const measureColour = async (bytes: RgbaBytes): Promise<ReportCard["recolouring"]> => {
    const found =
      plan.kind === "recolour" && strength === 1
        ? measureRecolouring(original, bytes, plan.rgb, { ground, mask })
        : undefined;
    if (!found) return undefined;
    const isShown = mask !== undefined || (await judgeShows(programs, subject.picture, from));
    return { ...found, isShown, isReached: isShown && isRecoloured(found) };
  };

  return {
    before: await seen(subject.picture),
    async finish() {
      const passes = createPassCounter();
      const target: Term = plan.kind === "add" ? { ...term, text: plan.target } : term;
      const { templates } = term;
      const plain = (text: string): Term => ({ text, weight: 1, templates });
      const named = plan.kind === "add" ? [plain(plan.things.map(({ text }) => text).join(" and "))] : [];
      const texts = await programs.embedder.embed([target, plain(from), ...named], passes);
      const {
        bytes,
        figure = identity,
        boxes = [],
      } = await change({ texts, templates, seed, passes, signal });
      const moved = isInPlace(figure) ? undefined : describeMove(figure);
      const added = boxes.map((box) => toPartBox(box, original));
      const recolouring = await measureColour(bytes);
      const pictures = { original, bytes, mask, moved, added, recolouring };
      const { report, findings } = await reportEdit(programs, pictures, { texts, term, passes });
      return {
        bytes,
        before: await seen(compositeOnWhite(original)),
        after: await seen(compositeOnWhite(bytes)),
        report,
        kind: plan.kind === "recolour" ? "colour" : plan.kind === "add" ? "layer" : "drawing",
        steps: 0,
        plateaued: false,
        passes: passes.total,
        findings: isSeparate ? findings : [...findings, fillsFrame],
      };
    },
  };
}
