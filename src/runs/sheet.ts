import {
  type Picture,
  composeContactSheet,
  encodePicture,
  loadOwnPicture,
  resizePicture,
} from "../images/index.js";
import type { FinishedGenerate } from "./events.js";
import type { GenerateJob } from "./jobs.js";
import type { RunPlace } from "./store.js";
import type { RunTools } from "./tools.js";

/** Name of the contact sheet in the first picture's folder. */
const sheetFile = "contact-sheet.png";
const columns = 5;

/** Chooses the side of each picture on a sheet of `count` pictures, in pixels. */
const chooseSide = (count: number): number => (count <= 25 ? 256 : count <= 100 ? 128 : 64);

/** Reads a picture that was finished before a run was resumed; undefined for an SVG, and when its file is missing. */
async function readEarlierPicture(place: RunPlace, format: string): Promise<Picture | undefined> {
  const bytes = await place.read(`image.${format}`);
  if (!bytes || format === "svg") return undefined;
  return (await loadOwnPicture(bytes, `image.${format}`)).picture;
}

/**
 * Draws the pictures of a request on one sheet, in the first picture's folder.
 * @param job first job of the request; it lists the pictures from before a resume.
 * @param tools the store, and the place of the first new picture.
 * @returns path of the sheet; undefined for a single picture, and in memory.
 */
export async function drawSheet(
  pictures: readonly FinishedGenerate[],
  { earlier, record }: Pick<GenerateJob, "earlier" | "record">,
  { store, place }: Pick<RunTools, "store"> & { readonly place: RunPlace },
): Promise<string | undefined> {
  const sheetPictures: { readonly picture: Picture; readonly label: string }[] = [];
  for (const { folder, seed } of earlier) {
    const picture = await readEarlierPicture(store.open(folder), record.settings.format);
    if (picture) sheetPictures.push({ picture, label: `seed ${seed}` });
  }
  for (const { picture, seed, report } of pictures)
    sheetPictures.push({ picture, label: `seed ${seed}: judge ${report.judgeScore.toFixed(3)}` });
  if (sheetPictures.length < 2) return undefined;
  const side = chooseSide(sheetPictures.length);
  const sheet = await composeContactSheet(
    await Promise.all(sheetPictures.map(({ picture }) => resizePicture(picture, side, side))),
    {
      columns: Math.min(columns, sheetPictures.length),
      labels: side >= 128 ? sheetPictures.map(({ label }) => label) : undefined,
    },
  );
  const home = earlier[0] ? store.open(earlier[0].folder) : place;
  return home.write(sheetFile, await encodePicture(sheet, { format: "png" }));
}
