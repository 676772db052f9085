/** Enlarges small previews so that their outlines stay sharp. */

/** Pixels as in `ImageData`: RGBA bytes, row by row. */
export interface Pixels {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** Largest difference of a channel between two pixels of one surface. */
const sameSurface = 10;
/** Smallest difference of a channel between two surfaces beside each other. */
const otherSurface = 24;
/** Largest number of surfaces that are told apart around a pixel. */
const mostSurfaces = 4;
/** Squared distance of a colour from all mixtures of two surfaces from which on it is something else, such as a thin line. */
const otherColour = 40 ** 2;
/** Change of a smoothed edge from pixel to pixel, at its middle. */
const smoothedSlope = 0.6;

/** Weights of four pixels around a place, 0 to 1, between the middle two: a uniform cubic B-spline, which leaves no ripples at edges. */
function splineWeights(at: number): readonly [number, number, number, number] {
  const rest = 1 - at;
  return [
    rest ** 3 / 6,
    (3 * at ** 3 - 6 * at ** 2 + 4) / 6,
    (3 * rest ** 3 - 6 * rest ** 2 + 4) / 6,
    at ** 3 / 6,
  ];
}

/** Largest difference of a channel between two pixels. */
function difference(data: Uint8ClampedArray, a: number, b: number): number {
  return Math.max(
    Math.abs(data[a]! - data[b]!),
    Math.abs(data[a + 1]! - data[b + 1]!),
    Math.abs(data[a + 2]! - data[b + 2]!),
  );
}

/** Marks the pixels that lie within a surface: a neighbour has nearly the same colour on each axis. */
function findSurfaces({ data, width, height }: Pixels): Uint8Array {
  const inside = new Uint8Array(width * height);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at++) {
      const isLike = (other: number): boolean => difference(data, 4 * at, 4 * other) <= sameSurface;
      const across = (x > 0 && isLike(at - 1)) || (x < width - 1 && isLike(at + 1));
      const down = (y > 0 && isLike(at - width)) || (y < height - 1 && isLike(at + width));
      inside[at] = across && down ? 1 : 0;
    }
  return inside;
}

/** Collects the surfaces of different colours in the 4×4 pixels around a cell. @returns offsets of one pixel of each. */
function listSurfaces({ data, width, height }: Pixels, inside: Uint8Array, x: number, y: number): number[] {
  const found: number[] = [];
  for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 2); row++)
    for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 2); column++) {
      const at = row * width + column;
      if (inside[at] === 0 || found.length === mostSurfaces) continue;
      if (found.every((other) => difference(data, other, 4 * at) >= otherSurface)) found.push(4 * at);
    }
  return found;
}

/**
 * Enlarges a picture of flat surfaces. Between pixels of one surface it interpolates. At an edge, the interpolated colour tells how far
 * the edge is: it is replaced by a mixture of the two nearest surfaces that changes within one pixel of the result. Where there are no
 * surfaces, as in photographs, it interpolates.
 * @param picture an opaque picture.
 * @param factor whole number of pixels of the result for one of the picture, on each axis.
 */
