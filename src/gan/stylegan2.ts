import { WeightsError } from "../errors.js";
import {
  type Parameters,
  type TensorRecord,
  createRandom,
  deferFloats,
  dense,
  scope,
  sizeOf,
} from "../tensor/index.js";
import * as tf from "../tf.js";
import { type AxisFilter, filterPlane, upsampleSmooth, smoothTaps } from "./filters.js";
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
  chainConversions,
  checkWeights,
  permuteAxes,
  reshapeTo,
  multiplyBy,
} from "./weights.js";

/** Settings of a StyleGAN2 that its weight shapes do not determine. */
export interface StyleGan2Config {
  /** Largest activation, where the network was trained with one (NVIDIA's half-precision networks: 256). */
  readonly clamp?: number | undefined;
  readonly space?: StyleSpace | undefined;
}

const doubling: AxisFilter = { taps: smoothTaps, up: 2, down: 1, pad: [2, 1] };

/** Returns the scale of each input channel, `[batch, inputs]`. */
const styleOf = (parameters: Parameters, w: tf.Tensor, inputs: number): tf.Tensor =>
  dense(scope(parameters, "affine"), w, inputs);

/** Reshapes `[batch, channels]` to `[batch, 1, 1, channels]`, which broadcasts over pictures. */
const perChannel = (x: tf.Tensor): tf.Tensor => tf.reshape(x, [x.shape[0]!, 1, 1, x.shape[1]!]);

/**
 * Applies a convolution whose input channels are scaled by the style and whose outputs are normalised to unit variance. The
 * kernel is shared by the batch: activations are scaled, not weights.
 * Source: Karras et al. 2020, "Analyzing and Improving the Image Quality of StyleGAN", §2.2.
 */
function convolveModulated(
  parameters: Parameters,
  x: tf.Tensor4D,
  w: tf.Tensor,
  out: number,
  up: boolean,
): tf.Tensor4D {
  const inputs = x.shape[3];
  const kernel = readLoadedWeight(parameters, "weight", 3, 3, inputs, out) as tf.Tensor4D;
  const style = styleOf(parameters, w, inputs);
  const power = tf.matMul(tf.square(style), tf.sum(tf.square(kernel), [0, 1]));
  const scaled = tf.mul(x, perChannel(style)) as tf.Tensor4D;
  const convolved = up ? upsampleSmooth(scaled, kernel) : tf.conv2d(scaled, kernel, 1, "same");
  return tf.mul(convolved, perChannel(tf.rsqrt(tf.add(power, 1e-8))));
}

/** Channels at 4, 8, 16, … px. */
type Widths = readonly number[];

function synthesizeLayers(
  parameters: Parameters,
  widths: Widths,
  clamp: number | undefined,
  styles: tf.Tensor3D,
): tf.Tensor4D {
  const [batch, , size] = styles.shape;
  const row = (index: number): tf.Tensor =>
    tf.reshape(tf.slice(styles, [0, index, 0], [-1, 1, -1]), [batch, size]);
  const start = readLoadedWeight(parameters, "b4.const", 1, 4, 4, widths[0]!);
  let x = tf.mul(start, tf.ones([batch, 1, 1, 1])) as tf.Tensor4D;
  let picture: tf.Tensor4D | undefined;
  let next = 0;
  widths.forEach((width, level) => {
    const side = 4 * 2 ** level;
    const block = scope(parameters, `b${side}`);
    for (const name of level === 0 ? ["conv1"] : ["conv0", "conv1"]) {
      const at = scope(block, name);
      const features = convolveModulated(at, x, row(next++), width, name === "conv0");
      const noisy = tf.add(features, readLoadedWeight(at, "noise", 1, side, side, 1));
      x = activate(tf.add(noisy, readLoadedWeight(at, "bias", width)), clamp) as tf.Tensor4D;
    }
    const colour = scope(block, "torgb");
    const scaled = tf.mul(x, perChannel(styleOf(colour, row(next), width))) as tf.Tensor4D;
    const kernel = readLoadedWeight(colour, "weight", 1, 1, width, 3) as tf.Tensor4D;
    const colours = tf.add(
      tf.conv2d(scaled, kernel, 1, "same"),
      readLoadedWeight(colour, "bias", 3),
    ) as tf.Tensor4D;
    const clipped = clamp === undefined ? colours : tf.clipByValue(colours, -clamp, clamp);
    picture = picture ? tf.add(filterPlane(picture, doubling), clipped) : clipped;
  });
  return picture!;
}

