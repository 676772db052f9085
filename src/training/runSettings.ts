import { z } from "zod";
import type { TokenizerJson } from "../clip/index.js";
import { ConfigError, WeightsError } from "../errors.js";
import { parseJson, readTextFile } from "../files/index.js";
import type { TrainingCheckpoint } from "./run.js";

const part = z.looseObject({});
const size = z.int().min(1);

/** What other commands read of the settings of a run, by what the run trains. */
const kinds = {
  "a CLIP": z.looseObject({ model: z.looseObject({ image: part, text: part }) }),
  "a generator of emoji": z.looseObject({
    model: z.looseObject({ generator: part, encoder: part, discriminator: part }),
  }),
  "an upscaler": z.looseObject({ model: z.looseObject({ width: size, layers: size }) }),
} as const;

/**
 * Parses the settings of a checkpoint. What its own training wrote is trusted to be complete.
 * @param kind what the run has to train. @param folder names the run in errors.
 * @throws {ConfigError} when the run trains something else.
 */
export function parseRunSettings<T>(
  kind: keyof typeof kinds,
  { settings }: Pick<TrainingCheckpoint, "settings">,
  folder: string,
): T {
  try {
    return kinds[kind].parse(parseJson(settings)) as T;
  } catch (cause) {
    throw new ConfigError(`${folder}: the run there does not train ${kind}; name another folder`, { cause });
  }
}

const readable = { maxBytes: 64e6, expected: "a tokenizer.json" };

/**
 * Reads the `tokenizer.json` of a run or a data folder; `loadTokenizer` checks its content.
 * @throws {InputError} when it is missing or no text; {WeightsError} when it is no JSON.
 */
export async function readTokenizerFile(path: string): Promise<TokenizerJson> {
  const text = await readTextFile(path, readable);
  try {
    return parseJson(text) as TokenizerJson;
  } catch (cause) {
    throw new WeightsError(`${path}: is damaged (${(cause as Error).message}); restore it`, { cause });
  }
}
