import { basename, dirname } from "node:path";
import {
  type ClipModels,
  type Encoder,
  listClips,
  createEncoder,
  fillTemplate,
  loadClips,
  removeArticles,
} from "../embedding/index.js";
import { loadPictureFrom } from "../images/index.js";
import { loadPack } from "../packs/index.js";
import { type QueryTerm, createSearcher, encodeQuery, readIndex, updateIndex } from "../search/index.js";

/** A search result, with its similarity to the query. */
export interface ContentHit {
  /** Path from the folder, with `/`; of a folder of runs, the run folder. */
  readonly id: string;
  /** Cosine. */
  readonly score: number;
}

/** A query and the folder that is searched. */
export interface ContentQuery {
  readonly folder: string;
  /** Path of the folder's index, which is brought up to date. */
  readonly index: string;
  /** Words, or the bytes of a picture. */
  readonly query: string | Uint8Array;
  readonly top: number;
  /** Whether it is the folder of runs, of which only the results count. */
  readonly runs: boolean;
}

/** Searches folders of pictures by content. */
export interface ContentSearch {
  /**
   * Brings the index up to date and finds the nearest pictures.
   * @throws {InputError} when the index cannot be written, or the bytes are no picture.
   */
  search(query: ContentQuery): Promise<ContentHit[]>;
  dispose(): Promise<void>;
}

/** Opens the first CLIP of a pack for searching. */
export async function openContentSearch(packName: string): Promise<ContentSearch> {
  const pack = await loadPack(packName);
  const models: ClipModels = await loadClips(pack, listClips(pack)[0]!.name);
  const encoder: Encoder = createEncoder(models.clips, models.tokenizer, {});
  const termOf = async (query: string | Uint8Array): Promise<QueryTerm> => {
    if (typeof query !== "string")
      return { picture: (await loadPictureFrom(Buffer.from(query), "the picture")).picture, weight: 1 };
    const plain = models.articles ? query : removeArticles(query);
    return { prompts: models.templates.map((template) => fillTemplate(template, plain)), weight: 1 };
  };
  return {
    async search({ folder, index: path, query, top, runs }) {
      const update = updateIndex(folder, path, models, encoder);
      while (!(await update.next()).done);
      const index = await readIndex(path);
      if (!index) return [];
      const encoded = await encodeQuery(encoder, [await termOf(query)]);
      const searcher = await createSearcher(index);
      const hits = await searcher.search(encoded, index.entries.length).finally(() => searcher.dispose());
      if (!runs) return hits.slice(0, top).map(({ path: id, score }) => ({ id, score }));
      // Masks and copies lie beside the pictures; the picture of a run is called image.
      return hits
        .filter((hit) => /^image\.\w+$/.test(basename(hit.path)) && dirname(dirname(hit.path)) === ".")
        .slice(0, top)
        .map((hit) => ({ id: dirname(hit.path), score: hit.score }));
    },
    dispose: () => encoder.dispose(),
  };
}
