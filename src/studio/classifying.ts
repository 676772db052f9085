import { basename, dirname } from "node:path";
import {
  type ClipModels,
  type Encoder,
  classify,
  createEncoder,
  encodeFiles,
  loadClips,
  textClassifiers,
  topOf,
} from "../embedding/index.js";
import { wilson } from "../evaluate/index.js";
import { listPictures } from "../images/index.js";
import { loadPack } from "../packs/index.js";

/** A picture and the labels that suit it best. */
export interface ClassifiedPicture {
  /** Path from the folder, with `/`. */
  readonly path: string;
  readonly labels: readonly { readonly label: string; readonly probability: number }[];
}

/** What became of a folder. */
export interface Classified {
  readonly pictures: readonly ClassifiedPicture[];
  /** How many pictures got each label, as a share with its 95 % interval (Wilson). */
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

/** Opens the CLIPs of a pack for naming pictures. */
export async function openClassifier(packName: string) {
  const models: ClipModels = await loadClips(await loadPack(packName), "all");
  const encoder: Encoder = createEncoder(models.clips, models.tokenizer, {});
  return {
    /**
     * Names the pictures of a folder by labels.
     * @param runs whether it is the folder of runs, of which only the results count.
     * @throws {InputError} when the folder is not there.
     */
    async classify(
      folder: string,
      labels: readonly string[],
      most: number,
      runs: boolean,
    ): Promise<Classified> {
      const all = (await listPictures([folder])).filter(
        (path) => !runs || /^image\.\w+$/.test(basename(path)),
      );
      const paths = runs ? all.slice(-most) : all.slice(0, most);
      const classifiers = await textClassifiers(models, encoder, labels, models.templates);
      let skipped = 0;
      const pictures: ClassifiedPicture[] = [];
      for await (const { path, rows } of encodeFiles(encoder, paths, { onSkip: () => skipped++ })) {
        const probabilities = classify(models.clips, classifiers, rows, { combine: "logits" });
        pictures.push({
          path: runs ? basename(dirname(path)) : path.slice(folder.length + 1).replaceAll("\\", "/"),
          labels: topOf(probabilities, labelsShown).map((at) => ({
            label: labels[at]!,
            probability: probabilities[at]!,
          })),
        });
      }
      const shares = labels.map((label) => {
        const count = pictures.filter((picture) => picture.labels[0]!.label === label).length;
        const { low, high } = wilson(count, pictures.length);
        return { label, count, share: pictures.length > 0 ? count / pictures.length : 0, low, high };
      });
      return { pictures, shares, skipped, left: all.length - paths.length };
    },
  };
}
