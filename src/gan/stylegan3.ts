import { WeightsError } from "../errors.js";
import {
  type HostTensor,
  type Parameters,
  type TensorRecord,
  dense,
  hostScalar,
  scope,
  sizeOf,
} from "../tensor/index.js";
import * as tf from "../tf.js";
import { type AxisFilter, filterPlane, filterSquare } from "./filters.js";
import type { Generator } from "./interface.js";
import {
  type StyleSpace,
  activate,
  equalised,
  readLoadedWeight,
  mappingRules,
  readMappingShape,
  mappingSpecsOf,
  createStyleGenerator,
} from "./stylegan.js";
import {
  type Rule,
  type TensorConversion,
  applyRules,
  asDense,
  asKernel,
  checkWeights,
  permuteAxes,
  multiplyBy,
  deriveTensor,
} from "./weights.js";

/** Settings of a StyleGAN3 that its weight shapes do not determine. */
export interface StyleGan3Config {
  /** Side of each layer's output, margins included; the last is the picture's. */
  readonly sizes: readonly number[];
  readonly space?: StyleSpace | undefined;
}

// Settings of the networks that exist, which their files do not hold. Source: Karras et al. 2021, "Alias-Free GAN",
// appendix D, and the defaults of NVlabs/stylegan3.
const margin = 10;
const bandwidth = 2;
const tapsPerSample = 6;
const clamp = 256;
const outputScale = 0.25;

/** Resampling of a layer: upsampling before the rectifier, downsampling after it. */
interface LayerFilters {
  readonly up: AxisFilter;
  readonly down: AxisFilter;
  /** Taps `[size, size]` of a non-separable filter, used instead of `down`. */
  readonly square: Float32Array | undefined;
}

/** Taps of a layer that is not resampled. */
const identityTaps: HostTensor = { shape: [1], dtype: "float32", data: Float32Array.of(1) };
const factorOf = ({ shape }: HostTensor): number => Math.max(1, Math.floor(shape[0]! / tapsPerSample));

function designFilters(weights: TensorRecord, index: number, from: number, to: number): LayerFilters {
  const [up, down] = [weights[`L${index}.up`] ?? identityTaps, weights[`L${index}.down`] ?? identityTaps];
  const [raise, lower] = [factorOf(up), factorOf(down)];
  const kernel = weights[`L${index}.weight`]!.shape[0]!;
  // Padding for the target size that keeps the sample positions. Source: appendix C.3.
  const taps = up.shape[0]! + down.shape[0]! - 2;
  const total = (to - 1) * lower + 1 - (from + kernel - 1) * raise + taps;
  const before = Math.floor((total + raise) / 2);
  return {
    up: {
      taps: Float32Array.from(up.data, (value) => value * raise),
      up: raise,
      down: 1,
      pad: [before, total - before],
    },
    down: { taps: down.data, up: 1, down: lower, pad: [0, 0] },
    square: down.shape.length === 2 ? (down.data as Float32Array) : undefined,
  };
}

/** Makes the sides of the first map's sampling grid, as `[x, y]` for each pixel: `[1, size², 2]`. */
function makeGrid(size: number): tf.Tensor3D {
  const rate = size - 2 * margin;
  const at = (index: number): number => (index + 0.5 - size / 2) / rate;
  const values = Array.from({ length: size * size }, (_, pixel) => [
    at(pixel % size),
    at(Math.floor(pixel / size)),
  ]);
  return tf.tensor3d([values]);
}

/** Computes Fourier features on a grid that w rotates and shifts: `[batch, size, size, channels]`. */
function computeFourier(parameters: Parameters, w: tf.Tensor, size: number, channels: number): tf.Tensor4D {
  const [batch] = w.shape as [number];
  const pose = dense(scope(parameters, "affine"), w, 4);
  const length = tf.sqrt(tf.sum(tf.square(tf.slice(pose, [0, 0], [-1, 2])), 1, true));
  const [cos, sin, right, down] = tf.split(
    tf.reshape(tf.div(pose, length), [batch, 1, 4]),
    4,
    2,
  ) as tf.Tensor[];
  const [x, y] = tf.split(makeGrid(size), 2, 2) as [tf.Tensor, tf.Tensor];
  const [dx, dy] = [tf.sub(x, right!), tf.sub(y, down!)];
  const turned = tf.concat(
    [tf.sub(tf.mul(cos!, dx), tf.mul(sin!, dy)), tf.add(tf.mul(sin!, dx), tf.mul(cos!, dy))],
    2,
  ); // [batch, size², 2]
  const waves = tf.matMul(tf.reshape(turned, [-1, 2]), readLoadedWeight(parameters, "freqs", 2, channels));
  const features = tf.sin(
    tf.mul(tf.add(waves, readLoadedWeight(parameters, "phases", channels)), 2 * Math.PI),
  );
  const mixed = tf.matMul(features, readLoadedWeight(parameters, "weight", channels, channels));
  return tf.reshape(mixed, [batch, size, size, channels]) as tf.Tensor4D;
}

