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
import { loadPack } from "../packs/index.js";
import { createSearcher, encodeQuery, indexFile, readIndex, updateIndex } from "../search/index.js";

/** A run folder that was found, and its likeness to the words. */
export interface ContentHit {
  readonly id: string;
  /** Cosine. */
  readonly score: number;
}

/** Searches the pictures of run folders by what they show. */
export interface ContentSearch {
  /** Brings the index up to date and finds the nearest run folders. @throws {InputError} when the index cannot be written. */
  search(folder: string, words: string, top: number): Promise<ContentHit[]>;
  dispose(): Promise<void>;
}

/** Opens the first CLIP of a pack for searching. */
export async function openContentSearch(packName: string): Promise<ContentSearch> {
  const pack = await loadPack(packName);
  const models: ClipModels = await loadClips(pack, clipNames(pack)[0]!.name);
  const encoder: Encoder = createEncoder(models.clips, models.tokenizer, {});
  return {
    async search(folder, words, top) {
      const path = join(folder, indexFile);
      const update = updateIndex(folder, path, models, encoder);
      while (!(await update.next()).done);
      const index = await readIndex(path);
      if (!index) return [];
      const plain = models.articles ? words : withoutArticles(words);
      const prompts = models.templates.map((template) => fillTemplate(template, plain));
      const query = await encodeQuery(encoder, [{ prompts, weight: 1 }]);
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
