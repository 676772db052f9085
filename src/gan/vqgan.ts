import {
  type HostTensor,
  type Parameters,
  type TensorRecord,
  clampThrough,
  conv,
  hostFloats,
  scope,
  fitWhitening,
} from "../tensor/index.js";
import * as tf from "../tf.js";
import { upsampleNearest } from "./filters.js";
import type { Generator } from "./interface.js";
import { unwhiten, latentWeightsOf, whiten, addInverse, refuseStyles } from "./latents.js";
import { quantise } from "./straightThrough.js";
import { type Rule, applyRules, asKernel, checkWeights, reshapeTo } from "./weights.js";

/** Settings of a VQGAN that its weight shapes do not determine; it takes pictures of any size. */
export interface VqganConfig {
  readonly resolution: number;
}

/** A layer of encoder or decoder, in order; widths are read off the weights. */
interface Step {
  readonly kind: "conv" | "residual" | "attention" | "up" | "down" | "last";
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/**
 * Lists the layers of encoder or decoder, in the order of computation.
 * @param weights converted weights, with kernels `[height, width, in, out]`; a missing one has a width of 0, which `checkWeights` reports.
 */
function listSteps(weights: TensorRecord, half: "encoder" | "decoder"): Step[] {
  const steps: Step[] = [];
  let width = weights[`${half}.conv_in.weight`]?.shape[2] ?? 0;
  const add = (kind: Step["kind"], name: string, suffix: string): void => {
    const to = weights[`${half}.${name}.${suffix}`]?.shape.at(-1) ?? 0;
    steps.push({ kind, name: `${half}.${name}`, from: width, to });
    width = to;
  };
  const has = (name: string): boolean => `${half}.${name}` in weights;
  const middle = (): void => {
    add("residual", "mid.block_1", "conv1.weight");
    if (has("mid.attn_1.q.weight")) add("attention", "mid.attn_1", "q.weight");
    add("residual", "mid.block_2", "conv1.weight");
  };
  const way = half === "encoder" ? "down" : "up";
  let levels = 0;
  while (has(`${way}.${levels}.block.0.conv1.weight`)) levels++;
  add("conv", "conv_in", "weight");
  if (half === "decoder") middle();
  for (let index = 0; index < levels; index++) {
    const level = `${way}.${half === "encoder" ? index : levels - 1 - index}`;
    for (let at = 0; has(`${level}.block.${at}.conv1.weight`); at++) {
      add("residual", `${level}.block.${at}`, "conv1.weight");
      if (has(`${level}.attn.${at}.q.weight`)) add("attention", `${level}.attn.${at}`, "q.weight");
    }
    if (has(`${level}.${way}sample.conv.weight`)) add(way, `${level}.${way}sample.conv`, "weight");
  }
  if (half === "encoder") middle();
  add("last", "conv_out", "weight");
  return steps;
}

const silu = (x: tf.Tensor4D): tf.Tensor4D => tf.mul(x, tf.sigmoid(x));

/** Normalises in 32 groups of channels. Source: Wu & He 2018. */
function groupNorm(parameters: Parameters, x: tf.Tensor4D): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const groups = tf.reshape(x, [batch, height, width, 32, channels / 32]);
  // Means of rows, then the mean of these: one sum over a whole map has 20 times the float32 error (measured at 256 px).
  const mean = (value: tf.Tensor): tf.Tensor => tf.mean(tf.mean(value, [2, 4], true), 1, true);
  const centred = tf.sub(groups, mean(groups));
  const unit = tf.mul(centred, tf.rsqrt(tf.add(mean(tf.square(centred)), 1e-6)));
  const scaled = tf.mul(tf.reshape(unit, x.shape), parameters("weight", [channels], { constant: 1 }));
  return tf.add(scaled, parameters("bias", [channels], { constant: 0 }));
}

function applyResidual(parameters: Parameters, x: tf.Tensor4D, to: number): tf.Tensor4D {
  const first = conv(scope(parameters, "conv1"), silu(groupNorm(scope(parameters, "norm1"), x)), to, 3);
  const second = conv(scope(parameters, "conv2"), silu(groupNorm(scope(parameters, "norm2"), first)), to, 3);
  return tf.add(second, x.shape[3] === to ? x : conv(scope(parameters, "nin_shortcut"), x, to, 1));
}

