import { type RelationKind, type Rgb, barText, colourWords, findBody, isCage } from "../../prompts/index.js";
import { type AscentConfig, type DraftWatch, makeDrafts } from "../ascent/generate.js";
import { findNamedStyle, type SteerModels } from "../steerModels.js";
import type { ScheduledTerm } from "../objectives/terms.js";
import type { SessionPrograms } from "../sessionPrograms.js";
import {
  type Drawing,
  copiesOf,
  drawingOf,
  mirroredPiece,
  pairOfWings,
  tinted,
  withFlags,
} from "./drawing.js";
import { containerText, fillingOf } from "./containers.js";
import { withCostume } from "./costumes.js";
import { discRegions } from "./faces.js";
import { drawPaws, withBody } from "./figure.js";
import { drawingsOf } from "./painted.js";
import { besideMiddle } from "./openings.js";
import { countSameColours, partScore, poseLossOf, sameColourLoss, withEyes } from "./partScores.js";
import { maskOf, withoutStrap, withoutWheels } from "./parts.js";
import { centreOf, widthOf } from "./sprite.js";
import { type ScenePlan, isPair, kindsOf, thingsOf } from "./plan.js";

/** Number of drawings of a part that layouts may use: of a named concept, and of other parts. */
const drawingsPerPart = { ofNames: 1, ofOthers: 2 };
/** Number of drafts of a part in each style: for a named concept with a known drawing, and the minimum for other parts. */
const draftCount = { forNames: 4, minimum: 8 };
/** How much worse than the best a style may be, for each part, so that it is drawn for some seeds. */
const styleMargin = 0.06;

/** Relations to what is worn by a face, with clothes below it. */
const borneByFace = new Set<RelationKind>(["head", "eyes", "neck", "body", "paws"]);

/** A tie, which is drawn on a shirt; and a bow at the neck. */
const tie = /\b(?:tie|necktie)$/;
/** Things that are drawn without what is around them, and coloured then. */
const tintedAlone = /\b(?:flag|flower ?pot)$/;
/** What a mask is worn as, whose face is left out; and the cone of a party hat. */
const maskText = "face with medical mask";
const coneText = "red triangle pointed up";
/** Helmets with a strap, and boards with wheels that are drawn for boards without. */
const helmet = /\bhelmet$/;
const wheelless = /\b(?:surfboard|snowboard|longboard)$/;
const bow = /\bbow(?:[ -]?tie)?$/;

/**
 * What a part is drawn from, where it is not its own text. What wears or holds something is drawn from the front, by the face of the animal
 * if there is a drawing of it. A bow that is worn is a ribbon.
 */
export function drawnText(plan: ScenePlan, part: number, { phrases }: Pick<SteerModels, "phrases">): string {
  const text = plan.parts[part]!;
  const worn = kindsOf(plan, "object", part);
  if (worn.includes("neck") && bow.test(text)) return text.replace(bow, "ribbon");
  if (worn.includes("neck") && tie.test(text)) return "necktie";
  if (worn.includes("holding") && /\bflag$/.test(text) && phrases?.read("flag")?.isName) return "flag";
  if (/\bmask$/.test(text) && worn.includes("eyes")) return maskText;
  if (/\b(?:party|birthday) hat$/.test(text)) return text.replace(/\b\w+ hat$/, coneText);
  if (worn.includes("in") && isCage(text)) {
    const isColoured = text.split(" ").some((word) => colourWords.has(word));
    return isColoured ? text.replace(/\b\w+$/, "ladder") : barText;
  }
  if (worn.includes("in")) return containerText(text);
  const bears = kindsOf(plan, "subject", part);
  const byFace =
    findBody(plan, part) !== undefined || (bears.length > 0 && bears.every((kind) => borneByFace.has(kind)));
  if (!byFace) return text;
  const faces = [text, phrases?.read(text)?.kind?.label].map((name) => `${name} face`);
  return faces.find((face) => phrases?.read(face)?.isName) ?? text;
}

