import type { BiasRow } from "./biasRun.js";
import type { GenerationEvaluation } from "./generationRun.js";
import type { IndependentReport } from "./independentJudge.js";
import type { PeopleReport } from "./people.js";
import type { RealComparison } from "./real.js";
import { formatEstimate } from "./report.js";
import type { Estimate } from "./statistics.js";
import type { TunedPrompts } from "./tune.js";

/**
 * Formats a rate in [0, 1] as percent with its interval: `59.9 % (53.7 to 66.0)`.
 * @param estimate mean and interval, each in [0, 1].
 * @returns the text, with one digit after the point.
 */
export function rateText({ mean, low, high }: Pick<Estimate, "mean" | "low" | "high">): string {
  const of = (value: number): string => (100 * value).toFixed(1);
  return `${of(mean)} % (${of(low)} to ${of(high)})`;
}

/**
 * Summarises an evaluation of generated pictures as lines of text.
 * @param evaluation result of `runGenerationEvaluation`.
 * @returns the lines.
 */
export function summariseGeneration(evaluation: GenerationEvaluation): string[] {
  const { report, real, independent, texts } = evaluation;
  return [
    `R-precision at 1: ${rateText(report.rPrecision)}, ${report.rPrecision.samples} pictures`,
    ...(report.amongAll ? [`… among ${texts} texts: ${rateText(report.amongAll)}`] : []),
    `judge ${report.judge.mean.toFixed(3)} · guides ${report.guide.mean.toFixed(3)} · ${report.seconds.toFixed(1)} s per picture`,
    ...(real ? summariseReal(real, texts) : []),
    ...(independent ? summariseIndependent(independent) : []),
  ];
}

function summariseReal({ prompts, ceiling, ...real }: RealComparison, texts: number): string[] {
  const { ceilingAmongAll, ceilingKeptBack: keptBack, heldOut } = real;
  const more = keptBack ? `; held out from training ${rateText(keptBack)}, ${keptBack.samples} pictures` : "";
  const lines = [
    `real emoji of ${prompts} of the prompts: ${rateText(ceiling)}, ${ceiling.samples} pictures${more}`,
  ];
  if (ceilingAmongAll) lines.push(`… among ${texts} texts: ${rateText(ceilingAmongAll)}`);
  if (!heldOut) return lines;
  const { drawings, distance, percentile } = heldOut;
  lines.push(
    `percentile among ${drawings} held-out drawings: judge ${rateText(percentile.judge)}, guides − judge ${rateText(percentile.gap)}`,
  );
  if (!distance) return lines;
  const copies = distance.training ? `, training drawings ${formatEstimate(distance.training)}` : "";
  return [
    ...lines,
    `kernel distance to ${distance.drawings} drawings of a held-out style: generated ${formatEstimate(distance.generated)}${copies}`,
  ];
}

function summariseIndependent({ rPrecision, ceiling, floor, found }: IndependentReport): string[] {
  const references = [
    ...(ceiling ? [`real drawings ${rateText(ceiling)}`] : []),
    ...(floor ? [`drawings of other concepts ${rateText(floor)}`] : []),
  ];
  return [
    [`independent judge, R-precision at 1: ${rateText(rPrecision)}`, references.join(", ")]
      .filter(Boolean)
      .join("; "),
    ...(found ? [`… every part found at a 5 % false-positive rate: ${rateText(found.generated)}`] : []),
  ];
}

/**
 * Summarises a bias measurement as lines of text: the rates of each CLIP, their changes, and the association test.
 * @param rows result of `evaluateBias`.
 * @returns the lines.
 */
export function summariseBias(rows: readonly BiasRow[]): string[] {
  return rows.flatMap(({ model, rates, sensitivity = [], association }) => [
    model,
    ...rates.flatMap(({ by, groups, gap }) => [
      `  by ${by}`,
      ...groups.map(
        ({ group, rate }) => `    ${group.padEnd(24)} ${rateText(rate)}, ${rate.samples} pictures`,
      ),
      ...(gap ? [`    ${gap.to} − ${gap.from}: ${rateText(gap.difference)}`] : []),
    ]),
    ...sensitivity.flatMap(({ by, groups }) =>
      groups.map(({ group, change }) => `  other labels, ${by} ${group}: ${rateText(change)}`),
    ),
    ...(association
      ? [`  association: effect ${association.effect.toFixed(2)}, p ${association.p.toPrecision(2)}`]
      : []),
  ]);
}

/**
 * Summarises the ratings that people gave to pictures, as lines of text. The judge is the CLIP that answered the same trials.
 * @param report result of `evaluatePeople`.
 * @returns the lines.
 */
export function summariseRatings({ agreement, naming, preference }: PeopleReport): string[] {
  const lines = naming || preference ? [] : ["no answers yet"];
  if (agreement) {
    const { mean, samples } = agreement.kappa;
    const value = Number.isNaN(mean) ? "undefined (one category only)" : formatEstimate(agreement.kappa, 2);
    lines.push(`${agreement.name}: ${value}, ${samples} trials with two or more ratings`);
  }
  if (naming) {
    lines.push(
      `named correctly: ${rateText(naming.recognised)}, ${naming.recognised.samples} answers`,
      `recognised by most raters: ${rateText(naming.pictures)}`,
    );
    if (naming.judge) {
      const share = (name: string, estimate: Estimate): string =>
        estimate.samples === 0
          ? `${name}: no such picture`
          : `${name}: ${rateText(estimate)}, ${estimate.samples} pictures`;
      lines.push(
        `judge: ${rateText(naming.judge.recognised)}`,
        share("judge's false-positive rate", naming.judge.falsePositives),
        share("judge's false-negative rate", naming.judge.falseNegatives),
      );
    }
  }
  if (preference) {
    const { methods, first, undecided, judgeAgrees } = preference;
    const share = first.samples === 0 ? "no decided answer" : rateText(first);
    lines.push(
      `${methods[0]} preferred to ${methods[1]}: ${share}, ${first.samples} decided answers, ${undecided} undecided`,
    );
    if (judgeAgrees) lines.push(`judge agrees: ${rateText(judgeAgrees)}`);
  }
  return lines;
}

/**
 * Summarises tuned prompts as lines of text.
 * @param tuned result of `tunePrompts`.
 * @param part name of the part of the data on which they were chosen.
 * @returns the lines.
 */
export function summariseTuning({ chosenOn, steps, weights, heldOut }: TunedPrompts, part: string): string[] {
  return [
    `chosen on ${chosenOn} pictures of "${part}":`,
    ...steps.map(
      ({ template, logLikelihood }) => `  ${template} (log-likelihood ${logLikelihood.toFixed(4)})`,
    ),
    "weights computed without labels:",
    ...[...weights]
      .sort((a, b) => b.weight - a.weight)
      .slice(0, 10)
      .map(({ template, weight }) => `  ${weight.toFixed(3)} ${template}`),
    `accuracy on the other half, ${heldOut[0]!.accuracy.samples} pictures:`,
    ...heldOut.map(
      ({ name, accuracy, gain }) =>
        `  ${name}: ${rateText(accuracy)}${gain ? `, gain ${rateText(gain)}` : ""}`,
    ),
  ];
}