export function enlarge(picture: Pixels, factor: number): Pixels {
  const { data, width, height } = picture;
  const [wide, high] = [width * factor, height * factor];
  const result = new Uint8ClampedArray(wide * high * 4);
  const [colours, pictureColours] = [new Uint32Array(result.buffer), new Uint32Array(data.buffer)];
  const inside = findSurfaces(picture);
  const half = factor >> 1;
  const weights = Array.from({ length: factor }, (_, phase) =>
    splineWeights((half + phase + 0.5) / factor - 0.5),
  );
  const mixed = [0, 0, 0];
  /** Squared distance of the interpolated colour from a surface. */
  const distanceTo = (surface: number): number =>
    (mixed[0]! - data[surface]!) ** 2 +
    (mixed[1]! - data[surface + 1]!) ** 2 +
    (mixed[2]! - data[surface + 2]!) ** 2;
  const smooth = [0, 0, 0];
  /** Smooths the picture at a place of the cell at a column and row; the place is a number of pixels of the result. */
  const smoothAt = (x: number, y: number, columnPhase: number, rowPhase: number): void => {
    smooth.fill(0);
    const [columnWeights, rowWeights] = [weights[columnPhase]!, weights[rowPhase]!];
    for (let row = 0; row < 4; row++) {
      const from = Math.min(height - 1, Math.max(0, y - 1 + row)) * width;
      for (let column = 0; column < 4; column++) {
        const pixel = 4 * (from + Math.min(width - 1, Math.max(0, x - 1 + column)));
        const weight = rowWeights[row]! * columnWeights[column]!;
        for (let channel = 0; channel < 3; channel++) smooth[channel]! += weight * data[pixel + channel]!;
      }
    }
  };
  /** Replaces the interpolated colour by a sharp mixture of the two surfaces nearest to it, as the smoothed colour shares them. */
  const sharpen = (surfaces: readonly number[]): void => {
    let [near, far] = [surfaces[0]!, surfaces[1]!];
    let [nearest, second] = [distanceTo(near), distanceTo(far)];
    if (second < nearest) [near, far, nearest, second] = [far, near, second, nearest];
    for (let at = 2; at < surfaces.length; at++) {
      const distance = distanceTo(surfaces[at]!);
      if (distance < nearest) [near, far, nearest, second] = [surfaces[at]!, near, distance, nearest];
      else if (distance < second) [far, second] = [surfaces[at]!, distance];
    }
    let [along, smoothed, length] = [0, 0, 0];
    for (let channel = 0; channel < 3; channel++) {
      const start = data[near + channel]!;
      const step = data[far + channel]! - start;
      along += (mixed[channel]! - start) * step;
      smoothed += (smooth[channel]! - start) * step;
      length += step * step;
    }
    if (nearest - along ** 2 / length > otherColour) return;
    const gain = factor / smoothedSlope;
    const share = Math.min(1, Math.max(0, (smoothed / length - 0.5) * gain + 0.5));
    for (let channel = 0; channel < 3; channel++)
      mixed[channel] = data[near + channel]! + (data[far + channel]! - data[near + channel]!) * share;
  };
  // Cells lie between the centres of four pixels.
  for (let y = -1; y < height; y++)
    for (let x = -1; x < width; x++) {
      const [left, right] = [Math.max(0, x), Math.min(width - 1, x + 1)];
      const [top, bottom] = [Math.max(0, y), Math.min(height - 1, y + 1)];
      const a = 4 * (top * width + left);
      const b = 4 * (top * width + right);
      const c = 4 * (bottom * width + left);
      const d = 4 * (bottom * width + right);
      const spread = Math.max(difference(data, a, b), difference(data, a, c), difference(data, a, d));
      const surfaces = spread > sameSurface ? listSurfaces(picture, inside, x, y) : [];
      const rows = Math.min(high, (y + 1) * factor + half);
      const columns = Math.min(wide, (x + 1) * factor + half);
      const firstColumn = Math.max(0, x * factor + half);
      for (let row = Math.max(0, y * factor + half); row < rows; row++) {
        if (spread === 0) {
          colours.fill(pictureColours[a >> 2]!, row * wide + firstColumn, row * wide + columns);
          continue;
        }
        for (let column = firstColumn; column < columns; column++) {
          const to = 4 * (row * wide + column);
          result[to + 3] = 255;
          const across = (column + 0.5) / factor - 0.5 - x;
          const down = (row + 0.5) / factor - 0.5 - y;
          for (let channel = 0; channel < 3; channel++) {
            const above = data[a + channel]! + (data[b + channel]! - data[a + channel]!) * across;
            const below = data[c + channel]! + (data[d + channel]! - data[c + channel]!) * across;
            mixed[channel] = above + (below - above) * down;
          }
          if (surfaces.length > 1) {
            smoothAt(x, y, column - x * factor - half, row - y * factor - half);
            sharpen(surfaces);
          }
          for (let channel = 0; channel < 3; channel++) result[to + channel] = mixed[channel]!;
        }
      }
    }
  return { data: result, width: wide, height: high };
}

/** Whether a picture is opaque everywhere. */
const isOpaque = ({ data }: Pixels): boolean => {
  for (let at = 3; at < data.length; at += 4) if (data[at] !== 255) return false;
  return true;
};

/**
 * Enlarges a picture with straight alpha. The picture over white and its alpha are enlarged alike; then the white is taken out again.
 * @param factor whole number of pixels of the result for one of the picture, on each axis.
 */
export function enlargeWithAlpha(picture: Pixels, factor: number): Pixels {
  if (isOpaque(picture)) return enlarge(picture, factor);
  const { data, width, height } = picture;
  const [onWhite, opacity] = [new Uint8ClampedArray(data.length), new Uint8ClampedArray(data.length)];
  for (let at = 0; at < data.length; at += 4) {
    const alpha = data[at + 3]!;
    for (let channel = 0; channel < 3; channel++) {
      onWhite[at + channel] = 255 + ((data[at + channel]! - 255) * alpha) / 255;
      opacity[at + channel] = alpha;
    }
    onWhite[at + 3] = opacity[at + 3] = 255;
  }
  const result = enlarge({ data: onWhite, width, height }, factor);
  const shares = enlarge({ data: opacity, width, height }, factor).data;
  const pixels = result.data;
  for (let at = 0; at < pixels.length; at += 4) {
    const alpha = shares[at]!;
    pixels[at + 3] = alpha;
    if (alpha === 255 || alpha === 0) continue;
    for (let channel = 0; channel < 3; channel++)
      pixels[at + channel] = 255 + ((pixels[at + channel]! - 255) * 255) / alpha;
  }
  return result;
}
