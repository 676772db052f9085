import { type LayerFlags, plainLayer, poseOf, shiftFills, replacePose } from "../../gan/index.js";
import { type Rgb, isRunning } from "../../prompts/index.js";
import type { RegionPicture } from "../../vector/index.js";
import { findEyes } from "./eyes.js";
import { findSurface } from "./faces.js";
import { sameHue } from "./lab.js";
import { findEntrance, findFaceHole, findOpening, findWindows } from "./openings.js";
import { type Look, mirrorAndHide, createLook, findInkIslands } from "./look.js";
import {
  type Placement,
  type Sprite,
  joinBoxes,
  centreOf,
  composePlacements,
  heightOf,
  identity,
  mergeSprites,
  placeBox,
  placePose,
  spriteOf,
  spriteSide,
  widthOf,
} from "./sprite.js";

/** A layer of a drawing: a picture of the generator at a placement. */
export interface Piece {
  /** Latents of one picture `[size]`. */
  readonly latents: Float32Array;
  readonly flags: LayerFlags;
  /** The painted picture with its flags, before the placement. */
  readonly look: Look;
  readonly sprite: Sprite;
  readonly placement: Placement;
}

/** The drawing of a thing of a scene: one or more pieces from bottom to top. */
export interface Drawing {
  readonly text: string;
  readonly pieces: readonly Piece[];
  /** Ink of all pieces. */
  readonly sprite: Sprite;
  /** Score by the guides; higher is better. */
  readonly score: number;
  /** Number of copies of the thing; 1 when absent. */
  readonly copies?: number;
  /** Index of the piece that is the head, if there are clothes above it; the last one when absent. */
  readonly head?: number;
}

/** Creates the sprite of a look, with the eyes, openings and surface of the drawing. @returns undefined without ink. */
export function createSpriteOfLook(look: Look): Sprite | undefined {
  const factor = look.side / spriteSide;
  const alpha = new Float32Array(spriteSide * spriteSide);
  for (let pixel = 0; pixel < look.labels.length; pixel++) {
    const [column, row] = [pixel % look.side, Math.floor(pixel / look.side)];
    const at = Math.floor(row / factor) * spriteSide + Math.floor(column / factor);
    alpha[at]! += look.rgba[pixel * 4 + 3]! / factor ** 2;
  }
  const sprite = spriteOf(alpha, spriteSide);
  return (
    sprite && {
      ...sprite,
      eyes: findEyes(look),
      opening: findOpening(look),
      windows: findWindows(look),
      entrance: findEntrance(look),
      faceHole: findFaceHole(look),
      surface: { mask: findSurface(look), side: look.side },
    }
  );
}

/** Creates a piece from latents `[size]` and their painted regions. @returns undefined without ink. */
export function createPiece(latents: Float32Array, picture: RegionPicture): Piece | undefined {
  const look = createLook(picture);
  const sprite = createSpriteOfLook(look);
  return sprite && { latents, flags: plainLayer, look, sprite, placement: identity };
}

/** Applies further flags to a piece: mirrors it or hides regions. @returns undefined if no ink is left. */
export function applyFlags(piece: Piece, change: LayerFlags): Piece | undefined {
  const look = mirrorAndHide(piece.look, change);
  const sprite = createSpriteOfLook(look);
  const flags = {
    ...piece.flags,
    mirrored: change.mirrored !== piece.flags.mirrored,
    hidden: change.hidden.map((each, at) => each || piece.flags.hidden[at]!),
  };
  return sprite && { ...piece, flags, look, sprite };
}

/** Mirrors a piece left to right. */
export const mirrorPiece = (piece: Piece): Piece =>
  applyFlags(piece, { mirrored: true, hidden: plainLayer.hidden }) ?? piece;

