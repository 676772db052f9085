import { WeightsError } from "../errors.js";
import { type HostTensor, type TensorRecord, deferFloats, sizeOf } from "../tensor/index.js";

// Values are converted on access, so only one tensor of a checkpoint on disk is in memory at a time.

/** Derives a tensor whose values are computed from another's on access. */
export const deriveTensor = (
  tensor: HostTensor,
  make: (values: Float32Array) => Float32Array,
  shape: readonly number[] = tensor.shape,
): HostTensor =>
  deferFloats(shape, () =>
    make(tensor.data instanceof Float32Array ? tensor.data : Float32Array.from(tensor.data)),
  );

/** Transposes the values of a tensor and multiplies them by a factor. */
export function permuteAxes(tensor: HostTensor, order: readonly number[], factor = 1): HostTensor {
  const { shape } = tensor;
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const sides = order.map((axis) => shape[axis]!);
  return deriveTensor(
    tensor,
    (data) => {
      const out = new Float32Array(data.length);
      const position = sides.map(() => 0);
      let from = 0;
      for (let to = 0; to < out.length; to++) {
        out[to] = data[from]! * factor;
        for (let axis = sides.length - 1; axis >= 0; axis--) {
          const stride = strides[order[axis]!]!;
          from += stride;
          if (++position[axis]! < sides[axis]!) break;
          from -= stride * sides[axis]!;
          position[axis] = 0;
        }
      }
      return out;
    },
    sides,
  );
}

/** A conversion of a tensor's layout; its factor may depend on the old shape. */
export type Turn = (tensor: HostTensor) => HostTensor;

/** Transposes PyTorch's `[out, in]` to `[in, out]`. */
export const asDense =
  (factor: (inputs: number) => number = () => 1): Turn =>
  (tensor) =>
    permuteAxes(tensor, [1, 0], factor(tensor.shape[1]!));

/** Transposes PyTorch's `[out, in, height, width]` to `[height, width, in, out]`; the factor is given the number of inputs. */
export const asKernel =
  (factor: (inputs: number) => number = () => 1): Turn =>
  (tensor) =>
    permuteAxes(tensor, [2, 3, 1, 0], factor(sizeOf(tensor.shape.slice(1))));

/** Makes a conversion that multiplies every value by a factor. */
export const multiplyBy =
  (factor: number): Turn =>
  (tensor) =>
    deriveTensor(tensor, (data) => data.map((value) => value * factor));

/** Makes a conversion to another shape with the same values. */
export const reshapeTo =
  (shape: (old: readonly number[]) => readonly number[]): Turn =>
  (tensor) =>
    deriveTensor(tensor, (data) => data, shape(tensor.shape));

/** Applies conversions in order. */
export const chainTurns =
  (first: Turn, second: Turn): Turn =>
  (tensor) =>
    second(first(tensor));

/**
 * A rule of a mapping table: renames matching tensors (as in `replace`) or drops them, and converts them. Dropped tensors are
 * converted too, so that the conversion can reject them.
 */
export type Rule = readonly [
  from: RegExp,
  to: string | ((match: string, ...groups: string[]) => string) | undefined,
  turn?: Turn,
];

/**
 * Applies to each tensor the first rule whose pattern matches its name.
 * @returns the converted tensors and, for each tensor that no rule matched, a message for `checkWeights`.
 * @throws what the conversion of a rule throws.
 */
export function applyRules(
  tensors: TensorRecord,
  rules: readonly Rule[],
): { weights: TensorRecord; strangers: string[] } {
  const weights: TensorRecord = {};
  const strangers: string[] = [];
  for (const [name, tensor] of Object.entries(tensors)) {
    const rule = rules.find(([from]) => from.test(name));
    if (!rule) {
      strangers.push(`"${name}" [${tensor.shape}] is not known`);
      continue;
    }
    const [from, to, turn] = rule;
    const converted = turn ? turn(tensor) : tensor;
    if (to !== undefined) weights[name.replace(from, to as string)] = converted; // either form of `to` fits `replace`
  }
  return { weights, strangers };
}

/**
 * Checks weights against the shapes that a model of their architecture has.
 * @throws {WeightsError} naming the first misfits of all kinds.
 */
export function checkWeights(
  looksLike: string,
  weights: TensorRecord,
  expected: Readonly<Record<string, readonly number[]>>,
  strangers: readonly string[] = [],
): void {
  const misfits = [
    ...Object.entries(expected).flatMap(([name, shape]) => {
      const given = weights[name];
      if (!given) return [`"${name}" [${shape}] is missing`];
      return given.shape.join() === shape.join()
        ? []
        : [`"${name}" is [${given.shape}], expected [${shape}]`];
    }),
    ...Object.keys(weights)
      .filter((name) => !(name in expected))
      .map((name) => `"${name}" is not expected`),
    ...strangers,
  ];
  if (misfits.length === 0) return;
  const more = misfits.length > 5 ? `; and ${misfits.length - 5} more` : "";
  throw new WeightsError(
    `checkpoint: looks like ${looksLike}, but ${misfits.slice(0, 5).join("; ")}${more}; is it a changed architecture, or cut short?`,
  );
}