function applyAttention(parameters: Parameters, x: tf.Tensor4D): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const normal = groupNorm(scope(parameters, "norm"), x);
  const [query, key, value] = ["q", "k", "v"].map((name) =>
    tf.reshape(conv(scope(parameters, name), normal, channels, 1), [batch, height * width, channels]),
  ) as [tf.Tensor, tf.Tensor, tf.Tensor];
  const scores = tf.mul(tf.matMul(query, key, false, true), 1 / Math.sqrt(channels));
  const attended = tf.reshape(tf.matMul(tf.softmax(scores), value), x.shape) as tf.Tensor4D;
  return tf.add(x, conv(scope(parameters, "proj_out"), attended, channels, 1));
}

const readKernel = (parameters: Parameters, from: number, to: number): tf.Tensor4D =>
  parameters("weight", [3, 3, from, to], { constant: 0 }) as tf.Tensor4D;

function apply(parameters: Parameters, x: tf.Tensor4D, { kind, name, to }: Step): tf.Tensor4D {
  const at = scope(parameters, name);
  switch (kind) {
    case "conv":
      return conv(at, x, to, 3);
    case "residual":
      return applyResidual(at, x, to);
    case "attention":
      return applyAttention(at, x);
    case "up":
      return tf.add(upsampleNearest(x, readKernel(at, x.shape[3], to)), at("bias", [to], { constant: 0 }));
    case "down": {
      const kernel = readKernel(at, x.shape[3], to);
      const padded = tf.pad4d(x, [
        [0, 0],
        [0, 1],
        [0, 1],
        [0, 0],
      ]);
      return tf.add(tf.conv2d(padded, kernel, 2, "valid"), at("bias", [to], { constant: 0 }));
    }
    case "last":
      return conv(at, silu(groupNorm(scope(parameters, name.replace(/conv_out$/, "norm_out")), x)), to, 3);
  }
}

/** Creates a VQGAN of converted weights. Latents are the code grid before quantisation, whitened by the codebook's statistics. */
export function createVqgan({ resolution }: VqganConfig, weights: TensorRecord): Generator {
  const [decoder, encoder] = (["decoder", "encoder"] as const).map((half) => listSteps(weights, half)) as [
    Step[],
    Step[],
  ];
  const [entries, size] = weights.codebook!.shape as [number, number];
  const side = resolution / 2 ** decoder.filter(({ kind }) => kind === "up").length;
  const codebookOf = (parameters: Parameters): tf.Tensor2D =>
    parameters("codebook", [entries, size], { constant: 0 }) as tf.Tensor2D;
  return {
    latentShape: [side, side, size],
    resolution,
    range: [-1, 1],
    weights: addInverse(weights),
    styles: [],
    sample(random, count, options) {
      refuseStyles(options);
      const { truncation } = options;
      const values = random.normals(count * side * side * size).map((value) => value * truncation);
      return { latents: hostFloats(values, [count, side, side, size]) };
    },
    map: (_, { latents }) => latents!,
    synthesize(parameters, u) {
      const code = quantise(unwhiten(parameters, u), codebookOf(parameters)) as tf.Tensor4D;
      const start = conv(scope(parameters, "post_quant_conv"), code, decoder[0]!.from, 1);
      return clampThrough(
        decoder.reduce((x, step) => apply(parameters, x, step), start),
        -1,
        1,
      );
    },
    encode(parameters, pictures) {
      const features = encoder.reduce((x, step) => apply(parameters, x, step), pictures);
      return whiten(parameters, conv(scope(parameters, "quant_conv"), features, size, 1));
    },
    /** Clips codes to the codebook's bounding box, as in VQGAN-CLIP. */
    project(parameters, u) {
      const book = codebookOf(parameters);
      return whiten(
        parameters,
        tf.minimum(tf.maximum(unwhiten(parameters, u), tf.min(book, 0)), tf.max(book, 0)),
      );
    },
  };
}

