/** Returns the natural logarithm of the gamma function for `x > 0`. Source: Lanczos 1964, coefficients for g = 7; error < 1e-13. */
export function logGamma(x: number): number {
  const coefficients = [
    676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
    -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
  ];
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const shifted = x - 1;
  const base = shifted + 7.5;
  const sum = coefficients.reduce(
    (total, value, at) => total + value / (shifted + at + 1),
    0.9999999999998099,
  );
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(base) - base + Math.log(sum);
}

/**
 * Computes the probability that a Beta(a, b) value is below `x`: the regularised incomplete beta function.
 * Source: Press et al. 2007, "Numerical Recipes", §6.4 (Lentz's method for the continued fraction).
 * @param x in [0, 1]; @param a above 0; @param b above 0.
 */
export function computeBetaCdf(x: number, a: number, b: number): number {
  return prepareBetaCdf(a, b)(x);
}

/** Returns `computeBetaCdf` of one distribution; its gamma functions take half of the time. */
function prepareBetaCdf(a: number, b: number): (x: number) => number {
  const [sum, first, second] = [logGamma(a + b), logGamma(a), logGamma(b)];
  const [scale, mirrored] = [sum - first - second, sum - second - first];
  return (x) => {
    if (x <= 0) return 0;
    if (x >= 1) return 1;
    if (x > (a + 1) / (a + b + 2)) return 1 - sumBetaFraction(1 - x, b, a, mirrored);
    return sumBetaFraction(x, a, b, scale);
  };
}

const tiny = 1e-300;
const guard = (value: number): number => (Math.abs(value) < tiny ? tiny : value);

/** Sums the continued fraction. @param scale −ln B(a, b). */
function sumBetaFraction(x: number, a: number, b: number, scale: number): number {
  const front = Math.exp(scale + a * Math.log(x) + b * Math.log1p(-x));
  let c = 1;
  let d = 1 / guard(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= 1000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / guard(1 + even * d);
    c = guard(1 + even / c);
    fraction *= c * d;
    d = 1 / guard(1 + odd * d);
    c = guard(1 + odd / c);
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-14) break;
  }
  return (front * fraction) / a;
}

/** Computes the quantile of Beta(a, b) at a probability, in [0, 1]; by bisection to 1e-15. */
export function computeBetaQuantile(probability: number, a: number, b: number): number {
  const cdf = prepareBetaCdf(a, b);
  let [low, high] = [0, 1];
  for (let step = 0; step < 52; step++) {
    const middle = (low + high) / 2;
    if (cdf(middle) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Computes the half-width of the interval that holds `level` of Student's t with `freedom` degrees of freedom: 12.7 for 0.95 and
 * 1.
 */
export function computeStudentHalfWidth(level: number, freedom: number): number {
  // P(|T| > t) = I(ν / (ν + t²); ν/2, 1/2).
  const ratio = computeBetaQuantile(1 - level, freedom / 2, 0.5);
  return Math.sqrt((freedom * (1 - ratio)) / ratio);
}

/**
 * Computes the probability that a standard normal value is below `z`. Source: Abramowitz & Stegun 1964, 26.2.17; error < 7.5e-8.
 */
export function computeNormalCdf(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const poly =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * poly;
  return z > 0 ? 1 - tail : tail;
}

/** Computes the half-width, in standard deviations, of the interval that holds `level` of a normal distribution: 1.96 for 0.95. */
export function computeNormalHalfWidth(level: number): number {
  let [low, high] = [0, 8];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (2 * computeNormalCdf(middle) - 1 < level) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
