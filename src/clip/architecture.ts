import type { Activation, TensorRecord } from "../tensor/index.js";
import type { ClipConfig } from "./clip.js";
import type { ImageConfig } from "./image.js";
import { type PixelStatistics, clipPixels, evenPixels } from "./pixels.js";
import { resNetGrowth } from "./resNet.js";
import type { TextConfig } from "./text.js";

/** What the shapes of weights do not say. */
export interface ClipHints {
  /** Activation of the perceptrons: `quickGelu` for OpenAI's weights. */
  readonly activation: Activation;
  /** Heads of the image encoder; default by its width. */
  readonly imageHeads?: number | undefined;
  /** Heads of the text encoder; default by its width. */
  readonly textHeads?: number | undefined;
  /** Side of the pictures in pixels, where it is no multiple of the side of a patch. Ignored for ResNets. */
  readonly side?: number | undefined;
  /** Mean and deviation of the pictures; default those of the family. */
  readonly pixels?: PixelStatistics | undefined;
}

/** Channels per attention head of published models that do not use 64, by width of the encoder. Source: OpenCLIP and SigLIP model configurations. */
const headWidths = { image: { 1152: 72, 1280: 80, 1408: 88, 1664: 104 }, text: { 1152: 72 } } as const;

/** Counts the weights named by a pattern in which 0, 1, 2 … replaces `{}`, up to the first missing one. */
function count(tensors: TensorRecord, pattern: string): number {
  let found = 0;
  while (tensors[pattern.replace("{}", String(found))]) found++;
  return found;
}

/**
 * Finds an encoder whose width its attention heads do not divide. Heads are not in the weights: they come from a configuration or a rule.
 * @returns encoder, heads and width in words; undefined when both encoders can be built.
 */
export function findUnevenHeads({ image, text }: ClipConfig): string | undefined {
  const widthOf = { vit: 1, resnet: resNetGrowth };
  const encoders = [{ part: "text", width: text.width, heads: text.heads }];
  if (image.kind !== undefined)
    encoders.push({ part: "image", width: image.width * widthOf[image.kind], heads: image.heads });
  const uneven = encoders.find(({ width, heads }) => !Number.isInteger(heads) || width % heads !== 0);
  return (
    uneven && `${uneven.heads} heads of the ${uneven.part} encoder do not divide its width ${uneven.width}`
  );
}

/**
 * Infers a CLIP's configuration from the names and shapes of its weights, renamed to the scheme of this project.
 * @returns the configuration; or the names of weights without which a size is unknown, if any is missing. Other weights are not checked.
 */
export function inferClipConfig(tensors: TensorRecord, hints: ClipHints): ClipConfig | { missing: string[] } {
  const missing: string[] = [];
  const dim = (name: string, axis: number): number => {
    const found = tensors[name]?.shape[axis];
    if (found === undefined) missing.push(name);
    return found ?? 1;
  };
  const headsOf = (part: "image" | "text", width: number): number =>
    Math.max(1, Math.floor(width / ((headWidths[part] as Record<number, number>)[width] ?? 64)));
  const residual = "image.stem1.weight" in tensors;
  const siglip = !residual && !("image.class" in tensors);
  const sigmoid = siglip || "logitBias" in tensors;
  const epsilon = siglip ? 1e-6 : 1e-5;

  const vit = (): ImageConfig => {
    const pool = siglip ? "attention" : "class";
    const width = dim("image.positions", 1);
    const patch = Math.round(Math.sqrt(dim("image.patch.weight", 0) / 3));
    const grid = Math.round(Math.sqrt(dim("image.positions", 0) - (siglip ? 0 : 1)));
    return {
      kind: "vit",
      side: hints.side !== undefined && Math.floor(hints.side / patch) === grid ? hints.side : grid * patch,
      patch,
      width,
      layers: count(tensors, "image.layer{}.norm1.gain"),
      heads: hints.imageHeads ?? headsOf("image", width),
      hidden: dim("image.layer0.mlp.in.weight", 1),
      features: siglip ? width : dim("image.project.weight", 1),
      activation: hints.activation,
      epsilon,
      pool,
      pixels: hints.pixels ?? (siglip ? evenPixels : clipPixels),
    };
  };
  const resNet = (): ImageConfig => {
    const width = dim("image.stem3.weight", 3);
    return {
      kind: "resnet",
      side: Math.round(Math.sqrt(dim("image.pool.positions", 0) - 1)) * resNetGrowth,
      width,
      blocks: [0, 1, 2, 3].map((stage) => count(tensors, `image.stage${stage}.block{}.conv1.weight`)),
      heads: hints.imageHeads ?? headsOf("image", width * resNetGrowth),
      features: dim("image.pool.out.weight", 1),
      pixels: hints.pixels ?? clipPixels,
    };
  };
  const width = dim("text.embedding", 1);
  const text: TextConfig = {
    vocabSize: dim("text.embedding", 0),
    contextLength: dim("text.positions", 0),
    width,
    layers: count(tensors, "text.layer{}.norm1.gain"),
    heads: hints.textHeads ?? headsOf("text", width),
    hidden: dim("text.layer0.mlp.in.weight", 1),
    features: dim("text.project.weight", 1),
    activation: hints.activation,
    epsilon,
    pool: siglip ? "last" : "end",
    projectBias: siglip || "text.project.bias" in tensors,
  };
  const image = residual ? resNet() : vit();
  return missing.length > 0 ? { missing } : { image, text, sigmoid };
}
