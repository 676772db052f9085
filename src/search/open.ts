import {
  type ClipModels,
  type ClipSourceOptions,
  listClips,
  fillTemplate,
  loadClips,
  packOfIndexedClip,
  packWithClip,
  removeArticles,
} from "../embedding/index.js";
import { InputError } from "../errors.js";
import { loadPicture } from "../images/index.js";
import { type NeighbourEngine, createNeighbourSearcher } from "./neighbours.js";
import { type QueryTerm, type Searcher, createSearcher } from "./query.js";
import { type VectorIndex, readIndex } from "./indexFile.js";
import { describeIndex, requireModel } from "./update.js";

/** An index, and the CLIPs that it was made with. */
export interface OpenedIndex {
  /** The validated index; its vectors stay in their file. */
  readonly index: VectorIndex;
  /** Both towers, or the text towers alone for `textOnly`. */
  readonly models: ClipModels;
}

/**
 * Reads an index and the CLIPs that it was made with.
 * @param path path of the index file.
 * @param source where the CLIPs are looked up.
 * @param source.generator pack whose CLIPs are tried first.
 * @param source.clip a CLIP of the pack, `all`, or a published CLIP; by default the CLIP that the index names.
 * @param source.textOnly whether to skip the image towers, for queries without pictures.
 * @returns the index and the CLIPs; the text towers alone when `textOnly` is true.
 * @throws {InputError} when the index is missing, damaged, or made with other CLIPs.
 */
export async function openIndex(
  path: string,
  source: ClipSourceOptions & {
    readonly generator: string;
    readonly clip: string | undefined;
    readonly textOnly: boolean;
  },
): Promise<OpenedIndex> {
  const { generator, clip, textOnly } = source;
  const index = await readIndex(path);
  const reason = "no-index";
  if (!index) throw new InputError(`${path}: no readable index; index the folder first`, { reason });
  const requireWhole = (isWhole: boolean): void => {
    if (!isWhole) throw new InputError(`${path}: is damaged; index the folder again`, { reason });
  };
  requireWhole(!index.damaged);
  const names = index.header.clips.map(({ name }) => name);
  const pack =
    clip === undefined
      ? await packOfIndexedClip(generator, names[0]!, source)
      : await packWithClip(generator, clip, source);
  const known = listClips(pack);
  const isOfPack = clip === "all" || known.some(({ name }) => name === clip); // else a file or folder, or nothing
  requireModel(path, index.header, {
    pack: pack.manifest.name,
    clips: known.filter(({ name }) => (isOfPack ? clip === "all" || name === clip : names.includes(name))),
  });
  const choice = names.length > 1 ? "all" : names[0]!;
  const models = await loadClips(pack, choice, textOnly ? { only: "text" } : {});
  requireWhole(describeIndex(models).features === index.header.features);
  return { index, models };
}

/**
 * Builds query terms from texts, which are put into the CLIPs' templates, and from picture files.
 * @param models the CLIPs, with their templates.
 * @param texts texts with their weights.
 * @param pictures paths; each picture has weight 1.
 * @returns the terms of the texts, then those of the pictures.
 * @throws {InputError} for an unreadable picture.
 */
export async function readQueryTerms(
  models: ClipModels,
  texts: readonly {
    /** The text, without a template. */
    readonly name: string;
    /** Any number but 0; a negative one subtracts. */
    readonly weight: number;
  }[],
  pictures: readonly string[],
): Promise<QueryTerm[]> {
  const ofTexts = texts.map(({ name, weight }) => {
    const plain = models.articles ? name : removeArticles(name);
    return { prompts: models.templates.map((template) => fillTemplate(template, plain)), weight };
  });
  const ofPictures = pictures.map(async (path) => ({
    picture: (await loadPicture(path)).picture,
    weight: 1,
  }));
  return [...ofTexts, ...(await Promise.all(ofPictures))];
}

/** Ways to find the nearest vectors: one matrix product over all, or a package for large collections. */
export const searchEngines = ["product", "usearch", "lancedb"] as const;

/**
 * Creates a searcher of an index with one of the engines.
 * @param opened where to search.
 * @param opened.index an index of `readIndex`.
 * @param opened.path path of its list.
 * @param options.engine `product` scores every vector; the others search approximately.
 * @param options.negatives maximum number of negative vectors of a query.
 * @param options.threads threads of the engine; one for each core when absent.
 * @param options.signal ends the loading with its reason.
 * @param options.onRows called with the number of vectors that an engine's package has read.
 * @returns the searcher; the caller disposes it.
 * @throws {ConfigError} when the engine's package is not installed.
 */
export function openSearcher(
  { index, path }: { readonly index: VectorIndex; readonly path: string },
  options: {
    readonly engine: "product" | NeighbourEngine;
    readonly negatives: number;
    readonly threads?: number | undefined;
    readonly signal?: AbortSignal;
    readonly onRows?: (done: number) => void;
  },
): Promise<Searcher> {
  const { engine, negatives: unwanted, threads, signal, onRows } = options;
  return engine === "product"
    ? createSearcher(index, { threads, negatives: unwanted })
    : createNeighbourSearcher(index, path, { engine, threads, signal, onRows });
}
