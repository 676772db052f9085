import { isAbsolute, relative, resolve } from "node:path";
import { ConfigError, InputError } from "../errors.js";
import { type Picture, loadPicture } from "../images/index.js";
import { type Ratings, readRatings } from "./ratings.js";

/**
 * Reads several files of ratings of the same trials, one file for each rater.
 * @param files paths of the files.
 * @returns at least one file's ratings.
 * @throws {ConfigError} when there are none, they rate other pictures, or a rater has two files; {InputError} as `readRatings`.
 */
export async function readRatingsTogether(files: readonly string[]): Promise<[Ratings, ...Ratings[]]> {
  const [first, ...others] = await Promise.all(files.map(readRatings));
  if (!first) throw new ConfigError("needs at least one file of ratings");
  for (const [at, other] of others.entries()) {
    if (JSON.stringify(other.trials) !== JSON.stringify(first.trials))
      throw new ConfigError(`${files[at + 1]!}: rates other pictures than ${files[0]!}`);
    if ([first, ...others.slice(0, at)].some(({ rater }) => rater === other.rater))
      throw new ConfigError(`${files[at + 1]!}: ${other.rater} has rated in another file too`);
  }
  return [first, ...others];
}

/** Resolves a rated picture's path inside its folder. @throws {InputError} when the file of ratings names one outside it. */
function resolveInside(folder: string, path: string): string {
  const full = resolve(folder, path);
  const way = relative(folder, full);
  if (way.startsWith("..") || isAbsolute(way) || isAbsolute(path))
    throw new InputError(`${path}: lies outside ${folder}; ratings may name only pictures inside it`);
  return full;
}

/**
 * Yields the trials in order, for a judge that answers the same questions: one picture and its texts (naming), or two pictures and their
 * one text (choice). Pictures are read when their trial is asked for.
 * @param ratings ratings of one rater; the trials are the same for all.
 * @param folder folder of the rated pictures.
 * @returns a generator of pictures and texts.
 * @throws {InputError} when a picture is missing, unreadable or outside the folder.
 */
export async function* openTrialPictures(
  { trials }: Ratings,
  folder: string,
): AsyncGenerator<{ readonly pictures: readonly Picture[]; readonly texts: readonly string[] }> {
  const open = async (path: string) => (await loadPicture(resolveInside(folder, path))).picture;
  for (const trial of trials)
    yield trial.kind === "naming"
      ? { pictures: [await open(trial.picture)], texts: trial.options }
      : { pictures: await Promise.all(trial.pictures.map(open)), texts: [trial.prompt] };
}

/** Answers of several people to one trial, and a judge's. */
export interface TrialAnswers {
  /** Two pictures for one text (`choice`), or several texts for one picture (`naming`). */
  readonly kind: "choice" | "naming";
  /** Index of the right option of a naming trial. */
  readonly correct?: number;
  /** Names of the two methods of a choice. */
  readonly methods?: readonly [string, string];
  /** One entry a rater: the chosen index, null for "cannot tell", undefined when not rated. */
  readonly answers: readonly (number | null | undefined)[];
  /** Index that a judge chose; undefined without a judge. */
  readonly judge: number | undefined;
}

/**
 * Collects the answers of all raters by trial.
 * @param ratings ratings of the same trials, from `readRatingsTogether`.
 * @param judged choices of a judge for each trial; undefined without a judge.
 * @returns one entry for each trial, in order.
 */
export function groupAnswers(
  ratings: readonly [Ratings, ...Ratings[]],
  judged: readonly number[] | undefined,
): TrialAnswers[] {
  return ratings[0].trials.map((trial, at) => ({
    kind: trial.kind,
    ...(trial.kind === "naming"
      ? { correct: trial.options.indexOf(trial.prompt) }
      : { methods: trial.methods }),
    answers: ratings.map(({ answers }) => answers.find((each) => each.trial === at)?.choice),
    judge: judged?.[at],
  }));
}
