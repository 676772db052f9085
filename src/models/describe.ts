import { describeSizes } from "./sizes.js";
import {
  type CheckpointOptions,
  type StoredTensor,
  lightningClasses,
  findModelPart,
  openWeights,
} from "../packs/index.js";

/** Names (as patterns) that all occur in an architecture's weights, most particular first. */
const signatures: readonly (readonly [what: string, ...names: RegExp[]])[] = [
  ["StyleGAN3 (NVIDIA)", /synthesis\.input\.freqs$/, /mapping\.fc0\.weight$/],
  ["StyleGAN2 (NVIDIA)", /synthesis\.b4\.const$/, /mapping\.fc0\.weight$/],
  ["StyleGAN2 (rosinality)", /(^|\.)style\.1\.weight$/, /(^|\.)to_rgb1\.conv\.weight$/],
  ["BigGAN-deep", /(^|\.)gen_z\.weight/, /(^|\.)conv_to_rgb\.weight/],
  [
    "VQGAN (taming-transformers)",
    /(^|\.)quantize\.embed(ding)?\.weight$/,
    /(^|\.)decoder\.up\.0\.block\.0\./,
  ],
  ["VQGAN (diffusers VQModel)", /(^|\.)quantize\.embedding\.weight$/, /(^|\.)decoder\.up_blocks\.0\./],
  ["SigLIP (Hugging Face)", /^logit_bias$/, /^vision_model\.embeddings\.patch_embedding\.weight$/],
  ["CLIP (Hugging Face)", /^visual_projection\.weight$/, /^text_model\.embeddings\.token_embedding\.weight$/],
  ["CLIP with a ResNet (OpenAI, OpenCLIP)", /^visual\.layer1\.0\.conv1\.weight$/, /^visual\.attnpool\./],
  ["CLIP with a ViT (OpenAI, OpenCLIP)", /^visual\.conv1\.weight$/, /^visual\.transformer\.resblocks\.0\./],
  ["SigLIP or another CLIP with a timm tower (OpenCLIP)", /^visual\.trunk\./, /^text\.|^transformer\./],
];

/** Guesses the architecture from names of tensors, in words; undefined when they look like nothing that is known. */
export function guessArchitecture(names: Iterable<string>): string | undefined {
  const all = [...names];
  return signatures.find(([, ...patterns]) =>
    patterns.every((pattern) => all.some((name) => pattern.test(name))),
  )?.[0];
}

/** Names of tensors of CLIPs, by which the model in a training's checkpoint is found. */
const clipNames = /^(visual|vision_model|text_model|token_embedding)\./;

/** What a file of weights is. */
export interface WeightsReport {
  /** Path as it was given. */
  readonly path: string;
  /** As `WeightsFile.format`. */
  readonly format: string;
  /** Architecture in words, guessed from the names of the tensors; undefined when unknown. */
  readonly architecture: string | undefined;
  /** Sizes of the architecture in words, where it is known. */
  readonly sizes: string | undefined;
  /** Number of tensors. */
  readonly tensors: number;
  /** Number of values of all tensors. */
  readonly values: number;
  /** How many tensors are stored as each type. */
  readonly types: Readonly<Record<string, number>>;
  /** Texts that safetensors files carry; empty for other formats. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The tensors, in the file's order. */
  readonly shapes: readonly (readonly [name: string, shape: readonly number[], type: string])[];
}

/**
 * Reads names, types and shapes of a weights file, without the values.
 * @param path as for `openWeights`.
 * @param options as for `openCheckpoint`; classes of PyTorch Lightning become inert records when absent.
 * @returns format, architecture and sizes where known, and the name, shape and type of each tensor.
 * @throws {WeightsError} when the file is damaged, or refers to classes that are not on the allow-list.
 */
export async function describeWeights(
  path: string,
  options: CheckpointOptions = { inert: lightningClasses },
): Promise<WeightsReport> {
  const file = await openWeights(path, options);
  try {
    const types: Record<string, number> = {};
    let values = 0;
    for (const { shape, type } of file.tensors.values()) {
      types[type] = (types[type] ?? 0) + 1;
      values += shape.reduce((product, side) => product * side, 1);
    }
    const model = findModelPart(file, clipNames);
    const { part } = model;
    const kind = guessArchitecture(model.tensors.keys());
    const architecture = part === undefined || kind === undefined ? kind : `${kind}, in ${part}`;
    const shapesByName = new Map([...model.tensors].map(([name, { shape }]) => [name, shape]));
    return {
      path,
      format: file.format,
      architecture,
      sizes: describeSizes(architecture, shapesByName),
      tensors: file.tensors.size,
      values,
      types,
      metadata: file.metadata,
      shapes: [...file.tensors].map(([name, { shape, type }]: [string, StoredTensor]) => [name, shape, type]),
    };
  } finally {
    await file.close();
  }
}
