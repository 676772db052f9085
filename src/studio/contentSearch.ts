import { basename, dirname, join } from "node:path";
import {
  type ClipModels,
  type Encoder,
  clipNames,
  createEncoder,
  fillTemplate,
  loadClips,
  withoutArticles,
} from "../embedding/index.js";
import { loadPictureFrom } from "../images/index.js";
import { loadPack } from "../packs/index.js";
import {
  type QueryTerm,
  createSearcher,
  encodeQuery,
  indexFile,
  readIndex,
  updateIndex,
} from "../search/index.js";

/** A run folder that was found, and its likeness to the words. */
export interface ContentHit {
  readonly id: string;
  /** Cosine. */
  readonly score: number;
}

/** Searches the pictures of run folders by what they show. */
export interface ContentSearch {
  /**
   * Brings the index up to date and finds the nearest run folders.
   * @param wanted words, or the bytes of a picture.
   * @throws {InputError} when the index cannot be written, or the bytes are no picture.
   */
  search(folder: string, wanted: string | Uint8Array, top: number): Promise<ContentHit[]>;
  dispose(): Promise<void>;
}

/** Opens the first CLIP of a pack for searching. */
export async function openContentSearch(packName: string): Promise<ContentSearch> {
  const pack = await loadPack(packName);
  const models: ClipModels = await loadClips(pack, clipNames(pack)[0]!.name);
  const encoder: Encoder = createEncoder(models.clips, models.tokenizer, {});
  const termOf = async (wanted: string | Uint8Array): Promise<QueryTerm> => {
    if (typeof wanted !== "string")
      return { picture: (await loadPictureFrom(Buffer.from(wanted), "the picture")).picture, weight: 1 };
    const plain = models.articles ? wanted : withoutArticles(wanted);
    return { prompts: models.templates.map((template) => fillTemplate(template, plain)), weight: 1 };
  };
  return {
    async search(folder, wanted, top) {
      const path = join(folder, indexFile);
      const update = updateIndex(folder, path, models, encoder);
      while (!(await update.next()).done);
      const index = await readIndex(path);
      if (!index) return [];
      const query = await encodeQuery(encoder, [await termOf(wanted)]);
      const searcher = await createSearcher(index);
      // Masks and copies lie beside the pictures; the picture of a run is called image.
      const hits = await searcher.search(query, index.entries.length).finally(() => searcher.dispose());
      return hits
        .filter((hit) => /^image\.\w+$/.test(basename(hit.path)) && dirname(dirname(hit.path)) === ".")
        .slice(0, top)
        .map((hit) => ({ id: dirname(hit.path), score: hit.score }));
    },
    dispose: () => encoder.dispose(),
  };
}
