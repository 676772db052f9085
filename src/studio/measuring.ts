import { basename, relative, sep } from "node:path";
import { classify, rowOf, embedLabels, findLargest } from "../embedding/index.js";
import { ConfigError, InputError } from "../errors.js";
import {
  type Estimate,
  type TunedPrompts,
  embedLabelled,
  measureGroupRates,
  listGroupings,
  openLabelledSet,
  tunePrompts,
} from "../evaluate/index.js";
import type { Reader } from "./reader.js";

/** Maximum number of pictures of a set. */
const maxPictures = 5000;
/** Number of pictures of a group that are shown. */
const picturesPerGroup = 12;

/** Settings of a comparison of groups. */
export interface BiasQuestion {
  /** Labels to decide between; those of the folder when empty. */
  readonly labels: readonly string[];
  /** Labels whose rate is measured; a picture's own label when empty. */
  readonly outcome: readonly string[];
}

/** Rates of a decision by groups of pictures. */
export interface BiasResult {
  readonly labels: readonly string[];
  readonly pictures: number;
  /** Files that could not be read. */
  readonly unreadable: number;
  readonly tables: readonly {
    /** Attributes that make the groups, as `age × tone`. */
    readonly by: string;
    readonly groups: readonly {
      readonly group: string;
      readonly rate: Estimate;
      readonly pictures: readonly {
        /** Path from the folder, with `/`. */
        readonly path: string;
        readonly label: string;
        /** Whether it counts for the rate. */
        readonly counts: boolean;
      }[];
    }[];
    readonly gap?: { readonly from: string; readonly to: string; readonly difference: Estimate };
  }[];
}

/**
 * Decides between labels for the pictures of a labelled folder and compares the groups that its attributes make, as
 * `evaluateBias` does for all CLIPs together.
 * @throws {InputError} when the folder is no labelled set, has no attributes, or holds too many pictures.
 * @throws {ConfigError} for fewer than two labels, or an outcome that is none of them.
 */
export async function measureBias(
  { models, encoder }: Reader,
  folder: string,
  { labels: given, outcome }: BiasQuestion,
): Promise<BiasResult> {
  const opened = await openLabelledSet(folder);
  const name = basename(folder);
  requireSize(name, opened.labelIndices.length);
  const attributes = Object.keys(opened.attributes);
  if (attributes.length === 0)
    throw new InputError(
      `${name}: has no groups; put pictures into folders of their label's folder, such as smiling/age=old/1.png`,
    );
  const labels = given.length > 0 ? given : opened.labels;
  if (labels.length < 2) throw new ConfigError("labels: two or more are needed to decide between");
  const unknownLabel = outcome.find((label) => !labels.includes(label));
  if (unknownLabel !== undefined) throw new ConfigError(`outcome: "${unknownLabel}" is not among the labels`);
  const { set, pictures, unreadable } = await embedLabelled(opened, encoder);
  const classifiers = await embedLabels(models, encoder, labels, models.templates);
  const chosen = set.labelIndices.map((_, row) => {
    const rows = pictures.map(({ data, shape }) => rowOf(data as Float32Array, row, shape[1]!));
    return labels[findLargest(classify(models.clips, classifiers, rows, { combine: "logits" }), 1)[0]!]!;
  });
  const counts = chosen.map((label, row) =>
    outcome.length > 0 ? outcome.includes(label) : label === set.labels[set.labelIndices[row]!],
  );
  const clusters = set.labels.length > 1 ? set.labelIndices : undefined;
  const tables = listGroupings(set.attributes, attributes).map(({ by, groups }) => {
    const { groups: rates, gap } = measureGroupRates(counts.map(Number), groups, by, clusters);
    return {
      by,
      groups: rates.map(({ group, rate }) => ({
        group,
        rate,
        pictures: groups
          .flatMap((each, row) => (each === group && set.paths ? [row] : []))
          .slice(0, picturesPerGroup)
          .map((row) => ({
            path: relative(folder, set.paths![row]!).replaceAll(sep, "/"),
            label: chosen[row]!,
            counts: counts[row]!,
          })),
      })),
      gap,
    };
  });
  return { labels, pictures: set.labelIndices.length, unreadable: unreadable.length, tables };
}

/**
 * Chooses templates by the pictures of one half of a folder's labels and measures them on the other half.
 * @param options.maxTemplates maximum number of templates to choose.
 * @throws {InputError} when the folder is no labelled set, has fewer than four labels, or holds too many pictures.
 */
export async function tuneTemplates(
  { models, encoder }: Reader,
  folder: string,
  { candidates, maxTemplates }: { candidates: readonly string[]; maxTemplates: number },
): Promise<TunedPrompts> {
  const opened = await openLabelledSet(folder);
  const [part] = opened.parts;
  const name = basename(folder);
  requireSize(name, part!.rows.length);
  const labels = new Set(part!.rows.map((row) => opened.labelIndices[row])).size;
  if (labels < 4)
    throw new InputError(
      `${name}: has ${labels} folders of labels; two halves need four or more, such as cat/1.png`,
    );
  const embedded = await embedLabelled({ ...opened, parts: [part!] }, encoder);
  return tunePrompts(models, encoder, embedded, embedded.set.parts[0]!, {
    candidates,
    present: models.templates,
    maxTemplates,
  });
}

function requireSize(name: string, pictures: number): void {
  if (pictures > maxPictures)
    throw new InputError(
      `${name}: holds ${pictures} pictures; the page measures at most ${maxPictures}, the command line any number`,
    );
}