function widthsOf(weights: TensorRecord): number[] {
  const widths: number[] = [];
  for (let side = 4; `b${side}.conv1.bias` in weights; side *= 2)
    widths.push(weights[`b${side}.conv1.bias`]!.shape[0]!);
  return widths;
}

function specsOf(widths: Widths, style: number): Record<string, number[]> {
  const specs: Record<string, number[]> = { "b4.const": [1, 4, 4, widths[0] ?? 0] };
  const layer = (name: string, inputs: number, out: number, side: number, taps: number): void => {
    Object.assign(specs, {
      [`${name}.affine.weight`]: [style, inputs],
      [`${name}.affine.bias`]: [inputs],
      [`${name}.weight`]: [taps, taps, inputs, out],
      [`${name}.bias`]: [out],
      ...(taps === 3 && { [`${name}.noise`]: [1, side, side, 1] }),
    });
  };
  widths.forEach((width, level) => {
    const side = 4 * 2 ** level;
    if (level > 0) layer(`b${side}.conv0`, widths[level - 1]!, width, side, 3);
    layer(`b${side}.conv1`, width, width, side, 3);
    layer(`b${side}.torgb`, width, 3, side, 1);
  });
  return specs;
}

/**
 * Creates a StyleGAN2 or StyleGAN2-ADA.
 * @param weights those of `convertStyleGan2` and, unless the space is Z, the statistics of w under `latent.*`.
 */
export function createStyleGan2(config: StyleGan2Config, weights: TensorRecord): Generator {
  const widths = widthsOf(weights);
  return createStyleGenerator(
    {
      mapping: readMappingShape(weights),
      // One for each convolution (the first block has one, the others two), and one for the last colour layer.
      rows: 2 * widths.length,
      resolution: 4 * 2 ** (widths.length - 1),
      space: config.space ?? "w+",
      synthesize: (parameters, styles) => synthesizeLayers(parameters, widths, config.clamp, styles),
    },
    weights,
  );
}

const perInputs = (inputs: number): number => 1 / Math.sqrt(inputs);
const plane = reshapeTo((shape) => [1, shape.at(-2)!, shape.at(-1)!, 1]);
const constant: TensorConversion = (tensor) =>
  permuteAxes(reshapeTo((shape) => [1, ...shape.slice(-3)])(tensor), [0, 2, 3, 1]);
const unbatched = reshapeTo((shape) => shape.slice(1));

/** Checks that a checkpoint has the built-in filter. */
const smoothOnly: TensorConversion = (tensor) => {
  const values = Array.from(tensor.data);
  const sum = values.reduce((total, value) => total + value, 0);
  const expectedTaps = values.map((_, at) => (smoothTaps[at % 4]! * smoothTaps[Math.floor(at / 4)]!) / 4);
  const same =
    values.length === 16 && values.every((value, at) => Math.abs(value / sum - expectedTaps[at]!) < 1e-6);
  if (same) return tensor;
  throw new WeightsError(
    "checkpoint: a StyleGAN2 with another filter than [1, 3, 3, 1]; only that one is built in",
  );
};

/** Names of NVIDIA's StyleGAN2-ADA (PyTorch). */
const nvidia: readonly Rule[] = [
  ...mappingRules,
  [/^synthesis\.b4\.const$/, "b4.const", constant],
  [/^synthesis\.(b\d+\.\w+\.affine\.weight)$/, "$1", equalised],
  [/^synthesis\.(b\d+\.\w+\.affine\.bias)$/, "$1"],
  [/^synthesis\.(b\d+\.conv[01]\.weight)$/, "$1", asKernel()],
  [/^synthesis\.(b\d+\.torgb\.weight)$/, "$1", asKernel(perInputs)],
  [/^synthesis\.(b\d+\.\w+\.bias)$/, "$1"],
  [/^synthesis\.(b\d+\.conv[01]\.noise)_const$/, "$1", plane],
  [/^synthesis\.(b\d+\.conv[01]\.)noise_strength$/, "$1strength"],
  [/resample_filter$/, undefined, smoothOnly],
];

/**
 * Returns our name of the layer at `index` of rosinality's lists, which have two convolutions for each side, starting at 8
 * px.
 */
