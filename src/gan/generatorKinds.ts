import { WeightsError } from "../errors.js";
import type { Concept } from "../prompts/index.js";
import { type TensorRecord, selectPrefix } from "../tensor/index.js";
import { type BigGanConfig, createBigGan } from "./biggan.js";
import { convertBigGan } from "./bigganWeights.js";
import { type Trunk, createEmojiGenerator } from "./emoji/generator.js";
import type { EmojiGeneratorConfig } from "./emoji/decoder.js";
import type { Generator } from "./interface.js";
import { readMappingShape } from "./stylegan.js";
import { type StyleGan2Config, convertStyleGan2, createStyleGan2 } from "./stylegan2.js";
import { type StyleGan3Config, convertStyleGan3, createStyleGan3 } from "./stylegan3.js";
import { type StickerConfig, createStickerGenerator } from "./sticker/index.js";
import { type VqganConfig, convertVqgan, createVqgan } from "./vqgan.js";

/** Configurations of the generators of other projects: the settings that are not determined by the shapes of their weights. */
export interface ForeignConfigs {
  readonly stylegan2: StyleGan2Config;
  readonly stylegan3: StyleGan3Config;
  readonly biggan: BigGanConfig;
  readonly vqgan: VqganConfig;
}

/** The kind of another project's generator and its configuration. */
export type ForeignSpec = {
  [Kind in keyof ForeignConfigs]: { readonly kind: Kind; readonly config: ForeignConfigs[Kind] };
}[keyof ForeignConfigs];

/** The `kind` of any generator and its shape, `config`; without a kind it is the emoji generator. */
export type GeneratorSpec =
  | ForeignSpec
  | { readonly kind: "sticker"; readonly config: StickerConfig }
  | { readonly kind?: "emoji" | undefined; readonly config: EmojiGeneratorConfig };

/** A checkpoint of another project with our names and layout. */
export interface Converted {
  readonly spec: ForeignSpec;
  /** All weights, except the latent statistics if `statistics` is not 0. */
  readonly weights: TensorRecord;
  /** Size of the space whose statistics `latent.*` have to be added; 0 when nothing is missing. */
  readonly statistics: number;
}

/** Settings that are not in a checkpoint. */
export interface ConvertOptions {
  /** Side of the pictures of a VQGAN; default 256. */
  readonly resolution?: number | undefined;
  /** Which of a BigGAN's statistics to use, 0 to 1; default 1. */
  readonly truncation?: number | undefined;
  /** Largest activation of a StyleGAN2 that was trained with one. */
  readonly clamp?: number | undefined;
}

interface Kind {
  readonly looksLike: string;
  /** Names that occur in this kind of checkpoint only. */
  readonly sign: RegExp;
  convert(tensors: TensorRecord, options: ConvertOptions): Converted;
}

/** Characteristic names of each kind of checkpoint. To add a generator, add a line here and in `createGenerator`. */
const kinds: readonly Kind[] = [
  {
    looksLike: "a StyleGAN3",
    sign: /^synthesis\.input\.freqs$/,
    convert(tensors) {
      const { config, weights } = convertStyleGan3(tensors);
      return { spec: { kind: "stylegan3", config }, weights, statistics: readMappingShape(weights).style };
    },
  },
  {
    looksLike: "a StyleGAN2",
    sign: /^(synthesis\.b4\.const|input\.input)$/,
    convert(tensors, { clamp }) {
      const weights = convertStyleGan2(tensors);
      const config = clamp === undefined ? {} : { clamp };
      return { spec: { kind: "stylegan2", config }, weights, statistics: readMappingShape(weights).style };
    },
  },
  {
    looksLike: "a BigGAN-deep",
    sign: /^generator\.gen_z\.weight(_orig)?$/,
    convert: (tensors, options) => ({
      spec: { kind: "biggan", config: {} },
      weights: convertBigGan(tensors, options),
      statistics: 0,
    }),
  },
  {
    looksLike: "a VQGAN",
    sign: /^quantize\.embedding\.weight$/,
    convert: (tensors, { resolution = 256 }) => ({
      spec: { kind: "vqgan", config: { resolution } },
      weights: convertVqgan(tensors),
      statistics: 0,
    }),
  },
];

