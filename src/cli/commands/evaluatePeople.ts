import { isAbsolute, relative, resolve } from "node:path";
import { z } from "zod";
import type { ClipModels } from "../../embedding/index.js";
import { ConfigError, InputError } from "../../errors.js";
import type { JudgedTrial } from "../../evaluate/index.js";
import type { Ratings } from "../../rating/index.js";
import { defineCommand } from "../command.js";
import { rateText } from "../evaluateRun.js";

/** Files of ratings of the same trials, one a rater. @throws {ConfigError} when they do not belong together. */
async function readTogether(files: readonly string[]): Promise<[Ratings, ...Ratings[]]> {
  const { readRatings } = await import("../../rating/index.js");
  const [first, ...others] = await Promise.all(files.map(readRatings));
  if (!first) throw new ConfigError("evaluate people: needs a file of ratings");
  for (const [at, other] of others.entries()) {
    if (JSON.stringify(other.trials) !== JSON.stringify(first.trials))
      throw new ConfigError(`${files[at + 1]!}: rates other pictures than ${files[0]!}`);
    if ([first, ...others.slice(0, at)].some(({ rater }) => rater === other.rater))
      throw new ConfigError(`${files[at + 1]!}: ${other.rater} has rated in another file too`);
  }
  return [first, ...others];
}

/** A rated picture's path inside its folder. @throws {InputError} when the file of ratings names one outside it. */
function inside(folder: string, path: string): string {
  const full = resolve(folder, path);
  const way = relative(folder, full);
  if (way.startsWith("..") || isAbsolute(way) || isAbsolute(path))
    throw new InputError(`${path}: lies outside ${folder}; ratings may name only pictures inside it`);
  return full;
}

async function* trialsOf({ trials }: Ratings, folder: string): AsyncGenerator<JudgedTrial> {
  const { loadPicture } = await import("../../images/index.js");
  const open = async (path: string) => (await loadPicture(inside(folder, path))).picture;
  for (const trial of trials)
    yield trial.kind === "naming"
      ? { pictures: [await open(trial.picture)], texts: trial.options }
      : { pictures: await Promise.all(trial.pictures.map(open)), texts: [trial.prompt] };
}

/** The named judge: a pack's judge, or its first CLIP. */
async function openJudge(name: string): Promise<ClipModels> {
  const { loadPack } = await import("../../packs/index.js");
  const { loadClips } = await import("../../embedding/index.js");
  const pack = await loadPack(name);
  return loadClips(pack, (pack.manifest.judge ?? pack.manifest.guides[0]!).name);
}

/** `clipsteer evaluate people`. */
export const evaluatePeopleCommand = defineCommand({
  usage: "evaluate people <ratings..>",
  describe: "Report what people said in clipsteer rate: agreement, preference, the judge's false positives",
  schema: z.strictObject({
    ratings: z.array(z.string()).min(1).describe("Files of ratings, one a rater").meta({ positional: true }),
    judge: z
      .string()
      .optional()
      .describe("Pack whose judge answers the same questions: outputs/judge, or emoji (default: none)"),
    folder: z.string().optional().describe("Folder of the rated pictures (default: as recorded)"),
    threads: z.int().min(1).max(256).optional().describe("Threads (default: one a core)"),
  }),
  examples: [
    [
      "clipsteer evaluate people outputs/x/ratings-ada.json --judge outputs/judge",
      "one person and the judge",
    ],
    [
      "clipsteer evaluate people ratings-ada.json ratings-bob.json",
      "Cohen's kappa; Fleiss' for three or more",
    ],
  ],
  async run({ ratings: files, judge, folder, threads }, context) {
    const { evaluatePeople, judgeTrials } = await import("../../evaluate/index.js");
    const together = await readTogether(files);
    const [first] = together;
    const pictures = resolve(folder ?? first.folder);
    const judged =
      judge === undefined
        ? undefined
        : await judgeTrials(await openJudge(judge), trialsOf(first, pictures), {
            engine: "compiled",
            ...(threads && { threads }),
          });
    const report = evaluatePeople(
      first.trials.map((trial, at) => ({
        kind: trial.kind,
        ...(trial.kind === "naming"
          ? { correct: trial.options.indexOf(trial.prompt) }
          : { methods: trial.methods }),
        answers: together.map(({ answers }) => answers.find((each) => each.trial === at)?.choice),
        judge: judged?.[at],
      })),
      together.length,
    );
    context.printJson(report);
    const { agreement, naming, preference } = report;
    if (!naming && !preference) context.print("no answers yet");
    if (agreement) {
      const { mean, low, high, samples } = agreement.kappa;
      const value = Number.isNaN(mean)
        ? "undefined (one category only)"
        : `${mean.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
      context.print(`${agreement.name}: ${value}, ${samples} trials`);
    }
    if (naming) {
      context.print(`named rightly: ${rateText(naming.recognised)}, ${naming.recognised.samples} answers`);
      context.print(`recognised by most raters: ${rateText(naming.pictures)}`);
      if (naming.judge) {
        const { recognised, falsePositives, falseNegatives } = naming.judge;
        context.print(`judge: ${rateText(recognised)}`);
        const of = (name: string, { samples }: { samples: number }, text: string): void =>
          context.print(samples === 0 ? `${name}: no such picture` : `${name}: ${text}, ${samples} pictures`);
        of("judge's false-positive rate", falsePositives, rateText(falsePositives));
        of("judge's false-negative rate", falseNegatives, rateText(falseNegatives));
      }
    }
    if (preference) {
      const [one, two] = preference.methods;
      context.print(
        `${one} preferred to ${two}: ${rateText(preference.first)}, ${preference.first.samples} answers, ${preference.undecided} undecided`,
      );
      if (preference.judgeAgrees) context.print(`judge agrees: ${rateText(preference.judgeAgrees)}`);
    }
  },
});
