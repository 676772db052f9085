import { cp, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type StickerData, buildStickerData, loadStickerData } from "../../src/data/index.js";
import { iconSets, stickerIconSets } from "../../src/data/sources.js";
import { fakeRegistry, labels, packageOf, setOf } from "./fixture.js";

/** Drawings of a few regions each, the same in every set but for a shade. */
const drawings = (shade: string): Record<string, string> => ({
  "red-apple": `<circle cx="4" cy="4.5" r="3.5" fill="#d22"/><path fill="#385" d="M4 0h2v1H4z"/><path fill="${shade}" d="M2 3h2v3H2z"/>`,
  grapes: `<path fill="#639" d="M0 0h8v5H0z"/><path fill="${shade}" d="M2 5h4v3H2z"/>`,
  banana: `<path fill="#fc2" d="M0 2h8v3H0z"/><path fill="#842" d="M0 5h2v1H0z"/>`,
  lemon: `<circle cx="4" cy="4" r="4" fill="#fe3"/><circle cx="3" cy="3" r="1" fill="${shade}"/>`,
  "waving-hand": `<path fill="#fc6" d="M1 0h5v8H1z"/><path fill="${shade}" d="M6 3h2v2H6z"/>`,
});

/** Packages of every set, by name. */
export const stickerPackages: Record<string, Buffer> = {
  "emojibase-data": packageOf(labels),
  ...Object.fromEntries(
    iconSets.map(({ package: name }, at) => [
      name,
      packageOf(setOf(drawings(`#${at + 2}${at + 3}${at + 4}`), {})),
    ]),
  ),
  ...Object.fromEntries(
    stickerIconSets.map(({ package: name }) => [
      name,
      packageOf(
        setOf(
          {
            "grapes-2": '<path fill="#507" d="M0 0h8v8H0z"/>',
            "tool-box-16": '<path fill="#888" d="M0 0h8v4H0z"/>',
            "tool-box-48": '<path fill="#888" d="M0 0h8v8H0z"/>',
            "google-logo": '<path fill="#888" d="M0 0h8v8H0z"/>',
            bunch: '<path fill="#0a0" d="M0 0h8v8H0z"/>',
          },
          // Numbers of the set's own, which must not be taken for code points.
          { e001: "red-apple" },
        ),
      ),
    ]),
  ),
};

interface SmallFolders {
  readonly folder: string;
  readonly ownDrawings: string;
}

async function buildSmallStickers(): Promise<SmallFolders> {
  const folder = await mkdtemp(join(tmpdir(), "clipsteer-stickers-"));
  const ownDrawings = await mkdtemp(join(tmpdir(), "clipsteer-drawings-"));
  await writeFile(
    join(ownDrawings, "frying-pan.svg"),
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path fill="#345" d="M0 2h8v6H0z"/></svg>',
  );
  await buildStickerData({ out: folder, fetch: fakeRegistry(stickerPackages), ownDrawings });
  return { folder, ownDrawings };
}

let built: Promise<SmallFolders> | undefined;

/** Sticker data of the packages above and of one own drawing: built once for the files of a process, and copied for each caller. */
export async function smallStickers(): Promise<SmallFolders & { readonly data: StickerData }> {
  const source = await (built ??= buildSmallStickers());
  const folder = await mkdtemp(join(tmpdir(), "clipsteer-stickers-"));
  await cp(source.folder, folder, { recursive: true });
  return { folder, ownDrawings: source.ownDrawings, data: await loadStickerData(folder) };
}
