import { isDrawnSingly, isStanding } from "../../prompts/index.js";
import { cutAlong, cutSides } from "./cuts.js";
import { type Drawing, type Piece, joinPieces, mirrorPiece, shrinkToSquare } from "./drawing.js";
import type { ScenePlan } from "./plan.js";
import { pinPoint } from "./relate.js";
import { type Sprite, centreOf, heightOf, widthOf } from "./sprite.js";
import { places } from "./standingFigure.js";
import { findMainBox, frameOf, pairSizes } from "./wardrobe.js";

/** Middle part of a drawing of a pair, where the two things meet, and the maximum ink of a column there / that of the fullest column. */
const seam = { from: 0.35, to: 0.65, mostInk: 0.3 };

/** Splits the drawing of two things side by side, where the ink between them is thinnest. @returns `undefined` if they overlap. */
function splitPair(piece: Piece): readonly [left: Piece, right: Piece] | undefined {
  const { labels, side } = piece.look;
  const columns = Array.from({ length: side }, (_, column) =>
    Array.from({ length: side }, (_, row) => Number(labels[row * side + column]! > 0)).reduce(
      (a, b) => a + b,
    ),
  );
  const first = columns.findIndex((ink) => ink > 0);
  const width = columns.findLastIndex((ink) => ink > 0) + 1 - first;
  const [from, to] = [seam.from, seam.to].map((share) => Math.round(first + share * width)) as [
    number,
    number,
  ];
  const between = columns.slice(from, to);
  const least = Math.min(...between);
  if (least > seam.mostInk * Math.max(...columns)) return undefined;
  // The middle of the columns with the least ink.
  const at = from + (between.indexOf(least) + between.lastIndexOf(least) + 1) / 2;
  const middle = (2 * at) / side - 1;
  const halves = [cutSides(piece, middle - 3, middle), cutSides(piece, middle, middle + 3)];
  return halves[0] && halves[1] && [halves[0], halves[1]];
}

/** Whether the toe of a shoe is at its left: the shaft, its upper part, is farther to the right. */
function pointsLeft({ alpha, side, box }: Sprite): boolean {
  const middle = centreOf(box).y;
  const sums = { upper: [0, 0], lower: [0, 0] };
  alpha.forEach((value, at) => {
    const half = (2 * Math.floor(at / side) + 1) / side - 1 < middle ? sums.upper : sums.lower;
    half[0]! += value * (at % side);
    half[1]! += value;
  });
  return sums.lower[0]! / sums.lower[1]! <= sums.upper[0]! / sums.upper[1]!;
}

/**
 * Arranges a pair that is worn at the hands or feet: at the distance of those of a standing figure, else as it is drawn.
 * @returns `undefined` for other parts, and for one thing that another figure wears.
 */
export function arrangePair(
  { text, pieces, score }: Drawing,
  plan: ScenePlan,
  part: number,
): Drawing | undefined {
  const worn = plan.relations.find(({ object }) => object === part);
  if ((worn?.kind !== "wrist" && worn?.kind !== "feet") || plan.counts?.[part] !== 2) return undefined;
  const piece = pieces[0]!;
  const isSingle = isDrawnSingly(plan.parts[part]!);
  const halves = isSingle ? undefined : splitPair(piece);
  const isOnTemplate = isStanding(plan.parts[worn.subject]!);
  if (isSingle && !isOnTemplate) return undefined;
  if (!isSingle && !(halves && isOnTemplate))
    return { ...joinPieces(text, halves ?? [piece, piece], score), copies: 2 };
  const turned = mirrorPiece(piece);
  const pair = halves ?? (pointsLeft(piece.sprite) ? [piece, turned] : [turned, piece]);
  const size = /\bslippers$/.test(plan.parts[part]!) ? pairSizes.slippers : pairSizes[worn.kind];
  const arranged = pair.map((each, at) => {
    const box = findMainBox(each.sprite);
    const scale = Math.min(size.width / widthOf(box), size.height / heightOf(box));
    return {
      ...each,
      placement: pinPoint(scale, { x: centreOf(box).x, y: box.bottom }, { x: at - 0.5, y: 0.5 }),
    };
  });
  const fitted = shrinkToSquare(arranged);
  const drawing = joinPieces(text, fitted, score);
  const apart = fitted[0]!.placement.scale / arranged[0]!.placement.scale;
  return { ...drawing, sprite: { ...drawing.sprite, apart }, copies: 2 };
}

/** Half width of a head at the neck, and how far its front reaches below the chin, in the units of the template. */
const chinCurve = { half: 20, depth: 5, above: 1 };

/** Draws the head of a standing figure once more, down to the chin: it is before the collar of what the figure wears. */
export function drawHead(text: string, figure: Drawing): Drawing | undefined {
  const { unit, x, at } = frameOf(figure.sprite);
  const { half, depth, above } = chinCurve;
  const cut = { x, y: at(places.chin - above), half: half * unit, sag: depth * unit };
  const head = cutAlong(figure.pieces.at(-1)!, cut);
  return head && joinPieces(text, [head], 0);
}
