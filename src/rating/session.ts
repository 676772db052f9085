import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ConfigError } from "../errors.js";
import { encodePicture, loadPicture } from "../images/index.js";
import { createRandom } from "../tensor/index.js";
import { type Ratings, readRatings, type Trial, writeRatings } from "./ratings.js";
import { type Task, buildTrials } from "./trials.js";

/** A question as a page shows it, without methods, paths and the right answer. */
export interface Question {
  /** Index of the trial. */
  readonly trial: number;
  readonly kind: Task;
  /** Prompt of a choice; absent for naming. */
  readonly prompt?: string;
  /** Options of naming, in order; absent for a choice. */
  readonly options?: readonly string[];
  /** Number of pictures to show. */
  readonly pictures: number;
  readonly answered: number;
  readonly total: number;
}

/** A person's way through the trials of a folder. */
export interface RatingSession {
  /** Number of trials. */
  readonly total: number;
  /** Returns the next open question; undefined when all are answered. */
  next(): Question | undefined;
  /** Reads the PNG bytes of a question's picture, without metadata; undefined for an unknown one. */
  picture(trial: number, place: number): Promise<Buffer | undefined>;
  /**
   * Saves an answer; `choice` is the shown place, or null.
   * @throws {ConfigError} when the trial is unknown or answered.
   */
  answer(trial: number, choice: number | null, seconds: number): Promise<void>;
  /** Takes the last answer of this session back. @returns whether there was one. */
  undo(): Promise<boolean>;
}

/** Options of a rating session. */
export interface RatingOptions {
  readonly folder: string;
  readonly task: Task;
  readonly rater: string;
  /** File of ratings; an existing one of the same rater is continued. */
  readonly file: string;
}

/**
 * Opens a rating session: a new one, or the continuation of an unfinished file.
 * @param options folder of pictures, task, name of the rater and file of ratings.
 * @returns the session; it saves each answer.
 * @throws {InputError} as `buildTrials` and `readRatings`; {ConfigError} when the file belongs to another rater or folder.
 */
export async function openRating({ folder, task, rater, file }: RatingOptions): Promise<RatingSession> {
  const trials = await buildTrials(folder, task);
  const exists = await stat(file).then(Boolean, () => false);
  const before = exists ? await readRatings(file) : undefined;
  if (before && (before.rater !== rater || JSON.stringify(before.trials) !== JSON.stringify(trials)))
    throw new ConfigError(
      `${file}: holds ratings of ${before.rater} for other pictures; name another file or another rater`,
    );
  const ratings: Ratings = before ?? { format: 1, folder: resolve(folder), rater, trials, answers: [] };
  const answers = [...ratings.answers];
  const own: number[] = [];
  const random = createRandom(`rater ${rater}`);
  const order = Array.from(random.permute(trials.length));
  const swapped = trials.map(() => random.uniform() < 0.5);
  /** Converts the shown place to the trial's own, and back. */
  const placeOf = (trial: number, place: number): number =>
    trials[trial]!.kind === "choice" && swapped[trial] ? 1 - place : place;
  let saving: Promise<void> = Promise.resolve();
  const save = (): Promise<void> => {
    // One write after the other: a later one must not be overtaken.
    saving = saving.catch(() => undefined).then(() => writeRatings(file, { ...ratings, answers }));
    return saving;
  };
  const isAnswered = (trial: number): boolean => answers.some((answer) => answer.trial === trial);
  return {
    total: trials.length,
    next() {
      const trial = order.find((at) => !isAnswered(at));
      return trial === undefined
        ? undefined
        : makeQuestion(trials[trial]!, trial, answers.length, trials.length);
    },
    async picture(trial, place) {
      const current = trials[trial];
      const paths =
        current === undefined ? [] : current.kind === "choice" ? current.pictures : [current.picture];
      const path = paths[current ? placeOf(trial, place) : 0];
      if (path === undefined) return undefined;
      const { picture } = await loadPicture(join(folder, path));
      return encodePicture(picture, { format: "png" });
    },
    async answer(trial, choice, seconds) {
      const current = trials[trial];
      const count = current === undefined ? 0 : current.kind === "choice" ? 2 : current.options.length;
      if (isAnswered(trial) || (choice ?? 0) >= count)
        throw new ConfigError(`trial ${trial} is unknown or answered already`);
      answers.push({ trial, choice: choice === null ? null : placeOf(trial, choice), seconds });
      own.push(trial);
      await save();
    },
    async undo() {
      const trial = own.pop();
      if (trial === undefined) return false;
      answers.splice(
        answers.findIndex((answer) => answer.trial === trial),
        1,
      );
      await save();
      return true;
    },
  };
}

function makeQuestion(trial: Trial, at: number, answered: number, total: number): Question {
  const shared = { trial: at, answered, total };
  return trial.kind === "choice"
    ? { ...shared, kind: "choice", prompt: trial.prompt, pictures: 2 }
    : { ...shared, kind: "naming", options: trial.options, pictures: 1 };
}
