import { type HostTensor, type TensorRecord, hostFloats } from "../tensor/index.js";
import { listSteps } from "./biggan.js";
import {
  type Rule,
  type TensorConversion,
  applyRules,
  asDense,
  asKernel,
  chainConversions,
  checkWeights,
  permuteAxes,
  multiplyBy,
  deriveTensor,
} from "./weights.js";

const epsilon = 1e-4;

/**
 * Divides the weights of spectrally normalised layers by their largest singular value `uᵀWv`. Source: Miyato et al.
 * 2018.
 */
function foldSpectral(tensors: TensorRecord): TensorRecord {
  const out: TensorRecord = {};
  for (const [name, tensor] of Object.entries(tensors)) {
    if (/\.weight_[uv]$/.test(name)) continue;
    if (!name.endsWith(".weight_orig")) {
      out[name] = tensor;
      continue;
    }
    const base = name.slice(0, -"_orig".length);
    const [u, v] = [tensors[`${base}_u`], tensors[`${base}_v`]];
    out[base] = u ? multiplyBy(1 / findLargestValue(tensor, u, v))(tensor) : tensor;
  }
  return out;
}

function findLargestValue({ data, shape }: HostTensor, u: HostTensor, v?: HostTensor): number {
  const columns = data.length / shape[0]!;
  const left = new Float64Array(columns);
  data.forEach((value, at) => (left[at % columns]! += value * u.data[Math.floor(at / columns)]!));
  return v ? left.reduce((sum, value, at) => sum + value * v.data[at]!, 0) : Math.hypot(...left);
}

/**
 * Interpolates the row of statistics for a truncation. Between two rows it interpolates as the reference does, which gives the earlier
 * row the weight of the remainder.
 */
function interpolateStatistics({ data, shape }: HostTensor, truncation: number): Float32Array {
  const [count, channels] = shape as [number, number];
  const place = truncation / (1 / (count - 1));
  const first = Math.floor(place);
  const part = place - first;
  const row = (at: number): Float32Array =>
    (data as Float32Array).subarray(at * channels, (at + 1) * channels);
  if (part === 0) return row(first);
  return row(first).map((value, at) => value * part + row(first + 1)[at]! * (1 - part));
}

/** Replaces the statistics of all truncations by mean and gain for one truncation. */
function fixTruncation(weights: TensorRecord, truncation: number): TensorRecord {
  const out: TensorRecord = {};
  for (const [name, tensor] of Object.entries(weights)) {
    if (name.endsWith(".means")) {
      const values = interpolateStatistics(tensor, truncation);
      out[name.replace(/means$/, "mean")] = hostFloats(values.slice(), [values.length]);
    } else if (name.endsWith(".variances")) {
      const values = interpolateStatistics(tensor, truncation);
      out[name.replace(/variances$/, "gain")] = hostFloats(
        values.map((value) => 1 / Math.sqrt(value + epsilon)),
        [values.length],
      );
    } else out[name] = tensor;
  }
  return out;
}

/** Folds the attention's learned strength into its last layer. */
function foldStrength(weights: TensorRecord): TensorRecord {
  const entries = Object.entries(weights).flatMap(([name, tensor]): [string, HostTensor][] => {
    if (name.endsWith(".gamma")) return [];
    const strength = weights[name.replace(/out\.weight$/, "gamma")];
    return [
      [name, name.endsWith(".out.weight") && strength ? multiplyBy(strength.data[0]!)(tensor) : tensor],
    ];
  });
  return Object.fromEntries(entries);
}

const threeColours: TensorConversion = (tensor) =>
  deriveTensor(tensor, (data) => data.slice(0, (data.length / tensor.shape[0]!) * 3), [
    3,
    ...tensor.shape.slice(1),
  ]);