/** Gives the main region of a piece and its shades a colour; other regions are unchanged. @param rgb sRGB in [0, 1]. */
export function tintPiece(piece: Piece, rgb: Rgb): Piece {
  const { look } = piece;
  const main = look.regions[0]!;
  const change = rgb.map((value, channel) => value - main.rgb[channel]!) as [number, number, number];
  const shades = look.regions.filter(({ lab, slot }) => slot === main.slot || sameHue(lab, main.lab));
  const slots = shades.map(({ slot }) => slot);
  const rgba = Float32Array.from(look.rgba, (value, at) => {
    const pixel = Math.floor(at / 4);
    if (at % 4 === 3 || !slots.includes(look.labels[pixel]!)) return value;
    const alpha = look.rgba[pixel * 4 + 3]!;
    return Math.min(alpha, Math.max(0, value + change[at % 4]! * alpha));
  });
  return { ...piece, latents: shiftFills(piece.latents, slots, change), look: { ...look, rgba } };
}

/** Joins pieces to a drawing. A drawing of one piece keeps its eyes and surface. */
export function joinPieces(text: string, pieces: readonly Piece[], score: number): Drawing {
  const [first, ...others] = pieces;
  const sprite =
    others.length === 0
      ? first!.sprite
      : mergeSprites(pieces.map((piece) => ({ sprite: piece.sprite, at: piece.placement })));
  return { text, pieces, sprite, score };
}

/** Computes latents `[size]` of a piece of a drawing at a placement. A mirrored piece is mirrored about its own pose. */
export function placeLatents({ latents, flags, placement }: Piece, at: Placement): Float32Array {
  const pose = poseOf(latents);
  // Mirroring the drawing's square also mirrors where the pose is in it.
  const own = flags.mirrored ? { ...pose, x: -pose.x } : pose;
  return replacePose(latents, placePose(own, composePlacements(at, placement)));
}

/** Positions of copies of a thing, from bottom to top, in widths and heights of one copy, and whether each is mirrored. */
type Arrangement = readonly (readonly [x: number, y: number, mirrored?: boolean])[];

/** Distance of copies in rows / their extent. */
const rowGap = 1.06;

/** Arranges copies in rows, as large as possible in a square and without overlaps. Shorter rows are at the top. */
function arrangeRows(count: number, { box }: Sprite, isOneRow: boolean): Arrangement {
  const [width, height] = [widthOf(box), heightOf(box)];
  const sizeIn = (rows: number): number =>
    Math.min(1 / (Math.ceil(count / rows) * width), 1 / (rows * height));
  const choices = Array.from({ length: count }, (_, at) => at + 1);
  const largest = choices.reduce((best, each) => (sizeIn(each) > sizeIn(best) + 1e-6 ? each : best));
  // Two things, such as shoes, are side by side.
  const rows = count === 2 || isOneRow ? 1 : largest;
  return Array.from({ length: rows }, (_, row) => {
    const length = Math.floor((count + row) / rows);
    return Array.from({ length }, (_, column): Arrangement[number] => {
      const x = (column - (length - 1) / 2) * rowGap;
      return [x, (row - (rows - 1) / 2) * rowGap, x > 0.1];
    });
  }).flat();
}

/** Arrangements of ornaments and floating things, by their number. */
const floating: Readonly<Record<number, Arrangement>> = {
  2: [
    [-0.53, -0.12],
    [0.53, 0.12],
  ],
  3: [
    [0, -0.5],
    [-0.56, 0.42],
    [0.56, 0.42],
  ],
  4: [
    [-0.54, -0.54],
    [0.54, -0.54],
    [-0.54, 0.54],
    [0.54, 0.54],
  ],
  5: [
    [-0.55, -0.52],
    [0.55, -0.52],
    [-1.08, 0.52],
    [0, 0.52],
    [1.08, 0.52],
  ],
};
/** Arrangements in the sky, by the number of copies. */
const inTheSky: Readonly<Record<number, Arrangement>> = {
  2: [
    [-1.7, 0.1],
    [1.7, -0.2],
  ],
  3: [
    [-2.3, 0.6],
    [-0.9, -0.3],
    [2.2, 0.9],
  ],
};
/**
 * Arranges copies of a drawing as one drawing. Of a drawing with several pieces, such as members of a category, each copy is the next piece.
 * @param count 2 or more. @param spread factor of the distances. @param stand whether they stand on the ground, in one row, or are spread over the
 * sky.
 */
