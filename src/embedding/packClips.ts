import { ConfigError } from "../errors.js";
import { type Pack, type PackManifest, writePack } from "../packs/index.js";
import { loadPublishedClip } from "./published.js";

/** Templates for CLIPs of photographs and the pictures of the web; prompts keep their articles. */
const webTemplates = ["{}", "a photo of {}", "a picture of {}"] as const;

/** What a pack is called and under which terms it may be used. */
export interface PackCard {
  readonly name: string;
  readonly description: string;
  readonly license: string;
}

/**
 * Writes a pack of one published CLIP, in half precision, so that the original files are read only once.
 * @param path folder or file, as for `loadPublishedClip`.
 * @param folder folder of the new pack.
 * @param card name, description and licence of the pack; the CLIP gets the same name.
 * @param options hints and tokenizer as for `loadPublishedClip`.
 * @param options.signal ends the writing between two files.
 * @throws as `loadPublishedClip` and `writePack`; the signal's reason.
 */
export async function packClip(
  path: string,
  folder: string,
  { name, ...card }: PackCard,
  {
    signal,
    ...options
  }: Parameters<typeof loadPublishedClip>[1] & { readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  signal?.throwIfAborted();
  const { config, weights, tokenizerJson, part } = await loadPublishedClip(path, options);
  const file = "clip.safetensors";
  const manifest = {
    format: 1 as const,
    name,
    ...card,
    description: part === undefined ? card.description : `${card.description} (its ${part})`,
    resolution: config.image.kind === undefined ? 64 : config.image.side,
    tokenizer: "tokenizer.json",
    contextLength: config.text.contextLength,
    guides: [{ name, file, config: config as PackManifest["guides"][0]["config"] }], // its lists are readonly
    templates: [...webTemplates],
    articles: true,
  };
  const texts = { "tokenizer.json": JSON.stringify(tokenizerJson) };
  await writePack(folder, manifest, { weights: { [file]: weights }, texts }, { signal });
}

/** CLIPs for a new pack: entries of its manifest, and the files that they name. */
export interface GatheredClips {
  readonly manifest: Pick<
    PackManifest,
    "tokenizer" | "contextLength" | "guides" | "judge" | "templates" | "articles"
  >;
  readonly files: Parameters<typeof writePack>[2];
}

/**
 * Puts CLIPs of several packs together: every guide of each, and one judge. Equal tokenizers are taken once; templates are those
 * of the first pack.
 * @param judge its judge, or its only CLIP.
 * @throws {ConfigError} when two CLIPs have one name.
 */
export async function gatherClips(guides: readonly Pack[], judge?: Pack): Promise<GatheredClips> {
  const weights: Record<string, () => ReturnType<Pack["weights"]>> = {};
  const texts: Record<string, string> = {};
  const tokenizers = new Map<string, string>();
  let shared: string | undefined;
  const take = async (
    pack: Pack,
    { name, ...clip }: PackManifest["guides"][0],
  ): Promise<PackManifest["guides"][0]> => {
    const slug = name.replace(/[^\w.-]+/g, "-");
    const file = `${slug}.safetensors`;
    if (file in weights)
      throw new ConfigError(`pack: two CLIPs are called "${name}"; guides and judge must differ`);
    weights[file] = () => pack.weights(clip.file);
    const source = clip.tokenizer ?? pack.manifest.tokenizer;
    const hash = pack.manifest.sha256[source]!;
    const tokenizer =
      tokenizers.get(hash) ?? (tokenizers.size === 0 ? "tokenizer.json" : `${slug}.tokenizer.json`);
    if (!tokenizers.has(hash)) texts[tokenizer] = JSON.stringify(await pack.json(source));
    tokenizers.set(hash, tokenizer);
    const use = `${tokenizer} ${clip.config.text.contextLength}`;
    shared ??= use;
    return { name, file, config: clip.config, tokenizer: use === shared ? undefined : tokenizer };
  };
  const entries: PackManifest["guides"] = [];
  for (const pack of guides) for (const clip of pack.manifest.guides) entries.push(await take(pack, clip));
  const judging = judge && (judge.manifest.judge ?? judge.manifest.guides[0]!);
  const first = guides[0]!.manifest;
  return {
    manifest: {
      tokenizer: "tokenizer.json",
      contextLength: entries[0]!.config.text.contextLength,
      guides: entries,
      judge: judge && judging ? await take(judge, judging) : undefined,
      templates: first.templates,
      articles: first.articles,
    },
    files: { weights, texts },
  };
}

/**
 * Writes a pack of CLIPs without a generator. It serves classification, search and embedding, and provides the CLIPs of other generators.
 * @param folder folder of the new pack.
 * @param card name, description and licence of the pack.
 * @param guides packs whose guides are taken over.
 * @param options the judge, and an abort signal.
 * @param options.judge pack whose judge, or first CLIP, becomes the judge; the pack has none when absent.
 * @param options.signal ends the writing between two files.
 * @throws {ConfigError} when two CLIPs have the same name; otherwise as `writePack`; the signal's reason.
 */
export async function packClips(
  folder: string,
  card: PackCard,
  guides: readonly Pack[],
  { judge, signal }: { readonly judge?: Pack | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  signal?.throwIfAborted();
  const { manifest, files } = await gatherClips(guides, judge);
  const { resolution } = guides[0]!.manifest;
  await writePack(folder, { format: 1, ...card, resolution, ...manifest }, files, { signal });
}
