/** Draws the mask over the picture: a tint with light and dark stripes, which stand out from any colour, and a clear outline. */
import { type Point, type Tool, canvas as mask, traceShape } from "./mask.js";

/** Colour of the mask, the same in both themes: a mask is judged against the picture, not against the page. */
const maskColour = "#14a08f";
/** Opacity of the tint where the mask is full; the picture stays visible. */
const tintOpacity = 0.3;
/** Opacity of the stripes. */
const stripeOpacity = 0.7;
/** Pixels from stripe to stripe along a row, and of each stripe's light and dark half. */
const [stripePeriod, stripeHalf] = [14, 2];
/** Opacity of the mask, of 255, from which on a pixel is within the outline. */
const outlineThreshold = 128;

/** The mask at the overlay's size. Read by the processor at each change. */
const scaled = document.createElement("canvas");
const scaledContext = scaled.getContext("2d", { willReadFrequently: true })!;
let lastFill: { key: string; pixels: ImageData } | undefined;

/** Red, green and blue of a CSS colour such as `#0f6e66`. */
function channelsOf(colour: string): [number, number, number] {
  const value = Number.parseInt(colour.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

interface MaskLook {
  /** Pixels of the outline on each side of the edge. */
  readonly thickness: number;
  /** Colour of the tint between the stripes; only the outline is drawn when absent. */
  readonly tint?: string;
}

/** Colours without opacity, and opacities, of the pixels of a row from one stripe to the next; clear without a tint. */
function makeStripes(tintColour: string | undefined) {
  if (tintColour === undefined) return { tints: [0], opacities: [0] };
  const [period, half] = [stripePeriod, stripeHalf].map((length) => Math.round(length * devicePixelRatio));
  const [red, green, blue] = channelsOf(tintColour);
  const tint = (blue << 16) | (green << 8) | red; // little-endian RGBA
  const tints = Array.from({ length: period! }, (_, at) =>
    at < half! ? 0xffffff : at < 2 * half! ? 0 : tint,
  );
  const opacities = tints.map((_, at) => (at < 2 * half! ? stripeOpacity : tintOpacity));
  return { tints, opacities };
}

/** A mask with an outline that is white inside and black outside, so that it stands out from any picture. */
function fillMask(
  source: HTMLCanvasElement,
  width: number,
  height: number,
  { tint, thickness }: MaskLook,
): ImageData {
  scaled.width = width;
  scaled.height = height;
  scaledContext.drawImage(source, 0, 0, width, height);
  const pixels = scaledContext.getImageData(0, 0, width, height);
  const colours = new Uint32Array(pixels.data.buffer);
  const opacity = Uint8Array.from({ length: colours.length }, (_, at) => pixels.data[4 * at + 3]!);
  const [white, black] = [0xffffffff, 0xe0000000];
  const { tints, opacities } = makeStripes(tint);
  const isInside = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < width && y < height && opacity[y * width + x]! >= outlineThreshold;
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at++) {
      const inside = opacity[at]! >= outlineThreshold;
      const isEdge =
        isInside(x - thickness, y) !== inside ||
        isInside(x + thickness, y) !== inside ||
        isInside(x, y - thickness) !== inside ||
        isInside(x, y + thickness) !== inside;
      if (isEdge) {
        colours[at] = inside ? white : black;
        continue;
      }
      const place = (x + y) % tints.length;
      colours[at] = ((Math.round(opacity[at]! * opacities[place]!) << 24) | tints[place]!) >>> 0;
    }
  return pixels;
}

/** The brush at the pointer: its radius, and the part of it over which its edge fades, 0 to 1. */
export interface BrushCursor extends Point {
  readonly radius: number;
  readonly soft: number;
}

/** Strokes the current path so that it stands out from any picture. */
function strokeTwice(context: CanvasRenderingContext2D, scale: number): void {
  for (const [colour, width] of [
    ["#000000", 3],
    ["#ffffff", 1.5],
  ] as const) {
    context.strokeStyle = colour;
    context.lineWidth = (width * devicePixelRatio) / scale;
    context.stroke();
  }
}

/** Draws the brush: a solid line where it ends, and a dashed one where its edge begins to fade. */
function drawBrush(
  context: CanvasRenderingContext2D,
  { x, y, radius, soft }: BrushCursor,
  scale: number,
): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  strokeTwice(context, scale);
  const core = radius * (1 - soft);
  if (soft === 0 || core * scale < 2) return;
  context.beginPath();
  context.arc(x, y, core, 0, 2 * Math.PI);
  context.setLineDash([(4 * devicePixelRatio) / scale, (4 * devicePixelRatio) / scale]);
  strokeTwice(context, scale);
  context.setLineDash([]);
}

/** Draws the outline of a mask over a picture that was changed inside it. */
export function paintOutline(overlay: HTMLCanvasElement, source: HTMLCanvasElement): void {
  const { width, height } = overlay;
  if (width === 0 || height === 0) return;
  const look = { thickness: Math.ceil(devicePixelRatio) };
  overlay.getContext("2d")!.putImageData(fillMask(source, width, height, look), 0, 0);
}

/**
 * Draws the mask, the shape in progress and the brush. The mask is tinted again only when it has changed.
 * @param version number of the mask's state.
 */
export function paintOverlay(
  overlay: HTMLCanvasElement,
  version: number,
  tool: Tool,
  shape: readonly Point[],
  brush: BrushCursor | undefined,
): void {
  const context = overlay.getContext("2d")!;
  const { width, height } = overlay;
  if (width === 0 || height === 0) return;
  const key = [version, width, height].join(" ");
  if (lastFill?.key !== key)
    lastFill = {
      key,
      pixels: fillMask(mask, width, height, {
        tint: maskColour,
        thickness: Math.ceil(1.5 * devicePixelRatio),
      }),
    };
  context.putImageData(lastFill.pixels, 0, 0);
  const scale = width / mask.width;
  context.save();
  context.scale(scale, scale);
  if (shape.length > 1 && tool !== "brush" && tool !== "eraser") {
    traceShape(context, tool, shape);
    strokeTwice(context, scale);
  }
  if (brush) drawBrush(context, brush, scale);
  context.restore();
}