const sections = ["G_ema.", "g_ema.", "state_dict."] as const;

/** Finds the part of a checkpoint that holds the averaged generator: a prefix of names, empty for a bare one. */
export function findGeneratorSection(names: readonly string[]): string {
  return sections.find((section) => names.some((name) => name.startsWith(section))) ?? "";
}

/**
 * Converts a generator's checkpoint to our layout. The architecture is determined from names and shapes.
 * @param tensors all or the `findGeneratorSection` of the checkpoint's tensors, by name.
 * @throws {WeightsError} when it is not a known generator, or when shapes do not match its architecture.
 */
export function convertCheckpoint(tensors: TensorRecord, options: ConvertOptions = {}): Converted {
  const section = selectPrefix(findGeneratorSection(Object.keys(tensors)), tensors);
  const names = Object.keys(section);
  const kind = kinds.find(({ sign }) => names.some((name) => sign.test(name)));
  if (kind) return kind.convert(section, options);
  const shown = names.slice(0, 4).map((name) => `"${name}" [${section[name]!.shape}]`);
  const more = names.length > shown.length ? ", …" : "";
  throw new WeightsError(
    `checkpoint: not a readable generator: looks like ${describeResemblance(names)} (${names.length} tensors${
      shown.length > 0 ? `: ${shown.join(", ")}${more}` : ""
    }); expected ${kinds.map(({ looksLike }) => looksLike).join(", ")}`,
  );
}

const lookalikes: readonly (readonly [RegExp, string])[] = [
  [/^(visual|vision_model|text_model|token_embedding)\./, "a CLIP"],
  [/^(model\.diffusion_model|first_stage_model|cond_stage_model)\./, "a latent diffusion checkpoint"],
  [/^(down_blocks|mid_block|up_blocks)\./, "a diffusion network of diffusers"],
  [/^quantize\.embed\.weight$/, "a VQGAN with Gumbel codes"],
  [/^(encoder\.down_blocks|quant_conv|post_quant_conv)\b/, "an autoencoder without a codebook"],
  [/^b\d+\.(fromrgb|conv0)\./, "the discriminator of a StyleGAN"],
  [/^synthesis\./, "a StyleGAN of another version"],
  [/^(convs|to_rgbs)\.\d+\./, "a part of a StyleGAN2 (rosinality)"],
  [/^layer1\.0\.conv1/, "a ResNet"],
];

/** Describes a known kind of checkpoint that has no generator. */
function describeResemblance(names: readonly string[]): string {
  const match = lookalikes.find(([pattern]) => names.some((name) => pattern.test(name)));
  return match ? match[1] : "nothing that this toolkit knows";
}

/**
 * Creates a generator of a kind, from weights in our layout, latent statistics included.
 * @param spec kind and configuration, as in a pack's manifest.
 * @param weights weights of the generator and statistics of its latents.
 * @param trunks what separate files contain.
 * @param trunks.encoder shape and weights of the emoji generator's encoder, which that generator needs.
 * @param trunks.discriminator shape and weights of the emoji generator's discriminator, for scores of realism.
 * @param trunks.vocabulary names of the sticker generator's concepts, in the order of their drawings.
 * @returns the generator.
 * @throws {WeightsError} when the emoji generator comes without one.
 */
export function createGenerator(
  { kind, config }: GeneratorSpec,
  weights: TensorRecord,
  trunks: { encoder?: Trunk; discriminator?: Trunk; vocabulary?: readonly Concept[] | undefined } = {},
): Generator {
  switch (kind) {
    case "stylegan2":
      return createStyleGan2(config, weights);
    case "stylegan3":
      return createStyleGan3(config, weights);
    case "biggan":
      return createBigGan(config, weights);
    case "vqgan":
      return createVqgan(config, weights);
    case "sticker":
      return createStickerGenerator(config, weights, trunks.vocabulary);
    default:
      if (!trunks.encoder)
        throw new WeightsError("pack: the emoji generator has no encoder; add one to pack.json");
      return createEmojiGenerator(config, weights, { ...trunks, encoder: trunks.encoder });
  }
}
