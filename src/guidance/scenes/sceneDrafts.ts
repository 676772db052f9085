import { poseOf, withPose } from "../../gan/index.js";
import type { SceneRelation } from "../../prompts/index.js";
import { type HostTensor, createRandom, hostFloats } from "../../tensor/index.js";
import { type AscentConfig, type DraftWatch, draftTerms } from "../ascent/generate.js";
import type { ScoredDraft } from "../candidates/drafts.js";
import { namedStyle } from "../models.js";
import type { ScheduledTerm } from "../objectives/terms.js";
import { rowsOf } from "../programs/embedTerms.js";
import type { SessionPrograms } from "../sessionPrograms.js";
import { type Layout, type LayoutPart, layOut, sequencePoint, visibleShares } from "./layout.js";
import { dialCount } from "./priors.js";
import { placePose, spriteOf } from "./sprite.js";

/** Parts of a scene and their relations. */
export interface ScenePlan {
  /** Text of each part. */
  readonly parts: readonly string[];
  readonly relations: readonly SceneRelation[];
}

/** Number of drawings of each part that layouts may use. */
const drawingsPerPart = 3;
/** Number of layouts that are checked for visibility: for a scene, and for its sketch; and the maximum number that the guides score. */
const layoutCount = { checked: 256, sketched: 16, scored: 32 };
/** Minimum visible share of each layer's ink. */
const leastVisible = 0.6;
/** Number of drafts of a part in each style: for a named concept with a known drawing, and the minimum for other parts. */
const draftCount = { forNames: 4, minimum: 8 };

/** A drawing of a part of a scene. */
interface Drawing extends LayoutPart {
  /** `[1, size]`. */
  readonly latents: HostTensor;
  readonly score: number;
}

/** The best drawings of each part, all in one style: the style with the highest sum of the parts' best scores. */
async function drawParts(
  programs: SessionPrograms,
  plan: ScenePlan,
  term: ScheduledTerm,
  config: AscentConfig,
  watch: DraftWatch,
): Promise<Drawing[][]> {
  const { models } = programs;
  const requestedStyle = config.style ?? namedStyle(models, term.text);
  const styles = requestedStyle !== undefined ? [requestedStyle] : models.generator.styles;
  const share = Math.floor(config.candidates / (plan.parts.length * styles.length));
  const candidatesOf = (text: string): number =>
    models.phrases?.read(text)?.isName ? draftCount.forNames : Math.max(draftCount.minimum, share);
  const drawingsByStyle: Drawing[][][] = [];
  for (const style of styles) {
    const parts: Drawing[][] = [];
    for (const [at, text] of plan.parts.entries()) {
      const drafts = await draftTerms(
        programs,
        [{ text, weight: 1, templates: term.templates }],
        { ...config, seed: config.seed + at, style, candidates: candidatesOf(text) },
        watch,
      );
      parts.push(await drawingsOf(programs, text, drafts.slice(0, drawingsPerPart)));
    }
    drawingsByStyle.push(parts);
  }
  const quality = (parts: readonly (readonly Drawing[])[]): number =>
    parts.reduce((sum, drawings) => sum + (drawings[0]?.score ?? -Infinity), 0);
  return drawingsByStyle.reduce((best, parts) => (quality(parts) > quality(best) ? parts : best));
}

/** Converts drafts to drawings. Drafts without ink are left out. */
async function drawingsOf(
  programs: SessionPrograms,
  text: string,
  drafts: readonly Pick<ScoredDraft, "latents" | "score">[],
): Promise<Drawing[]> {
  const painter = programs.painter();
  const drawings: Drawing[] = [];
  for (const { latents, score } of drafts) {
    const side = 64;
    const { rgba } = await painter.paint(latents, side);
    const alpha = Float32Array.from({ length: side * side }, (_, pixel) => rgba[pixel * 4 + 3]! / 255);
    const sprite = spriteOf(alpha, side);
    if (sprite) drawings.push({ text, latents, score, sprite });
  }
  return drawings;
}

/** A layout of drawings with its latents. */
interface LaidOut {
  readonly drawings: readonly Drawing[];
  readonly layout: Layout;
  /** `[1, layers, size]`, bottom to top. */
  readonly latents: HostTensor;
}

