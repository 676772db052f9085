import { join } from "node:path";
import { z } from "zod";
import type { ClipConfig, Tokenizer } from "../clip/index.js";
import { loadPackTokenizer } from "../embedding/index.js";
import type { EngineName } from "../engine/index.js";
import { ConfigError, WeightsError } from "../errors.js";
import { type Generator, type UpscalerConfig, createGenerator } from "../gan/index.js";
import type { Pack, PackManifest } from "../packs/index.js";
import {
  type Concept,
  type PhraseReader,
  type Rgb,
  createPhraseReader,
  shadeForPaper,
} from "../prompts/index.js";
import { type Random, type TensorRecord, withPrefix } from "../tensor/index.js";

/** A CLIP of a pack and the prefix of its weights. */
export interface NamedClip {
  readonly name: string;
  readonly prefix: string;
  readonly config: ClipConfig;
  /** Its own tokenizer, where it does not share the pack's. */
  readonly tokenizer?: Tokenizer | undefined;
}

/** Models and texts of a pack that steering needs, in memory. */
export interface SteerModels {
  /** Name of the pack. */
  readonly pack: string;
  /** The pack's generator; its weights are in `weights`. */
  readonly generator: Generator;
  /** Finds the concepts that phrases name, where the generator knows concepts. */
  readonly phrases?: PhraseReader | undefined;
  /** Enlarges its pictures, where the pack has one. */
  readonly upscaler?: { readonly config: UpscalerConfig; readonly weights: TensorRecord } | undefined;
  /** CLIPs whose gradient is followed, in the order of the weights `guide0/`, `guide1/`. */
  readonly guides: readonly NamedClip[];
  /** CLIP that gives no gradient: it selects in `generate`, and reports in `edit`. */
  readonly judge: NamedClip;
  /** Tokenizer of the CLIPs that have none of their own. */
  readonly tokenizer: Tokenizer;
  /** Sentences with `{}` for a prompt. */
  readonly templates: readonly string[];
  /** Whether prompts keep their articles. */
  readonly articles: boolean;
  /** The pack's description of its models, as plain values. With the weights, it determines their programs. */
  readonly architecture: unknown;
  /** All weights by name; the prefixes are `generator/`, `guide0/`, `guide1/` and so on, and `judge/`. */
  readonly weights: TensorRecord;
}

/** The engine that runs programs, and its threads (default: one per core). */
export interface RunOptions {
  /** `compiled` for ONNX Runtime; the others run TensorFlow.js eagerly. */
  readonly engine: EngineName;
  /** Number of threads of the compiled engine; one per core by default. */
  readonly threads?: number;
}

const vocabularySchema = z.array(
  z.strictObject({
    label: z.string(),
    names: z.array(z.string()),
    tags: z.array(z.string()),
    kinds: z.array(z.string()).optional(),
    subgroup: z.string().optional(),
  }),
);

/** Reads the names of the concepts of a pack. @throws {WeightsError} when there are not `count` of them. */
async function readVocabulary(pack: Pack, file: string, count: number): Promise<readonly Concept[]> {
  const parsed = vocabularySchema.safeParse(await pack.json(file));
  if (!parsed.success || parsed.data.length !== count)
    throw new WeightsError(
      `${join(pack.folder, file)}: not the names of ${count} concepts; restore the pack`,
    );
  return parsed.data;
}

/**
 * Reads only the generator of a pack.
 * @param pack an opened pack.
 * @returns the generator.
 * @throws {ConfigError} for a pack without a generator; {WeightsError} when a file is missing or damaged.
 */
