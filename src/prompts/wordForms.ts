/** Returns the words of a text in lower case, without possessive endings. */
export const wordsOf = (text: string): string[] =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[’']s\b/gu, "")
    .match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];

/** Irregular plurals by their singular. Those in "-men", such as `policemen`, have a rule. */
const irregularPlurals = new Map([
  ["mouse", "mice"],
  ["child", "children"],
  ["tooth", "teeth"],
  ["foot", "feet"],
  ["goose", "geese"],
  ["ox", "oxen"],
  ["cactus", "cacti"],
  ["octopus", "octopi"],
  ["person", "people"],
]);
const irregularSingulars = new Map([...irregularPlurals].map(([singular, plural]) => [plural, singular]));

/** Returns the forms of a word that match a label: the word itself, its singular and its plural. */
export function formsOf(word: string): string[] {
  const forms = [word];
  const irregular = irregularPlurals.get(word) ?? irregularSingulars.get(word);
  if (irregular !== undefined) forms.push(irregular);
  if (word.endsWith("men")) forms.push(`${word.slice(0, -2)}an`);
  if (word.endsWith("ies") && word.length > 4) forms.push(`${word.slice(0, -3)}y`);
  if (/(?:s|x|z|ch|sh|o)es$/.test(word)) forms.push(word.slice(0, -2));
  if (word.endsWith("ves")) forms.push(`${word.slice(0, -3)}f`, `${word.slice(0, -3)}fe`);
  if (word.endsWith("s") && !word.endsWith("ss") && word.length > 2) forms.push(word.slice(0, -1));
  else forms.push(/(?:s|x|z|ch|sh)$/.test(word) ? `${word}es` : `${word}s`);
  if (/[^aeiou]y$/.test(word)) forms.push(`${word.slice(0, -1)}ies`);
  return forms;
}
