/** A change on a square around a picture, to be added to the picture at any size. */
export interface ChangeField {
  readonly side: number;
  /** Position of the picture on the square, in pixels of the square. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Signed change of the colours as composited over white, `[side, side, 3]`. Pixels are in [0, 1], so changes are in [−1, 1]. */
  readonly colour: Float32Array;
  /** Signed change of alpha, `[side, side]`, in [−1, 1]; alpha is unchanged when absent. */
  readonly alpha?: Float32Array;
}

/** Reads a change row by row at the size of the whole picture. */
export interface FieldReader {
  /**
   * Returns the changes of the pixels of a row: of colours, `[width · 3]`, and of alpha, `[width]`. The arrays are used again for
   * the next row.
   * @param y in [0, height).
   */
  row(y: number): { readonly colour: Float32Array; readonly alpha: Float32Array | undefined };
}

/** Four neighbouring pixels of an axis and their weights. */
interface Taps {
  readonly at: readonly [number, number, number, number];
  readonly weights: readonly [number, number, number, number];
}

/** Returns the weights of cubic interpolation. Source: Keys 1981, equation 15 with a = −0.5. */
function tapsAt(position: number, side: number): Taps {
  const first = Math.floor(position);
  const t = position - first;
  const clamp = (index: number): number => Math.min(side - 1, Math.max(0, index));
  return {
    at: [clamp(first - 1), clamp(first), clamp(first + 1), clamp(first + 2)],
    weights: [
      ((-0.5 * t + 1) * t - 0.5) * t,
      (1.5 * t - 2.5) * t * t + 1,
      ((-1.5 * t + 2) * t + 0.5) * t,
      (0.5 * t - 0.5) * t * t,
    ],
  };
}

/**
 * Creates a reader of a change for a picture of `width` × `height`. Rows are interpolated (bicubic, no antialiasing) if that is not
 * `field.width` × `field.height`. The resized change is never in memory as a whole.
 */
export function createFieldReader(field: ChangeField, width: number, height: number): FieldReader {
  const { side, left, top } = field;
  const planes = [
    {
      data: field.colour,
      channels: 3,
      row: new Float32Array(width * 3),
      blended: new Float32Array(side * 3),
    },
    ...(field.alpha
      ? [{ data: field.alpha, channels: 1, row: new Float32Array(width), blended: new Float32Array(side) }]
      : []),
  ];
  const same = width === field.width && height === field.height;
  const across = same
    ? []
    : Array.from({ length: width }, (_, x) => tapsAt(((x + 0.5) * field.width) / width - 0.5 + left, side));
  const result = { colour: planes[0]!.row, alpha: planes[1]?.row };
  return {
    row(y) {
      if (same) {
        for (const { data, channels, row } of planes) {
          const from = ((y + top) * side + left) * channels;
          row.set(data.subarray(from, from + width * channels));
        }
        return result;
      }
      const down = tapsAt(((y + 0.5) * field.height) / height - 0.5 + top, side);
      for (const { data, channels, row, blended } of planes) {
        const length = side * channels;
        const [a, b, c, d] = down.at.map((index) => index * length) as [number, number, number, number];
        const [wa, wb, wc, wd] = down.weights;
        for (let at = 0; at < length; at++)
          blended[at] = data[a + at]! * wa + data[b + at]! * wb + data[c + at]! * wc + data[d + at]! * wd;
        for (let x = 0; x < width; x++) {
          const { at, weights } = across[x]!;
          for (let channel = 0; channel < channels; channel++)
            row[x * channels + channel] =
              blended[at[0] * channels + channel]! * weights[0] +
              blended[at[1] * channels + channel]! * weights[1] +
              blended[at[2] * channels + channel]! * weights[2] +
              blended[at[3] * channels + channel]! * weights[3];
        }
      }
      return result;
    },
  };
}
