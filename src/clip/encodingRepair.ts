/** Characters of Windows-1252 for the bytes 0x80 to 0x9f; undefined bytes stand for themselves. (Node 20's TextDecoder reads it as Latin-1.) */
export const windows1252 = "€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ";

const high = Uint8Array.from({ length: 128 }, (_, at) => 128 + at);
/** Code pages that UTF-8 is wrongly decoded with: the byte of each of their characters from 0x80. */
const pages = ["iso-8859-1", "windows-1251", "windows-1250", "windows-1253", "windows-1257"].map((name) => {
  const characters = [...new TextDecoder(name).decode(high)];
  if (name === "iso-8859-1") [...windows1252].forEach((character, at) => (characters[at] = character));
  return new Map(characters.map((character, at) => [character, 128 + at]));
});

const utf8 = new TextDecoder("utf-8", { fatal: true });
/** Characters that hardly ever follow a letter: signs, fractions, raised figures, control characters. */
const odd = /[\p{Sc}\p{Sk}\p{Sm}\p{No}¦§¶†‡ˆƒµ\x80-\x9f]/u;
/** The first byte of a Latin, Greek or Cyrillic letter in UTF-8, before anything but a letter or the end of a word. */
const half = /^[ÂÃÎÐ][^\p{L}…’]/u;
/** A capital Latin letter, except those that emoticons are made of. */
const capital = /^(?![Ò-ÖÙ-Ü])(?=\p{Lu})\p{Script=Latin}/u;

/** Tells whether hardly anybody writes these characters on purpose. */
const isOdd = (part: readonly string[]): boolean =>
  half.test(part.join("")) ||
  (odd.test(part.slice(1).join("")) && (part.length > 2 || capital.test(part[0]!)));

/** Decodes the character that the first of these characters encode in UTF-8, and how many of them do. */
function decodeFirst(
  characters: readonly string[],
  sure: boolean,
): [decoded: string, count: number] | undefined {
  for (const page of pages) {
    const lead = page.get(characters[0]!) ?? 0;
    const count = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    const part = characters.slice(0, count);
    if (count === 0 || part.length < count || !(sure || isOdd(part))) continue;
    try {
      return [utf8.decode(Uint8Array.from(part, (each) => page.get(each) ?? 0)), count];
    } catch {
      continue; // these bytes are no UTF-8
    }
  }
  return undefined;
}

function decodeAll(text: string, sure: boolean): string {
  const characters = [...text];
  let repaired = "";
  for (let at = 0; at < characters.length;) {
    const [decoded, count] = decodeFirst(characters.slice(at, at + 4), sure) ?? [characters[at]!, 1];
    repaired += decoded;
    at += count;
  }
  return repaired;
}

/**
 * Repairs text that was UTF-8 and was decoded with a Latin, Greek or Cyrillic code page: `Ã©` becomes `é`; an `Ã` that lost its second
 * byte, a blank, becomes `à`. A run of characters counts as such text when some of them are hardly ever written on purpose, such as
 * accented capitals before signs.
 */
export function repairEncoding(text: string): string {
  return text
    .replace(/[ÂÃ](?= )(?<=(?:^|[a-z]\s?).)/gu, (lead) => (lead === "Ã" ? "à" : ""))
    .replace(/[^\0-\x7f]{2,}/gu, (run) => (decodeAll(run, false) === run ? run : decodeAll(run, true)));
}
