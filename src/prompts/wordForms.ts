/** Returns the words of a text in lower case, without possessive endings. */
export const wordsOf = (text: string): string[] =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[’']s\b/gu, "")
    .match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];

/** Returns the forms of a word that match a label: the word itself, its singular and its plural. */
export function formsOf(word: string): string[] {
  const forms = [word];
  if (word.endsWith("ies") && word.length > 4) forms.push(`${word.slice(0, -3)}y`);
  if (/(?:s|x|z|ch|sh|o)es$/.test(word)) forms.push(word.slice(0, -2));
  if (word.endsWith("ves")) forms.push(`${word.slice(0, -3)}f`);
  if (word.endsWith("s") && !word.endsWith("ss") && word.length > 2) forms.push(word.slice(0, -1));
  else forms.push(/(?:s|x|z|ch|sh)$/.test(word) ? `${word}es` : `${word}s`);
  if (/[^aeiou]y$/.test(word)) forms.push(`${word.slice(0, -1)}ies`);
  return forms;
}