/** Direction in which a drawing from the side looks: −1 is left; 0 for others. */
function facingOf({ sprite: { eyes, box } }: Drawing): -1 | 0 | 1 {
  if (eyes?.distance !== 0) return 0;
  const aside = (eyes.x - centreOf(box).x) / widthOf(box);
  return Math.abs(aside) < 0.12 ? 0 : aside < 0 ? -1 : 1;
}

/** A drawing that looks at what is beside it. */
function turned(drawing: Drawing, plan: ScenePlan, part: number): Drawing {
  const beside = plan.relations.filter(
    ({ subject, kind, object }) =>
      (subject === part || object === part) && ["beside", "left", "right"].includes(kind),
  );
  const [relation] = beside;
  if (!relation || beside.length > 1) return drawing;
  const direction = (relation.subject === part) === (relation.kind !== "right") ? 1 : -1;
  if (facingOf(drawing) !== -direction) return drawing;
  return drawingOf(drawing.text, drawing.pieces.map(mirroredPiece), drawing.score);
}

/** A drawing as its part needs it: without the disc of a face or the shirt of a tie, as a pair of wings, or in several copies. @param colour of a tie, a flag or bars. */
export function arrangeDrawing(original: Drawing, plan: ScenePlan, part: number, colour?: Rgb): Drawing {
  const kinds = kindsOf(plan, "object", part);
  const drawing = turned(original, plan, part);
  if (kinds.includes("face")) {
    const hidden = discRegions(drawing.pieces[0]!.look);
    const features = hidden && withFlags(drawing.pieces[0]!, { mirrored: false, hidden });
    if (features) return drawingOf(drawing.text, [features], drawing.score);
  }
  if (kinds.includes("in") || kinds.includes("holding")) {
    const hidden = fillingOf(plan.parts[part]!, drawing.pieces[0]!.look);
    const emptied = hidden && withFlags(drawing.pieces[0]!, { mirrored: false, hidden });
    const piece =
      emptied && colour && tintedAlone.test(plan.parts[part]!) ? tinted(emptied, colour) : emptied;
    if (piece) return drawingOf(drawing.text, [piece], drawing.score);
  }
  if (kinds.includes("neck") && tie.test(plan.parts[part]!)) {
    const piece = withFlags(drawing.pieces[0]!, {
      mirrored: false,
      hidden: besideMiddle(drawing.pieces[0]!.look),
    });
    if (piece) return drawingOf(drawing.text, [colour ? tinted(piece, colour) : piece], drawing.score);
  }
  const piece = drawing.pieces[0]!;
  const worn =
    kinds.includes("eyes") && drawing.text === maskText
      ? maskOf(piece)
      : kinds.includes("head") && helmet.test(drawing.text)
        ? withoutStrap(piece)
        : wheelless.test(plan.parts[part]!)
          ? withoutWheels(piece)
          : undefined;
  if (worn) {
    const isTinted = colour && drawing.text === maskText;
    return drawingOf(drawing.text, [isTinted ? tinted(worn, colour) : worn], drawing.score);
  }
  if (isPair(plan, part)) return pairOfWings(drawing);
  const count = plan.counts?.[part] ?? 1;
  if (count < 2) return drawing;
  if (kinds.includes("aloft")) return copiesOf(drawing, count, { spread: 1, stand: "sky" });
  if (kinds.includes("scenery")) return copiesOf(drawing, count, { spread: 1.6, stand: true });
  const scattered = kinds.includes("scattered");
  const stand =
    !scattered &&
    !/\b(?:heart|star|balloon|cloud|snowflake|bubble|flower|leaf|note|kite|ball)$/.test(drawing.text);
  return copiesOf(drawing, count, { spread: scattered ? 1.3 : stand ? 1 : 1.04, stand });
}

/** Share of a drawing's ink that its largest region covers. */
function plainness({ pieces }: Drawing): number {
  const { regions } = pieces[0]!.look;
  return regions[0]!.pixels / regions.reduce((sum, { pixels }) => sum + pixels, 0);
}