export function arrangeCopies(
  { text, pieces, score }: Drawing,
  count: number,
  { spread, stand }: { readonly spread: number; readonly stand: boolean | "sky" | "row" },
): Drawing {
  const piece = pieces[0]!;
  const { box } = piece.sprite;
  const arrangement =
    (stand === "sky" && inTheSky[count]) ||
    (!stand && floating[count]) ||
    arrangeRows(count, piece.sprite, stand === "row");
  // Beings that run all look ahead.
  const isOneWay = isRunning(text);
  const copies = arrangement.map(([x, y, mirrored], at) => ({
    ...(mirrored && !isOneWay ? mirrorPiece(pieces[at % pieces.length]!) : pieces[at % pieces.length]!),
    placement: { scale: 1, x: x * spread * widthOf(box), y: y * spread * heightOf(box) },
  }));
  return { ...joinPieces(text, shrinkToSquare(copies), score), copies: count };
}

/** Arranges a drawing of a wing and its mirror image as a pair. Drawings of a wing have the root at the left. */
export function arrangeWings({ text, pieces, score }: Drawing): Drawing {
  const piece = pieces[0]!;
  const { box } = piece.sprite;
  const reach = widthOf(box) * 0.46;
  const right = { ...piece, placement: { scale: 1, x: reach - centreOf(box).x, y: 0 } };
  const mirrored = mirrorPiece(piece);
  const left = { ...mirrored, placement: { scale: 1, x: -reach + centreOf(box).x, y: 0 } };
  return joinPieces(text, shrinkToSquare([right, left]), score);
}

/** Moves and scales a drawing, including its eyes and trunk, so that the ink of its pieces fills [−1, 1]². */
export function fitToSquare(drawing: Drawing, pieces: readonly Piece[]): Drawing {
  const whole = joinBoxes(pieces.map((piece) => placeBox(piece.sprite.box, piece.placement)));
  const scale = 1.96 / Math.max(widthOf(whole), heightOf(whole));
  const { x, y } = centreOf(whole);
  const frame = { scale, x: -scale * x, y: -scale * y };
  const moved = joinPieces(
    drawing.text,
    pieces.map((piece) => ({ ...piece, placement: composePlacements(frame, piece.placement) })),
    drawing.score,
  );
  const { eyes, trunk, isHead, chin } = drawing.sprite;
  const sprite = {
    ...moved.sprite,
    isHead,
    chin: chin === undefined ? undefined : scale * chin + frame.y,
    trunk: trunk && placeBox(trunk, frame),
    eyes: eyes && {
      x: scale * eyes.x + frame.x,
      y: scale * eyes.y + frame.y,
      distance: scale * eyes.distance,
      extent: scale * eyes.extent,
    },
  };
  return { ...drawing, pieces: moved.pieces, sprite };
}

/** Scales pieces so that all of their ink lies in [−1, 1]², the square of sprites. */
export function shrinkToSquare(pieces: readonly Piece[]): Piece[] {
  const extent = Math.max(
    ...pieces.flatMap(({ sprite: { box }, placement: { scale, x, y } }) => [
      Math.abs(scale * box.left + x),
      Math.abs(scale * box.right + x),
      Math.abs(scale * box.top + y),
      Math.abs(scale * box.bottom + y),
    ]),
  );
  const scale = 0.98 / extent;
  return pieces.map((piece) => ({
    ...piece,
    placement: composePlacements({ scale, x: 0, y: 0 }, piece.placement),
  }));
}

/** Measures the share of ink outside the largest connected part: notes beside headphones, flakes around a snowman. */
export function measureLooseShare({ pieces }: Drawing): number {
  const islands = findInkIslands(pieces[0]!.look).map(({ pixels }) => pixels);
  const ink = islands.reduce((sum, pixels) => sum + pixels, 0);
  return ink > 0 ? 1 - Math.max(...islands) / ink : 0;
}
