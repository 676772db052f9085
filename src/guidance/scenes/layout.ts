import {
  type PlacingKind,
  type RelationKind,
  type SceneRelation,
  findOpeningText,
} from "../../prompts/index.js";
import type { Cut } from "../../gan/index.js";
import { priors } from "./priors.js";
import { type Dials, type Related, dialCount } from "./relate.js";
import { placeOnStage, findStageRoom, splitRelations } from "./stage.js";
import {
  type Placement,
  type Sprite,
  readAlpha,
  joinBoxes,
  centreOf,
  composePlacements,
  heightOf,
  identity,
  findInkAbove,
  invertPlacement,
  isBelow,
  mergeSprites,
  placeBox,
  placeCut,
  spriteSide,
  widthOf,
} from "./sprite.js";

/** Ink and text of a part, for layouts. */
export interface LayoutPart {
  readonly text: string;
  readonly sprite: Sprite;
  /** Number of copies of the thing in the sprite; 1 when absent. */
  readonly copies?: number;
}

/** Placements and order of all parts of a scene. */
export interface Layout {
  /** Placement of each part. */
  readonly placements: readonly Placement[];
  /** Parts from bottom to top. */
  readonly order: readonly number[];
  /** Curves on the canvas below which parts are hidden, by part. */
  readonly cuts?: ReadonlyMap<number, Cut> | undefined;
}

/** Half side of the square that the scene's ink is scaled to. */
const inkHalfSide = 0.94;
/** Side of the raster for measuring visibility, in pixels. */
const raster = 48;

/** Relations that place the object relative to all parts placed so far, instead of the subject alone. */
const relativeToAll = new Set<RelationKind>([
  "on",
  "riding",
  "in",
  "above",
  "below",
  "behind",
  "front",
  "around",
]);

/**
 * Computes a point of a low-discrepancy sequence in [0, 1)^d (Roberts 2018, "The unreasonable effectiveness of quasirandom sequences",
 * R_d).
 * @param index from 0.
 * @param start offset of the sequence in every dimension, in [0, 1).
 */
export function computeSequencePoint(index: number, dimensions: number, start: number): number[] {
  // The positive root of x^(d+1) = x + 1.
  let root = 2;
  for (let round = 0; round < 30; round++) root = (1 + root) ** (1 / (dimensions + 1));
  return Array.from({ length: dimensions }, (_, at) => (start + (index + 1) * root ** -(at + 1)) % 1);
}

/** Things placed relative to the first part. */
interface PlacedThings {
  /** Placements of parts in the coordinates of the first part. */
  readonly placed: ReadonlyMap<number, Placement>;
  /** Cuts of parts in the same coordinates. */
  readonly cuts: ReadonlyMap<number, Cut>;
  /** Pairs of parts of which the second is in front. */
  readonly fronts: readonly (readonly [back: number, front: number])[];
}

/** Places the things of a scene by the priors of their relations. Each round places things that are related to placed ones. */
function placeThings(
  parts: readonly LayoutPart[],
  relations: readonly SceneRelation[],
  dials: readonly number[],
): PlacedThings {
  const { placing } = splitRelations(relations);
  const placed = new Map<number, Placement>([[0, identity]]);
  const fronts: [back: number, front: number][] = [];
  const cuts = new Map<number, Cut>();
  const collar = placing.find(({ kind }) => kind === "collar");
  const isWornBelow = (part: number): boolean =>
    placing.some(({ kind, object }) => object === part && (kind === "body" || kind === "neck"));
  const noteFront = ({ front }: Related, subject: number, object: number): void => {
    if (front === "subject") fronts.push([object, subject]);
    if (front !== "object") return;
    fronts.push([subject, object]);
    if (!collar || subject !== collar.subject || object === collar.object) return;
    // The second copy of the head (`collar`) is in front of clothes and neckwear, and behind everything else.
    fronts.push(isWornBelow(object) ? [object, collar.object] : [collar.object, object]);
  };
  for (let round = 0; round < placing.length; round++)
    for (const relation of placing) {
      const { subject, kind, object } = relation as SceneRelation & { kind: PlacingKind };
      const at = relations.indexOf(relation);
      if (placed.has(subject) === placed.has(object)) continue;
      const relationDials = dials.slice(at * dialCount, (at + 1) * dialCount) as unknown as Dials;
      const pair = {
        object: parts[object]!.sprite,
        subjectText: parts[subject]!.text,
        objectText: parts[object]!.text,
        copies: (parts[object]!.copies ?? 1) / (parts[subject]!.copies ?? 1),
      };
      if (!placed.has(object) && relativeToAll.has(kind) && placed.size > 1) {
        const all = [...placed].map(([part, where]) => ({ sprite: parts[part]!.sprite, at: where }));
        const frame = fitToCanvas(joinBoxes(all.map(({ sprite, at: where }) => placeBox(sprite.box, where))));
        const whole = mergeSprites(
          all.map(({ sprite, at: where }) => ({ sprite, at: composePlacements(frame, where) })),
        );
        const related = priors[kind]({ subject: whole, ...pair }, relationDials);
        for (const part of placed.keys()) {
          noteFront(related, part, object);
          if (related.cut) cuts.set(part, placeCut(related.cut, invertPlacement(frame)));
        }
        placed.set(object, composePlacements(invertPlacement(frame), related.object));
        continue;
      }
      const related = priors[kind]({ subject: parts[subject]!.sprite, ...pair }, relationDials);
      noteFront(related, subject, object);
      if (placed.has(subject)) placed.set(object, composePlacements(placed.get(subject)!, related.object));
      else placed.set(subject, composePlacements(placed.get(object)!, invertPlacement(related.object)));
      if (related.cut) cuts.set(subject, placeCut(related.cut, placed.get(subject)!));
      if (related.objectCut) cuts.set(object, placeCut(related.objectCut, placed.get(subject)!));
    }
  return { placed, cuts, fronts };
}

