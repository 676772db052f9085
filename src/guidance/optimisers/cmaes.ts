import { type Random, type TensorRecord, hostFloats, hostScalar } from "../../tensor/index.js";

/**
 * CMA-ES: minimises a function of a few numbers from its values, without gradients. The state is in single precision, so that
 * snapshots store it exactly.
 * Source: Hansen 2016, "The CMA Evolution Strategy: A Tutorial", algorithm of figure 6 and table 1; a Cholesky factor of the
 * covariance is replaced by its symmetric root, after Krause, Arbonès & Igel 2016, "CMA-ES with optimal covariance update".
 */
export interface CmaState {
  /** `[size]`. */
  readonly mean: Float32Array;
  readonly sigma: number;
  /** `[size, size]`. */
  readonly covariance: Float32Array;
  /** Evolution paths of the step size and of the covariance, `[size]`. */
  readonly sizePath: Float32Array;
  readonly shapePath: Float32Array;
  readonly generation: number;
}

/** Constants of a problem: table 1, with positive weights only. */
interface Constants {
  readonly weights: readonly number[];
  readonly mass: number;
  readonly sizeRate: number;
  readonly damping: number;
  readonly shapeRate: number;
  readonly rankOne: number;
  readonly rankMany: number;
  /** Expected length of a standard normal vector. */
  readonly expected: number;
}

function constantsOf(size: number, population: number): Constants {
  const parents = Math.floor(population / 2);
  const raw = Array.from({ length: parents }, (_, at) => Math.log((population + 1) / 2) - Math.log(at + 1));
  const total = raw.reduce((sum, value) => sum + value, 0);
  const weights = raw.map((value) => value / total);
  const mass = 1 / weights.reduce((sum, value) => sum + value * value, 0);
  const sizeRate = (mass + 2) / (size + mass + 5);
  const rankOne = 2 / ((size + 1.3) ** 2 + mass);
  return {
    weights,
    mass,
    sizeRate,
    damping: 1 + 2 * Math.max(0, Math.sqrt((mass - 1) / (size + 1)) - 1) + sizeRate,
    shapeRate: (4 + mass / size) / (size + 4 + (2 * mass) / size),
    rankOne,
    rankMany: Math.min(1 - rankOne, (2 * (mass - 2 + 1 / mass)) / ((size + 2) ** 2 + mass)),
    expected: Math.sqrt(size) * (1 - 1 / (4 * size) + 1 / (21 * size * size)),
  };
}

/** Begins a search at a point, with steps of about `sigma`. */
export function beginCma(mean: Float32Array, sigma: number): CmaState {
  const size = mean.length;
  const covariance = Float32Array.from({ length: size * size }, (_, at) => (at % (size + 1) === 0 ? 1 : 0));
  const path = new Float32Array(size);
  return { mean, sigma: Math.fround(sigma), covariance, sizePath: path, shapePath: path, generation: 0 };
}

/** Lower triangle `L` with `L·Lᵀ` the covariance. */
function factorOf({ covariance }: CmaState, size: number): Float64Array {
  const lower = Float64Array.from(covariance);
  for (let row = 0; row < size; row++)
    for (let column = 0; column <= row; column++) {
      let sum = lower[row * size + column]!;
      for (let k = 0; k < column; k++) sum -= lower[row * size + k]! * lower[column * size + k]!;
      lower[row * size + column] =
        row === column ? Math.sqrt(Math.max(1e-12, sum)) : sum / lower[column * size + column]!;
    }
  return lower;
}

/** Samples the points of the next generation, `population` rows. */
export function sampleCma(state: CmaState, population: number, random: Random): Float32Array[] {
  const size = state.mean.length;
  const lower = factorOf(state, size);
  return Array.from({ length: population }, () => {
    const normals = random.normals(size);
    return state.mean.map((centre, row) => {
      let sum = 0;
      for (let k = 0; k <= row; k++) sum += lower[row * size + k]! * normals[k]!;
      return centre + state.sigma * sum;
    });
  });
}

/** Updates the state with the values of the points of a generation; less is better. */
export function updateCma(
  state: CmaState,
  points: readonly Float32Array[],
  values: readonly number[],
): CmaState {
  const size = state.mean.length;
  const { weights, mass, sizeRate, damping, shapeRate, rankOne, rankMany, expected } = constantsOf(
    size,
    points.length,
  );
  const order = values.map((_, at) => at).sort((a, b) => values[a]! - values[b]! || a - b);
  const moves = weights.map((_, rank) =>
    points[order[rank]!]!.map((value, at) => (value - state.mean[at]!) / state.sigma),
  );
  const move = state.mean.map((_, at) =>
    weights.reduce((sum, weight, rank) => sum + weight * moves[rank]![at]!, 0),
  );
  const lower = factorOf(state, size);
  const white = new Float64Array(size); // L⁻¹ · move
  for (let row = 0; row < size; row++) {
    let sum = move[row]!;
    for (let k = 0; k < row; k++) sum -= lower[row * size + k]! * white[k]!;
    white[row] = sum / lower[row * size + row]!;
  }
  const sizeGain = Math.sqrt(sizeRate * (2 - sizeRate) * mass);
  const sizePath = state.sizePath.map((value, at) => (1 - sizeRate) * value + sizeGain * white[at]!);
  const length = Math.hypot(...sizePath);
  const generation = state.generation + 1;
  const early =
    length / Math.sqrt(1 - (1 - sizeRate) ** (2 * generation)) < (1.4 + 2 / (size + 1)) * expected;
  const shapeGain = early ? Math.sqrt(shapeRate * (2 - shapeRate) * mass) : 0;
  const shapePath = state.shapePath.map((value, at) => (1 - shapeRate) * value + shapeGain * move[at]!);
  const lost = early ? 0 : rankOne * shapeRate * (2 - shapeRate);
  const covariance = state.covariance.map((value, at) => {
    const [row, column] = [Math.floor(at / size), at % size];
    const many = weights.reduce(
      (sum, weight, rank) => sum + weight * moves[rank]![row]! * moves[rank]![column]!,
      0,
    );
    return (
      (1 + lost - rankOne - rankMany) * value +
      rankOne * shapePath[row]! * shapePath[column]! +
      rankMany * many
    );
  });
  return {
    mean: state.mean.map((value, at) => value + state.sigma * move[at]!),
    sigma: Math.fround(state.sigma * Math.exp(Math.min(1, (sizeRate / damping) * (length / expected - 1)))),
    covariance,
    sizePath,
    shapePath,
    generation,
  };
}

/** Converts the state to tensors. */
export function cmaToTensors({
  mean,
  sigma,
  covariance,
  sizePath,
  shapePath,
  generation,
}: CmaState): TensorRecord {
  const size = mean.length;
  return {
    mean: hostFloats(mean, [size]),
    covariance: hostFloats(covariance, [size, size]),
    sizePath: hostFloats(sizePath, [size]),
    shapePath: hostFloats(shapePath, [size]),
    sigma: hostScalar(sigma),
    generation: hostScalar(generation),
  };
}

/** Reads the state from the tensors that `cmaToTensors` made. An optimiser's state is tensors, so each step converts it both ways. */
export function cmaFromTensors(tensors: TensorRecord): CmaState {
  const floats = (name: string): Float32Array => tensors[name]!.data as Float32Array;
  return {
    mean: floats("mean"),
    covariance: floats("covariance"),
    sizePath: floats("sizePath"),
    shapePath: floats("shapePath"),
    sigma: floats("sigma")[0]!,
    generation: floats("generation")[0]!,
  };
}