/**
 * Draws a part of a setting by the known drawing of its name, without any CLIP. A coloured square, such as a sky, takes the style in which
 * it is plainest. @returns undefined when there is no known drawing.
 */
export async function drawSettingPart(
  programs: SessionPrograms,
  plan: ScenePlan,
  part: number,
  style: string | undefined,
): Promise<Drawing | undefined> {
  const text = plan.parts[part]!;
  const styles = /\bsquare$/.test(text) ? programs.models.generator.styles : [style];
  const drawings: Drawing[] = [];
  for (const each of styles) {
    const latents = await programs.sketcher.sketch(text, each);
    if (latents) drawings.push(...(await drawingsOf(programs, text, [{ latents, score: 0 }])));
  }
  const [plainest] = drawings.sort((a, b) => plainness(b) - plainness(a));
  return plainest && arrangeDrawing(plainest, plan, part);
}

/**
 * Drawings of each part, best first, all in one style. The best style has the highest sum of the parts' best scores; among styles that are
 * nearly as good, the seed chooses.
 */
export async function drawParts(
  programs: SessionPrograms,
  plan: ScenePlan,
  term: ScheduledTerm,
  config: AscentConfig,
  watch: DraftWatch,
): Promise<Drawing[][]> {
  const { models } = programs;
  const requestedStyle = config.style ?? findNamedStyle(models, term.text);
  const styles = requestedStyle !== undefined ? [requestedStyle] : models.generator.styles;
  const share = Math.floor(config.candidates / (plan.parts.length * styles.length));
  const things = new Set(thingsOf(plan));
  const drawings: { parts: Drawing[][]; score: number }[] = [];
  for (const style of styles) {
    const parts: Drawing[][] = [];
    for (const part of plan.parts.keys()) {
      const holder = plan.relations.find(({ kind, object }) => kind === "paws" && object === part)?.subject;
      const figure = holder === undefined ? undefined : parts[holder]![0];
      if (!things.has(part)) {
        const drawing = figure
          ? await drawPaws(programs, plan.parts[part]!, figure, style)
          : await drawSettingPart(programs, plan, part, style);
        parts.push(drawing ? [drawing] : []);
        continue;
      }
      const text = drawnText(plan, part, models);
      const isName = models.phrases?.read(text)?.isName === true;
      const candidates = isName ? draftCount.forNames : Math.max(draftCount.minimum, share);
      const drafts = await makeDrafts(
        programs,
        [{ text, weight: 1, templates: term.templates }],
        { ...config, seed: config.seed + part, style, candidates },
        watch,
      );
      const kept = drafts.slice(0, isName ? drawingsPerPart.ofNames : drawingsPerPart.ofOthers);
      const drawings = await drawingsOf(programs, text, kept);
      const ranked = drawings
        .map((each) => withEyes(each, plan.parts[part]!))
        .map((each) => ({ ...each, score: partScore(each, models) - poseLossOf(each, plan, part) }))
        .sort((a, b) => b.score - a.score)
        .map((each) =>
          arrangeDrawing(each, plan, part, models.phrases?.read(plan.parts[part]!)?.colour?.rgb),
        );
      const bodied = await Promise.all(ranked.map((each) => withBody(programs, plan, part, each, style)));
      parts.push(await Promise.all(bodied.map((each) => withCostume(programs, plan, part, each, style))));
    }
    const score =
      [...things].reduce((sum, part) => sum + (parts[part]![0]?.score ?? -Infinity), 0) -
      sameColourLoss * countSameColours(plan, parts);
    drawings.push({ parts, score });
  }
  drawings.sort((a, b) => b.score - a.score);
  const margin = styleMargin * things.size;
  const good = drawings.filter(({ score }) => score >= drawings[0]!.score - margin);
  return (good[config.seed % good.length] ?? drawings[0]!).parts;
}
