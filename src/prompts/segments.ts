import { colourWords } from "./colours.js";
import { parseCountedNoun, singularOf } from "./counts.js";
import { type Place, placeAt } from "./places.js";
import { type Connective, connectives, nounConnectives, placingVerbs } from "./relations.js";
import { type StagePart, joinSettings, findSetting } from "./settings.js";
import { isBeing, stateOf } from "./states.js";
import { type Token, joinWords } from "./tokens.js";

/** Names of known things, in the form of `sceneNameOf`. A name with a connective in it is not split. */
export type KnownNames = ReadonlySet<string>;

/** A thing of the text, with the connectives between the previous thing and this one. */
export interface Segment {
  readonly text: string;
  readonly definite: boolean;
  /** Whether a word such as "its" precedes the thing. */
  readonly possessive: boolean;
  readonly connectives: readonly Connective["kind"][];
  /** Where the thing is on its bearer, or in it, by words that follow. */
  readonly place: Place | undefined;
  /** Verb of a state that follows: "a cat sleeping on a book". */
  readonly stateVerb: string | undefined;
  /** Whether another being has one like it, which is counted instead. */
  readonly isShared?: boolean;
}

/** Whether a noun with an article or a number starts at a token. */
const startsNoun = (tokens: readonly Token[], at: number): boolean =>
  tokens[at]?.article === true || parseCountedNoun(`${tokens[at]?.word ?? ""} things`).count > 1;

/**
 * Tells whether a token is a verb such as "chasing" in "a dog chasing a ball": its form, and what is before and after it. After an animal or
 * a person, or before a plural, there need not be an article: "a girl in a dress picking flowers".
 */
function isActionVerb(tokens: readonly Token[], at: number, knownNames: KnownNames): boolean {
  const [token, before, next] = [tokens[at]!, tokens[at - 1], tokens[at + 1]];
  if (!before || !next || token.article || !/.{3}ing$|^using$/.test(token.word)) return false;
  if (startsNoun(tokens, at + 1)) return true;
  if (connectives.some(({ words }) => words[0] === next.word) || prepositionWords.has(next.word))
    return false;
  const compound = `${token.word} ${next.word}`;
  if ([compound, singularOf(compound) ?? compound].some((name) => knownNames.has(name))) return false;
  const noun = singularOf(before.word) ?? before.word;
  return (
    isBeing(noun) || (knownNames.has(noun) && !colourWords.has(noun) && singularOf(next.word) !== undefined)
  );
}

/** Tells whether "for" at a token is followed by a being with an article. */
const isForBeing = (tokens: readonly Token[], at: number): boolean =>
  tokens[at]!.word === "for" && tokens[at + 1]?.article === true && isBeing(tokens[at + 1]!.word);

/** Words after a verb that are not its object. */
const prepositionWords = new Set([
  ...nounConnectives.map(({ words }) => words[0]!),
  ..."at under during up away back out off over for about happily quietly together alone itself himself herself themselves".split(" "),
]); // prettier-ignore

/** Verbs that take a held thing. Without an object they are states or places: "flying a kite", but "flying over". */
const handled =
  /^(?:swinging|flying|lifting|cutting|peeling|painting|washing|offering|selling|giving|bringing|stealing|picking|toasting|tossing|knitting|wrapping|serving|pouring|baking|shooting|spraying|delivering|posting|mailing|using)$/;

/** Finds the connective that starts at a token, if any. An unknown verb between two things means that one acts on the other. */
function findConnective(
  tokens: readonly Token[],
  at: number,
  knownNames: KnownNames,
): Connective | undefined {
  const startsAt = ({ words }: Connective): boolean =>
    words.every((word, offset) => tokens[at + offset]?.word === word);
  // "A reading lamp" is a lamp.
  if (tokens[at]!.article && /.{3}ing$/.test(tokens[at]!.word)) return undefined;
  const known =
    connectives.find(startsAt) ??
    nounConnectives.find((each) => startsAt(each) && startsNoun(tokens, at + each.words.length));
  // "An apple for the teacher".
  if (isForBeing(tokens, at)) return { words: ["for"], kind: "beside" };
  if (known || !isActionVerb(tokens, at, knownNames)) return known;
  const { word } = tokens[at]!;
  return { words: [word], kind: handled.test(word) ? "holding" : "acting" };
}

/** Connectives that are verbs. Without an object of their own they are left out: "a pig playing in the mud". */
const verbKinds = new Set<Connective["kind"]>(["holding", "hugging", "acting", "pulling", "pushing", "up"]);

/** Returns the length, in tokens, of the known name with a connective in it that starts at `at`; 0 if there is none. */
function measureNameLength(tokens: readonly Token[], at: number, knownNames: KnownNames): number {
  for (let length = Math.min(8, tokens.length - at); length > 2; length--) {
    const span = tokens.slice(at, at + length);
    // "a fork and a knife", "between fork and knife": two things.
    const isSplit = span.some(
      ({ word }, offset) =>
        word === "and" && (span[offset + 1]?.article || tokens[at - 1]?.word === "between"),
    );
    if (
      !isSplit &&
      knownNames.has(joinWords(span)) &&
      span.some((_, offset) => findConnective(span, offset, knownNames))
    )
      return length;
  }
  return 0;
}