/** Reshapes `[batch, channels]` to `[batch, 1, 1, channels]`, which broadcasts over pictures. */
const perChannel = (x: tf.Tensor): tf.Tensor => tf.reshape(x, [x.shape[0]!, 1, 1, x.shape[1]!]);

/** Applies a modulated convolution, then the rectifier at a higher sampling rate. */
function applyLayer(
  parameters: Parameters,
  x: tf.Tensor4D,
  w: tf.Tensor,
  [size, , , out]: readonly number[],
  { up, down, square }: LayerFilters,
): tf.Tensor4D {
  const inputs = x.shape[3];
  const kernel = readLoadedWeight(parameters, "weight", size!, size!, inputs, out!) as tf.Tensor4D;
  const style = dense(scope(parameters, "affine"), w, inputs);
  const power = tf.matMul(tf.square(style), tf.sum(tf.square(kernel), [0, 1]));
  const around: [number, number] = [size! - 1, size! - 1];
  const padded = tf.pad4d(tf.mul(x, perChannel(style)) as tf.Tensor4D, [[0, 0], around, around, [0, 0]]);
  const level = tf.mul(tf.rsqrt(tf.add(power, 1e-8)), readLoadedWeight(parameters, "gain"));
  const convolved = tf.mul(tf.conv2d(padded, kernel, 1, "valid"), perChannel(level));
  const raised = filterPlane(
    tf.add(convolved, readLoadedWeight(parameters, "bias", out!)) as tf.Tensor4D,
    up,
  );
  const active = activate(raised, clamp);
  return square ? filterSquare(active, square, down) : filterPlane(active, down);
}

function synthesizeLayers(
  parameters: Parameters,
  weights: TensorRecord,
  filters: readonly LayerFilters[],
  first: number,
  styles: tf.Tensor3D,
): tf.Tensor4D {
  const [batch, , size] = styles.shape;
  const row = (index: number): tf.Tensor =>
    tf.reshape(tf.slice(styles, [0, index, 0], [-1, 1, -1]), [batch, size]);
  let x = computeFourier(scope(parameters, "input"), row(0), first, weights["input.phases"]!.shape[0]!);
  filters.slice(0, -1).forEach((each, index) => {
    x = applyLayer(
      scope(parameters, `L${index}`),
      x,
      row(index + 1),
      weights[`L${index}.weight`]!.shape,
      each,
    );
  });
  const last = filters.length - 1;
  const at = scope(parameters, `L${last}`);
  const inputs = x.shape[3];
  const scaled = tf.mul(x, perChannel(dense(scope(at, "affine"), row(last + 1), inputs))) as tf.Tensor4D;
  const colours = tf.conv2d(
    scaled,
    readLoadedWeight(at, "weight", 1, 1, inputs, 3) as tf.Tensor4D,
    1,
    "same",
  );
  const sized = filterPlane(
    tf.add(colours, readLoadedWeight(at, "bias", 3)) as tf.Tensor4D,
    filters[last]!.up,
  );
  return tf.mul(tf.clipByValue(sized, -clamp, clamp), outputScale);
}

/** Creates a StyleGAN3-t or -r of converted weights. */
export function createStyleGan3({ sizes, space = "w+" }: StyleGan3Config, weights: TensorRecord): Generator {
  const filters = sizes.map((size, index) =>
    designFilters(weights, index, sizes[Math.max(0, index - 1)]!, size),
  );
  return createStyleGenerator(
    {
      mapping: readMappingShape(weights),
      rows: sizes.length + 1,
      resolution: sizes.at(-1)!,
      space,
      synthesize: (parameters, styles) => synthesizeLayers(parameters, weights, filters, sizes[0]!, styles),
    },
    weights,
  );
}

const eye = [1, 0, 0, 0, 1, 0, 0, 0, 1];
const unmoved: TensorConversion = (tensor) => {
  if (eye.every((value, at) => tensor.data[at] === value)) return tensor;
  throw new WeightsError(
    "checkpoint: a StyleGAN3 saved with a moved picture (input.transform); reset it to identity",
  );
};

