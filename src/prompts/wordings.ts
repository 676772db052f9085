import { colourWords } from "./colours.js";
import { removeFrame } from "./frames.js";
import { connectives, nounConnectives } from "./relations.js";
import { stateOf } from "./states.js";
import type { Token } from "./tokens.js";
import { isParticiple } from "./verbForms.js";

const noun = "(?=(?:an?|the|some|two|three|four|five|six|seven|eight|nine|ten|many|several|\\d+)\\b)";
/** Words by which a text asks for a picture, before what it shows. */
const requests = [
  /^(?:hi|hello|hey)[,!]? /i,
  /^(?:please|pls),? /i,
  /^(?:can|could|would|will) you (?:please )?(?=draw|paint|sketch|show|make|create|generate|design|give)/i,
  /^i(?: want| need| wish for| would like|['’]d like|['’]d love)(?: you to)?(?: to (?:see|have))? /i,
  new RegExp(
    `^(?:draw|paint|sketch|show|make|create|generate|design|give)(?: me| us)? (?:please )?${noun}`,
    "i",
  ),
  /^(?:draw|show|give) (?:me|us) /i,
  new RegExp(
    `^(?:there (?:is|are|was|were)|there['’]s|here is|here['’]s|this is|it['’]s|it is) ${noun}`,
    "i",
  ),
  new RegExp(
    `^(?:an? )?(?:picture|image|photo|photograph|drawing|illustration|painting|sketch|sticker|icon) (?:of|showing|with) ${noun}`,
    "i",
  ),
];
const courtesy = /(?:,? (?:please|pls|thanks|thank you)(?: very much)?[.!]*)+$/i;

/** Removes the words by which a text asks for a picture, and for what: "please draw me a cat" is "a cat", "a logo for a bakery" "a bakery". */
export function removeRequest(text: string): string {
  let rest = text.trim().replace(courtesy, "");
  for (let size = 0; size !== rest.length;) {
    size = rest.length;
    for (const request of requests) {
      const shorter = rest.replace(request, "");
      if (shorter !== "") rest = shorter;
    }
    rest = removeFrame(rest);
  }
  return rest === text.trim() ? text : rest;
}

/** Words that say how a thing is. Colours and states are adjectives too. */
const adjectives = new Set(
  (
    "small large big little tiny huge tall short long round square fat thin old young new cute pretty beautiful ugly fluffy furry shiny sparkly " +
    "dirty clean broken open closed empty full fierce friendly scary brave lazy strong wild magic magical funny silly striped spotted wooden golden metal " +
    "plastic glass stone paper soft hard warm cold hot wet dry dark light bright colourful colorful modern ancient ripe juicy fresh smooth rough"
  ).split(" "),
);
const adverbs = new Set("very really quite rather extremely super so all completely".split(" "));
const isAdjective = (word: string): boolean =>
  adjectives.has(word) || colourWords.has(word) || stateOf(word) !== undefined;

/** First words of connectives, and commas. */
const firstWords = new Set([...connectives, ...nounConnectives].map(({ words }) => words[0]!));
const plain = { definite: false, article: false, possessive: false };

/** Returns the end of the adjectives that start at a token, joined by "and" or commas; the start where there are none, or a noun follows. */
function findAdjectivesEnd(tokens: readonly Token[], start: number): number {
  let end = start;
  while (end < tokens.length && !tokens[end]!.article) {
    const { word } = tokens[end]!;
    const isJoin = end > start && /^(?:and|but|,)$/.test(word) && isAdjective(tokens[end + 1]?.word ?? "");
    if (!isJoin && !isAdjective(word) && !adverbs.has(word)) break;
    end++;
  }
  const isEnd =
    end >= tokens.length || (firstWords.has(tokens[end]!.word) && !isParticiple(tokens[end]!.word));
  return isEnd && end > start && isAdjective(tokens[end - 1]!.word) ? end : start;
}

/** Adjectives without what joins them; two colours stay joined. */
const joinAdjectives = (tokens: readonly Token[]): Token[] =>
  tokens.filter(({ word }, at) => {
    const isBetweenColours =
      colourWords.has(tokens[at - 1]?.word ?? "") && colourWords.has(tokens[at + 1]?.word ?? "");
    return !adverbs.has(word) && (isBetweenColours || !/^(?:and|but|,)$/.test(word));
  });

/** Returns where the noun phrase starts that ends before a token; -1 where none does. */
function findNounStart(tokens: readonly Token[], end: number): number {
  for (let at = end - 1; at >= 0; at--) {
    if (firstWords.has(tokens[at]!.word)) return at + 1 < end ? at + 1 : -1;
    if (tokens[at]!.article || at === 0) return at;
  }
  return -1;
}

/** Moves adjectives to a noun. The article stays first. */
function addAdjectives(tokens: readonly Token[], start: number, adjectiveTokens: readonly Token[]): Token[] {
  const words = joinAdjectives(adjectiveTokens).map(({ word }) => ({ ...plain, word }));
  const [first, ...others] = [...words, { ...tokens[start]!, ...plain }];
  return [
    ...tokens.slice(0, start),
    { ...tokens[start]!, word: first!.word },
    ...others,
    ...tokens.slice(start + 1),
  ];
}

/**
 * Puts what is said of a thing after it in the order of a phrase: "a house, small and red, with a door" is "a small red house with a
 * door", "a dog whose nose is red" a dog "with red nose", and "a house that has a roof" one "with a roof".
 */
export function reorderPhrases(tokens: readonly Token[]): Token[] {
  let result: Token[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const { word } = tokens[at]!;
    const next = tokens[at + 1];
    if (word === "," && result.length > 0) {
      const end = findAdjectivesEnd(tokens, at + 1);
      const start = findNounStart(result, result.length);
      if (end > at + 1 && start >= 0) {
        result = addAdjectives(result, start, tokens.slice(at + 1, end));
        at = tokens[end]?.word === "," ? end : end - 1;
        continue;
      }
      // "A fox, sleeping on the moon".
      const isVerb = next !== undefined && !next.article && isParticiple(next.word);
      if (isVerb && (tokens[at + 2]?.article || firstWords.has(tokens[at + 2]?.word ?? ""))) continue;
    }
    if (/^(?:that|which|who)$/.test(word) && /^(?:has|have|had)$/.test(next?.word ?? "")) {
      result.push({ ...plain, word: "with" });
      at++;
      continue;
    }
    if (word === "whose") {
      result.push({ ...plain, word: "with" });
      const verb = tokens.findIndex((each, index) => index > at && /^(?:is|are|was|were)$/.test(each.word));
      const end = verb < 0 ? verb : findAdjectivesEnd(tokens, verb + 1);
      if (verb > at + 1 && end > verb + 1) {
        const owned = tokens.slice(at + 1, verb).map((each) => ({ ...plain, word: each.word }));
        result.push(...addAdjectives(owned, 0, tokens.slice(verb + 1, end)));
        at = end - 1;
      }
      continue;
    }
    result.push(tokens[at]!);
  }
  return result;
}
