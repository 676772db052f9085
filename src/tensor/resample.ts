/** A box of a picture along one axis, in parts of its side: it starts at `start` and is `span` long; either may leave [0, 1]. */
export interface Span {
  readonly start: number;
  readonly span: number;
  readonly flip?: boolean;
}

/**
 * Writes the matrix `[to, from]` that samples a span of one axis: linear interpolation, widened to the mean of what a
 * pixel covers when shrinking. Rows that look outside the picture are zero. A crop and resize of a picture is
 * `rows · picture · columnsᵀ`: exact, differentiable and fast.
 * @param out where to write, `to · from` values from `offset`.
 */
export function writeSamplingMatrix(
  out: Float32Array,
  offset: number,
  from: number,
  to: number,
  { start, span, flip = false }: Span,
): void {
  out.fill(0, offset, offset + to * from);
  const scale = Math.max(1, (span * from) / to);
  for (let row = 0; row < to; row++) {
    const part = (flip ? to - 1 - row : row) + 0.5;
    const centre = (start + (part / to) * span) * from - 0.5;
    if (centre < -0.5 || centre > from - 0.5) continue;
    const low = Math.max(0, Math.ceil(centre - scale));
    const high = Math.min(from - 1, Math.floor(centre + scale));
    let total = 0;
    for (let column = low; column <= high; column++)
      total += Math.max(0, 1 - Math.abs(column - centre) / scale);
    if (total === 0) continue;
    for (let column = low; column <= high; column++)
      out[offset + row * from + column] = Math.max(0, 1 - Math.abs(column - centre) / scale) / total;
  }
}

/** Makes the sampling matrices of many spans: `[spans, 1, to, from]`, to multiply planes `[…, channels, from, from]`. */
export function makeSamplingMatrices(spans: readonly Span[], from: number, to: number): Float32Array {
  const out = new Float32Array(spans.length * to * from);
  spans.forEach((span, index) => writeSamplingMatrix(out, index * to * from, from, to, span));
  return out;
}

/** Weights of the consecutive input pixels of one output pixel along an axis. */
export interface Taps {
  readonly first: number;
  readonly weights: readonly number[];
}

const sharpness = -0.5;

/**
 * Computes Keys' cubic kernel at a distance in pixels. Source: Keys 1981, "Cubic Convolution Interpolation for Digital Image Processing", equation 15
 * with a = −0.5.
 */
function cubicKernelAt(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return ((sharpness + 2) * x - (sharpness + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * sharpness : 0;
}

/**
 * Computes the taps of bicubic resampling along one axis, antialiased: when shrinking, the kernel is as wide as what an output pixel covers.
 * Weights past the border are dropped and the others are normalised to 1, as in Pillow.
 * @returns `to` entries.
 */
export function computeBicubicTaps(from: number, to: number): Taps[] {
  const scale = from / to;
  const widened = Math.max(1, scale);
  return Array.from({ length: to }, (_, index) => {
    const centre = (index + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - 2 * widened + 0.5));
    const end = Math.min(from, Math.trunc(centre + 2 * widened + 0.5));
    const raw = Array.from({ length: end - first }, (_unused, at) =>
      cubicKernelAt((at + first - centre + 0.5) / widened),
    );
    const total = raw.reduce((sum, weight) => sum + weight, 0);
    return { first, weights: raw.map((weight) => weight / total) };
  });
}

/** Makes the matrix `[to, from]` of `computeBicubicTaps`, to resize pictures inside a graph: `rows · picture · columnsᵀ`. */
export function makeBicubicMatrix(from: number, to: number): Float32Array {
  const out = new Float32Array(to * from);
  computeBicubicTaps(from, to).forEach(({ first, weights }, row) => {
    out.set(weights, row * from + first);
  });
  return out;
}
