import { basename, extname } from "node:path";
import { ConfigError } from "../errors.js";
import { type Skipped, reasonOf } from "../embedding/index.js";
import { readPictureBytes, composeContactSheet, savePicture, squareFrom } from "../images/index.js";
import type { Hit } from "./query.js";

const thumbnailSide = 128;
const mostColumns = 5;

/**
 * Saves a contact sheet of search results as PNG, labelled with scores and file names.
 * @param path path of the file.
 * @param hits results, with paths relative to the working directory.
 * @param onSkip called for each result whose file is missing or unreadable.
 * @throws {ConfigError} when `path` does not end in `.png`.
 * @returns false, without writing a file, when no picture could be read.
 */
export async function saveHitSheet(
  path: string,
  hits: readonly Hit[],
  onSkip: (file: Skipped) => void,
): Promise<boolean> {
  if (extname(path).toLowerCase() !== ".png")
    throw new ConfigError(`${path}: a contact sheet is a PNG; give it a name that ends in .png`);
  const tiles = await Promise.all(
    hits.map(async (hit) => {
      try {
        const picture = await squareFrom(await readPictureBytes(hit.path), hit.path, thumbnailSide);
        return [{ picture, label: `${hit.score.toFixed(2)} ${basename(hit.path)}` }];
      } catch (error) {
        onSkip({ path: hit.path, reason: reasonOf(hit.path, error) });
        return [];
      }
    }),
  );
  const found = tiles.flat();
  if (found.length === 0) return false;
  const columns = Math.min(mostColumns, found.length);
  const labels = found.map(({ label }) => label);
  const pictures = found.map(({ picture }) => picture);
  await savePicture(path, await composeContactSheet(pictures, { columns, labels }), { format: "png" });
  return true;
}
