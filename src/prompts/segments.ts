import { colourWords } from "./colours.js";
import { parseCountedNoun } from "./counts.js";
import { type Connective, connectives, placingVerbs } from "./relations.js";
import { type StagePart, joinSettings, findSetting } from "./settings.js";
import { stateOf } from "./states.js";
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
  /** Where the thing is on its bearer, or in it, by words that follow: "with a bird on its head", "with a candle inside". */
  readonly place: "on" | "in" | "shoulder" | "hand" | "side" | "neck" | "below" | undefined;
  /** Verb of a state that follows: "a cat sleeping on a book". */
  readonly stateVerb: string | undefined;
}

/** Tells whether a token is a verb such as "chasing" in "a dog chasing a ball": its form, and the article after it. */
function isActionVerb(tokens: readonly Token[], at: number): boolean {
  const [token, next] = [tokens[at]!, tokens[at + 1]];
  return at > 0 && /.{3}ing$/.test(token.word) && !token.article && next?.article === true;
}

/** Verbs that take a held thing. Without an object they are states or places: "flying a kite", but "flying over". */
const handled =
  /^(?:swinging|flying|lifting|cutting|peeling|painting|washing|offering|selling|giving|bringing)$/;

/** Finds the connective that starts at a token, if any. An unknown verb between two things means "beside". */
function findConnective(tokens: readonly Token[], at: number): Connective | undefined {
  const known = connectives.find(({ words }) =>
    words.every((word, offset) => tokens[at + offset]?.word === word),
  );
  if (known || !isActionVerb(tokens, at)) return known;
  const { word } = tokens[at]!;
  return { words: [word], kind: handled.test(word) ? "holding" : "beside" };
}

/** Returns the length, in tokens, of the known name with a connective in it that starts at `at`; 0 if there is none. */
function measureNameLength(tokens: readonly Token[], at: number, knownNames: KnownNames): number {
  for (let length = Math.min(8, tokens.length - at); length > 2; length--) {
    const span = tokens.slice(at, at + length);
    // "a fork and a knife", "between fork and knife": two things.
    const isSplit = span.some(
      ({ word }, offset) =>
        word === "and" && (span[offset + 1]?.article || tokens[at - 1]?.word === "between"),
    );
    if (!isSplit && knownNames.has(joinWords(span)) && span.some((_, offset) => findConnective(span, offset)))
      return length;
  }
  return 0;
}

/** Words after a thing that say where it is on its bearer. */
const places: readonly (readonly [pattern: RegExp, place: NonNullable<Segment["place"]>, length: number])[] =
  [
    [/^(?:on|over) shoulders?(?: |$)/, "shoulder", 2],
    [/^at (?:side|feet|heels)(?: |$)/, "side", 2],
    [/^(?:beside|by) it$/, "side", 2],
    [/^next to it$/, "side", 3],
    [/^(?:around|round) neck(?: |$)/, "neck", 2],
    [/^on (?:back|head|nose|belly|tail|hand)(?: |$)/, "on", 2],
    [/^in hair(?: |$)/, "on", 2],
    [/^(?:underneath|beneath|below)(?: it)?$/, "below", 2],
    [/^on top(?: of it| of them)?$/, "on", 4],
    [
      /^(?:in|between|under) (?:paws?|hands?|arms?|claws?|pincers?|mouth|beak|trunk|teeth|lap)(?: |$)/,
      "hand",
      2,
    ],
    [/^inside(?: of it)?$/, "in", 3],
    [/^in it$/, "in", 2],
  ];

/** Returns the words that say where the thing before a token is, if any. */
function placeAt(
  tokens: readonly Token[],
  at: number,
): { readonly place: NonNullable<Segment["place"]>; readonly length: number } | undefined {
  const rest = joinWords(tokens.slice(at, at + 5));
  const found = places.find(([pattern]) => pattern.test(rest));
  return found && { place: found[1], length: Math.min(found[2], tokens.length - at) };
}

/** Tells whether "and" at a token joins two colours of one thing: "black and white cat", not "a red and a green apple". */
const isColourJoin = (tokens: readonly Token[], at: number): boolean =>
  colourWords.has(tokens[at - 1]?.word ?? "") &&
  colourWords.has(tokens[at + 1]?.word ?? "") &&
  !tokens[at + 1]!.article;