/** Latents of drawings with the placements of a layout. */
function sceneLatents(drawings: readonly Drawing[], { placements, order }: Layout): HostTensor {
  const rows = order.map((part) => {
    const row = drawings[part]!.latents.data as Float32Array;
    return withPose(row, placePose(poseOf(row), placements[part]!));
  });
  const size = rows[0]!.length;
  const data = new Float32Array(rows.length * size);
  rows.forEach((row, at) => data.set(row, at * size));
  return hostFloats(data, [1, rows.length, size]);
}

/**
 * Layouts in which every layer is visible, from a low-discrepancy sequence over dials and drawings. When there are none, the layouts with
 * the largest minimum visibility.
 */
function layouts(
  drawingsByPart: readonly (readonly Drawing[])[],
  plan: ScenePlan,
  seed: number,
  checked = layoutCount.checked,
): LaidOut[] {
  const dials = plan.relations.length * dialCount;
  const start = createRandom(seed).stream("layouts").uniform();
  const candidates: (LaidOut & { least: number })[] = [];
  for (let index = 0; index < checked; index++) {
    const point = sequencePoint(index, dials + drawingsByPart.length, start);
    const drawings = drawingsByPart.map(
      (list, part) => list[Math.floor(point[dials + part]! * list.length)]!,
    );
    const layout = layOut(drawings, plan.relations, point);
    const least = Math.min(...visibleShares(drawings, layout));
    candidates.push({ drawings, layout, least, latents: sceneLatents(drawings, layout) });
  }
  const visible = candidates.filter(({ least }) => least >= leastVisible);
  if (visible.length > 0) return visible.slice(0, layoutCount.scored);
  return candidates.sort((a, b) => b.least - a.least).slice(0, layoutCount.scored);
}

/**
 * Drafts scenes for a plan, best first. Each part is drafted as a separate prompt, all in one style. Layouts come from the priors of the
 * relations. Layouts that hide a layer are removed, and the guides rank the others.
 * @param layered programs for scenes with one layer for each part of the plan.
 */
export async function draftScene(
  programs: SessionPrograms,
  layered: SessionPrograms,
  plan: ScenePlan,
  term: ScheduledTerm,
  config: AscentConfig,
  watch: DraftWatch = {},
): Promise<ScoredDraft[]> {
  const drawingsByPart = await drawParts(programs, plan, term, config, watch);
  const scenes = layouts(drawingsByPart, plan, config.seed);
  const { templates } = term;
  const texts = [term.text!, ...plan.parts].map((text) => ({ text, weight: 1, templates }));
  const embeddings = await programs.embedder.embed(texts, watch.passes);
  const textEmbeddings = rowsOf(embeddings, texts.keys());
  const scores = await layered.sceneScorer().score(
    scenes.map(({ latents }) => latents),
    textEmbeddings,
    watch,
  );
  return scenes
    .map(({ latents }, at) => {
      const { picture, cosines } = scores[at]!;
      const [whole, ...parts] = cosines;
      return { latents, picture, score: whole! + 0.5 * Math.min(...parts) };
    })
    .sort((a, b) => b.score - a.score);
}

/**
 * A first look at a scene, without any CLIP: a known drawing of each part, in the first layout that shows them all.
 * @returns latents `[1, layers, size]`; of the first part alone, `[1, size]`, when another part has no known drawing; undefined when
 * that part has none.
 */
export async function sketchScene(
  programs: SessionPrograms,
  plan: ScenePlan,
  config: Pick<AscentConfig, "seed" | "style">,
): Promise<HostTensor | undefined> {
  const style = config.style ?? programs.models.generator.styles[0];
  const drawings: Drawing[][] = [];
  let first: HostTensor | undefined;
  for (const text of plan.parts) {
    const latents = await programs.sketcher.sketch(text, style);
    const drawn = latents && (await drawingsOf(programs, text, [{ latents, score: 0 }]));
    if (!drawn || drawn.length === 0) return first;
    first ??= latents;
    drawings.push(drawn);
  }
  return layouts(drawings, plan, config.seed, layoutCount.sketched)[0]!.latents;
}
