import { type HostTensor, deferFloats, hostFloats, sizeOf } from "../tensor/index.js";
import type { Layout } from "./names.js";

// Values are converted on access, so only one tensor of a file on disk is in memory at a time.

/** Returns the values of a matrix with rows and columns swapped. */
function transpose(tensor: HostTensor): HostTensor {
  const [rows, columns] = tensor.shape as [number, number];
  return deferFloats([columns, rows], () => {
    const { data } = tensor;
    const out = new Float32Array(rows * columns);
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++)
        out[column * rows + row] = data[row * columns + column]!;
    return out;
  });
}

/** Transposes a convolution's kernel from `[out, in, height, width]` to `[height, width, in, out]`. */
function transposeKernel(tensor: HostTensor): HostTensor {
  const [outs, ins, height, width] = tensor.shape as [number, number, number, number];
  const area = height * width;
  return deferFloats([height, width, ins, outs], () => {
    const { data } = tensor;
    const out = new Float32Array(data.length);
    for (let o = 0; o < outs; o++)
      for (let i = 0; i < ins; i++)
        for (let at = 0; at < area; at++) out[(at * ins + i) * outs + o] = data[(o * ins + i) * area + at]!;
    return out;
  });
}

/** Reshapes a tensor; the values stay the same. */
const reshapeTensor = (tensor: HostTensor, shape: readonly number[]): HostTensor =>
  deferFloats(shape, () =>
    tensor.data instanceof Float32Array ? tensor.data : Float32Array.from(tensor.data),
  );

/** Converts a published tensor to its new name, with the axes in our order. */
export function convert(name: string, tensor: HostTensor, layout: Layout): HostTensor {
  const { shape } = tensor;
  if (layout === "auto" && name.endsWith(".weight")) {
    if (shape.length === 2) return transpose(tensor);
    if (shape.length === 4) {
      const turned = transposeKernel(tensor);
      if (!name.endsWith(".patch.weight")) return turned;
      return reshapeTensor(turned, [sizeOf(turned.shape.slice(0, 3)), turned.shape[3]!]);
    }
  }
  // Frameworks keep leading axes of 1: [1, tokens, width] positions, [1] scales.
  const solid = shape.findIndex((side) => side !== 1);
  const least = name === "image.positions" ? 2 : name.startsWith("logit") ? 0 : 1;
  const cut = Math.min(solid < 0 ? shape.length : solid, Math.max(0, shape.length - least));
  return reshapeTensor(tensor, shape.slice(cut));
}

/** Joins tensors side by side along the last axis: `[…, a]` and `[…, b]` become `[…, a + b]`. */
function join(parts: readonly HostTensor[]): HostTensor {
  const widths = parts.map(({ shape }) => shape[shape.length - 1]!);
  const width = widths.reduce((sum, each) => sum + each, 0);
  const above = parts[0]!.shape.slice(0, -1);
  const rows = sizeOf(above);
  return deferFloats([...above, width], () => {
    const out = new Float32Array(rows * width);
    let begin = 0;
    parts.forEach(({ data }, index) => {
      const own = widths[index]!;
      for (let row = 0; row < rows; row++)
        out.set(data.subarray(row * own, (row + 1) * own) as Float32Array, row * width + begin);
      begin += own;
    });
    return out;
  });
}

/** Cuts the part `index` of `count` equal ones out of the last axis. */
function cut(tensor: HostTensor, index: number, count: number): HostTensor {
  const above = tensor.shape.slice(0, -1);
  const width = tensor.shape[above.length]!;
  const own = width / count;
  const rows = sizeOf(above);
  return deferFloats([...above, own], () => {
    const { data } = tensor;
    const out = new Float32Array(rows * own);
    for (let row = 0; row < rows; row++)
      out.set(
        data.subarray(row * width + index * own, row * width + (index + 1) * own) as Float32Array,
        row * own,
      );
    return out;
  });
}

const projections = ["query", "key", "value"] as const;

/**
 * Brings the projections of attention into the one form: `attention.in` holds query, key and value side by side; a pooling
 * head keeps them apart. Parts that do not fit together stay as they are and are found by the check of names.
 */
export function arrangeProjections(tensors: Map<string, HostTensor>): void {
  for (const name of [...tensors.keys()]) {
    const { head, kind } = /^(?<head>.*\.)attention\.query\.(?<kind>weight|bias)$/.exec(name)?.groups ?? {};
    if (head === undefined) continue;
    const names = projections.map((part) => `${head}attention.${part}.${kind}`);
    const parts = names.map((each) => tensors.get(each));
    if (parts.some((part) => !part || part.shape.join() !== parts[0]!.shape.join())) continue;
    tensors.set(`${head}attention.in.${kind}`, join(parts as HostTensor[]));
    for (const each of names) tensors.delete(each);
  }
  const spread = (from: string, into: readonly string[]): void => {
    for (const kind of ["weight", "bias"]) {
      const whole = tensors.get(`image.pool.${from}.${kind}`);
      if (!whole || whole.shape[whole.shape.length - 1]! % into.length !== 0) continue;
      into.forEach((part, index) => {
        tensors.set(`image.pool.${part}.${kind}`, cut(whole, index, into.length));
      });
      tensors.delete(`image.pool.${from}.${kind}`);
    }
  };
  spread("attention.in", projections);
  spread("keyValue", ["key", "value"]);
}

const batchEpsilon = 1e-5;

/**
 * Multiplies batch normalisations, whose statistics are fixed, into the convolutions before them. A set that lacks a part, or
 * does not fit, stays as it is and is found by the check of names.
 * Source: Ioffe & Szegedy 2015, "Batch Normalization", algorithm 2.
 */
export function foldBatchNorms(tensors: Map<string, HostTensor>): void {
  for (const name of [...tensors.keys()]) {
    const owner = /^(.*)\.batch\.running_var$/.exec(name)?.[1];
    const weight = owner === undefined ? undefined : tensors.get(`${owner}.weight`);
    if (owner === undefined || weight?.shape.length !== 4) continue;
    const names = ["weight", "bias", "running_mean", "running_var"].map((part) => `${owner}.batch.${part}`);
    const channels = weight.shape[3]!;
    const parts = names.map((each) => tensors.get(each));
    if (parts.some((part) => part?.shape.join() !== String(channels))) continue;
    const [gain, shift, mean, variance] = parts.map((part) => part!.data as Float32Array) as [
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    const scale = variance.map((value, at) => gain[at]! / Math.sqrt(value + batchEpsilon));
    const scaled = deferFloats(weight.shape, () =>
      (weight.data as Float32Array).map((value, at) => value * scale[at % channels]!),
    );
    tensors.set(`${owner}.weight`, scaled);
    const bias = scale.map((value, at) => shift[at]! - mean[at]! * value);
    tensors.set(`${owner}.bias`, hostFloats(bias, [channels]));
    for (const each of names) tensors.delete(each);
  }
}
