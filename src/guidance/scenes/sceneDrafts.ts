import { joinLayer, poseOf } from "../../gan/index.js";
import { type HostTensor, createRandom, hostFloats } from "../../tensor/index.js";
import type { AscentConfig } from "../ascent/contract.js";
import type { DraftOptions, ScoredDraft } from "../candidates/drafts.js";
import type { ScheduledTerm } from "../objectives/terms.js";
import type { SessionPrograms } from "../sessionPrograms.js";
import { type Drawing, placeLatents } from "./drawing.js";
import { drawParts } from "./drawings.js";
import { showsFaces, showsRelations } from "./geometry.js";
import { type Layout, layOut, computeSequencePoint, measureVisibleShares } from "./layout.js";
import { type ScenePlan, listThings } from "./plan.js";
import { paintPreview, createView } from "./preview.js";
import { dialCount } from "./relate.js";
import { type SceneScorer, createSceneScorer } from "./score.js";
import { invertPlacement, placeBox, placeCut } from "./sprite.js";

/** Number of layouts that are checked by geometry, then scored as a whole by the guides, then scored part by part. */
const layoutCount = { checked: 256, scored: 32, examined: 6 };
/** Minimum visible share of each layer's ink. */
const leastVisible = 0.6;
/** Weights relative to the cosine of the whole prompt: of the least-matched part's cosine, log share on its crop, and necessity. */
const weights = { part: 0.5, share: 0.01, necessity: 0.5 };
/** Maximum necessity that counts. */
const mostNecessity = 0.1;
/** Local search over a layout's dials: number of rounds, changes per round, and maximum change in the first round. */
const search = { rounds: 2, changes: 7, reach: 0.2 };

/** A layout of drawings, with its dials. */
export interface LaidOut {
  readonly drawings: readonly Drawing[];
  readonly layout: Layout;
  readonly dials: readonly number[];
  readonly score: number;
}

/** A layout with the cosines of its picture with the prompt and with each part. */
interface ScoredLayout extends LaidOut {
  readonly cosines: Float32Array;
}

/** Joins the layers of a scene, bottom to top, to latents `[1, layers, size]`. */
export function joinSceneLatents({ drawings, layout: { placements, order, cuts } }: LaidOut): HostTensor {
  const rows = order.flatMap((part) =>
    drawings[part]!.pieces.map((piece) => {
      const latents = placeLatents(piece, placements[part]!);
      const { x, y, size } = poseOf(latents);
      const cut = cuts?.get(part);
      // A layer's cut is relative to its pose.
      const own = cut && placeCut(cut, invertPlacement({ scale: size, x, y }));
      // Of two cuts, the higher one applies.
      const isHigher = own && own.y < (piece.flags.cut?.y ?? Infinity);
      return joinLayer(latents, isHigher ? { ...piece.flags, cut: own } : piece.flags);
    }),
  );
  const size = rows[0]!.length;
  const data = new Float32Array(rows.length * size);
  rows.forEach((row, at) => data.set(row, at * size));
  return hostFloats(data, [1, rows.length, size]);
}

/** Lays out drawings by dials. `fits` tells whether all parts and faces are visible and all relations are shown. */
function layoutAt(
  drawings: readonly Drawing[],
  plan: ScenePlan,
  dials: readonly number[],
): { layout: Layout; least: number; fits: boolean } {
  const layout = layOut(drawings, plan.relations, dials);
  const shares = measureVisibleShares(drawings, layout);
  const least = Math.min(...listThings(plan).map((part) => shares[part]!));
  const shows =
    showsRelations(drawings, plan.relations, layout) && showsFaces(drawings, plan.relations, layout);
  return { layout, least, fits: least >= leastVisible && shows };
}

/**
 * Finds layouts in which every part is visible, no face is covered and every relation is shown, by a low-discrepancy sequence over dials
 * and drawings. If there are none, returns the layouts with the largest minimum visibility.
 */
export function findLayouts(
  drawingsByPart: readonly (readonly Drawing[])[],
  plan: ScenePlan,
  seed: number,
  checked = layoutCount.checked,
): LaidOut[] {
  const dialsOfAll = plan.relations.length * dialCount;
  const start = createRandom(seed).stream("layouts").uniform();
  const candidates: (LaidOut & { least: number; fits: boolean })[] = [];
  for (let index = 0; index < checked; index++) {
    const point = computeSequencePoint(index, dialsOfAll + drawingsByPart.length, start);
    const drawings = drawingsByPart.map(
      (list, part) => list[Math.floor(point[dialsOfAll + part]! * list.length)]!,
    );
    const dials = point.slice(0, dialsOfAll);
    candidates.push({ drawings, dials, score: 0, ...layoutAt(drawings, plan, dials) });
    if (plan.relations.length === 0) break;
  }
  const fitting = candidates.filter(({ fits }) => fits);
  if (fitting.length > 0) return fitting.slice(0, layoutCount.scored);
  return candidates.sort((a, b) => b.least - a.least).slice(0, layoutCount.scored);
}

