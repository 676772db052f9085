import { type Picture, toPicture } from "../../images/index.js";
import type { Cut } from "../../gan/index.js";
import type { Drawing, Piece } from "./drawing.js";
import type { Layout } from "./layout.js";
import { type Box, type Placement, composePlacements, isBelow } from "./sprite.js";

/** Side of previews of scenes in pixels, and number of samples per pixel along each axis. */
const previewSide = 64;
const samples = 2;

/** Draws a piece's premultiplied pixels over a canvas `[side, side, 4]` whose visible part is a box. */
function drawPiece(
  canvas: Float32Array,
  side: number,
  { look }: Piece,
  { at, view, cut }: { at: Placement; view: Box; cut: Cut | undefined },
): void {
  const [width, height] = [view.right - view.left, view.bottom - view.top];
  for (let row = 0; row < side; row++) {
    const down = view.top + ((row + 0.5) / side) * height;
    const y = (down - at.y) / at.scale;
    const from = Math.floor(((y + 1) / 2) * look.side);
    if (from < 0 || from >= look.side) continue;
    for (let column = 0; column < side; column++) {
      const across = view.left + ((column + 0.5) / side) * width;
      if (cut && isBelow(cut, across, down)) continue;
      const x = (across - at.x) / at.scale;
      const source = Math.floor(((x + 1) / 2) * look.side);
      if (source < 0 || source >= look.side) continue;
      const pixel = (from * look.side + source) * 4;
      const alpha = look.rgba[pixel + 3]!;
      if (alpha === 0) continue;
      const to = (row * side + column) * 4;
      for (let channel = 0; channel < 4; channel++)
        canvas[to + channel] = look.rgba[pixel + channel]! + canvas[to + channel]! * (1 - alpha);
    }
  }
}

/** Options of a preview. */
export interface PreviewOptions {
  /** Square part of the canvas [−1, 1]² that is shown; all of it when absent. */
  readonly view?: Box | undefined;
  /** Part to omit. */
  readonly without?: number | undefined;
}

const wholeCanvas: Box = { left: -1, top: -1, right: 1, bottom: 1 };

/**
 * Paints a scene on white, at 64×64, from the pixels of its drawings. The result equals the generator's picture except at edges. The CLIPs
 * compare layouts by previews, so that not every layer of every layout must be decoded.
 */
export function paintPreview(
  drawings: readonly Drawing[],
  { placements, order, cuts }: Layout,
  { view = wholeCanvas, without }: PreviewOptions = {},
): Picture {
  const side = previewSide * samples;
  const canvas = new Float32Array(side * side * 4);
  for (const part of order) {
    if (part === without) continue;
    for (const piece of drawings[part]!.pieces)
      drawPiece(canvas, side, piece, {
        at: composePlacements(placements[part]!, piece.placement),
        view,
        cut: cuts?.get(part),
      });
  }
  const data = new Float32Array(previewSide * previewSide * 3);
  for (let pixel = 0; pixel < side * side; pixel++) {
    const [column, row] = [pixel % side, Math.floor(pixel / side)];
    const to = (Math.floor(row / samples) * previewSide + Math.floor(column / samples)) * 3;
    const air = 1 - canvas[pixel * 4 + 3]!;
    for (let channel = 0; channel < 3; channel++)
      data[to + channel]! += (canvas[pixel * 4 + channel]! + air) / samples ** 2;
  }
  return toPicture(data, previewSide);
}

/** Creates a square view around a box, with a margin. */
export function createView({ left, top, right, bottom }: Box): Box {
  const half = (Math.max(right - left, bottom - top) / 2) * 1.1;
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  return { left: x - half, top: y - half, right: x + half, bottom: y + half };
}
