const articles = new Set(["a", "an", "the", "some", "his", "her", "its", "their"]);
const possessives = new Set(["his", "her", "its", "their"]);
/** A word of a prompt. */
export interface Token {
  readonly word: string;
  /** Whether "the" precedes the word. */
  readonly definite: boolean;
  /** Whether an article precedes the word. */
  readonly article: boolean;
  /** Whether a word such as "its" precedes the word. */
  readonly possessive: boolean;
}

/** Splits a prompt into words and punctuation, in lower case, without articles. */
export function tokenize(text: string): Token[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}\p{M}'’!?.-]+|[,;&]/gu) ?? [];
  const tokens: Token[] = [];
  let [definite, article, possessive] = [false, false, false];
  for (const word of words.map((each) => each.replace(/(?<=.)[.?]+$/, ""))) {
    if (articles.has(word)) {
      article = true;
      definite ||= word === "the";
      possessive ||= possessives.has(word);
    } else {
      tokens.push({ word, definite, article, possessive });
      [definite, article, possessive] = [false, false, false];
    }
  }
  return tokens;
}

/** Joins the words of tokens by spaces. */
export const joinWords = (tokens: readonly Token[]): string => tokens.map(({ word }) => word).join(" ");

/** Returns the key for comparing names: lower case, without articles. */
export const sceneNameOf = (text: string): string => joinWords(tokenize(text));
