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

/** Sampling matrices of many spans: `[spans, 1, to, from]`, to multiply planes `[…, channels, from, from]`. */
export function samplingMatrices(spans: readonly Span[], from: number, to: number): Float32Array {
  const out = new Float32Array(spans.length * to * from);
  spans.forEach((span, index) => writeSamplingMatrix(out, index * to * from, from, to, span));
  return out;
}