/** Tells whether "and" at a token joins two colours of one thing: "black and white cat", not "a red and a green apple". */
const isColourJoin = (tokens: readonly Token[], at: number): boolean => {
  const next = tokens[at + 1];
  if (!next || next.article || !colourWords.has(tokens[at - 1]?.word ?? "")) return false;
  return colourWords.has(next.word);
};

/** Tells whether "and" at a token joins a colour and another adjective: "a brown and fluffy yeti". @param length number of words before it. */
const isAdjectiveJoin = (tokens: readonly Token[], at: number, length: number): boolean =>
  length === 1 &&
  colourWords.has(tokens[at - 1]!.word) &&
  tokens[at + 1]?.article === false &&
  !colourWords.has(tokens[at + 1]!.word) &&
  tokens[at + 2]?.article === false &&
  isBeing(tokens[at + 2]!.word);

/** Returns for each token, and for the end of the text, whether a noun phrase may end before it. Takes linear time. */
function findEnds(tokens: readonly Token[], knownNames: KnownNames): boolean[] {
  // A setting ends where another phrase may: tokens are looked at from the last to the first.
  const ends = new Array<boolean>(tokens.length + 1).fill(true);
  for (let at = tokens.length - 1; at >= 0; at--)
    ends[at] =
      tokens[at]!.article ||
      findConnective(tokens, at, knownNames) !== undefined ||
      placeAt(tokens, at, "") !== undefined ||
      findSetting(tokens, at, (end) => ends[end] ?? true) !== undefined;
  return ends;
}

/** Splits a text into things and the parts of its setting. @param hasSetting whether a setting is read; it is a thing otherwise. */
export function splitSegments(
  tokens: readonly Token[],
  knownNames: KnownNames,
  hasSetting: boolean,
): { segments: Segment[]; setting: readonly StagePart[] } {
  const segments: Segment[] = [];
  const ends = hasSetting ? findEnds(tokens, knownNames) : [];
  const lastStyle = tokens.findLastIndex(({ word }) => word === "style");
  const found: (readonly StagePart[])[] = [];
  let words: Token[] = [];
  let pending: Connective["kind"][] = [];
  const close = (place?: Segment["place"]): void => {
    let stateVerb: string | undefined;
    while (words.length > 1) {
      const { word } = words.at(-1)!;
      if (stateOf(word)) stateVerb = word;
      else if (!placingVerbs.has(word)) break;
      words.pop();
    }
    if (words.length > 0) {
      const [{ definite, possessive }] = words as [Token];
      segments.push({ text: joinWords(words), definite, possessive, connectives: pending, stateVerb, place });
      pending = [];
    }
    words = [];
  };
  for (let at = 0; at < tokens.length;) {
    const length = measureNameLength(tokens, at, knownNames);
    const setting =
      length > 0 || !hasSetting ? undefined : findSetting(tokens, at, (end) => ends[end] ?? true);
    if (setting) {
      close();
      found.push(setting.parts);
      at += setting.length;
      continue;
    }
    const placed =
      length > 0 || words.length === 0 || pending.length === 0
        ? undefined
        : placeAt(tokens, at, segments.at(-1)?.text ?? "");
    if (placed) {
      close(placed.place);
      at += placed.length;
      continue;
    }
    const connective = length > 0 ? undefined : findConnective(tokens, at, knownNames);
    if (connective?.kind === "and" && isAdjectiveJoin(tokens, at, words.length)) {
      at++;
      continue;
    }
    const style = connective?.kind === "in" && at <= lastStyle;
    if (!connective || style || (connective.kind === "and" && isColourJoin(tokens, at))) {
      const count = Math.max(1, length);
      words.push(...tokens.slice(at, at + count));
      at += count;
      continue;
    }
    const isVerbBefore = words.length === 0 && verbKinds.has(pending.at(-1) ?? "and");
    close();
    if (isVerbBefore && !verbKinds.has(connective.kind)) pending.pop();
    pending.push(connective.kind);
    at += connective.words.length;
  }
  close();
  return { segments: appendNouns(segments), setting: joinSettings(found) };
}

/** Appends the noun of the next segment to a segment that is only a colour: "a red and a green apple". */
function appendNouns(segments: readonly Segment[]): Segment[] {
  return segments.map((segment, at) => {
    const next = segments[at + 1];
    const isJoined = next?.connectives.every((kind) => kind === "and") ?? false;
    if (!colourWords.has(segment.text) || !next || !isJoined) return segment;
    const noun = next.text
      .split(" ")
      .filter((word) => !colourWords.has(word))
      .join(" ");
    return noun === "" ? segment : { ...segment, text: `${segment.text} ${noun}` };
  });
}
