import { DownloadError } from "../errors.js";
import { drawIcons } from "./draw.js";
import { type EmojiDataOptions, gather } from "./emoji.js";
import { createNpmFetcher } from "./fetch.js";
import { joinSet } from "./join.js";
import { largeSide, renderLarge } from "./render.js";
import type { EmojiItem } from "./emojiData.js";

/**
 * Draws items of the emoji data again, four times as large: what each of their pixels was the mean of.
 * @returns RGB bytes `[items, 256, 256, 3]`, sRGB on white.
 * @throws {DownloadError} when an item can not be drawn, because its package is not there.
 */
export async function drawLarge(
  items: readonly EmojiItem[],
  options: Pick<EmojiDataOptions, "fetch" | "onProgress" | "signal"> & { readonly cache: string },
): Promise<Uint8Array> {
  const { fetch = createNpmFetcher(options.cache, false), onProgress, signal } = options;
  const failed = (message: string): never => {
    throw new DownloadError(`emoji data: ${message}; build the data again`, { reason: "no-emoji-data" });
  };
  const { drawings } = await gather(fetch, failed, { onProgress, signal }, joinSet);
  const known = new Map(drawings.map((drawing) => [`${drawing.set.name}/${drawing.icon.name}`, drawing]));
  const itemDrawings = items.map(({ id }) => known.get(id) ?? failed(`"${id}" is not in its package`));
  const size = largeSide * largeSide * 3;
  const pictures = new Uint8Array(itemDrawings.length * size);
  await drawIcons(
    itemDrawings,
    { onDrawn: (at, rgb) => pictures.set(rgb, at * size), onProblem: failed, onProgress, signal },
    renderLarge,
  );
  return pictures;
}