const byScore = (a: LaidOut, b: LaidOut): number => b.score - a.score;

/** Scores layouts by the cosines of the whole picture with the prompt and with the least-matched part. */
async function scoreWhole(scenes: readonly LaidOut[], scorer: SceneScorer): Promise<ScoredLayout[]> {
  const cosines = await scorer.cosines(scenes.map(({ drawings, layout }) => paintPreview(drawings, layout)));
  return scenes.map((scene, at) => {
    const [whole, ...parts] = cosines[at]!;
    return { ...scene, cosines: cosines[at]!, score: whole! + weights.part * Math.min(...parts) };
  });
}

/**
 * Adds the scores of the weakest part: its log share among similar concepts on its own crop, and its necessity, which is how much the
 * picture's cosine with the part drops when the part is omitted.
 */
async function examineParts(
  scenes: readonly ScoredLayout[],
  plan: ScenePlan,
  scorer: SceneScorer,
): Promise<LaidOut[]> {
  const parts = listThings(plan);
  if (plan.parts.length < 2 || parts.length < 1) return [...scenes];
  const cases = scenes.flatMap((scene) => parts.map((part) => ({ ...scene, part })));
  const crops = cases.map(({ drawings, layout, part }) =>
    paintPreview(drawings, layout, {
      view: createView(placeBox(drawings[part]!.sprite.box, layout.placements[part]!)),
    }),
  );
  const without = cases.map(({ drawings, layout, part }) =>
    paintPreview(drawings, layout, { without: part }),
  );
  const shown = cases.map(({ part }) => parts.indexOf(part));
  const { shares, cosines } = await scorer.examine(crops, shown, without);
  return scenes.map((scene, at) => {
    const own = parts.map((_, index) => at * parts.length + index);
    const share = Math.min(...own.map((index) => shares[index]!));
    const necessity = Math.min(
      ...own.map((index, part) => scene.cosines[part + 1]! - cosines[index]![part + 1]!),
    );
    const change = weights.share * share + weights.necessity * Math.min(mostNecessity, necessity);
    return { ...scene, score: scene.score + change };
  });
}

/** Improves a layout by small random changes of its dials, subject to the same geometric checks. */
async function searchAround(
  best: LaidOut,
  plan: ScenePlan,
  scorer: SceneScorer,
  seed: number,
): Promise<LaidOut> {
  const random = createRandom(seed).stream("search");
  let found = best;
  for (let round = 0; round < search.rounds && best.dials.length > 0; round++) {
    const reach = search.reach / 2 ** round;
    const centre: LaidOut = found;
    const near = Array.from({ length: search.changes }, (): LaidOut | undefined => {
      const dials = centre.dials.map((dial) =>
        Math.min(1 - 1e-6, Math.max(0, dial + reach * (2 * random.uniform() - 1))),
      );
      const { layout, fits } = layoutAt(centre.drawings, plan, dials);
      return fits ? { ...centre, dials, layout } : undefined;
    }).filter((each) => each !== undefined);
    [found] = (await scoreWhole([centre, ...near], scorer)).sort(byScore) as [ScoredLayout];
  }
  return found;
}

/**
 * Drafts scenes for a plan, best first. Each part is drafted as a separate prompt, all in one style. The priors of the relations give
 * layouts. Geometric checks remove layouts that hide a part or do not show a relation. The guides rank previews of the others, first as a
 * whole, then part by part. A local search improves the best one.
 * @param layered programs for scenes with the number of layers of the plan.
 */
export async function draftScene(
  programs: SessionPrograms,
  layered: SessionPrograms,
  plan: ScenePlan,
  term: ScheduledTerm,
  config: AscentConfig,
  options: DraftOptions = {},
): Promise<ScoredDraft[]> {
  const drawingsByPart = await drawParts(programs, plan, term, config, options);
  const { seed } = config;
  const scorer = await createSceneScorer(
    programs,
    {
      prompt: term.text!,
      parts: listThings(plan).map((part) => plan.parts[part]!),
      templates: term.templates,
    },
    options,
  );
  const layouts = findLayouts(drawingsByPart, plan, seed);
  const finishStage = (done: number): void => options.onProgress?.({ stage: "layouts", done, total: 3 });
  const scored = (await scoreWhole(layouts, scorer)).sort(byScore);
  finishStage(1);
  const [first, ...others] = (await examineParts(scored.slice(0, layoutCount.examined), plan, scorer)).sort(
    byScore,
  ) as [LaidOut, ...LaidOut[]];
  finishStage(2);
  const scenes = [await searchAround(first, plan, scorer, seed), ...others];
  finishStage(3);
  const drafts = await (await layered.synthesizer()).synthesize(scenes.map(joinSceneLatents), options.signal);
  return drafts.map((draft, at) => {
    const { score, layout } = scenes[at]!;
    return { ...draft, score, layerOrder: layout.order };
  });
}
