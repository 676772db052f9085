import type { ClipConfig, Tokenizer } from "../clip/index.js";
import { packTokenizer } from "../embedding/index.js";
import type { EngineName } from "../engine/index.js";
import { ConfigError } from "../errors.js";
import { type Generator, type UpscalerConfig, createGenerator } from "../gan/index.js";
import type { Pack, PackManifest } from "../packs/index.js";
import { type TensorRecord, withPrefix } from "../tensor/index.js";

/** A CLIP of a pack and the prefix of its weights. */
export interface NamedClip {
  readonly name: string;
  readonly prefix: string;
  readonly config: ClipConfig;
  /** Its own tokenizer, where it does not share the pack's. */
  readonly tokenizer?: Tokenizer | undefined;
}

/** Everything steering needs of a pack, in memory. */
export interface SteerModels {
  readonly pack: string;
  readonly generator: Generator;
  /** Enlarges its pictures, where the pack has one. */
  readonly upscaler?: { readonly config: UpscalerConfig; readonly weights: TensorRecord } | undefined;
  readonly guides: readonly NamedClip[];
  readonly judge: NamedClip;
  readonly tokenizer: Tokenizer;
  readonly templates: readonly string[];
  /** Whether prompts keep their articles. */
  readonly articles: boolean;
  /** What the pack says of its models, as plain values: with the weights, all that their programs depend on. */
  readonly architecture: unknown;
  /** All weights: `generator/`, `guide0/`, `guide1/`, `judge/`. */
  readonly weights: TensorRecord;
}

/** Where programs run. */
export interface RunOptions {
  readonly engine: EngineName;
  readonly threads?: number;
}

/**
 * Reads a pack's generator alone.
 * @throws {ConfigError} for a pack of CLIPs alone; {WeightsError} when a file is missing or damaged.
 */
export async function loadGenerator(pack: Pack): Promise<Generator> {
  const { generator, encoder, discriminator, name } = pack.manifest;
  if (!generator)
    throw new ConfigError(
      `pack ${name}: holds CLIPs and no generator, so it makes no pictures; use it with classify, index, search and embed`,
    );
  const [weights, names, guess, critic] = await Promise.all([
    pack.weights(generator.file),
    generator.kind === "sticker" && generator.names !== undefined ? pack.weights(generator.names) : {},
    encoder && pack.weights(encoder.file),
    discriminator && pack.weights(discriminator.file),
  ]);
  return createGenerator(
    generator,
    { ...weights, ...names },
    {
      ...(encoder && guess && { encoder: { config: encoder.config, weights: guess } }),
      ...(discriminator && critic && { discriminator: { config: discriminator.config, weights: critic } }),
    },
  );
}

/** Reads a pack's models. @throws {ConfigError} as `loadGenerator`, or without a judge; {WeightsError} as it does. */
export async function loadModels(pack: Pack): Promise<SteerModels> {
  const { manifest } = pack;
  const generator = await loadGenerator(pack);
  const { judge: judging, generator: made, encoder, discriminator, upscaler } = manifest;
  if (!judging)
    throw new ConfigError(`pack ${manifest.name}: has no judge CLIP, so it makes no pictures by itself`);
  const named = async (clip: PackManifest["guides"][0], prefix: string): Promise<NamedClip> => ({
    name: clip.name,
    prefix,
    config: clip.config,
    ...(clip.tokenizer !== undefined && { tokenizer: await packTokenizer(pack, clip) }),
  });
  const guides = await Promise.all(manifest.guides.map((guide, index) => named(guide, `guide${index}/`)));
  const judge = await named(judging, "judge/");
  const read = async (file: string, prefix: string): Promise<TensorRecord> =>
    withPrefix(prefix, await pack.weights(file));
  const others = await Promise.all([
    ...manifest.guides.map((guide, index) => read(guide.file, `guide${index}/`)),
    read(judging.file, "judge/"),
  ]);
  return {
    pack: manifest.name,
    generator,
    ...(upscaler && { upscaler: { config: upscaler.config, weights: await pack.weights(upscaler.file) } }),
    guides,
    judge,
    tokenizer: await packTokenizer(pack),
    templates: manifest.templates,
    articles: manifest.articles,
    architecture: { made, encoder, discriminator, guides: manifest.guides, judging },
    weights: Object.assign(withPrefix("generator/", generator.weights), ...others) as TensorRecord,
  };
}

/** The generator's drawing style that a text names at its end: "red apple, noto style". */
export function namedStyle({ generator }: SteerModels, text: string | undefined): string | undefined {
  return generator.styles.find((style) => text?.toLowerCase().endsWith(style));
}

/** Weights whose names begin with one of the prefixes. */
export function weightsOf(models: SteerModels, ...prefixes: readonly string[]): TensorRecord {
  return Object.fromEntries(
    Object.entries(models.weights).filter(([name]) => prefixes.some((prefix) => name.startsWith(prefix))),
  );
}
