import { type RgbaBytes, resizeBytes, toByte } from "../../images/index.js";
import {
  type Box,
  type Placement,
  joinBoxes,
  centreOf,
  heightOf,
  placeBox,
  widthOf,
} from "../scenes/sprite.js";
import { mapDrawnShares } from "./drawn.js";
import { type Ground, groundColoursOf } from "./ground.js";

/** Smallest scale of a drawing that makes room for an added thing. */
const leastScale = 0.76;
/** Largest share of a picture's border that is drawn, for a drawing that can be moved on its ground. */
const mostOnBorder = 0.5;
/** Share of the picture's width and height that an added thing may use. */
const usableShare = 0.99;

/**
 * Returns the box of the canvas [−1, 1]² in which an added thing must stay: the picture's area, both sides times 0.99. The picture is
 * centred and its longer side fills the canvas.
 */
export function frameOf({ width, height }: Pick<RgbaBytes, "width" | "height">): Box {
  const side = Math.max(width, height);
  const [x, y] = [(usableShare * width) / side, (usableShare * height) / side];
  return { left: -x, top: -y, right: x, bottom: y };
}

/** Shift of the interval [`low`, `high`] into [`from`, `to`]; to the middle where it is too long. */
function shiftInto(low: number, high: number, from: number, to: number): number {
  if (high - low > to - from) return (from + to - low - high) / 2;
  return Math.max(from - low, Math.min(to - high, 0));
}

/** Finds the smallest change of a drawing's size and position for which the drawing and a thing placed at it fit into a frame, within the limits. */
export function makeRoom(figure: Box, thing: Box, frame: Box): Placement {
  const both = joinBoxes([figure, thing]);
  const fit = Math.min(1, widthOf(frame) / widthOf(both), heightOf(frame) / heightOf(both));
  const scale = Math.max(leastScale, fit);
  const { x, y } = centreOf(figure);
  const scaledInPlace: Placement = { scale, x: x * (1 - scale), y: y * (1 - scale) };
  const [all, own] = [placeBox(both, scaledInPlace), placeBox(figure, scaledInPlace)];
  const shift = {
    x: shiftInto(all.left, all.right, frame.left, frame.right),
    y: shiftInto(all.top, all.bottom, frame.top, frame.bottom),
  };
  // The drawing itself must not be cut off.
  const most = {
    x: [Math.min(0, frame.left - own.left), Math.max(0, frame.right - own.right)],
    y: [Math.min(0, frame.top - own.top), Math.max(0, frame.bottom - own.bottom)],
  } as const;
  const within = (value: number, [low, high]: readonly [number, number]): number =>
    Math.min(high, Math.max(low, value));
  return {
    scale,
    x: scaledInPlace.x + within(shift.x, most.x),
    y: scaledInPlace.y + within(shift.y, most.y),
  };
}

/** Tells whether a placement is the identity. */
export const isInPlace = ({ scale, x, y }: Placement): boolean => scale === 1 && x === 0 && y === 0;

/** Tells whether a picture is a drawing on a ground, so that the drawing can be moved: most of the border is ground. */
export function canMove({ width, height }: RgbaBytes, drawnShares: Float32Array): boolean {
  let [pixels, drawnShare] = [0, 0];
  drawnShares.forEach((share, pixel) => {
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    if (x > 0 && x < width - 1 && y > 0 && y < height - 1) return;
    pixels++;
    drawnShare += share;
  });
  return drawnShare <= mostOnBorder * pixels;
}

/** Moves the drawing of a picture and makes it smaller on its ground, by a placement on the canvas. */
export async function moveFigure(original: RgbaBytes, ground: Ground, at: Placement): Promise<RgbaBytes> {
  if (isInPlace(at)) return original;
  const { width, height } = original;
  const figure = liftFigure(original, ground);
  const small = await resizeBytes(
    figure,
    Math.max(1, Math.round(width * at.scale)),
    Math.max(1, Math.round(height * at.scale)),
  );
  const side = Math.max(width, height);
  const left = Math.round((width - small.width + at.x * side) / 2);
  const top = Math.round((height - small.height + at.y * side) / 2);
  const colours = groundColoursOf(ground, original);
  const rgba = new Uint8Array(original.rgba.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const to = (y * width + x) * 4;
      const [column, row] = [x - left, y - top];
      const isInside = column >= 0 && column < small.width && row >= 0 && row < small.height;
      const from = (row * small.width + column) * 4;
      if (ground.kind === "transparent") {
        if (isInside) rgba.set(small.rgba.subarray(from, from + 4), to);
        continue;
      }
      const alpha = isInside ? small.rgba[from + 3]! / 255 : 0;
      for (let channel = 0; channel < 3; channel++) {
        const own = alpha > 0 ? small.rgba[from + channel]! / 255 : 0;
        rgba[to + channel] = toByte(alpha * own + (1 - alpha) * colours.at(x, y, channel));
      }
      rgba[to + 3] = 255;
    }
  return { width, height, rgba };
}

/** Separates the drawing of a picture from its ground, with alpha. */
function liftFigure(original: RgbaBytes, ground: Ground): RgbaBytes {
  if (ground.kind === "transparent") return original;
  const { width, height } = original;
  const shares = mapDrawnShares(original, ground);
  const colours = groundColoursOf(ground, original);
  const rgba = original.rgba.slice();
  shares.forEach((share, pixel) => {
    const at = pixel * 4;
    rgba[at + 3] = toByte(share);
    if (share === 0 || share === 1) return;
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    for (let channel = 0; channel < 3; channel++)
      rgba[at + channel] = toByte(
        (rgba[at + channel]! / 255 - (1 - share) * colours.at(x, y, channel)) / share,
      );
  });
  return { width, height, rgba };
}