const layerAt = (index: number): string => `b${8 * 2 ** Math.floor(index / 2)}.conv${index % 2}`;
const inLayer =
  (prefix: string, rest: string) =>
  (_: string, index: string): string =>
    `${prefix === "convs" ? layerAt(Number(index)) : `b${8 * 2 ** Number(index)}.torgb`}.${rest}`;
const first = (name: string, rest: string): string => `${name === "conv1" ? "b4.conv1" : "b4.torgb"}.${rest}`;

/** Makes the mapping rules for a layer of rosinality's at any position: alone at 4 px, or in a list. */
const makeLayerRules = (suffix: string, rest: string, convert?: TensorConversion): Rule[] => [
  [new RegExp(`^(conv1|to_rgb1)\\.${suffix}$`), (_, name) => first(name!, rest), convert],
  [new RegExp(`^convs\\.(\\d+)\\.${suffix}$`), inLayer("convs", rest), convert],
  [new RegExp(`^to_rgbs\\.(\\d+)\\.${suffix}$`), inLayer("to_rgbs", rest), convert],
];

/** Names of rosinality's stylegan2-pytorch. */
const rosinality: readonly Rule[] = [
  [
    /^style\.(\d+)\.weight$/,
    (_, at) => `mapping.fc${Number(at) - 1}.weight`,
    asDense((n) => 0.01 / Math.sqrt(n)),
  ],
  [/^style\.(\d+)\.bias$/, (_, at) => `mapping.fc${Number(at) - 1}.bias`, multiplyBy(0.01)],
  [/^input\.input$/, "b4.const", constant],
  ...makeLayerRules("conv\\.weight", "weight", chainConversions(unbatched, asKernel(perInputs))),
  ...makeLayerRules("conv\\.modulation\\.weight", "affine.weight", equalised),
  ...makeLayerRules("conv\\.modulation\\.bias", "affine.bias"),
  ...makeLayerRules("noise\\.weight", "strength"),
  ...makeLayerRules(
    "(?:activate\\.)?bias",
    "bias",
    reshapeTo((shape) => [Math.max(...shape)]),
  ),
  [/^noises\.noise_0$/, "b4.conv1.noise", plane],
  [/^noises\.noise_(\d+)$/, (_, at) => `${layerAt(Number(at) - 1)}.noise`, plane],
  [/\.kernel$/, undefined, smoothOnly],
];

/**
 * Replaces the noise and the strength of each layer by their product. A layer without noise gets seeded noise, the same for every
 * checkpoint.
 * @param weights under our names. The layers' names start with `b<side>`.
 */
function foldNoiseStrengths(weights: TensorRecord): TensorRecord {
  const out: TensorRecord = {};
  for (const [name, tensor] of Object.entries(weights)) {
    if (name.endsWith(".noise")) continue; // added with its strength
    if (!name.endsWith(".strength")) {
      out[name] = tensor;
      continue;
    }
    const layer = name.slice(0, -".strength".length);
    const side = Number(/^b(\d+)\./.exec(layer)![1]);
    const drawNormals = (): Float32Array =>
      createRandom("noise")
        .stream(layer)
        .normals(side * side);
    const noise = weights[`${layer}.noise`] ?? deferFloats([1, side, side, 1], drawNormals);
    const multiplyByStrength = multiplyBy(tensor.data[0]!);
    out[`${layer}.noise`] = multiplyByStrength(noise);
  }
  return out;
}

/** Converts a StyleGAN2 checkpoint with NVIDIA's or rosinality's names. @throws {WeightsError} when names or shapes do not fit. */
export function convertStyleGan2(tensors: TensorRecord): TensorRecord {
  const rules = "input.input" in tensors ? rosinality : nvidia;
  const { weights: renamed, unmatched } = applyRules(tensors, rules);
  const badStrengths = Object.entries(renamed)
    .filter(([name, { shape }]) => name.endsWith(".strength") && sizeOf(shape) !== 1)
    .map(([name, { shape }]) => `"${name}" is [${shape}], expected one number`);
  const weights = foldNoiseStrengths(renamed);
  const mapping = readMappingShape(weights);
  const specs = { ...mappingSpecsOf(mapping), ...specsOf(widthsOf(weights), mapping.style) };
  checkWeights("a StyleGAN2", weights, specs, [...badStrengths, ...unmatched]);
  return weights;
}
