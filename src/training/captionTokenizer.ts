import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Tokenizer, type TokenizerJson, loadTokenizer, trainTokenizer } from "../clip/index.js";
import { type EmojiData, listCaptions } from "../data/index.js";
import { ConfigError } from "../errors.js";
import { writeFileAtomic } from "../files/index.js";
import { readTokenizerFile } from "./runSettings.js";

/** Tokens of a caption, start and end included. */
export const contextLength = 16;
const vocabSize = 2048;

/**
 * Reads the tokenizer of a data folder, and writes it first when it is missing: trained on the captions of the training split, or
 * `base` with the words of these captions added to those that it knows.
 * @param base tokenizer of the pack whose CLIPs are trained further; ignored when the folder has a tokenizer.
 * @throws {InputError} when the file cannot be read; {WeightsError} when it is damaged; {ConfigError} when `base` is of another kind.
 */
export async function readOrTrainTokenizer(
  folder: string,
  data: EmojiData,
  base?: TokenizerJson,
): Promise<{ json: TokenizerJson; tokenizer: Tokenizer }> {
  const path = join(folder, "tokenizer.json");
  let json: TokenizerJson;
  if (existsSync(path)) json = await readTokenizerFile(path);
  else {
    const trained = data.items.filter((item) => item.split === "train");
    const captionTokenizer = trainTokenizer(listCaptions(trained), { vocabSize });
    json = base ? addWordsOf(base, captionTokenizer) : captionTokenizer;
    await writeFileAtomic(path, JSON.stringify(json));
  }
  return { json, tokenizer: loadTokenizer(json, { contextLength }) };
}

/** Adds the words that another tokenizer has seen to `base`, which keeps splitting words as before. */
function addWordsOf(base: TokenizerJson, other: TokenizerJson): TokenizerJson {
  if (!Array.isArray((base as Partial<TokenizerJson>).clipsteer?.words))
    throw new ConfigError(
      "the tokenizer of the pack does not list the words that it knows; start from a pack of clipsteer's own CLIPs",
    );
  const words = [...new Set([...base.clipsteer.words, ...other.clipsteer.words])].sort();
  return { ...base, clipsteer: { ...base.clipsteer, words } };
}
