import { createHash } from "node:crypto";
import { type ClipConfig, type Tokenizer, loadTokenizer, maximumScale } from "../clip/index.js";
import { ConfigError } from "../errors.js";
import type { Pack } from "../packs/index.js";
import type { TensorRecord } from "../tensor/index.js";

/** A CLIP of a pack, ready for an encoder. */
export interface ClipModel {
  readonly name: string;
  /** Fingerprint of its weights, its tokenizer and its shape: embeddings of other hashes don't compare. */
  readonly hash: string;
  readonly config: ClipConfig;
  readonly weights: TensorRecord;
  /** The learnt scale of cosines before the softmax. */
  readonly scale: number;
}

/** CLIPs of one pack, with what they share. */
export interface ClipModels {
  readonly pack: string;
  readonly clips: readonly ClipModel[];
  readonly tokenizer: Tokenizer;
  /** Prompt templates of the pack. */
  readonly templates: readonly string[];
  /** Whether prompts keep their articles. */
  readonly articles: boolean;
}

/** Which tower's weights to read. */
export type Tower = "image" | "text";

/** A pack's CLIPs: its guides, then its judge. */
function clipsOf({ manifest }: Pack) {
  return [...manifest.guides, manifest.judge];
}

/** Names and fingerprints of a pack's CLIPs, without reading them. */
export function clipNames(pack: Pack): Pick<ClipModel, "name" | "hash">[] {
  const { sha256, tokenizer } = pack.manifest;
  return clipsOf(pack).map(({ name, file, config }) => {
    const parts = JSON.stringify([sha256[file], sha256[tokenizer], config]);
    return { name, hash: createHash("sha256").update(parts).digest("hex") };
  });
}

/**
 * Reads CLIPs of a pack.
 * @param choice a CLIP's name, or `all`.
 * @param options.only the one tower to read; default both.
 * @throws {ConfigError} for an unknown name; {WeightsError} when a file is missing or damaged.
 */
export async function loadClips(
  pack: Pack,
  choice: string,
  options: { only?: Tower } = {},
): Promise<ClipModels> {
  const { manifest } = pack;
  const known = clipNames(pack);
  const chosen = clipsOf(pack).filter(({ name }) => choice === "all" || choice === name);
  if (chosen.length === 0)
    throw new ConfigError(
      `pack ${manifest.name}: unknown CLIP "${choice}"; known: ${known
        .map(({ name }) => name)
        .join(", ")}, all`,
    );
  const other = { image: "text.", text: "image." } as const;
  const unused = options.only && other[options.only];
  const [json, ...clips] = await Promise.all([
    pack.json(manifest.tokenizer),
    ...chosen.map(async ({ name, file, config }): Promise<ClipModel> => {
      const weights = await pack.weights(file, {
        only: (key) => unused === undefined || !key.startsWith(unused),
      });
      const scale = Math.min(maximumScale, Math.exp(weights.logitScale?.data[0] ?? 0));
      const { hash } = known.find((clip) => clip.name === name)!;
      return { name, hash, config, weights, scale };
    }),
  ]);
  return {
    pack: manifest.name,
    clips,
    tokenizer: loadTokenizer(json, { contextLength: manifest.contextLength }),
    templates: manifest.templates,
    articles: manifest.articles,
  };
}