/** Returns for each token, and for the end of the text, whether a noun phrase may end before it. Takes linear time. */
function findEnds(tokens: readonly Token[]): boolean[] {
  // A setting ends where another phrase may: tokens are looked at from the last to the first.
  const ends = new Array<boolean>(tokens.length + 1).fill(true);
  for (let at = tokens.length - 1; at >= 0; at--)
    ends[at] =
      tokens[at]!.article ||
      findConnective(tokens, at) !== undefined ||
      placeAt(tokens, at) !== undefined ||
      findSetting(tokens, at, (end) => ends[end] ?? true) !== undefined;
  return ends;
}

/** Phrases with other words for a scene: those that say the same, or none for things that are beside each other anyway. */
const idioms: readonly (readonly [phrase: string, plain: string])[] = [
  ["side by side with", "beside"],
  ["side by side", ""],
  ["on horseback", "riding horse"],
  ["curled up", "curled"],
  ["stretched out", "sprawled"],
  ["fast asleep", "asleep"],
  ["sound asleep", "asleep"],
  ["having nap", "napping"],
  ["taking nap", "napping"],
  ["riding along in", "in"],
  ["riding in", "in"],
  ["taking bath in", "in"],
  ["having bath in", "in"],
  ["rows of", ""],
  ["row of", "several"],
];
/** Parts of a body that hold things. */
const holdingParts =
  /^(?:paws?|hands?|arms?|claws?|pincers?|tentacles?|wings?|mouth|beak|trunk|teeth|tail|tongue|feet)$/;

/** First words of the connectives for holding. */
const holdingVerbs = new Set(
  connectives.flatMap(({ kind, words }) => (kind === "holding" ? [words[0]!] : [])),
);

/** Counts the words of a phrase that says how something is held: "with its trunk", "with both hands"; 0 for other words. */
function measureManner(tokens: readonly Token[], at: number): number {
  const isBoth = tokens[at + 1]?.word === "both";
  const end = at + (isBoth ? 3 : 2);
  const part = tokens[end - 1];
  const isOwn = part !== undefined && (isBoth || part.possessive) && holdingParts.test(part.word);
  const isHeld = tokens.slice(0, at).some(({ word }) => holdingVerbs.has(word));
  const isEnd = end >= tokens.length || findConnective(tokens, end) !== undefined;
  return tokens[at]!.word === "with" && isOwn && isHeld && isEnd ? end - at : 0;
}

/** Replaces idioms by plain words, and removes how things are held. */
function replaceIdioms(tokens: readonly Token[]): Token[] {
  const result: Token[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const rest = `${joinWords(tokens.slice(at, at + 4))} `;
    const idiom = idioms.find(([phrase]) => rest.startsWith(`${phrase} `));
    // "side by side" and "on horseback" follow a thing.
    if (idiom && (at > 0 || idiom[0].endsWith("of"))) {
      const length = idiom[0].split(" ").length;
      const isCounted = parseCountedNoun(`${tokens[at + length]?.word ?? ""} things`).count > 1;
      const plain = idiom[1].split(" ").filter((word) => word !== "" && !isCounted);
      result.push(...plain.map((word) => ({ word, definite: false, article: false, possessive: false })));
      at += length - 1;
      continue;
    }
    const manner = measureManner(tokens, at);
    if (manner > 0) at += manner - 1;
    else result.push(tokens[at]!);
  }
  return result;
}

/** Splits a text into things and the parts of its setting. @param hasSetting whether a setting is read; it is a thing otherwise. */
export function splitSegments(
  written: readonly Token[],
  knownNames: KnownNames,
  hasSetting: boolean,
): { segments: Segment[]; setting: readonly StagePart[] } {
  const tokens = replaceIdioms(written);
  const segments: Segment[] = [];
  const ends = hasSetting ? findEnds(tokens) : [];
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
    const placed = length > 0 || words.length === 0 || pending.length === 0 ? undefined : placeAt(tokens, at);
    if (placed) {
      close(placed.place);
      at += placed.length;
      continue;
    }
    const connective = length > 0 ? undefined : findConnective(tokens, at);
    const style = connective?.kind === "in" && at <= lastStyle;
    if (!connective || style || (connective.kind === "and" && isColourJoin(tokens, at))) {
      const count = Math.max(1, length);
      words.push(...tokens.slice(at, at + count));
      at += count;
      continue;
    }
    close();
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
    if (!colourWords.has(segment.text) || !next) return segment;
    const noun = next.text
      .split(" ")
      .filter((word) => !colourWords.has(word))
      .join(" ");
    return noun === "" ? segment : { ...segment, text: `${segment.text} ${noun}` };
  });
}
