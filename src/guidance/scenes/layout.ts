import type { RelationKind, SceneRelation } from "../../prompts/index.js";
import { type Dials, type Related, dialCount, priors } from "./priors.js";
import {
  type Placement,
  type Sprite,
  alphaAt,
  boxAround,
  centreOf,
  compose,
  heightOf,
  identity,
  inverse,
  mergeSprites,
  placeBox,
  spriteSide,
  widthOf,
} from "./sprite.js";

/** A part of a scene as layouts see it. */
export interface LayoutPart {
  readonly text: string;
  readonly sprite: Sprite;
}

/** Where all parts of a scene are. */
export interface Layout {
  /** By part. */
  readonly placements: readonly Placement[];
  /** Parts from bottom to top. */
  readonly order: readonly number[];
}

/** Half side of the square that a scene's ink fills. */
const filled = 0.94;
/** Pixels a side of the raster on which visibility is measured. */
const raster = 48;

/** Kinds whose object lies to the whole of what was placed before, not to its subject alone. */
const toTheWhole = new Set<RelationKind>(["on", "in", "above", "below", "behind", "front", "around"]);

/** The fractional part of a low-discrepancy sequence (Roberts 2018, R_d) at an index. */
export function sequencePoint(index: number, dimensions: number, start: number): number[] {
  // The root of x^(d+1) = x + 1.
  let root = 2;
  for (let round = 0; round < 30; round++) root = (1 + root) ** (1 / (dimensions + 1));
  return Array.from({ length: dimensions }, (_, at) => (start + (index + 1) * root ** -(at + 1)) % 1);
}

/** A layout of parts by their relations' priors, scaled to fill the canvas; dials are four numbers in [0, 1) a relation. */
export function layOut(
  parts: readonly LayoutPart[],
  relations: readonly SceneRelation[],
  dials: readonly number[],
): Layout {
  const placed = new Map<number, Placement>([[0, identity]]);
  const fronts: [back: number, front: number][] = [];
  const noteFront = ({ front }: Related, subject: number, object: number): void => {
    if (front === "subject") fronts.push([object, subject]);
    if (front === "object") fronts.push([subject, object]);
  };
  for (let round = 0; round < relations.length; round++)
    for (const [at, { subject, kind, object }] of relations.entries()) {
      if (placed.has(subject) === placed.has(object)) continue;
      const own = dials.slice(at * dialCount, (at + 1) * dialCount) as unknown as Dials;
      const texts = { subjectText: parts[subject]!.text, objectText: parts[object]!.text };
      const [from, to] = [parts[subject]!.sprite, parts[object]!.sprite];
      if (!placed.has(object) && toTheWhole.has(kind) && placed.size > 1) {
        const all = [...placed].map(([part, where]) => ({ sprite: parts[part]!.sprite, at: where }));
        const frame = fit(boxAround(all.map(({ sprite, at: where }) => placeBox(sprite.box, where))));
        const whole = mergeSprites(
          all.map(({ sprite, at: where }) => ({ sprite, at: compose(frame, where) })),
        );
        const related = priors[kind]({ subject: whole, object: to, ...texts }, own);
        for (const part of placed.keys()) noteFront(related, part, object);
        placed.set(object, compose(inverse(frame), related.object));
        continue;
      }
      const related = priors[kind]({ subject: from, object: to, ...texts }, own);
      noteFront(related, subject, object);
      if (placed.has(subject)) placed.set(object, compose(placed.get(subject)!, related.object));
      else placed.set(subject, compose(placed.get(object)!, inverse(related.object)));
    }
  const placements = parts.map((_, part) => placed.get(part) ?? identity);
  const frame = fit(boxAround(parts.map(({ sprite }, part) => placeBox(sprite.box, placements[part]!))));
  return { placements: placements.map((each) => compose(frame, each)), order: orderOf(parts.length, fronts) };
}

/** The placement that makes a box fill the canvas but for a margin. */
function fit(box: Box): Placement {
  const scale = (2 * filled) / Math.max(widthOf(box), heightOf(box));
  const { x, y } = centreOf(box);
  return { scale, x: -scale * x, y: -scale * y };
}
type Box = Parameters<typeof widthOf>[0];

/** Parts from bottom to top, so that each pair is as it must be, in the order of the text otherwise. */
function orderOf(count: number, fronts: readonly (readonly [back: number, front: number])[]): number[] {
  const order: number[] = [];
  while (order.length < count) {
    const rest = Array.from({ length: count }, (_, part) => part).filter((part) => !order.includes(part));
    const next = rest.find((part) => !fronts.some(([back, front]) => front === part && rest.includes(back)));
    order.push(next ?? rest[0]!);
  }
  return order;
}

/** Parts of a scene from bottom to top, as every layout of them has them. */
export function layerOrder({
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
  return layOut(
    parts.map((text) => ({ text, sprite })),
    relations,
    dials,
  ).order;
}

/** Share of each part's ink that no layer above covers, by part. */
export function visibleShares(parts: readonly LayoutPart[], { placements, order }: Layout): number[] {
  const covered = new Float32Array(raster * raster);
  const shares = parts.map(() => 0);
  for (const part of [...order].reverse()) {
    const { scale, x, y } = placements[part]!;
    let [ink, seen] = [0, 0];
    for (let pixel = 0; pixel < covered.length; pixel++) {
      const column = ((pixel % raster) + 0.5) * (2 / raster) - 1;
      const row = (Math.floor(pixel / raster) + 0.5) * (2 / raster) - 1;
      const alpha = alphaAt(parts[part]!.sprite, (column - x) / scale, (row - y) / scale);
      ink += alpha;
      seen += alpha * (1 - covered[pixel]!);
      covered[pixel] = 1 - (1 - covered[pixel]!) * (1 - alpha);
    }
    shares[part] = ink > 0 ? seen / ink : 0;
  }
  return shares;
}
