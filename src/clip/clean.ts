import { decodeHTML, decodeHTMLStrict } from "entities";
import { repairEncoding, windows1252 } from "./encodingRepair.js";

/** White space as CLIP's reference sees it; JavaScript's `\s` differs in two places. */
const space = "\\t-\\r \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const spaces = new RegExp(`[${space}]+`, "gu");
const ends = new RegExp(`^[${space}\\x1c-\\x1f]+|[${space}\\x1c-\\x1f]+$`, "gu");

// What the reference's case-insensitive pattern means for lower-case text: ſ counts as s, and U+0345 is of no kind.
const words = new RegExp(
  `<\\|startoftext\\|>|<\\|endoftext\\|>|'[sſ]|'t|'re|'ve|'m|'ll|'d|\\p{L}+|\\p{N}|[^${space}\\p{L}\\p{N}\\u0345]+`,
  "gu",
);

/** Matches a repeatedly encoded `&`: `&amp;amp;amp;`. */
const repeatedAmpersands = /&(?:(?:amp|AMP|#0{0,20}38|#[xX]0{0,20}26);){2,}/g;
/** Maximum number of passes; each undoes one level of encoding. */
const mostPasses = 64;

/** Returns the probable replacement of a control character, U+0080 to U+009F. */
const repairWindowsCharacter = (code: number): string => windows1252.charAt(code - 0x80);

const ligatures: Readonly<Record<string, string>> = {
  ŉ: "ʼn",
  ...Object.fromEntries(
    [..."ĲĳǱǲǳǄǅǆǇǈǉǊǋǌﬀﬁﬂﬃﬄﬆ"].map((character) => [character, character.normalize("NFKC")]),
  ),
  ﬅ: "ſt",
};
const ligature = new RegExp(`[${Object.keys(ligatures).join("")}]`, "gu");

/**
 * Repairs text: typographic quotes, ligatures, full-width forms, line ends, terminal colours and control characters, until
 * nothing changes. It does what ftfy 6's `fix_text` does; text that was read with a wrong code page (`Ã©` for `é`) is recognised
 * by rules of our own, which are simpler.
 * @param entities whether HTML references are decoded.
 */
function repairLine(line: string, entities: boolean): string {
  let text = line;
  for (let pass = 0; pass < mostPasses; pass++) {
    const before = text;
    if (entities)
      text = text.replace(repeatedAmpersands, "&amp;").replace(/&#?[0-9A-Za-z]{1,24};/g, decodeStrictEntity);
    text = repairEncoding(text)
      .replace(/[\x80-\x9f]/g, (character) => repairWindowsCharacter(character.charCodeAt(0)))
      .replace(ligature, (character) => ligatures[character]!)
      .replace(/[\uff01-\uffef]/g, (character) => character.normalize("NFKC"))
      .replace(/\u3000/g, " ")
      .replace(/[\u201c-\u201f]/g, '"')
      .replace(/[\u02bc\u2018-\u201b]/g, "'")
      .replace(/\r\n|[\r\u2028\u2029\x85]/g, "\n")
      .replace(/\p{Surrogate}/gu, "\ufffd")
      .replace(/\x1b\[[\d;]*[a-zA-Z]/g, "")
      .replace(/[\0-\x08\x0b\x0e-\x1f\x7f\u206a-\u206f\ufeff\ufff9-\ufffc]/g, "")
      .normalize("NFC");
    if (text === before) break;
  }
  return text;
}

/** Decodes a reference that ends in `;`, also one whose whole name is in capitals; anything else stays. */
function decodeStrictEntity(match: string): string {
  if (match.startsWith("&#")) {
    const decoded = decodeReferences(match);
    return decoded.includes(";") ? match : decoded;
  }
  const decoded = decodeHTMLStrict(match);
  if (decoded !== match) return decoded;
  const lower = match.toLowerCase();
  const small =
    match === match.toUpperCase() && decodeHTML(match) === match ? decodeHTMLStrict(lower) : lower;
  return small === lower ? match : small.toUpperCase();
}

/**
 * Decodes the character references of HTML 5, those without `;` too. Source: WHATWG HTML, §13.2.5.72–80, as Python's
 * `html.unescape`.
 */
function decodeReferences(text: string): string {
  return text.replace(
    /&(?:#([0-9]+);?|#[xX]([0-9a-fA-F]+);?|[^\t\n\f <&#;]{1,32};?)/gu,
    (match: string, decimal: string | undefined, hexadecimal: string | undefined) => {
      const digits = decimal ?? hexadecimal;
      if (digits === undefined) return decodeHTML(match);
      return decodeNumbered(parseInt(digits, decimal === undefined ? 16 : 10));
    },
  );
}

function decodeNumbered(code: number): string {
  if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return "\ufffd";
  if (code >= 0x80 && code <= 0x9f) return repairWindowsCharacter(code);
  const control = code < 0x20 && ![0x09, 0x0a, 0x0c, 0x0d].includes(code);
  const nothing = (code >= 0xfdd0 && code <= 0xfdef) || (code & 0xfffe) === 0xfffe;
  return control || code === 0x7f || nothing ? "" : String.fromCodePoint(code);
}

/**
 * Cleans a text as OpenAI's CLIP does before cutting it into words: repaired, HTML references decoded twice, one blank
 * between words, lower case.
 */
export function cleanText(text: string): string {
  let entities = true;
  const repaired = text.split(/(?<=\n)/).map((line) => {
    entities &&= !line.includes("<"); // a tag says that this and what follows may be HTML, whose references mean something
    return repairLine(line, entities);
  });
  const decoded = decodeReferences(decodeReferences(repaired.join("")));
  return decoded.replace(ends, "").replace(spaces, " ").replace(ends, "").toLowerCase();
}

/** Splits a text into words as OpenAI's CLIP does, its start and end tokens among them where the text spells them out. */
export function splitPublishedWords(text: string): string[] {
  return cleanText(text).match(words) ?? [];
}
