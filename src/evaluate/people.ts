import { type Agreement, computeAgreement } from "./agreement.js";
import { rate } from "./proportions.js";
import type { Estimate } from "./statistics.js";

/** Answers of several people to one question. */
export interface RatedTrial {
  readonly kind: "choice" | "naming";
  /** Index of the right option of a naming trial; absent for a choice. */
  readonly correct?: number;
  /** Names of the two methods of a choice; absent for naming. */
  readonly methods?: readonly [string, string];
  /** One entry a rater: the chosen index, null for "cannot tell", undefined when not rated. */
  readonly answers: readonly (number | null | undefined)[];
  /** The judge's choice among the same pictures or options; absent without a judge. */
  readonly judge?: number | undefined;
}

/** Verdicts of people on pictures, and those of a judge on the same pictures. */
export interface PeopleReport {
  readonly raters: number;
  readonly agreement?: Agreement;
  readonly naming?: {
    /** Share of answers that name the prompt; "cannot tell" counts as wrong. */
    readonly recognised: Estimate;
    /** Share of pictures that more than half of their raters recognise. */
    readonly pictures: Estimate;
    readonly judge?: {
      readonly recognised: Estimate;
      /** Share of the pictures not recognised by people that the judge recognises. */
      readonly falsePositives: Estimate;
      /** Share of the pictures recognised by people that the judge does not recognise. */
      readonly falseNegatives: Estimate;
    };
  };
  readonly preference?: {
    readonly methods: readonly [string, string];
    /** Share of decided answers for the first method; trials are clusters. */
    readonly first: Estimate;
    readonly undecided: number;
    /** Share of decided answers that the judge's preference equals; absent without a judge. */
    readonly judgeAgrees?: Estimate;
  };
}

/**
 * Computes agreement, recognition and preference over all trials with an answer.
 * @param trials answers by trial, from `groupAnswers`.
 * @param raters number of raters.
 * @returns kappa, rates in [0, 1] with 95 % intervals, and the judge's errors where there is a judge.
 */
export function evaluatePeople(trials: readonly RatedTrial[], raters: number): PeopleReport {
  const answered = trials.filter(({ answers }) => answers.some((answer) => answer !== undefined));
  const table = answered.map(({ kind, answers }) =>
    answers.map((answer) => (answer === undefined ? undefined : `${kind} ${answer ?? "none"}`)),
  );
  const agreement = computeAgreement(table, raters);
  const naming = answered.filter(({ kind }) => kind === "naming");
  const choices = answered.filter(({ kind }) => kind === "choice");
  return {
    raters,
    agreement,
    naming: naming.length > 0 ? measureNaming(naming) : undefined,
    preference: choices.length > 0 ? measurePreference(choices) : undefined,
  };
}

const listAnswers = ({ answers }: RatedTrial): (number | null)[] =>
  answers.filter((answer) => answer !== undefined);

function measureNaming(trials: readonly RatedTrial[]): NonNullable<PeopleReport["naming"]> {
  const hits = trials.map((trial) => listAnswers(trial).map((answer) => (answer === trial.correct ? 1 : 0)));
  const clusters = hits.flatMap((list, at) => list.map(() => at));
  const recognised = hits.map((list): number => (2 * list.filter(Boolean).length > list.length ? 1 : 0));
  const judged = trials.flatMap(({ judge, correct }, at) =>
    judge === undefined ? [] : [{ right: judge === correct ? 1 : 0, people: recognised[at]! }],
  );
  const among = (people: number, count: (right: number) => number): Estimate =>
    rate(judged.filter((each) => each.people === people).map(({ right }) => count(right)));
  return {
    recognised: rate(hits.flat(), { clusters }),
    pictures: rate(recognised),
    judge:
      judged.length > 0
        ? {
            recognised: rate(judged.map(({ right }) => right)),
            falsePositives: among(0, (right) => right),
            falseNegatives: among(1, (right) => 1 - right),
          }
        : undefined,
  };
}

function measurePreference(trials: readonly RatedTrial[]): NonNullable<PeopleReport["preference"]> {
  const decided = trials.flatMap((trial, cluster) =>
    listAnswers(trial).flatMap((answer) =>
      answer === null ? [] : [{ answer, cluster, judge: trial.judge }],
    ),
  );
  const judged = decided.filter(({ judge }) => judge !== undefined);
  return {
    methods: trials[0]!.methods!,
    first: rate(
      decided.map(({ answer }) => (answer === 0 ? 1 : 0)),
      { clusters: decided.map(({ cluster }) => cluster) },
    ),
    undecided: trials.flatMap(listAnswers).length - decided.length,
    judgeAgrees:
      judged.length > 0
        ? rate(
            judged.map(({ answer, judge }) => (answer === judge ? 1 : 0)),
            { clusters: judged.map(({ cluster }) => cluster) },
          )
        : undefined,
  };
}