/** Names of huggingface/pytorch-pretrained-BigGAN, spectral norm folded. */
const rules: readonly Rule[] = [
  [/^embeddings\.weight$/, "classes", (tensor) => permuteAxes(tensor, [1, 0])],
  [/^generator\.gen_z\.weight$/, "start.weight", asDense()],
  [/^generator\.gen_z\.bias$/, "start.bias"],
  [/^generator\.(layers\.\d+\.bn_\d)\.running_means$/, "$1.means"],
  [/^generator\.(layers\.\d+\.bn_\d)\.running_vars$/, "$1.variances"],
  [/^generator\.(layers\.\d+\.bn_\d\.(?:scale|offset)\.weight)$/, "$1", asDense()],
  [/^generator\.(layers\.\d+\.conv_\d\.weight)$/, "$1", asKernel()],
  [/^generator\.(layers\.\d+\.conv_\d\.bias)$/, "$1"],
  [/^generator\.(layers\.\d+)\.snconv1x1_(theta|phi|g)\.weight$/, "$1.$2.weight", asKernel()],
  [/^generator\.(layers\.\d+)\.snconv1x1_o_conv\.weight$/, "$1.out.weight", asKernel()],
  [/^generator\.(layers\.\d+\.gamma)$/, "$1"],
  [/^generator\.bn\.running_means$/, "last.means"],
  [/^generator\.bn\.running_vars$/, "last.variances"],
  [/^generator\.bn\.(weight|bias)$/, "last.$1"],
  [/^generator\.conv_to_rgb\.weight$/, "colour.weight", chainConversions(threeColours, asKernel())],
  [/^generator\.conv_to_rgb\.bias$/, "colour.bias", threeColours],
];

function specsOf(weights: TensorRecord): Record<string, readonly number[]> {
  const [classes = 0, noise = 0] = weights.classes?.shape ?? [];
  const steps = listSteps(weights);
  const first = (weights["start.bias"]?.shape[0] ?? 0) / 16;
  const specs: Record<string, readonly number[]> = {
    classes: [classes, noise],
    "start.weight": [2 * noise, 16 * first],
    "start.bias": [16 * first],
  };
  let width = first;
  for (const step of steps) {
    if (step.kind === "attention") {
      for (const [part, from, to] of [
        ["theta", width, width / 8],
        ["phi", width, width / 8],
        ["g", width, width / 2],
        ["out", width / 2, width],
      ] as const)
        specs[`${step.name}.${part}.weight`] = [1, 1, from, to];
      continue;
    }
    const [inputs, middle, out] = step.widths;
    const ends = [inputs, middle, middle, middle, out];
    for (let at = 0; at < 4; at++) {
      const [from, to] = [ends[at]!, ends[at + 1]!];
      const size = at === 1 || at === 2 ? 3 : 1;
      Object.assign(specs, {
        [`${step.name}.bn_${at}.mean`]: [from],
        [`${step.name}.bn_${at}.gain`]: [from],
        [`${step.name}.bn_${at}.scale.weight`]: [2 * noise, from],
        [`${step.name}.bn_${at}.offset.weight`]: [2 * noise, from],
        [`${step.name}.conv_${at}.weight`]: [size, size, from, to],
        [`${step.name}.conv_${at}.bias`]: [to],
      });
    }
    width = out;
  }
  return {
    ...specs,
    "last.gain": [width],
    "last.offset": [width],
    "colour.weight": [3, 3, width, 3],
    "colour.bias": [3],
  };
}

/**
 * Converts a BigGAN-deep checkpoint with Hugging Face's names.
 * @param truncation which of the checkpoint's statistics to use, 0 to 1.
 * @throws {WeightsError} when names or shapes do not fit.
 */
export function convertBigGan(
  tensors: TensorRecord,
  { truncation = 1 }: { truncation?: number | undefined } = {},
): TensorRecord {
  const { weights: renamed, unmatched } = applyRules(foldSpectral(tensors), rules);
  const { "last.weight": scale, "last.bias": shift, ...rest } = fixTruncation(renamed, truncation);
  const { "last.mean": mean, ...weights } = foldStrength(rest);
  const gain = weights["last.gain"];
  if (scale && shift && mean && gain) {
    const total = (gain.data as Float32Array).map((value, at) => value * scale.data[at]!);
    weights["last.gain"] = hostFloats(total, gain.shape);
    weights["last.offset"] = hostFloats(
      total.map((value, at) => shift.data[at]! - mean.data[at]! * value),
      gain.shape,
    );
  }
  checkWeights("a BigGAN-deep", weights, specsOf(weights), unmatched);
  return weights;
}
