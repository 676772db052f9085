import { brotliCompressSync, constants } from "node:zlib";
import { writeFileAtomic } from "../files/index.js";
import { buildAliases } from "./aliases.js";
import { type FetchPackage, createNpmFetcher, readPackage } from "./fetch.js";
import { labelSource } from "./sources.js";

/** Options of writing the alias file. */
export interface AliasFileOptions {
  /** Path of the file. */
  readonly out: string;
  /** Folder of downloaded packages. */
  readonly cache: string;
  readonly offline?: boolean;
  /** Gives the packages; default `npm pack`. */
  readonly fetch?: FetchPackage;
  readonly signal?: AbortSignal;
}

/**
 * Writes the table of emoji and foreign names as compressed JSON.
 * @param options path of the file, and where the labels come from.
 * @returns numbers of concepts, languages and bytes.
 * @throws {DownloadError} when the labels cannot be fetched or are of another form.
 */
export async function writeAliasFile({
  out,
  cache,
  offline = false,
  fetch = createNpmFetcher(cache, offline),
  signal,
}: AliasFileOptions): Promise<{ concepts: number; languages: number; bytes: number }> {
  const tarball = await fetch(labelSource.package, labelSource.version, signal);
  const dataFiles = /^(?:[a-z-]+\/data|meta\/groups|en\/shortcodes\/emojibase)\.json$/;
  const file = buildAliases(await readPackage(tarball, (path) => dataFiles.test(path)));
  const bytes = brotliCompressSync(JSON.stringify(file), {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 },
  });
  await writeFileAtomic(out, bytes);
  return { concepts: file.labels.length, languages: Object.keys(file.names).length + 1, bytes: bytes.length };
}
