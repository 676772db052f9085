import {
  type Picture,
  type RgbaBytes,
  computeBoxMeans,
  measureDrawnParts,
  filterByGuide,
  compositeOnWhite,
  padToSquare,
  resizePicture,
  toByte,
} from "../../images/index.js";
import type { ChangeKind } from "./changeKind.js";
import { type ChangeField, createFieldReader } from "./changeField.js";
import {
  type Ground,
  type GroundColours,
  measureDrawnPart,
  groundColoursOf,
  detectGround,
  removeGround,
} from "./ground.js";
import { measureCoverage } from "./paper.js";
import { reducePicture } from "./workingCopy.js";

/** Absolute changes (of values in [0, 1]) up to this are suppressed; changes of twice this and more are applied in full. */
const quiet = 0.03;
/** Change (of values in [0, 1]) from which the generator's drawing has the larger weight than the original's. */
const redrawn = 0.04;
/** Maximum side at which a change is fitted; for larger pictures the change is enlarged. */
const finest = 512;
/** Number of rows in a strip. Between two strips the event loop runs other work, and the signal is checked. */
const stripRows = 64;

/** How a change is applied. */
export interface ApplyOptions {
  readonly kind: ChangeKind;
  /** Where the picture may change, `[height, width]`, 0 to 1; everywhere when absent. */
  readonly mask?: Float32Array | undefined;
  /** Background of the picture; detected at its border when absent. */
  readonly ground?: Ground | undefined;
  /** Ends the work with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

const extractPlane = ({ data }: Picture, channel: number): Float32Array =>
  data.filter((_, at) => at % 3 === channel);

/**
 * Measures the weight of the generator's drawing relative to the original's at each pixel, `[side · side]`: 0 without a change, 1
 * for equal weights.
 */
function measureRedrawnParts(raw: readonly Float32Array[], side: number): Float64Array {
  const power = Float32Array.from({ length: side * side }, (_, pixel) =>
    raw.reduce((sum, values) => sum + values[pixel]! ** 2 / 3, 0),
  );
  const smooth = computeBoxMeans(power, side, side, Math.max(1, Math.round(side / 32)));
  return Float64Array.from(smooth, (value) => (value / redrawn ** 2) ** 2);
}

/** Makes the alpha of a picture centred in a square, `[side · side]`; 0 outside the picture. */
function makeAlphaSquare({ width, height, rgba }: RgbaBytes): Float32Array {
  const clear = Float32Array.from(
    { length: width * height * 3 },
    (_, at) => 1 - rgba[Math.floor(at / 3) * 4 + 3]! / 255,
  );
  const { picture } = padToSquare({ width, height, data: clear }); // padded with 1, which is alpha 0
  return extractPlane(picture, 0).map((value) => 1 - value);
}

/** Resizes a plane `[side · side]` in [0, 1]. */
async function resizePlane(values: Float32Array, from: number, to: number): Promise<Float32Array> {
  const data = Float32Array.from({ length: values.length * 3 }, (_, at) => values[Math.floor(at / 3)]!);
  return extractPlane(await resizePicture({ width: from, height: from, data }, to, to, "cubic"), 0);
}

/**
 * Fits the change on a square around a working copy of the original. For colours it is fitted to the original's colours, and
 * white paper is unchanged. For shapes the generator's picture, alpha included, replaces the original where the generator changed
 * it.
 */
async function fitChange(
  working: RgbaBytes,
  before: Picture,
  after: Picture,
  { kind, ground }: { readonly kind: ChangeKind; readonly ground: Ground },
): Promise<ChangeField> {
  const subject = removeGround(working, ground);
  const { picture: original, placement } = padToSquare(compositeOnWhite(subject));
  const { size: side, left, top } = placement;
  const place = { side, left, top, width: working.width, height: working.height };
  // The change is stored as a picture (half the change, plus mid-grey), so that it can be resized as one.
  const carried = Float32Array.from(after.data, (value, at) => 0.5 + (value - before.data[at]!) / 2);
  const wide = await resizePicture({ ...after, data: carried }, side, side, "cubic");
  const raw = [0, 1, 2].map((channel) => extractPlane(wide, channel).map((value) => (value - 0.5) * 2));
  if (kind === "colour") {
    const radius = Math.max(1, Math.round(side / 16));
    const fitted = filterByGuide(raw, original.data, { width: side, height: side, radius, flat: 0.001 });
    const drawnParts = measureDrawnParts(original);
    const colour = original.data.map(
      (_, at) => fitted[at % 3]![Math.floor(at / 3)]! * drawnParts[Math.floor(at / 3)]!,
    );
    return { ...place, colour };
  }
  const target = await resizePicture(after, side, side, "cubic");
  const parts = measureRedrawnParts(raw, side);
  const colour = original.data.map((value, at) => {
    const part = parts[Math.floor(at / 3)]!;
    return ((target.data[at]! - value) * part) / (part + 1);
  });
  if (ground.kind === "white") return { ...place, colour };
  const coverage = await resizePlane(measureCoverage(after.data, after.width), after.width, side);
  const alpha = makeAlphaSquare(subject).map((value, pixel) => {
    const part = parts[pixel]!;
    return ((coverage[pixel]! - value) * part) / (part + 1);
  });
  return { ...place, colour, alpha };
}

/** Suppresses changes up to `quiet`; changes of twice `quiet` and more are unchanged. */
function suppressNoise(change: number): number {
  return change * Math.min(1, Math.max(0, Math.abs(change) / quiet - 1));
}

/** Change of a pixel: red, green and blue over white, and alpha, for values in [0, 1]. Reused for every pixel. */
type PixelChange = Float64Array;

/** Changes a pixel whose alpha, or coverage of the background, also changes. */
function changePixel(
  bytes: RgbaBytes,
  x: number,
  y: number,
  colours: GroundColours,
  change: PixelChange,
): void {
  const { rgba } = bytes;
  const at = (y * bytes.width + x) * 4;
  const part = measureDrawnPart(bytes, x, y, colours);
  const isTransparent = colours.ground.kind === "transparent";
  let darkest = 1;
  for (let channel = 0; channel < 3; channel++) {
    const own = rgba[at + channel]! / 255;
    const onPaper = isTransparent
      ? own * part + 1 - part
      : own + (1 - part) * (1 - colours.at(x, y, channel));
    change[channel] = Math.min(1, Math.max(0, onPaper + change[channel]!));
    darkest = Math.min(darkest, change[channel]!);
  }
  // A colour over white cannot be darker than its alpha allows.
  const after = Math.max(Math.min(1, Math.max(0, part + change[3]!)), 1 - darkest);
  for (let channel = 0; channel < 3; channel++) {
    const value = change[channel]!;
    if (!isTransparent) rgba[at + channel] = toByte(value - (1 - after) * (1 - colours.at(x, y, channel)));
    else if (after > 0) rgba[at + channel] = toByte((value - (1 - after)) / after);
  }
  if (isTransparent) rgba[at + 3] = toByte(after);
}

/** Changes a pixel whose alpha is unchanged. The change over white is divided by alpha. */
function recolourPixel(rgba: Uint8Array, at: number, change: PixelChange): void {
  const alpha = rgba[at + 3]! / 255;
  if (alpha === 0) return;
  for (let channel = 0; channel < 3; channel++)
    if (change[channel] !== 0)
      rgba[at + channel] = toByte(rgba[at + channel]! / 255 + change[channel]! / alpha);
}

/** Yields to the event loop. */
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/**
 * Applies the change between two of the generator's pictures to the original at its own size. Where the mask is 0 the bytes are
 * the original's. Changes of colour keep alpha; changes of shape change it if the original has a transparent background, and
 * fill with the background's colour if it has one. Additional memory does not grow with the original.
 * @param original the picture to change, of any size.
 * @param before the generator's copy of the original, in [0, 1]. @param after the same copy with the change, of the same size.
 * @param options kind of change, mask, background and abort signal.
 * @returns a picture of the original's size, RGBA bytes.
 * @throws the signal's reason when it is aborted.
 */
export async function applyChange(
  original: RgbaBytes,
  before: Picture,
  after: Picture,
  { kind, mask, signal, ground: given }: ApplyOptions,
): Promise<RgbaBytes> {
  const { width, height } = original;
  const working = reducePicture(original, finest);
  const ground = given ?? detectGround(working);
  const field = await fitChange(working, before, after, { kind, ground });
  const reader = createFieldReader(field, width, height);
  const colours = groundColoursOf(ground, original);
  const rgba = original.rgba.slice();
  const result: RgbaBytes = { width, height, rgba };
  const change: PixelChange = new Float64Array(4);
  for (let y = 0; y < height; y++) {
    if (y % stripRows === 0) {
      await turn();
      signal?.throwIfAborted();
    }
    const { colour, alpha } = reader.row(y);
    for (let x = 0; x < width; x++) {
      const pixel = y * width + x;
      const part = mask?.[pixel] ?? 1;
      if (part === 0) continue;
      for (let channel = 0; channel < 3; channel++)
        change[channel] = suppressNoise(colour[x * 3 + channel]!) * part;
      change[3] = alpha ? suppressNoise(alpha[x]!) * part : 0;
      if (change[0] === 0 && change[1] === 0 && change[2] === 0 && change[3] === 0) continue;
      if (alpha) changePixel(result, x, y, colours, change);
      else recolourPixel(rgba, pixel * 4, change);
    }
  }
  return result;
}
