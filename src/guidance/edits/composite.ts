import { type RgbaBytes, toByte } from "../../images/index.js";
import { type Ground, measureDrawnPart, groundColoursOf } from "./ground.js";

/** Composites a layer over a pixel; colour and straight alpha are in [0, 1]. */
function compositePixel(out: Uint8Array, at: number, layer: Uint8Array, from: number, opacity: number): void {
  const alpha = (layer[from + 3]! / 255) * opacity;
  if (alpha === 0) return;
  const below = out[at + 3]! / 255;
  const sum = alpha + below * (1 - alpha);
  for (let channel = 0; channel < 3; channel++) {
    const value = (layer[from + channel]! * alpha + out[at + channel]! * below * (1 - alpha)) / sum;
    out[at + channel] = Math.round(value);
  }
  out[at + 3] = toByte(sum);
}

/** A square layer around a picture: `side` is the picture's longer side, and the picture is in the middle. */
export interface SquareLayer {
  readonly side: number;
  readonly rgba: Uint8Array;
}

const cornerOf = ({ width, height }: RgbaBytes, side: number): readonly [left: number, top: number] => [
  Math.floor((side - width) / 2),
  Math.floor((side - height) / 2),
];

/**
 * Puts a layer over a picture. Where the layer or the mask is 0, bytes are unchanged.
 * @param mask opacity of the layer, `[height, width]` in [0, 1].
 */
export function putOver(
  original: RgbaBytes,
  layer: SquareLayer,
  { mask, strength }: { readonly mask?: Float32Array | undefined; readonly strength: number },
): RgbaBytes {
  const { width, height } = original;
  const [left, top] = cornerOf(original, layer.side);
  const rgba = original.rgba.slice();
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const pixel = y * width + x;
      const opacity = (mask?.[pixel] ?? 1) * strength;
      compositePixel(rgba, pixel * 4, layer.rgba, ((y + top) * layer.side + x + left) * 4, opacity);
    }
  return { width, height, rgba };
}

/**
 * Puts a layer between a picture's ground and its drawing. Where the picture is drawn wholly, or the layer or the mask is 0, bytes are unchanged.
 * @param drawnShares how much of each pixel is drawn, `[height, width]` in [0, 1].
 */
export function putUnder(
  original: RgbaBytes,
  layer: SquareLayer,
  {
    drawnShares,
    mask,
    strength,
  }: {
    readonly drawnShares: Float32Array;
    readonly mask?: Float32Array | undefined;
    readonly strength: number;
  },
): RgbaBytes {
  const { width, height } = original;
  const [left, top] = cornerOf(original, layer.side);
  const rgba = original.rgba.slice();
  const pixelOut = new Uint8Array(4);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const pixel = y * width + x;
      const from = ((y + top) * layer.side + x + left) * 4;
      const opacity = (mask?.[pixel] ?? 1) * strength;
      if (layer.rgba[from + 3] === 0 || opacity === 0 || drawnShares[pixel] === 1) continue;
      const at = pixel * 4;
      const alpha = original.rgba[at + 3]!;
      if (alpha < 255) {
        // The layer, with the picture over it.
        pixelOut.fill(0);
        compositePixel(pixelOut, 0, layer.rgba, from, opacity);
        compositePixel(pixelOut, 0, original.rgba, at, 1);
        rgba.set(pixelOut, at);
        continue;
      }
      const part = (1 - drawnShares[pixel]!) * (layer.rgba[from + 3]! / 255) * opacity;
      for (let channel = 0; channel < 3; channel++)
        rgba[at + channel] = Math.round(
          original.rgba[at + channel]! + part * (layer.rgba[from + channel]! - original.rgba[at + channel]!),
        );
    }
  return { width, height, rgba };
}

/** Removes a picture's drawing and puts a layer on its ground. Where the mask is 0, bytes are the original's. */
export function replaceDrawing(
  original: RgbaBytes,
  layer: SquareLayer,
  { ground, mask }: { readonly ground: Ground; readonly mask?: Float32Array | undefined },
): RgbaBytes {
  const { width, height } = original;
  const [left, top] = cornerOf(original, layer.side);
  const colours = groundColoursOf(ground, original);
  const rgba = original.rgba.slice();
  const pixelOut = new Uint8Array(4);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const pixel = y * width + x;
      const part = mask?.[pixel] ?? 1;
      if (part === 0) continue;
      const at = pixel * 4;
      const from = ((y + top) * layer.side + x + left) * 4;
      const clear = layer.rgba[from + 3] === 0;
      // Where neither picture has a drawing, the texture of the ground is preserved.
      if (clear && ground.kind === "colour" && measureDrawnPart(original, x, y, colours) === 0) continue;
      pixelOut.fill(0);
      if (ground.kind !== "transparent") {
        for (let channel = 0; channel < 3; channel++) pixelOut[channel] = toByte(colours.at(x, y, channel));
        pixelOut[3] = 255;
      }
      compositePixel(pixelOut, 0, layer.rgba, from, 1);
      if (part < 1) blend(pixelOut, rgba, at, part);
      rgba.set(pixelOut, at);
    }
  return { width, height, rgba };
}

/** Blends straight-alpha pixels: `part` of `out`, the rest of `other` at `at`; into `out`. */
function blend(out: Uint8Array, other: Uint8Array, at: number, part: number): void {
  const [a, b] = [(out[3]! / 255) * part, (other[at + 3]! / 255) * (1 - part)];
  const sum = a + b;
  for (let channel = 0; channel < 3 && sum > 0; channel++)
    out[channel] = Math.round((out[channel]! * a + other[at + channel]! * b) / sum);
  out[3] = toByte(sum);
}
