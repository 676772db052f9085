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

/** Converts the layout of a tensor and scales its values. The factor may depend on the old shape. */
export type TensorConversion = (tensor: HostTensor) => HostTensor;

/** Transposes PyTorch's `[out, in]` to `[in, out]`. */
export const asDense =
  (factor: (inputs: number) => number = () => 1): TensorConversion =>
  (tensor) =>
    permuteAxes(tensor, [1, 0], factor(tensor.shape[1]!));

/** Transposes PyTorch's `[out, in, height, width]` to `[height, width, in, out]`. `factor` receives the number of inputs. */
export const asKernel =
  (factor: (inputs: number) => number = () => 1): TensorConversion =>
  (tensor) =>
    permuteAxes(tensor, [2, 3, 1, 0], factor(sizeOf(tensor.shape.slice(1))));

/** Makes a conversion that multiplies every value by a factor. */
export const multiplyBy =
  (factor: number): TensorConversion =>
  (tensor) =>
    deriveTensor(tensor, (data) => data.map((value) => value * factor));

/** Makes a conversion to another shape with the same values. */
export const reshapeTo =
  (shape: (old: readonly number[]) => readonly number[]): TensorConversion =>
  (tensor) =>
    deriveTensor(tensor, (data) => data, shape(tensor.shape));

/** Applies conversions in order. */
export const chainConversions =
  (first: TensorConversion, second: TensorConversion): TensorConversion =>
  (tensor) =>
    second(first(tensor));

/**
 * A rule of a mapping table. It renames matching tensors (as in `replace`), or drops them if `to` is undefined, and converts them.
 * Dropped tensors are converted too, so that the conversion can reject them.
 */
export type Rule = readonly [
  from: RegExp,
  to: string | ((match: string, ...groups: string[]) => string) | undefined,
  convert?: TensorConversion,
];

/**
 * Applies to each tensor the first rule whose pattern matches its name.
 * @returns the converted tensors, and a message for each tensor that no rule matched (the `otherMisfits` of `checkWeights`).
 * @throws what the conversion of a rule throws.
 */
export function applyRules(
  tensors: TensorRecord,
  rules: readonly Rule[],
): { weights: TensorRecord; unmatched: string[] } {
  const weights: TensorRecord = {};
  const unmatched: string[] = [];
  for (const [name, tensor] of Object.entries(tensors)) {
    const rule = rules.find(([from]) => from.test(name));
    if (!rule) {
      unmatched.push(`"${name}" [${tensor.shape}] is not known`);
      continue;
    }
    const [from, to, convert] = rule;
    const converted = convert ? convert(tensor) : tensor;
    if (to !== undefined) weights[name.replace(from, to as string)] = converted; // either form of `to` fits `replace`
  }
  return { weights, unmatched };
}

/** Maximum number of misfits in an error. */
const maxNamedMisfits = 5;

/**
 * Checks the weights of a checkpoint against the names and shapes that an architecture expects.
 * @param architecture with its article: `a StyleGAN2`.
 * @param otherMisfits messages about tensors that could not be converted. They follow the misfits that are found here.
 * @throws {WeightsError} with the first five misfits and the number of the others.
 */
export function checkWeights(
  architecture: string,
  weights: TensorRecord,
  expected: Readonly<Record<string, readonly number[]>>,
  otherMisfits: readonly string[] = [],
): void {
  const misfits = [
    ...Object.entries(expected).flatMap(([name, shape]) => {
      const given = Object.hasOwn(weights, name) ? weights[name] : undefined;
      if (!given) return [`"${name}" [${shape}] is missing`];
      return given.shape.join() === shape.join()
        ? []
        : [`"${name}" is [${given.shape}], expected [${shape}]`];
    }),
    ...Object.keys(weights)
      .filter((name) => !Object.hasOwn(expected, name))
      .map((name) => `"${name}" is not expected`),
    ...otherMisfits,
  ];
  if (misfits.length === 0) return;
  const more = misfits.length > maxNamedMisfits ? `; and ${misfits.length - maxNamedMisfits} more` : "";
  throw new WeightsError(
    `checkpoint: looks like ${architecture}, but ${misfits.slice(0, maxNamedMisfits).join("; ")}${more}; is the architecture modified, or is the file truncated?`,
  );
}
