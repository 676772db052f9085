import type { ClipConfig, Tokenizer } from "../clip/index.js";
import { loadTokenizer } from "../clip/index.js";
import type { EngineName } from "../engine/index.js";
import type { GeneratorConfig, TrunkConfig } from "../gan/index.js";
import type { Pack } from "../packs/index.js";
import {
  type HostTensor,
  type TensorRecord,
  hostFloats,
  inverseOfUpper,
  withPrefix,
} from "../tensor/index.js";

/** A CLIP of a pack and the prefix of its weights. */
export interface NamedClip {
  readonly name: string;
  readonly prefix: string;
  readonly config: ClipConfig;
}

/** Everything steering needs of a pack, in memory. */
export interface SteerModels {
  readonly pack: string;
  readonly resolution: number;
  readonly generator: GeneratorConfig;
  readonly encoder: TrunkConfig;
  readonly guides: readonly NamedClip[];
  readonly judge: NamedClip;
  readonly tokenizer: Tokenizer;
  readonly templates: readonly string[];
  /** Whether prompts keep their articles. */
  readonly articles: boolean;
  /** All weights: `generator/`, `encoder/`, `guide0/`, `guide1/`, `judge/`. */
  readonly weights: TensorRecord;
  /** The whitened latent space: `w = u · latentBasis + latentMean`, `u = (w − latentMean) · latentInverse`. */
  readonly latentMean: HostTensor;
  readonly latentBasis: HostTensor;
  readonly latentInverse: HostTensor;
}

/** Where programs run. */
export interface RunOptions {
  readonly engine: EngineName;
  readonly threads?: number;
}

/** Names of the latent statistics in a generator's weight file. */
export const latentNames = { mean: "latent.mean", basis: "latent.basis" } as const;

/** Reads a pack's models. @throws {WeightsError} when a file is missing or damaged. */
export async function loadModels(pack: Pack): Promise<SteerModels> {
  const { manifest } = pack;
  const named = (clip: { name: string; config: ClipConfig }, prefix: string): NamedClip => ({
    ...clip,
    prefix,
  });
  const guides = manifest.guides.map((guide, index) => named(guide, `guide${index}/`));
  const judge = named(manifest.judge, "judge/");
  const read = async (file: string, prefix: string): Promise<TensorRecord> =>
    withPrefix(prefix, await pack.weights(file));
  const [json, generator, ...others] = await Promise.all([
    pack.json(manifest.tokenizer),
    read(manifest.generator.file, "generator/"),
    read(manifest.encoder.file, "encoder/"),
    ...manifest.guides.map((guide, index) => read(guide.file, `guide${index}/`)),
    read(manifest.judge.file, "judge/"),
  ]);
  const {
    [`generator/${latentNames.mean}`]: latentMean,
    [`generator/${latentNames.basis}`]: latentBasis,
    ...rest
  } = generator;
  const { style } = manifest.generator.config;
  return {
    pack: manifest.name,
    resolution: manifest.resolution,
    generator: manifest.generator.config,
    encoder: manifest.encoder.config,
    guides,
    judge,
    tokenizer: loadTokenizer(json, { contextLength: manifest.contextLength }),
    templates: manifest.templates,
    articles: manifest.articles,
    weights: Object.assign({}, rest, ...others) as TensorRecord,
    latentMean: latentMean!,
    latentBasis: latentBasis!,
    latentInverse: hostFloats(inverseOfUpper(latentBasis!.data as Float32Array, style), [style, style]),
  };
}

/** Weights whose names begin with one of the prefixes. */
export function weightsOf(models: SteerModels, ...prefixes: readonly string[]): TensorRecord {
  return Object.fromEntries(
    Object.entries(models.weights).filter(([name]) => prefixes.some((prefix) => name.startsWith(prefix))),
  );
}
