import { z } from "zod";
import { DownloadError } from "../errors.js";
import { type AliasFile, emojiKeyOf } from "../prompts/index.js";
import { readConcepts } from "./join.js";
import { labelSource } from "./sources.js";

/** Languages of names. Those with more speakers come first: if a name has different meanings in two languages, the first counts. */
export const aliasLanguages = [
  ...["de", "fr", "es", "it", "pt", "nl", "pl", "ru", "uk", "ja", "zh", "zh-hant", "ko", "hi", "bn"],
  ...["sv", "da", "nb", "fi", "et", "lt", "hu", "ms", "th", "vi", "es-mx"],
] as const;

const recordSchema = z.array(
  z.object({
    label: z.string(),
    hexcode: z.string(),
    tags: z.array(z.string()).optional(),
    skins: z.array(z.object({ hexcode: z.string() })).optional(),
  }),
);
type EmojiRecord = z.infer<typeof recordSchema>[number];

const emojiOf = (hexcode: string): string =>
  String.fromCodePoint(...hexcode.split("-").map((code) => parseInt(code, 16)));

/** Reads the records of a language. @throws {DownloadError} when its file is not as expected. */
function readRecords(files: ReadonlyMap<string, Buffer>, language: string): EmojiRecord[] {
  const path = `${language}/data.json`;
  try {
    return recordSchema.parse(JSON.parse(files.get(path)?.toString("utf8") ?? ""));
  } catch (cause) {
    throw new DownloadError(`emojibase-data: ${path} is missing or of another form than expected`, { cause });
  }
}

/** Words that consist only of kana. The sign `ー` for long vowels belongs to neither script. */
const kanaWord = /^[\p{Script=Katakana}\p{Script=Hiragana}ー]+$/u;

/**
 * Finds the kanji of Japanese labels that CLDR writes in kana, such as `猫` for `ネコ`. It is the emoji's Chinese name, if that is also one
 * of its Japanese tags.
 * @param chineseNames by hexcode.
 */
function findKanjiSpellings(
  japanese: readonly EmojiRecord[],
  chineseNames: ReadonlyMap<string, string>,
): Map<string, string> {
  const kanjiOfKana = new Map<string, string>();
  for (const { label, hexcode, tags = [] } of japanese) {
    const name = chineseNames.get(hexcode);
    if (name !== undefined && tags.includes(name) && kanaWord.test(label)) kanjiOfKana.set(label, name);
  }
  return kanjiOfKana;
}

/**
 * Builds the table of emoji and foreign names of all concepts that packs know: emoji without flags and components.
 * @param files of emojibase-data, by path in the package.
 * @throws {DownloadError} when a language is missing or of another form.
 */
export function buildAliases(files: ReadonlyMap<string, Buffer>): AliasFile {
  const english = readConcepts(files);
  const concepts = [...english.byHex.values()];
  const indexOf = new Map(concepts.map(({ hexcode }, at) => [hexcode, at]));
  const emoji: Record<string, number> = {};
  for (const { hexcode, skins = [] } of readRecords(files, "en")) {
    const at = indexOf.get(emojiKeyOf(emojiOf(hexcode)));
    if (at === undefined) continue;
    emoji[emojiKeyOf(emojiOf(hexcode))] = at;
    // An emoji with two skin tones may be another sequence of code points than the one without tones.
    for (const skin of skins) emoji[emojiKeyOf(emojiOf(skin.hexcode))] ??= at;
  }
  const names: Record<string, string[]> = {};
  const chineseNames = new Map(readRecords(files, "zh").map(({ hexcode, label }) => [hexcode, label]));
  for (const language of aliasLanguages) {
    const records = readRecords(files, language);
    const kanjiOfKana =
      language === "ja" ? findKanjiSpellings(records, chineseNames) : new Map<string, string>();
    const list = new Array<string>(concepts.length).fill("");
    for (const { hexcode, label } of records) {
      const at = indexOf.get(emojiKeyOf(emojiOf(hexcode)));
      if (at === undefined) continue;
      // `ネコ` is `猫`, so `ネコの顔` is also `猫の顔`.
      const variants = [...kanjiOfKana]
        .filter(([kana]) => label.includes(kana))
        .map(([kana, kanji]) => label.replace(kana, kanji));
      list[at] = [label.replaceAll("|", " "), ...variants].join("|");
    }
    names[language] = list;
  }
  return {
    format: 1,
    licence: `${labelSource.attribution}; names in other languages from Unicode CLDR, Unicode License v3`,
    labels: concepts.map(({ label }) => label),
    tags: concepts.map(({ tags }) => [...tags]),
    emoji,
    names,
  };
}
