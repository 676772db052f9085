import { type ClipConfig, type Tokenizer, loadTokenizer, maximumScale } from "../clip/index.js";
import { ConfigError, WeightsError } from "../errors.js";
import { hashSha256 } from "../files/index.js";
import type { Pack } from "../packs/index.js";
import type { TensorRecord } from "../tensor/index.js";

/** A CLIP of a pack, ready for an encoder. */
export interface ClipModel {
  readonly name: string;
  /** Fingerprint of its weights, its tokenizer and its shape: embeddings of other hashes don't compare. */
  readonly hash: string;
  readonly config: ClipConfig;
  readonly weights: TensorRecord;
  /** Its own tokenizer, where it does not share the pack's. */
  readonly tokenizer?: Tokenizer | undefined;
  /** The learnt scale of cosines before the softmax. */
  readonly scale: number;
}

/** CLIPs of one pack, with what they share. */
export interface ClipModels {
  /** Name of the pack. */
  readonly pack: string;
  /** At least one CLIP; guides before the judge. */
  readonly clips: readonly ClipModel[];
  /** Of the pack, or of the first CLIP where that has its own. */
  readonly tokenizer: Tokenizer;
  /** Prompt templates of the pack. */
  readonly templates: readonly string[];
  /** Whether prompts keep their articles. */
  readonly articles: boolean;
}

/** Which tower's weights to read. */
export type Tower = "image" | "text";

/** Returns a pack's CLIPs: its guides, then its judge. */
function clipsOf({ manifest }: Pack) {
  return [...manifest.guides, ...(manifest.judge ? [manifest.judge] : [])];
}

/**
 * Lists the names and fingerprints of a pack's CLIPs. No weights are read.
 * @param pack an opened pack.
 * @returns the guides in order, then the judge.
 */
export function listClips(pack: Pack): Pick<ClipModel, "name" | "hash">[] {
  const { sha256, tokenizer } = pack.manifest;
  return clipsOf(pack).map(({ name, file, tokenizer: own = tokenizer, config }) => {
    const parts = JSON.stringify([sha256[file], sha256[own], config]);
    return { name, hash: hashSha256(parts) };
  });
}

/** Loads a pack's tokenizer, or one of its CLIPs' own. @throws {WeightsError} when the file is missing or damaged. */
export async function loadPackTokenizer(
  pack: Pack,
  clip?: { readonly tokenizer?: string | undefined; readonly config: ClipConfig },
): Promise<Tokenizer> {
  const { manifest } = pack;
  const own = clip?.tokenizer;
  const contextLength = own === undefined ? manifest.contextLength : clip!.config.text.contextLength;
  const tokenizer = loadTokenizer(await pack.json(own ?? manifest.tokenizer), { contextLength });
  const readers = clip
    ? [{ name: "", ...clip }]
    : clipsOf(pack).filter((each) => each.tokenizer === undefined);
  for (const { name, config } of readers)
    if (tokenizer.vocabSize > config.text.vocabSize || contextLength > config.text.contextLength)
      throw new WeightsError(
        `${pack.folder}: its tokenizer makes ${contextLength} tokens of ${tokenizer.vocabSize}, the CLIP ${name} reads ${config.text.contextLength} of ${config.text.vocabSize}; restore the pack`,
      );
  return tokenizer;
}

/**
 * Reads CLIPs of a pack.
 * @param pack an opened pack.
 * @param choice name of a CLIP, or `all`.
 * @param options which towers are read.
 * @param options.only the tower to read; both when absent.
 * @returns the CLIPs with their tokenizer and templates.
 * @throws {ConfigError} for an unknown name; {WeightsError} when a file is missing or damaged.
 */
export async function loadClips(
  pack: Pack,
  choice: string,
  options: { only?: Tower | undefined } = {},
): Promise<ClipModels> {
  const { manifest } = pack;
  const known = listClips(pack);
  const chosen = clipsOf(pack).filter(({ name }) => choice === "all" || choice === name);
  if (chosen.length === 0)
    throw new ConfigError(
      `pack ${manifest.name}: unknown CLIP "${choice}"; known: ${known
        .map(({ name }) => name)
        .join(", ")}, all`,
    );
  const other = { image: "text.", text: "image." } as const;
  const unused = options.only && other[options.only];
  const clips = await Promise.all(
    chosen.map(async (clip): Promise<ClipModel> => {
      const { name, file, config } = clip;
      const weights = await pack.weights(file, {
        only: (key) => unused === undefined || !key.startsWith(unused),
      });
      // A sigmoid CLIP's scale is not bound.
      const largest = config.sigmoid ? Infinity : maximumScale;
      const scale = Math.min(largest, Math.exp(weights.logitScale?.data[0] ?? 0));
      const { hash } = known.find((each) => each.name === name)!;
      const tokenizer = clip.tokenizer === undefined ? undefined : await loadPackTokenizer(pack, clip);
      return { name, hash, config, weights, scale, tokenizer };
    }),
  );
  return {
    pack: manifest.name,
    clips,
    tokenizer: clips[0]!.tokenizer ?? (await loadPackTokenizer(pack)),
    templates: manifest.templates,
    articles: manifest.articles,
  };
}
