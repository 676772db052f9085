import { type Rgb, entranceText } from "../../prompts/index.js";
import type { SessionPrograms } from "../sessionPrograms.js";
import { cutPiece } from "./cuts.js";
import type { Drawing } from "./drawing.js";
import { findLargestBox } from "./faces.js";
import { createDrawings } from "./painted.js";
import { type Pair, type Prior, type Related, jitter, lerp, pinPoint } from "./relate.js";
import { type Sprite, centreOf, heightOf, placeBox, placeCut, widthOf } from "./sprite.js";

/** Colours of an entrance and of a window, sRGB in [0, 1]. */
const colours: { readonly entrance: Rgb; readonly porthole: Rgb } = {
  entrance: [0.23, 0.19, 0.18],
  porthole: [0.82, 0.93, 1],
};
/** Width of an entrance / size of the container, its maximum / width and height, and its distance from the ground / container height. */
const entrance = { width: 0.54, widest: 0.84, tallest: 0.74, foot: 0.02 };
/** Height in the disc's square at which an entrance is cut off. */
const threshold = 0.45;
/** Diameter of a window / size of the container, and its maximum / the smaller side. */
const porthole = { size: 0.44, most: 0.95 };

/** Finds the middle of the largest square on a sprite's ink. */
function findMiddle({ alpha, side, box }: Sprite): { readonly x: number; readonly y: number } {
  const ink = Uint8Array.from(alpha, (value) => Number(value > 0.5));
  return centreOf(findLargestBox(ink, side, 1) ?? box);
}

/** Adds an entrance or a round window to the drawing of a container that is closed. @param text what the opening is drawn by. */
export async function addOpening(
  programs: SessionPrograms,
  drawing: Drawing,
  text: string,
  style: string | undefined,
): Promise<Drawing> {
  const kind = text === entranceText ? "entrance" : "porthole";
  const latents = await programs.sketcher.sketch(text, style, colours[kind]);
  const [disc] = latents ? await createDrawings(programs, text, [{ latents, score: 0 }]) : [];
  const whole = disc?.pieces[0];
  const piece = whole && (kind === "entrance" ? cutPiece(whole, threshold) : whole);
  // The number of layers is fixed by the plan.
  if (!piece) return { ...drawing, pieces: [...drawing.pieces, drawing.pieces.at(-1)!] };
  const { sprite } = drawing;
  const { box } = sprite;
  const own = piece.sprite.box;
  const [width, height] = [widthOf(box), heightOf(box)];
  const placement =
    kind === "entrance"
      ? pinPoint(
          Math.min(
            (entrance.width * Math.max(width, height)) / widthOf(own),
            (entrance.widest * width) / widthOf(own),
            (entrance.tallest * height) / heightOf(own),
          ),
          { x: centreOf(own).x, y: own.bottom },
          { x: centreOf(box).x, y: box.bottom - entrance.foot * height },
        )
      : pinPoint(
          Math.min(porthole.size * Math.max(width, height), porthole.most * Math.min(width, height)) /
            widthOf(own),
          centreOf(own),
          findMiddle(sprite),
        );
  return {
    ...drawing,
    pieces: [...drawing.pieces, { ...piece, placement }],
    sprite: { ...sprite, added: { box: placeBox(own, placement), kind } },
  };
}

/** Sizes of a thing in an entrance or a window / its size, and the range of the part below the edge of a window / thing height. */
const content = { widest: 0.92, tallest: 1.02, least: 0.06, most: 0.2 };

/** Places a thing in an entrance or behind a round window that was added to a container. */
export function placeInAdded(
  { subject: { box: own } }: Pair,
  { box, kind }: NonNullable<Sprite["added"]>,
  [a, b, c]: Parameters<Prior>[1],
): Related {
  const [width, height] = [widthOf(box), heightOf(box)];
  const sink = kind === "porthole" ? lerp(content.least, content.most, a) : 0;
  const size =
    Math.min(
      (content.widest * width) / widthOf(own),
      (content.tallest * height) / ((1 - sink) * heightOf(own)),
    ) * lerp(0.88, 1, b);
  const { x, y } = centreOf(box);
  const from = { x: x + jitter(0.04, c) * width, y: box.bottom };
  const to = { x: centreOf(own).x, y: own.bottom - sink * heightOf(own) };
  const object = pinPoint(1 / size, from, to);
  if (kind === "entrance") return { object, front: "subject" };
  // The lower half of the window's edge.
  const edge = { x, y, half: width / 2, sag: height / 2 };
  return { object, front: "subject", cut: placeCut(edge, object) };
}
