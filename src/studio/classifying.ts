import { lstat } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { classify, encodeFiles, embedLabels, findLargest } from "../embedding/index.js";
import { InputError } from "../errors.js";
import { computeWilsonInterval } from "../evaluate/index.js";
import { listPictures } from "../images/index.js";
import type { Reader } from "./reader.js";

/** A picture and the labels that suit it best. */
export interface ClassifiedPicture {
  /** Path from the folder, with `/`; of a folder of runs, the run folder. */
  readonly path: string;
  readonly labels: readonly { readonly label: string; readonly probability: number }[];
}

/** The labels of a folder's pictures. */
export interface Classified {
  readonly pictures: readonly ClassifiedPicture[];
  /** Share of the pictures with each label, with its 95 % interval (Wilson). */
  readonly shares: readonly {
    readonly label: string;
    readonly count: number;
    readonly share: number;
    readonly low: number;
    readonly high: number;
  }[];
  /** Files that could not be read. */
  readonly skipped: number;
  /** Pictures beyond the limit, which were left out. */
  readonly left: number;
}

const labelsShown = 3;

/** Files of a folder, without links, since a link could point outside it. */
async function ownPictures(folder: string): Promise<string[]> {
  const paths = await listPictures([folder]);
  const plain = await Promise.all(paths.map(async (path) => (await lstat(path)).isFile()));
  return paths.filter((_, at) => plain[at]);
}

/**
 * Names the pictures of a folder by labels.
 * @param options.only file of the folder that is named alone.
 * @param options.runs whether it is the folder of runs, of which only the results count, the newest first.
 * @throws {InputError} when the folder is not there or holds no pictures.
 */
export async function classifyFolder(
  { models, encoder }: Reader,
  folder: string,
  {
    labels,
    maxPictures,
    runs,
    only,
  }: { labels: readonly string[]; maxPictures: number; runs: boolean; only?: string | undefined },
): Promise<Classified> {
  const files = only === undefined ? await ownPictures(folder) : [join(folder, only)];
  const all = files.filter((path) => !runs || /^image\.\w+$/.test(basename(path)));
  if (all.length === 0)
    throw new InputError(
      runs ? "the gallery holds no pictures yet" : `${basename(folder)}: holds no pictures`,
    );
  const paths = runs ? all.slice(-maxPictures).reverse() : all.slice(0, maxPictures);
  const classifiers = await embedLabels(models, encoder, labels, models.templates);
  let skipped = 0;
  const pictures: ClassifiedPicture[] = [];
  for await (const { path, rows } of encodeFiles(encoder, paths, { onSkip: () => skipped++ })) {
    const probabilities = classify(models.clips, classifiers, rows, { combine: "logits" });
    pictures.push({
      path: runs ? basename(dirname(path)) : relative(folder, path).replaceAll(sep, "/"),
      labels: findLargest(probabilities, labelsShown).map((at) => ({
        label: labels[at]!,
        probability: probabilities[at]!,
      })),
    });
  }
  const shares = labels.map((label) => {
    const count = pictures.filter((picture) => picture.labels[0]!.label === label).length;
    const { low, high } = computeWilsonInterval(count, pictures.length);
    return { label, count, share: pictures.length > 0 ? count / pictures.length : 0, low, high };
  });
  return { pictures, shares, skipped, left: all.length - paths.length };
}