/** Names of NVlabs/stylegan3. */
const rules: readonly Rule[] = [
  ...mappingRules,
  [/^synthesis\.(input\.affine\.weight)$/, "$1", equalised],
  [/^synthesis\.(input\.affine\.bias|input\.phases)$/, "$1"],
  [/^synthesis\.(input\.weight)$/, "$1", asDense((inputs) => 1 / Math.sqrt(inputs))],
  [/^synthesis\.(input\.freqs)$/, "$1", (tensor) => permuteAxes(tensor, [1, 0])],
  [/^synthesis\.input\.transform$/, undefined, unmoved],
  [/^synthesis\.(L\d+)_\d+_\d+\.affine\.weight$/, "$1.affine.weight", equalised],
  [/^synthesis\.(L\d+)_\d+_\d+\.affine\.bias$/, "$1.affine.bias"],
  [/^synthesis\.(L\d+)_\d+_\d+\.weight$/, "$1.weight", asKernel()],
  [/^synthesis\.(L\d+)_\d+_\d+\.bias$/, "$1.bias"],
  [/^synthesis\.(L\d+)_\d+_\d+\.(up|down)_filter$/, "$1.$2"],
  [
    /^synthesis\.(L\d+)_\d+_\d+\.magnitude_ema$/,
    "$1.gain",
    (tensor) => hostScalar(1 / Math.sqrt(tensor.data[0]!)),
  ],
];

/** Scales each output channel's kernel to unit mean square, so that the factor of the demodulation stays near 1. */
function normaliseKernel(kernel: HostTensor): HostTensor {
  const out = kernel.shape[3]!;
  return deriveTensor(kernel, (data) => {
    const power = new Float64Array(out);
    data.forEach((value, at) => (power[at % out]! += value * value));
    const per = data.length / out;
    return data.map((value, at) => value / Math.sqrt(power[at % out]! / per));
  });
}

/** Fades out the weights of Fourier features with frequencies beyond the band. */
function limitBand(weight: HostTensor, freqs: HostTensor, rate: number): HostTensor {
  const channels = weight.shape[1]!;
  const fade = Array.from({ length: channels }, (_, at) => {
    const length = Math.hypot(freqs.data[at]!, freqs.data[channels + at]!);
    return Math.min(1, Math.max(0, 1 - (length - bandwidth) / (rate / 2 - bandwidth)));
  });
  return deriveTensor(weight, (data) => data.map((value, at) => value * fade[Math.floor(at / channels)]!));
}

function specsOf(weights: TensorRecord, count: number, style: number): Record<string, readonly number[]> {
  const first = weights["input.phases"]?.shape[0] ?? 0;
  const specs: Record<string, readonly number[]> = {
    "input.affine.weight": [style, 4],
    "input.affine.bias": [4],
    "input.freqs": [2, first],
    "input.phases": [first],
    "input.weight": [first, first],
  };
  let inputs = first;
  for (let index = 0; index < count; index++) {
    const last = index === count - 1;
    const at = `L${index}`;
    const [size = 0, , , out = 0] = weights[`${at}.weight`]?.shape ?? [];
    Object.assign(specs, {
      [`${at}.affine.weight`]: [style, inputs],
      [`${at}.affine.bias`]: [inputs],
      [`${at}.weight`]: last ? [1, 1, inputs, 3] : [size, size, inputs, out],
      [`${at}.bias`]: [last ? 3 : out],
      ...(!last && { [`${at}.gain`]: [] }),
    });
    for (const way of ["up", "down"]) {
      const filter = weights[`${at}.${way}`]?.shape;
      if (!last) specs[`${at}.${way}`] = filter ?? [2 * tapsPerSample];
    }
    inputs = out;
  }
  return specs;
}

/** Converts a StyleGAN3 checkpoint of NVIDIA's names. @throws {WeightsError} when names or shapes do not fit. */
export function convertStyleGan3(tensors: TensorRecord): { config: StyleGan3Config; weights: TensorRecord } {
  const sizes: number[] = [];
  for (const name of Object.keys(tensors)) {
    const match = /^synthesis\.L(\d+)_(\d+)_\d+\.bias$/.exec(name);
    if (match) sizes[Number(match[1])] = Number(match[2]);
  }
  const { weights, unmatched } = applyRules(tensors, rules);
  const count = sizes.length;
  const last = `L${count - 1}`;
  const { [`${last}.gain`]: gain, ...rest } = weights;
  const mapping = readMappingShape(rest);
  const specs = { ...mappingSpecsOf(mapping), ...specsOf(rest, count, mapping.style) };
  checkWeights("a StyleGAN3", rest, specs, unmatched);
  for (let index = 0; index < count - 1; index++)
    rest[`L${index}.weight`] = normaliseKernel(rest[`L${index}.weight`]!);
  const colours = rest[`${last}.weight`]!;
  rest[`${last}.weight`] = multiplyBy((gain?.data[0] ?? 1) / Math.sqrt(sizeOf(colours.shape.slice(0, 3))))(
    colours,
  );
  rest["input.weight"] = limitBand(rest["input.weight"]!, rest["input.freqs"]!, sizes[0]! - 2 * margin);
  return { config: { sizes }, weights: rest };
}