function specsOf(weights: TensorRecord): Record<string, readonly number[]> {
  const specs: Record<string, readonly number[]> = {};
  const kernel = (name: string, side: number, from: number, to: number): void => {
    specs[`${name}.weight`] = [side, side, from, to];
    specs[`${name}.bias`] = [to];
  };
  const norm = (name: string, width: number): void => {
    specs[`${name}.weight`] = specs[`${name}.bias`] = [width];
  };
  const ends: Record<string, readonly [number, number]> = {};
  for (const half of ["encoder", "decoder"] as const) {
    const steps = listSteps(weights, half);
    for (const { kind, name, from, to } of steps) {
      if (kind === "residual") {
        norm(`${name}.norm1`, from);
        kernel(`${name}.conv1`, 3, from, to);
        norm(`${name}.norm2`, to);
        kernel(`${name}.conv2`, 3, to, to);
        if (from !== to) kernel(`${name}.nin_shortcut`, 1, from, to);
      } else if (kind === "attention") {
        norm(`${name}.norm`, from);
        for (const part of ["q", "k", "v", "proj_out"]) kernel(`${name}.${part}`, 1, from, from);
      } else {
        if (kind === "last") norm(name.replace(/conv_out$/, "norm_out"), from);
        kernel(name, 3, from, to);
      }
    }
    ends[half] = [steps[0]!.from, steps.at(-1)!.to];
  }
  const [entries = 0, size = 0] = weights.codebook?.shape ?? [];
  kernel("quant_conv", 1, ends.encoder![1], size);
  kernel("post_quant_conv", 1, size, ends.decoder![0]);
  return { ...specs, codebook: [entries, size] };
}

/** Converts a weight to a kernel or a vector; diffusers has dense layers where others have kernels of one tap. */
const toConvForm = (tensor: HostTensor): HostTensor => {
  if (tensor.shape.length === 1) return tensor;
  return asKernel()(tensor.shape.length === 2 ? reshapeTo((shape) => [...shape, 1, 1])(tensor) : tensor);
};

const inAttention: Record<string, string> = {
  group_norm: "norm",
  to_q: "q",
  to_k: "k",
  to_v: "v",
  "to_out.0": "proj_out",
  query: "q",
  key: "k",
  value: "v",
  proj_attn: "proj_out",
};

/**
 * Translates a name of diffusers' `VQModel` to that of taming-transformers; `levels` sizes of the decoder count the other way there.
 */
function toTamingName(name: string, levels: number): string {
  const level = (way: string, index: string): string =>
    way === "down" ? `down.${index}` : `up.${levels - 1 - Number(index)}`;
  return name
    .replace(/\.mid_block\.resnets\.(\d)/, (_, at: string) => `.mid.block_${Number(at) + 1}`)
    .replace(/\.mid_block\.attentions\.0/, ".mid.attn_1")
    .replace(
      /\.(down|up)_blocks\.(\d+)\.resnets\.(\d+)/,
      (_, way: string, index: string, at: string) => `.${level(way, index)}.block.${at}`,
    )
    .replace(
      /\.(down|up)_blocks\.(\d+)\.attentions\.(\d+)/,
      (_, way: string, index: string, at: string) => `.${level(way, index)}.attn.${at}`,
    )
    .replace(
      /\.(down|up)_blocks\.(\d+)\.(down|up)samplers\.0\.conv/,
      (_, way: string, index: string) => `.${level(way, index)}.${way}sample.conv`,
    )
    .replace(
      /(\.attn(?:_1|\.\d+))\.(group_norm|to_[qkv]|to_out\.0|query|key|value|proj_attn)\./,
      (_, block: string, part: string) => `${block}.${inAttention[part]!}.`,
    )
    .replace(".conv_shortcut.", ".nin_shortcut.")
    .replace(".conv_norm_out.", ".norm_out.");
}

/** Names of CompVis/taming-transformers; the losses of training are left out. */
const rules: readonly Rule[] = [
  [/^loss\./, undefined],
  [/^quantize\.embedding\.weight$/, "codebook"],
  [/^((?:encoder|decoder)\..*\.(?:weight|bias))$/, "$1", toConvForm],
  [/^((?:post_)?quant_conv\.(?:weight|bias))$/, "$1", toConvForm],
];

/**
 * Converts a VQGAN checkpoint of taming-transformers' or diffusers' names, and adds the whitening of its codebook, `latent.mean` and
 * `latent.basis`.
 * @throws {WeightsError} when names or shapes do not fit.
 */
export function convertVqgan(tensors: TensorRecord): TensorRecord {
  const levels = new Set(
    Object.keys(tensors).flatMap((name) => /^decoder\.up_blocks\.\d+/.exec(name)?.[0] ?? []),
  ).size;
  const renamed = Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [toTamingName(name, levels), tensor]),
  );
  const { weights, unmatched } = applyRules(renamed, rules);
  checkWeights("a VQGAN", weights, specsOf(weights), unmatched);
  const { data, shape } = weights.codebook!;
  return { ...weights, ...latentWeightsOf(fitWhitening(data as Float32Array, shape[1]!)) };
}
