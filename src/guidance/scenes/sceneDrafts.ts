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

/** The parts of a scene and how they lie to each other. */
export interface ScenePlan {
  /** What each part shows, in words. */
  readonly parts: readonly string[];
  readonly relations: readonly SceneRelation[];
}

/** Drawings of a part that layouts choose from. */
const drawingsPerPart = 3;
/** Layouts that are tried by geometry, and of these the most that the guides see. */
const layoutCount = { tried: 256, seen: 32 };
/** Share of a layer's ink that must be visible. */
const leastVisible = 0.6;
/** Drafts of a part in a style: of a thing that is named, whose drawing is known, and the fewest of another. */
const draftCount = { named: 4, fewest: 8 };

/** A drawing of a part of a scene. */
interface Drawing extends LayoutPart {
  /** `[1, size]`. */
  readonly latents: HostTensor;
  readonly score: number;
}

/** The best drawings of each part, all in the style in which the least of the parts is drawn best. */
async function drawParts(
  programs: SessionPrograms,
  plan: ScenePlan,
  term: ScheduledTerm,
  config: AscentConfig,
  watch: DraftWatch,
): Promise<Drawing[][]> {
  const { models } = programs;
  const named = config.style ?? namedStyle(models, term.text);
  const styles = named !== undefined ? [named] : models.generator.styles;
  const share = Math.floor(config.candidates / (plan.parts.length * styles.length));
  const candidatesOf = (text: string): number =>
    models.phrases?.read(text)?.isName ? draftCount.named : Math.max(draftCount.fewest, share);
  const drawn: Drawing[][][] = [];
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
    drawn.push(parts);
  }
  const quality = (parts: readonly (readonly Drawing[])[]): number =>
    parts.reduce((sum, drawings) => sum + (drawings[0]?.score ?? -Infinity), 0);
  return drawn.reduce((best, parts) => (quality(parts) > quality(best) ? parts : best));
}

/** Drafts with their ink; drafts without any are left out. */
async function drawingsOf(
  programs: SessionPrograms,
  text: string,
  drafts: readonly ScoredDraft[],
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

/** A scene that has been laid out. */
interface LaidOut {
  readonly drawings: readonly Drawing[];
  readonly layout: Layout;
  /** `[1, layers, size]`, bottom to top. */
  readonly latents: HostTensor;
}

/** Latents of drawings as a layout places them. */
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

/** Layouts in which every layer is visible, from a low-discrepancy sequence over dials and drawings. */
function layouts(drawn: readonly (readonly Drawing[])[], plan: ScenePlan, seed: number): LaidOut[] {
  const dials = plan.relations.length * dialCount;
  const start = createRandom(seed).stream("layouts").uniform();
  const found: (LaidOut & { least: number })[] = [];
  for (let index = 0; index < layoutCount.tried; index++) {
    const point = sequencePoint(index, dials + drawn.length, start);
    const drawings = drawn.map((list, part) => list[Math.floor(point[dials + part]! * list.length)]!);
    const layout = layOut(drawings, plan.relations, point);
    const least = Math.min(...visibleShares(drawings, layout));
    found.push({ drawings, layout, least, latents: sceneLatents(drawings, layout) });
  }
  const visible = found.filter(({ least }) => least >= leastVisible);
  if (visible.length > 0) return visible.slice(0, layoutCount.seen);
  return found.sort((a, b) => b.least - a.least).slice(0, layoutCount.seen);
}

/**
 * First scenes for a plan, the best first. Each part is drafted as a prompt of its own, all in one style; layouts come from the priors of
 * the relations, those that hide a layer are dropped, and the guides rank the rest.
 * @param layered programs of scenes of as many layers as the plan has parts.
 */
export async function draftScene(
  programs: SessionPrograms,
  layered: SessionPrograms,
  plan: ScenePlan,
  term: ScheduledTerm,
  config: AscentConfig,
  watch: DraftWatch = {},
): Promise<ScoredDraft[]> {
  const drawn = await drawParts(programs, plan, term, config, watch);
  const scenes = layouts(drawn, plan, config.seed);
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
