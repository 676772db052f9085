import { readdir } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { z } from "zod";
import { readCaptionedFolder } from "../data/index.js";
import { InputError } from "../errors.js";
import { readMetadata } from "../images/index.js";
import { createRandom } from "../tensor/index.js";
import type { Trial } from "./ratings.js";

/** Task of a person: choose the better of two pictures, or name what a picture shows. */
export type Task = "choice" | "naming";

/** Most options of a naming trial. */
const mostOptions = 8;

/** The part of a picture's record that holds its prompt. */
const recordSchema = z.object({
  settings: z.object({
    terms: z.array(z.object({ text: z.string().min(1).max(1000).optional(), weight: z.number() })).max(1000),
  }),
});

interface Prompted {
  /** Path from the folder, with slashes. */
  readonly path: string;
  readonly prompt: string;
}

/** Reads the prompt from the record that clipsteer writes into a picture. @returns undefined when there is none. */
async function readRecordedPrompt(path: string): Promise<string | undefined> {
  const metadata = await readMetadata(path);
  if (metadata === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(metadata);
  } catch {
    return undefined; // another version's record: the caption counts
  }
  const parsed = recordSchema.safeParse(value);
  return parsed.data?.settings.terms.find(({ text, weight }) => text !== undefined && weight > 0)?.text;
}

/** Tells whether a picture is a result: a run folder also holds previews and sheets, which are not rated. */
const isResult = (path: string): boolean =>
  !/^\d{5,}-/.test(basename(dirname(path))) || /^image\.(?:png|webp)$/.test(basename(path));

async function listPromptedPictures(folder: string): Promise<Prompted[]> {
  const { files } = await readCaptionedFolder(folder);
  return Promise.all(
    files
      .filter(({ path }) => isResult(path))
      .map(async ({ path, captions }) => ({
        path: relative(folder, path).split(sep).join("/"),
        prompt: (await readRecordedPrompt(path)) ?? captions[0]!,
      })),
  );
}

/**
 * Builds the trials of a folder, in an order that depends on the folder alone.
 * `choice`: the folder holds two folders, one a method, with pictures of equal names. `naming`: any pictures; the options are the
 * prompts of others. A picture's prompt is the one in its record, else the text of the `.txt` file beside it, else its name.
 * @throws {InputError} when the folder does not fit the task.
 */
export async function buildTrials(folder: string, task: Task): Promise<Trial[]> {
  return task === "choice"
    ? makeChoiceTrials(folder)
    : makeNamingTrials(await listPromptedPictures(folder), folder);
}

/** Lists the folders of a rated folder, hidden ones left out. @throws {InputError} when it cannot be read. */
async function listMethods(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new InputError(`${folder}: no such folder; check the path`, { cause });
  });
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map(({ name }) => name)
    .sort();
}

async function makeChoiceTrials(folder: string): Promise<Trial[]> {
  const methods = await listMethods(folder);
  const [first, second] = methods;
  if (methods.length !== 2 || first === undefined || second === undefined)
    throw new InputError(
      `${folder}: a choice needs two folders of pictures with equal names, one a method; it has ${methods.length}`,
    );
  const [one, two] = await Promise.all([
    listPromptedPictures(join(folder, first)),
    listPromptedPictures(join(folder, second)),
  ]);
  const others = new Map(two.map((each) => [each.path, each]));
  const trials = one.flatMap(({ path, prompt }): Trial[] => {
    const other = others.get(path);
    return other
      ? [
          {
            kind: "choice",
            prompt,
            pictures: [`${first}/${path}`, `${second}/${path}`],
            methods: [first, second],
          },
        ]
      : [];
  });
  if (trials.length === 0)
    throw new InputError(`${folder}: no picture of ${first} has the name of one of ${second}`);
  return trials;
}

function makeNamingTrials(pictures: readonly Prompted[], folder: string): Trial[] {
  const prompts = [...new Set(pictures.map(({ prompt }) => prompt))].sort();
  if (prompts.length < 2)
    throw new InputError(
      `${folder}: naming needs pictures of two prompts or more, it has ${prompts.length}; a prompt is in the picture's metadata, in a .txt file of its name, or is its name in words`,
    );
  return pictures.map(({ path, prompt }) => {
    const random = createRandom(`options ${path}`);
    const others = prompts.filter((each) => each !== prompt);
    const distractors = Array.from(
      random.permute(others.length).slice(0, mostOptions - 1),
      (at) => others[at]!,
    );
    const options = [prompt, ...distractors];
    const order = random.permute(options.length);
    return { kind: "naming", prompt, picture: path, options: Array.from(order, (at) => options[at]!) };
  });
}
