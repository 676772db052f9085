/** Enlarges small previews so that their outlines stay sharp. */

/** Pixels as in `ImageData`: RGBA bytes, row by row. */
export interface Pixels {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** Largest difference of a channel between two pixels of one surface. */
const sameSurface = 10;
/** Largest difference of a channel around a cell that is drawn in one colour. */
const invisible = 1;
/** Smallest difference of a channel between two surfaces beside each other. */
const otherSurface = 24;
/** Largest number of surfaces that are told apart around a pixel. */
const mostSurfaces = 4;
/** Squared distance of a colour from all mixtures of two surfaces from which on it is something else, such as a thin line. */
const otherColour = 40 ** 2;
/** Change of a smoothed edge from pixel to pixel, at its middle. */
const smoothedSlope = 0.6;

const noSurfaces: readonly number[] = [];

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

/** Largest difference of a channel between two pixels, alpha included. */
function difference(data: Uint8ClampedArray, a: number, b: number): number {
  let largest = 0;
  for (let channel = 0; channel < 4; channel++) {
    const value = data[a + channel]! - data[b + channel]!;
    if (value > largest) largest = value;
    else if (-value > largest) largest = -value;
  }
  return largest;
}

/** Tells which pixels lie within a surface: a neighbour has nearly the same colour on each axis. Each pixel is looked at once. */
function openSurfaces({ data, width, height }: Pixels): (at: number) => boolean {
  /** 0 for unknown pixels, 1 for those between surfaces, 2 for those within one. */
  const known = new Uint8Array(width * height);
  const isSame = (at: number, other: number): boolean => difference(data, 4 * at, 4 * other) <= sameSurface;
  const look = (at: number): boolean => {
    const x = at % width;
    const isAcross = (x > 0 && isSame(at, at - 1)) || (x + 1 < width && isSame(at, at + 1));
    if (!isAcross) return false;
    return (at >= width && isSame(at, at - width)) || (at + width < known.length && isSame(at, at + width));
  };
  return (at) => {
    if (known[at] === 0) known[at] = look(at) ? 2 : 1;
    return known[at] === 2;
  };
}

/** Collects the surfaces of different colours in the 4×4 pixels around a cell. @returns offsets of one pixel of each. */
function listSurfaces(
  { data, width, height }: Pixels,
  isInside: (at: number) => boolean,
  x: number,
  y: number,
): number[] {
  const found: number[] = [];
  const [lastRow, lastColumn] = [Math.min(height - 1, y + 2), Math.min(width - 1, x + 2)];
  for (let row = Math.max(0, y - 1); row <= lastRow; row++)
    for (let column = Math.max(0, x - 1); column <= lastColumn; column++) {
      const at = row * width + column;
      if (!isInside(at)) continue;
      let isNew = true;
      for (let each = 0; each < found.length && isNew; each++)
        isNew = difference(data, found[each]!, 4 * at) >= otherSurface;
      if (isNew) found.push(4 * at);
      if (found.length === mostSurfaces) return found;
    }
  return found;
}

/** A cell of the picture, and the pixels of the result in it: up to before `rows` and `columns`. */
interface Cell {
  readonly x: number;
  readonly y: number;
  readonly firstRow: number;
  readonly rows: number;
  readonly firstColumn: number;
  readonly columns: number;
}

/** Puts a picture with straight alpha on white, and keeps its alpha. */
function putOnWhite({ data, width, height }: Pixels): Pixels {
  const result = data.slice();
  for (let at = 0; at < data.length; at += 4) {
    const alpha = data[at + 3]!;
    if (alpha === 0) result[at] = result[at + 1] = result[at + 2] = 255;
    else if (alpha < 255)
      for (let channel = 0; channel < 3; channel++)
        result[at + channel] = 255 + ((data[at + channel]! - 255) * alpha) / 255;
  }
  return { data: result, width, height };
}

/** Takes the white of `putOnWhite` out of a pixel again, in place. */
function takeOffWhite(data: Uint8ClampedArray, at: number): void {
  const alpha = data[at + 3]!;
  if (alpha === 255 || alpha === 0) return;
  for (let channel = 0; channel < 3; channel++)
    data[at + channel] = 255 + ((data[at + channel]! - 255) * 255) / alpha;
}

/**
 * Enlarges a picture of flat surfaces. Between pixels of one surface it interpolates. At an edge, the interpolated colour tells how far
 * the edge is: it is replaced by a mixture of the two nearest surfaces that changes within one pixel of the result. Where there are no
 * surfaces, as in photographs, it interpolates. Transparency is a surface like others.
 * @param source a picture with straight alpha.
 * @param factor whole number of pixels of the result for one of the picture, on each axis.
 * @param pixels receives the result, in which every byte is written; by default a new array.
 */
export function enlarge(
  source: Pixels,
  factor: number,
  pixels = new Uint8ClampedArray(source.data.length * factor ** 2),
): Pixels {
  const picture = putOnWhite(source);
  const { data, width, height } = picture;
  const [wide, high] = [width * factor, height * factor];
  const [colours, pictureColours] = [new Uint32Array(pixels.buffer), new Uint32Array(data.buffer)];
  /** The picture's own pixels as they are drawn. */
  const ownColours = pictureColours.slice();
  const ownData = new Uint8ClampedArray(ownColours.buffer);
  for (let at = 0; at < ownData.length; at += 4) takeOffWhite(ownData, at);
  const isInside = openSurfaces(picture);
  const half = factor >> 1;
  const weights = Array.from({ length: factor }, (_, phase) =>
    splineWeights((half + phase + 0.5) / factor - 0.5),
  );
  const mixed = new Float64Array(4);
  /** Squared distance of the interpolated colour from a surface. */
  const distanceTo = (surface: number): number => {
    let sum = 0;
    for (let channel = 0; channel < 4; channel++) sum += (mixed[channel]! - data[surface + channel]!) ** 2;
    return sum;
  };
  const smooth = new Float64Array(4);
  /** Smooths the picture at a place of the cell at a column and row; the place is a number of pixels of the result. */
  const smoothAt = (x: number, y: number, columnPhase: number, rowPhase: number): void => {
    smooth.fill(0);
    const [columnWeights, rowWeights] = [weights[columnPhase]!, weights[rowPhase]!];
    for (let row = 0; row < 4; row++) {
      const from = Math.min(height - 1, Math.max(0, y - 1 + row)) * width;
      for (let column = 0; column < 4; column++) {
        const pixel = 4 * (from + Math.min(width - 1, Math.max(0, x - 1 + column)));
        const weight = rowWeights[row]! * columnWeights[column]!;
        for (let channel = 0; channel < 4; channel++) smooth[channel]! += weight * data[pixel + channel]!;
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
    for (let channel = 0; channel < 4; channel++) {
      const start = data[near + channel]!;
      const step = data[far + channel]! - start;
      along += (mixed[channel]! - start) * step;
      smoothed += (smooth[channel]! - start) * step;
      length += step * step;
    }
    if (nearest - along ** 2 / length > otherColour) return;
    const gain = factor / smoothedSlope;
    const share = Math.min(1, Math.max(0, (smoothed / length - 0.5) * gain + 0.5));
    for (let channel = 0; channel < 4; channel++)
      mixed[channel] = data[near + channel]! + (data[far + channel]! - data[near + channel]!) * share;
  };
  /** Where the 4×4 pixels around a cell lie between two surfaces: 0 at the first, 1 at the second. */
  const shares = new Float64Array(16);
  /** Fills `shares`. @returns whether the four pixels of the cell are mixtures of the two surfaces. */
  const areMixtures = (x: number, y: number, near: number, far: number): boolean => {
    let length = 0;
    for (let channel = 0; channel < 4; channel++)
      length += (data[far + channel]! - data[near + channel]!) ** 2;
    for (let at = 0; at < 16; at++) {
      const [row, column] = [at >> 2, at & 3];
      const from = Math.min(height - 1, Math.max(0, y - 1 + row)) * width;
      const pixel = 4 * (from + Math.min(width - 1, Math.max(0, x - 1 + column)));
      let [along, distance] = [0, 0];
      for (let channel = 0; channel < 4; channel++) {
        const offset = data[pixel + channel]! - data[near + channel]!;
        along += offset * (data[far + channel]! - data[near + channel]!);
        distance += offset * offset;
      }
      const isInCell = (row === 1 || row === 2) && (column === 1 || column === 2);
      if (isInCell && distance - along ** 2 / length > otherColour) return false;
      shares[at] = along / length;
    }
    return true;
  };
  const rowShares = new Float64Array(4);
  /** Draws the pixels of a cell that two surfaces share, as `sharpen` does. */
  const drawEdge = (cell: Cell, near: number, far: number): void => {
    const { x, y, firstRow, rows, firstColumn, columns } = cell;
    for (let row = firstRow; row < rows; row++) {
      const rowWeights = weights[row - y * factor - half]!;
      for (let at = 0; at < 4; at++)
        rowShares[at] =
          rowWeights[0] * shares[at]! +
          rowWeights[1] * shares[4 + at]! +
          rowWeights[2] * shares[8 + at]! +
          rowWeights[3] * shares[12 + at]!;
      for (let column = firstColumn; column < columns; column++) {
        const columnWeights = weights[column - x * factor - half]!;
        const smoothed =
          columnWeights[0] * rowShares[0]! +
          columnWeights[1] * rowShares[1]! +
          columnWeights[2] * rowShares[2]! +
          columnWeights[3] * rowShares[3]!;
        const share = ((smoothed - 0.5) * factor) / smoothedSlope + 0.5;
        const to = row * wide + column;
        if (share <= 0) colours[to] = ownColours[near >> 2]!;
        else if (share >= 1) colours[to] = ownColours[far >> 2]!;
        else {
          for (let channel = 0; channel < 4; channel++)
            pixels[4 * to + channel] =
              data[near + channel]! + (data[far + channel]! - data[near + channel]!) * share;
          takeOffWhite(pixels, 4 * to);
        }
      }
    }
  };
  const drawCell = (cell: Cell, top: number, bottom: number): void => {
    const { x, y, firstRow, rows, firstColumn, columns } = cell;
    const [left, right] = [Math.max(0, x), Math.min(width - 1, x + 1)];
    const [a, b, c, d] = [4 * (top + left), 4 * (top + right), 4 * (bottom + left), 4 * (bottom + right)];
    const spread = Math.max(difference(data, a, b), difference(data, a, c), difference(data, a, d));
    if (spread <= invisible) {
      for (let row = firstRow; row < rows; row++)
        colours.fill(ownColours[a >> 2]!, row * wide + firstColumn, row * wide + columns);
      return;
    }
    const surfaces = spread > sameSurface ? listSurfaces(picture, isInside, x, y) : noSurfaces;
    if (surfaces.length === 2 && areMixtures(x, y, surfaces[0]!, surfaces[1]!))
      return drawEdge(cell, surfaces[0]!, surfaces[1]!);
    for (let row = firstRow; row < rows; row++)
      for (let column = firstColumn; column < columns; column++) {
        const to = 4 * (row * wide + column);
        const across = (column + 0.5) / factor - 0.5 - x;
        const down = (row + 0.5) / factor - 0.5 - y;
        for (let channel = 0; channel < 4; channel++) {
          const above = data[a + channel]! + (data[b + channel]! - data[a + channel]!) * across;
          const below = data[c + channel]! + (data[d + channel]! - data[c + channel]!) * across;
          mixed[channel] = above + (below - above) * down;
        }
        if (surfaces.length > 1) {
          smoothAt(x, y, column - x * factor - half, row - y * factor - half);
          sharpen(surfaces);
        }
        for (let channel = 0; channel < 4; channel++) pixels[to + channel] = mixed[channel]!;
        takeOffWhite(pixels, to);
      }
  };
  // Cells lie between the centres of four pixels. Most are of one colour; those beside each other are drawn at once.
  for (let y = -1; y < height; y++) {
    const top = Math.max(0, y) * width;
    const bottom = Math.min(height - 1, y + 1) * width;
    const firstRow = Math.max(0, y * factor + half);
    const rows = Math.min(high, (y + 1) * factor + half);
    const columnOf = (x: number): number => Math.min(wide, Math.max(0, x * factor + half));
    for (let x = -1; x < width;) {
      const left = Math.max(0, x);
      const colour = pictureColours[top + left]!;
      let end = x;
      if (pictureColours[bottom + left] === colour)
        for (; end < width; end++) {
          const right = Math.min(width - 1, end + 1);
          if (pictureColours[top + right] !== colour || pictureColours[bottom + right] !== colour) break;
        }
      const [firstColumn, columns] = [columnOf(x), columnOf(Math.max(end, x + 1))];
      if (end > x) {
        const own = ownColours[top + left]!;
        for (let row = firstRow; row < rows; row++)
          colours.fill(own, row * wide + firstColumn, row * wide + columns);
        x = end;
      } else drawCell({ x: x++, y, firstRow, rows, firstColumn, columns }, top, bottom);
    }
  }
  return { data: pixels, width: wide, height: high };
}
