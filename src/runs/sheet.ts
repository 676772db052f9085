import {
  type Picture,
  contactSheet,
  encodePicture,
  loadPictureFrom,
  resizePicture,
} from "../images/index.js";
import type { FinishedGenerate } from "./events.js";
import type { GenerateJob } from "./jobs.js";
import type { RunPlace } from "./store.js";
import type { RunTools } from "./tools.js";

/** Name of the contact sheet in the first picture's folder. */
const sheetFile = "contact-sheet.png";
const columns = 5;

/** Side of a picture on a sheet, by the number of pictures. */
const sideFor = (count: number): number => (count <= 25 ? 256 : count <= 100 ? 128 : 64);

/** A picture that was made before a run was resumed; undefined when its file is gone, or of a format that is not read. */
async function earlierPicture(place: RunPlace, format: string): Promise<Picture | undefined> {
  const bytes = await place.read(`image.${format}`);
  if (!bytes || (format !== "png" && format !== "webp")) return undefined;
  return (await loadPictureFrom(bytes, `image.${format}`)).picture;
}

/**
 * Draws the pictures of a request as one sheet, into the first one's folder.
 * @param job the request's first one, with the pictures from before it was resumed.
 * @param tools the store, and the place of the first picture that was made now.
 * @returns path of the sheet; undefined for a single picture, and in memory.
 */
export async function drawSheet(
  pictures: readonly FinishedGenerate[],
  { earlier, record }: Pick<GenerateJob, "earlier" | "record">,
  { store, place }: Pick<RunTools, "store"> & { readonly place: RunPlace },
): Promise<string | undefined> {
  const drawn: { readonly picture: Picture; readonly label: string }[] = [];
  for (const { folder, seed } of earlier) {
    const picture = await earlierPicture(store.open(folder), record.settings.format);
    if (picture) drawn.push({ picture, label: `seed ${seed}` });
  }
  for (const { picture, seed, report } of pictures)
    drawn.push({ picture, label: `seed ${seed}: judge ${report.judgeScore.toFixed(3)}` });
  if (drawn.length < 2) return undefined;
  const side = sideFor(drawn.length);
  const sheet = await contactSheet(
    await Promise.all(drawn.map(({ picture }) => resizePicture(picture, side, side))),
    {
      columns: Math.min(columns, drawn.length),
      ...(side >= 128 && { labels: drawn.map(({ label }) => label) }),
    },
  );
  const home = earlier[0] ? store.open(earlier[0].folder) : place;
  return home.write(sheetFile, await encodePicture(sheet, { format: "png" }));
}