/**
 * Lays out the parts of a scene: places its things by the priors of their relations, scales them to the canvas or to the space that the
 * setting leaves, and places the parts of the setting.
 * @param dials four numbers in [0, 1) for each relation.
 */
export function layOut(
  parts: readonly LayoutPart[],
  relations: readonly SceneRelation[],
  dials: readonly number[],
): Layout {
  const { placed, cuts, fronts } = placeThings(parts, relations, dials);
  const { staging } = splitRelations(relations);
  const staged = new Set(staging.map(({ object }) => object));
  const things = [...parts.keys()].filter((part) => !staged.has(part));
  const boxOf = (part: number): Box => {
    const [{ sprite }, at, cut] = [parts[part]!, placed.get(part) ?? identity, cuts.get(part)];
    return placeBox(cut ? findInkAbove(sprite, placeCut(cut, invertPlacement(at))) : sprite.box, at);
  };
  const ink = joinBoxes(things.map(boxOf));
  const stageKinds = staging.map(({ kind }) => kind);
  const frame = staging.length > 0 ? findStageRoom(ink, stageKinds) : fitToCanvas(ink);
  const where = new Map(things.map((part) => [part, composePlacements(frame, placed.get(part) ?? identity)]));
  const obstacles = [...where].map(([part, at]) => ({ sprite: parts[part]!.sprite, at }));
  const stageFronts: [back: number, front: number][] = [];
  for (const relation of staging) {
    const { object, kind } = relation;
    const { sprite, copies = 1 } = parts[object]!;
    const at = relations.indexOf(relation);
    const placement = placeOnStage(kind, sprite, copies, obstacles, dials.slice(at * dialCount));
    where.set(object, placement);
    if (kind === "aloft" || kind === "scenery") obstacles.push({ sprite, at: placement });
    for (const thing of things) stageFronts.push(kind === "immersed" ? [thing, object] : [object, thing]);
  }
  // The parts of a stage are listed from back to front.
  staging.slice(1).forEach(({ object }, at) => stageFronts.push([staging[at]!.object, object]));
  return {
    placements: [...parts.keys()].map((part) => where.get(part)!),
    order: sortParts(parts.length, [...fronts, ...stageFronts]),
    cuts: new Map([...cuts].map(([part, cut]) => [part, placeCut(cut, frame)])),
  };
}

/** Computes the placement that scales a box to the canvas, minus a margin. */
function fitToCanvas(box: Box): Placement {
  const scale = (2 * inkHalfSide) / Math.max(widthOf(box), heightOf(box));
  const { x, y } = centreOf(box);
  return { scale, x: -scale * x, y: -scale * y };
}
type Box = Parameters<typeof widthOf>[0];

/** Sorts parts from bottom to top. The order satisfies all pairwise constraints and otherwise follows the text. */
function sortParts(count: number, fronts: readonly (readonly [back: number, front: number])[]): number[] {
  const order: number[] = [];
  while (order.length < count) {
    const rest = Array.from({ length: count }, (_, part) => part).filter((part) => !order.includes(part));
    const next = rest.find((part) => !fronts.some(([back, front]) => front === part && rest.includes(back)));
    order.push(next ?? rest[0]!);
  }
  return order;
}

/**
 * Finds the usual order of the parts of a scene from bottom to top. A layout may have another one, by what its drawings show: a figure with
 * hands is behind a balloon that it holds, a face is in front of it.
 */
export function findLayerOrder({
  parts,
  relations,
}: {
  readonly parts: readonly string[];
  readonly relations: readonly SceneRelation[];
}): readonly number[] {
  const alpha = new Float32Array(spriteSide * spriteSide).fill(1);
  const box = { left: -1, top: -1, right: 1, bottom: 1 };
  const sprite = { alpha, side: spriteSide, box };
  const dials = new Array<number>(relations.length * dialCount).fill(0.5);
  // The opening of a closed container is not known before it is drawn; what is in it is in front.
  const added = { box, kind: "entrance" } as const;
  return layOut(
    parts.map((text) => ({ text, sprite: findOpeningText(text) ? { ...sprite, added } : sprite })),
    relations,
    dials,
  ).order;
}

/** Measures the visible share of each part's ink: the share that no layer above covers. */
export function measureVisibleShares(
  parts: readonly LayoutPart[],
  { placements, order, cuts }: Layout,
): number[] {
  const covered = new Float32Array(raster * raster);
  const shares = parts.map(() => 0);
  for (const part of [...order].reverse()) {
    const { scale, x, y } = placements[part]!;
    const cut = cuts?.get(part);
    let [ink, visibleInk] = [0, 0];
    for (let pixel = 0; pixel < covered.length; pixel++) {
      const column = ((pixel % raster) + 0.5) * (2 / raster) - 1;
      const row = (Math.floor(pixel / raster) + 0.5) * (2 / raster) - 1;
      const alpha = readAlpha(parts[part]!.sprite, (column - x) / scale, (row - y) / scale);
      // Ink below a cut does not count: it is inside a container, or replaced by clothes.
      if (cut && isBelow(cut, column, row)) continue;
      ink += alpha;
      visibleInk += alpha * (1 - covered[pixel]!);
      covered[pixel] = 1 - (1 - covered[pixel]!) * (1 - alpha);
    }
    shares[part] = ink > 0 ? visibleInk / ink : 0;
  }
  return shares;
}
