/** Peak signal-to-noise ratio of values in [0, 1], dB. */
export function psnrOf(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at]! - b[at]!) ** 2;
  return -10 * Math.log10(Math.max(1e-10, sum / a.length));
}

/** Pixels whose label differs from the right or the lower neighbour's. */
function boundaryOf(labels: ArrayLike<number>, side: number): Uint8Array {
  const edge = new Uint8Array(side * side);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const at = y * side + x;
      if (
        (x + 1 < side && labels[at] !== labels[at + 1]) ||
        (y + 1 < side && labels[at] !== labels[at + side])
      )
        edge[at] = 1;
    }
  return edge;
}

/** The pixels within one of a set. */
function widened(edge: Uint8Array, side: number): Uint8Array {
  const out = new Uint8Array(edge.length);
  edge.forEach((value, at) => {
    if (!value) return;
    const [x, y] = [at % side, Math.floor(at / side)];
    for (let row = Math.max(0, y - 1); row <= Math.min(side - 1, y + 1); row++)
      for (let column = Math.max(0, x - 1); column <= Math.min(side - 1, x + 1); column++)
        out[row * side + column] = 1;
  });
  return out;
}

/**
 * F-score of region boundaries within a tolerance of one pixel, or exact. Source: Martin, Fowlkes & Malik 2004, "Learning to Detect Natural Image
 * Boundaries Using Local Brightness, Color, and Texture Cues", §3 (precision and recall of boundaries).
 */
export function boundaryF(
  generated: ArrayLike<number>,
  real: ArrayLike<number>,
  side: number,
  tolerance: 0 | 1 = 1,
): number {
  const [a, b] = [boundaryOf(generated, side), boundaryOf(real, side)];
  const share = (of: Uint8Array, allowed: Uint8Array): number => {
    let [hits, count] = [0, 0];
    of.forEach((value, at) => {
      if (!value) return;
      count++;
      hits += allowed[at]!;
    });
    return count === 0 ? 1 : hits / count;
  };
  const near = (edge: Uint8Array): Uint8Array => (tolerance === 0 ? edge : widened(edge, side));
  const [precision, recall] = [share(a, near(b)), share(b, near(a))];
  return precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
}

/** Share of ink three pixels or more from any boundary whose leading slot has more than 95 % of it. */
export function purityOf(labels: ArrayLike<number>, purest: ArrayLike<number>, side: number): number {
  let near = boundaryOf(labels, side);
  for (let round = 0; round < 3; round++) near = widened(near, side);
  let [pure, count] = [0, 0];
  for (let at = 0; at < side * side; at++) {
    if (labels[at] === 0 || near[at]) continue;
    count++;
    if (purest[at]! > 0.95) pure++;
  }
  return count === 0 ? 1 : pure / count;
}

/** Connected parts (four neighbours) of equal label, the background left out; single pixels do not count. */
export function components(labels: ArrayLike<number>, side: number): number {
  const seen = new Uint8Array(side * side);
  let count = 0;
  const stack: number[] = [];
  for (let start = 0; start < side * side; start++) {
    if (seen[start] || labels[start] === 0) continue;
    let size = 0;
    stack.push(start);
    seen[start] = 1;
    while (stack.length > 0) {
      const at = stack.pop()!;
      size++;
      const x = at % side;
      for (const next of [x > 0 ? at - 1 : -1, x + 1 < side ? at + 1 : -1, at - side, at + side])
        if (next >= 0 && next < side * side && !seen[next] && labels[next] === labels[start]) {
          seen[next] = 1;
          stack.push(next);
        }
    }
    if (size > 1) count++;
  }
  return count;
}

/** Mean gradient of the steepest 5 % of pixels of an RGB picture in [0, 1]. */
export function steepness(rgb: ArrayLike<number>, side: number): number {
  const slopes: number[] = [];
  for (let y = 0; y + 1 < side; y++)
    for (let x = 0; x + 1 < side; x++) {
      let sum = 0;
      for (let channel = 0; channel < 3; channel++) {
        const at = (y * side + x) * 3 + channel;
        sum += Math.hypot(rgb[at + 3]! - rgb[at]!, rgb[at + side * 3]! - rgb[at]!);
      }
      slopes.push(sum / 3);
    }
  slopes.sort((a, b) => b - a);
  const count = Math.ceil(slopes.length / 20);
  return slopes.slice(0, count).reduce((sum, value) => sum + value, 0) / count;
}

/** A drawing painted from its label map and linear fills, RGB over white in [0, 1], `[side, side, 3]`. */
export function paintRegions(
  labels: ArrayLike<number>,
  fills: readonly (readonly number[])[],
  side: number,
): Float32Array {
  const out = new Float32Array(side * side * 3).fill(1);
  for (let at = 0; at < side * side; at++) {
    const fill = labels[at] === 0 ? undefined : fills[labels[at]! - 1];
    if (!fill) continue;
    const x = (((at % side) + 0.5) / side) * 2 - 1;
    const y = ((Math.floor(at / side) + 0.5) / side) * 2 - 1;
    for (let channel = 0; channel < 3; channel++)
      out[at * 3 + channel] = Math.min(
        1,
        Math.max(0, fill[channel]! + fill[3 + channel]! * x + fill[6 + channel]! * y),
      );
  }
  return out;
}

/** Means of 2×2 pixels of an RGB picture. */
export function halved(rgb: ArrayLike<number>, side: number): Float32Array {
  const half = side / 2;
  return Float32Array.from({ length: half * half * 3 }, (_, index) => {
    const channel = index % 3;
    const [x, y] = [Math.floor(index / 3) % half, Math.floor(index / 3 / half)];
    const at = (2 * y * side + 2 * x) * 3 + channel;
    return (rgb[at]! + rgb[at + 3]! + rgb[at + side * 3]! + rgb[at + side * 3 + 3]!) / 4;
  });
}

/** CIELAB (D65) of an sRGB colour in [0, 1]. Source: CIE 15:2004; sRGB by IEC 61966-2-1. */
export function labOf(rgb: readonly number[]): [number, number, number] {
  const [r, g, b] = rgb.map((value) =>
    value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4,
  ) as [number, number, number];
  const curve = (t: number): number => (t > (6 / 29) ** 3 ? Math.cbrt(t) : t / (3 * (6 / 29) ** 2) + 4 / 29);
  const x = curve((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
  const y = curve(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = curve((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** ΔE (CIE 1976) between the mean colours of each region of a drawing and of a painting, for regions of 1 % of the picture and more. */
export function regionDifferences(
  labels: ArrayLike<number>,
  drawing: ArrayLike<number>,
  painting: ArrayLike<number>,
  side: number,
): number[] {
  const sums = new Map<number, { count: number; real: number[]; generated: number[] }>();
  for (let at = 0; at < side * side; at++) {
    if (labels[at] === 0) continue;
    const sum = sums.get(labels[at]!) ?? { count: 0, real: [0, 0, 0], generated: [0, 0, 0] };
    sum.count++;
    for (let channel = 0; channel < 3; channel++) {
      sum.real[channel]! += drawing[at * 3 + channel]!;
      sum.generated[channel]! += painting[at * 3 + channel]!;
    }
    sums.set(labels[at]!, sum);
  }
  const differences = [...sums.values()]
    .filter(({ count }) => count >= (side * side) / 100)
    .map(({ count, real, generated: generated }) => {
      const [a, b] = [real, generated].map((values) => labOf(values.map((value) => value / count)));
      return Math.hypot(...a!.map((value, at) => value - b![at]!));
    });
  return differences.length > 0 ? differences : [0];
}
