import { stat } from "node:fs/promises";
import { z } from "zod";
import { InputError } from "../errors.js";
import { parseJson, readPlainFile, writeFileAtomic } from "../files/index.js";

const text = z.string().min(1).max(1000);
const path = z.string().min(1).max(4096);

/** Two pictures of one prompt, of which a person chooses the better one. */
const choiceSchema = z.strictObject({
  kind: z.literal("choice"),
  prompt: text,
  /** Paths from the rated folder, one of each method. */
  pictures: z.tuple([path, path]),
  /** Names of the two methods: the folders that hold the pictures. */
  methods: z.tuple([text, text]),
});

/** A picture whose prompt a person finds among several. */
const namingSchema = z.strictObject({
  kind: z.literal("naming"),
  prompt: text,
  picture: path,
  /** Candidate prompts, the true one among them. */
  options: z.array(text).min(2).max(8),
});

const trialSchema = z.discriminatedUnion("kind", [choiceSchema, namingSchema]);

/** One question to a person. */
export type Trial = z.infer<typeof trialSchema>;

const answerSchema = z.strictObject({
  /** Index of the trial. */
  trial: z.int().min(0),
  /** Index of the chosen picture or option; null when the person cannot tell. */
  choice: z.int().min(0).max(7).nullable(),
  /** Seconds from question to answer. */
  seconds: z.number().min(0).max(1e6),
});

/** One answer. */
export type Answer = z.infer<typeof answerSchema>;

const ratingsSchema = z
  .strictObject({
    format: z.literal(1),
    /** The rated folder. */
    folder: path,
    rater: z.string().min(1).max(100),
    trials: z.array(trialSchema).min(1).max(100_000),
    answers: z.array(answerSchema).max(100_000),
  })
  .superRefine(({ trials, answers }, context) => {
    const answered = new Set<number>();
    for (const { trial, choice } of answers) {
      const question = trials[trial];
      const count = question === undefined ? 0 : question.kind === "choice" ? 2 : question.options.length;
      if (answered.has(trial) || (choice ?? 0) >= count)
        context.addIssue({ code: "custom", message: `answers: trial ${trial} is unknown or answered twice` });
      answered.add(trial);
    }
    trials.forEach((trial, at) => {
      if (trial.kind === "naming" && !trial.options.includes(trial.prompt))
        context.addIssue({ code: "custom", message: `trials: ${at} does not offer its own prompt` });
    });
  });

/** Answers of one person to the trials of a folder. */
export type Ratings = z.infer<typeof ratingsSchema>;

const largestFile = 64e6;

/**
 * Reads a file of ratings.
 * @param file path of the file.
 * @returns the validated ratings.
 * @throws {InputError} when it is missing, larger than 64 MB or not a file of ratings.
 */
export async function readRatings(file: string): Promise<Ratings> {
  const info = await stat(file).catch((cause: unknown) => {
    throw new InputError(`${file}: no such file; check the path`, { cause });
  });
  if (!info.isFile() || info.size > largestFile)
    throw new InputError(`${file}: is not a file of ratings of at most ${largestFile / 1e6} MB`);
  let value: unknown;
  try {
    value = parseJson(String(await readPlainFile(file)));
  } catch (cause) {
    throw new InputError(`${file}: is not JSON (${(cause as Error).message}); give a file of ratings`, {
      cause,
    });
  }
  const parsed = ratingsSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path: where, message } = parsed.error.issues[0]!;
  throw new InputError(`${file}: ${[...where.map(String), message].join(": ")}`);
}

/** Writes a file of ratings whole or not at all. */
export async function writeRatings(file: string, ratings: Ratings): Promise<void> {
  await writeFileAtomic(file, `${JSON.stringify(ratings, undefined, 1)}\n`);
}
