/** A colour, R, G and B in [0, 1]. */
export type Colour = readonly [number, number, number];

/** A colour along a line. */
export interface GradientStop {
  /** Place on the line, 0 to 1. */
  readonly offset: number;
  readonly colour: Colour;
}

/** A plain colour, or a linear gradient along a line in pixels. */
export type Fill =
  | { readonly colour: Colour }
  | {
      readonly from: readonly [x: number, y: number];
      readonly to: readonly [x: number, y: number];
      readonly stops: readonly GradientStop[];
    };

/** Pixels of one region. */
export interface Samples {
  /** Centres in pixels. */
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** `[count, 3]`. */
  readonly colours: Float32Array;
}

/** Maximum difference of a channel that counts as invisible. */
const maxInvisibleDifference = 1.5 / 255;

/** Pivots below this count as 0. */
const minPivot = 1e-9;

/** Solves a small linear system by Gauss–Jordan elimination. Unknowns that the system does not determine become 0. */
function solveLinearSystem(matrix: readonly (readonly number[])[], constants: readonly number[]): number[] {
  /** Each row of the matrix, followed by its constant. */
  const rows = matrix.map((coefficients, row) => [...coefficients, constants[row]!]);
  const size = rows.length;
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++)
      if (Math.abs(rows[row]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = row;
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    const lead = rows[column]![column]!;
    if (Math.abs(lead) < minPivot) continue;
    for (let row = 0; row < size; row++) {
      if (row === column) continue;
      const factor = rows[row]![column]! / lead;
      for (let other = column; other <= size; other++) rows[row]![other]! -= factor * rows[column]![other]!;
    }
  }
  return rows.map((row, index) => (Math.abs(row[index]!) < minPivot ? 0 : row[size]! / row[index]!));
}

/**
 * Fits the colours of pixels by a sum of basis functions, with least squares.
 * @param basis values of each function at each pixel.
 * @returns the weights of the functions, `[basis][channel]`.
 */
function fitBasis(basis: readonly Float32Array[], colours: Float32Array): number[][] {
  const inner = (a: Float32Array, b: Float32Array): number =>
    a.reduce((sum, value, at) => sum + value * b[at]!, 0);
  const matrix = basis.map((row) => basis.map((column) => inner(row, column)));
  const channels = [0, 1, 2].map((channel) => {
    const constants = basis.map((row) =>
      row.reduce((sum, value, at) => sum + value * colours[at * 3 + channel]!, 0),
    );
    return solveLinearSystem(matrix, constants);
  });
  return basis.map((_, at) => channels.map((channel) => channel[at]!));
}

const clamp = (value: number): number => Math.min(1, Math.max(0, value));
const colourOf = (values: readonly number[]): Colour => [
  clamp(values[0]!),
  clamp(values[1]!),
  clamp(values[2]!),
];

/**
 * Finds the unit direction along which three channels with these slopes change most: the leading eigenvector of the sum of their
 * outer products.
 */
function findLeadingDirection(alongX: readonly number[], alongY: readonly number[]): [number, number] {
  const sum = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((all, value, at) => all + value * b[at]!, 0);
  const [xx, xy, yy] = [sum(alongX, alongX), sum(alongX, alongY), sum(alongY, alongY)];
  const angle = Math.atan2(2 * xy, xx - yy) / 2;
  return [Math.cos(angle), Math.sin(angle)];
}

/**
 * Fits a fill to a region's pixels: a colour, or a gradient of two or three stops along the direction in which the
 * channels' linear fits together change most.
 */
export function fitFill({ x, y, colours }: Samples): Fill {
  const count = x.length;
  const centre = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / count;
  const [middleX, middleY] = [centre(x), centre(y)];
  const dx = Float32Array.from(x, (value) => value - middleX);
  const dy = Float32Array.from(y, (value) => value - middleY);
  const [mean, alongX, alongY] = fitBasis([new Float32Array(count).fill(1), dx, dy], colours);
  const [right, down] = findLeadingDirection(alongX!, alongY!);
  const along = dx.map((value, at) => value * right + dy[at]! * down);
  const first = along.reduce((least, value) => Math.min(least, value), Infinity);
  const last = along.reduce((most, value) => Math.max(most, value), -Infinity);
  const length = last - first;
  if (!(length >= 1)) return { colour: colourOf(mean!) };
  const place = along.map((value) => (value - first) / length);
  const hat = (at: number): Float32Array => place.map((value) => Math.max(0, 1 - 2 * Math.abs(value - at)));
  const three = fitBasis([hat(0), hat(0.5), hat(1)], colours);
  const two = fitBasis([place.map((value) => 1 - value), place], colours);
  const maxDifference = (a: readonly number[], b: readonly number[]): number =>
    Math.max(...a.map((value, at) => Math.abs(value - b[at]!)));
  const middle = two[0]!.map((value, at) => (value + two[1]![at]!) / 2);
  const isBent =
    Math.max(
      maxDifference(three[0]!, two[0]!),
      maxDifference(three[1]!, middle),
      maxDifference(three[2]!, two[1]!),
    ) >
    2 * maxInvisibleDifference;
  const fitted = isBent ? three : two;
  const isFlat = fitted.every((stop) => maxDifference(stop, mean!) < maxInvisibleDifference);
  if (isFlat) return { colour: colourOf(mean!) };
  const pointAt = (value: number): [number, number] => [middleX + right * value, middleY + down * value];
  return {
    from: pointAt(first),
    to: pointAt(last),
    stops: fitted.map((stop, at) => ({ offset: at / (fitted.length - 1), colour: colourOf(stop) })),
  };
}