export async function loadGenerator(pack: Pack): Promise<Generator> {
  const { generator, encoder, discriminator, name } = pack.manifest;
  if (!generator)
    throw new ConfigError(
      `pack ${name}: holds CLIPs and no generator, so it makes no pictures; use it to classify, index, search and embed`,
    );
  const isSticker = generator.kind === "sticker";
  const [weights, names, vocabulary, guess, critic] = await Promise.all([
    pack.weights(generator.file),
    isSticker && generator.names !== undefined ? pack.weights(generator.names) : {},
    isSticker && generator.vocabulary !== undefined
      ? readVocabulary(pack, generator.vocabulary, generator.config.concepts)
      : undefined,
    encoder && pack.weights(encoder.file),
    discriminator && pack.weights(discriminator.file),
  ]);
  return createGenerator(
    generator,
    { ...weights, ...names },
    {
      vocabulary,
      encoder: encoder && guess ? { config: encoder.config, weights: guess } : undefined,
      discriminator: discriminator && critic ? { config: discriminator.config, weights: critic } : undefined,
    },
  );
}

/**
 * Reads a pack's generator, guides and judge.
 * @param pack an opened pack; all its weights are read.
 * @returns the models of `generate` and `edit`.
 * @throws {ConfigError} for a pack without a generator or a judge; {WeightsError} as `loadGenerator`.
 */
export async function loadModels(pack: Pack): Promise<SteerModels> {
  const { manifest } = pack;
  const generator = await loadGenerator(pack);
  const { judge: judging, generator: generatorPart, encoder, discriminator, upscaler } = manifest;
  if (!judging)
    throw new ConfigError(`pack ${manifest.name}: has no judge CLIP, so it makes no pictures by itself`);
  const named = async (clip: PackManifest["guides"][0], prefix: string): Promise<NamedClip> => ({
    name: clip.name,
    prefix,
    config: clip.config,
    tokenizer: clip.tokenizer === undefined ? undefined : await loadPackTokenizer(pack, clip),
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
    phrases: generator.vocabulary && createPhraseReader(generator.vocabulary),
    upscaler: upscaler ? { config: upscaler.config, weights: await pack.weights(upscaler.file) } : undefined,
    guides,
    judge,
    tokenizer: await loadPackTokenizer(pack),
    templates: manifest.templates,
    articles: manifest.articles,
    architecture: { generator: generatorPart, encoder, discriminator, guides: manifest.guides, judging },
    weights: Object.assign(withPrefix("generator/", generator.weights), ...others) as TensorRecord,
  };
}

/** Finds the generator's drawing style that a text names at its end: "red apple, noto style". */
export function findNamedStyle(
  { generator }: Pick<SteerModels, "generator">,
  text: string | undefined,
): string | undefined {
  return generator.styles.find((style) => text?.toLowerCase().endsWith(style));
}

/** What a text says about its drafts. */
export interface DraftSubject {
  readonly style?: string | undefined;
  readonly concepts?: readonly number[] | undefined;
  readonly colour?: Rgb | undefined;
  readonly isName?: boolean | undefined;
  /** Words of a category that the text names; its members are the concepts. */
  readonly category?: string | undefined;
}

/** Returns the sampling options for drafts of a text: the style at its end, and the concepts and the colour that the rest names. */
export function findDraftSubject(
  models: Pick<SteerModels, "generator" | "phrases">,
  text: string | undefined,
): DraftSubject {
  if (text === undefined) return {};
  const style = findNamedStyle(models, text);
  const meaning = models.phrases?.read(style === undefined ? text : text.slice(0, -style.length));
  return {
    style,
    concepts: meaning?.concepts,
    isName: meaning?.isName,
    category: meaning?.category,
    colour: meaning?.colour && shadeForPaper(meaning.colour.rgb),
  };
}

/** Orders the members of a category at random, since it may have more than drafts can show. The guides choose among those shown. */
export function orderMembersBySeed(subject: DraftSubject, random: Random): DraftSubject {
  const { category, concepts } = subject;
  if (category === undefined || !concepts) return subject;
  const order = random.stream("category").permute(concepts.length);
  return { ...subject, concepts: Array.from(order, (at) => concepts[at]!) };
}

/** Weights whose names begin with one of the prefixes. */
export function weightsOf(models: SteerModels, ...prefixes: readonly string[]): TensorRecord {
  return Object.fromEntries(
    Object.entries(models.weights).filter(([name]) => prefixes.some((prefix) => name.startsWith(prefix))),
  );
}
