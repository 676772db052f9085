import { colourWords } from "./colours.js";
import { type Connective, type RelationKind, bearingOf, connectives, placingVerbs } from "./relations.js";

/** Relation of two parts of a scene: "subject … object". */
export interface SceneRelation {
  /** Index of a part. */
  readonly subject: number;
  readonly kind: RelationKind;
  /** Index of a part. */
  readonly object: number;
}

/** Things of a prompt with their relations. */
export interface SceneText {
  /** Things in the order of the text, without articles; at least one. */
  readonly parts: readonly string[];
  /** Relations that connect all parts: one fewer than parts. */
  readonly relations: readonly SceneRelation[];
  /** Things beyond the limit of parts. They are not in `parts`. */
  readonly omitted: readonly string[];
  /** Pairs of contradictory relations, in words. The first of each pair is in `relations`. */
  readonly contradictions: readonly (readonly [string, string])[];
}

/** Names of known things, in the form of `sceneName`. A name with a connective in it is not split. */
export type KnownNames = ReadonlySet<string>;

const articles = new Set(["a", "an", "the", "some", "his", "her", "its", "their"]);
const numbers: ReadonlyMap<string, number> = new Map([
  ["two", 2],
  ["three", 3],
]);

interface Token {
  readonly word: string;
  /** Whether "the" precedes the word. */
  readonly definite: boolean;
  /** Whether an article precedes the word. */
  readonly article: boolean;
}

/** A thing of the text, with the connectives between the previous thing and this one. */
interface Segment {
  readonly text: string;
  readonly definite: boolean;
  readonly connectives: readonly Connective["kind"][];
}

function tokensOf(text: string): Token[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}\p{M}'’!?.-]+|[,;&]/gu) ?? [];
  const tokens: Token[] = [];
  let [definite, article] = [false, false];
  for (const word of words.map((each) => each.replace(/(?<=.)[.?]+$/, ""))) {
    if (articles.has(word)) {
      article = true;
      definite ||= word === "the";
    } else {
      tokens.push({ word, definite, article });
      [definite, article] = [false, false];
    }
  }
  return tokens;
}

const joinWords = (tokens: readonly Token[]): string => tokens.map(({ word }) => word).join(" ");

/** Key for comparing names: lower case, without articles. */
export const sceneName = (text: string): string => joinWords(tokensOf(text));

/** The connective that starts at a token, if any. */
function connectiveAt(tokens: readonly Token[], at: number): Connective | undefined {
  return connectives.find(({ words }) => words.every((word, offset) => tokens[at + offset]?.word === word));
}

/** Length, in tokens, of the known name with a connective in it that starts at `at`; 0 if there is none. */
function nameLength(tokens: readonly Token[], at: number, known: KnownNames): number {
  for (let length = Math.min(8, tokens.length - at); length > 2; length--) {
    const span = tokens.slice(at, at + length);
    if (known.has(joinWords(span)) && span.some((_, offset) => connectiveAt(span, offset))) return length;
  }
  return 0;
}

/** Whether "and" at a token joins two colours of one thing: "black and white cat", not "a red and a green apple". */
const joinsColours = (tokens: readonly Token[], at: number): boolean =>
  colourWords.has(tokens[at - 1]?.word ?? "") &&
  colourWords.has(tokens[at + 1]?.word ?? "") &&
  !tokens[at + 1]!.article;

function segmentsOf(tokens: readonly Token[], known: KnownNames): Segment[] {
  const segments: Segment[] = [];
  let words: Token[] = [];
  let pending: Connective["kind"][] = [];
  const close = (): void => {
    while (words.length > 1 && placingVerbs.has(words.at(-1)!.word)) words.pop();
    if (words.length > 0) {
      segments.push({ text: joinWords(words), definite: words[0]!.definite, connectives: pending });
      pending = [];
    }
    words = [];
  };
  for (let at = 0; at < tokens.length;) {
    const length = nameLength(tokens, at, known);
    const connective = length > 0 ? undefined : connectiveAt(tokens, at);
    const style = connective?.kind === "in" && tokens.slice(at).some(({ word }) => word === "style");
    if (!connective || style || (connective.kind === "and" && joinsColours(tokens, at))) {
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
  return withNouns(segments);
}

/** Appends the noun of the next segment to a segment that is only a colour: "a red and a green apple". */
function withNouns(segments: readonly Segment[]): Segment[] {
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

/** Expands a counted noun such as "two cats" into its things. Known names are not expanded. */
function expandCount(text: string, known: KnownNames): string[] {
  const [first, ...rest] = text.split(" ");
  const count = numbers.get(first!);
  const noun = rest.join(" ");
  if (count === undefined || noun === "" || known.has(text)) return [text];
  const singular = [/(?<=ss|sh|ch|x)es$/, /s$/]
    .map((ending) => noun.replace(ending, ""))
    .find((each) => each !== noun);
  return Array.from({ length: count }, () => singular ?? noun);
}

const opposites: ReadonlyMap<RelationKind, RelationKind> = new Map([
  ["above", "below"],
  ["below", "above"],
  ["left", "right"],
  ["right", "left"],
  ["behind", "front"],
  ["front", "behind"],
]);

/** Relation that a connective expresses between a subject and an object. */
function kindOf(connective: Connective["kind"], subject: string, object: string): RelationKind {
  if (connective === "and") return "beside";
  if (connective === "on" && /^(?:fire|flames?)$/.test(object)) return "around";
  if (connective !== "with" && connective !== "wearing") return connective;
  if (subject === object) return "beside";
  return bearingOf(object) ?? (connective === "wearing" ? "body" : "holding");
}

/** Relations of a bearer (subject) to a worn or held thing. A thing after "and" may have the same bearer. */
const bearing = new Set<RelationKind>(["head", "eyes", "neck", "body", "feet", "face", "around", "holding"]);

/**
 * Splits a prompt into things with their relations. A prompt that is a known name or names one thing is one part.
 * @param known names that are not split at words such as "with". @param most maximum number of parts, 1 or more.
 */
export function splitScene(text: string, known: KnownNames, most = 3): SceneText {
  const tokens = tokensOf(text);
  const singlePart = (part: string): SceneText => ({
    parts: [part],
    relations: [],
    omitted: [],
    contradictions: [],
  });
  const whole = joinWords(tokens);
  if (most < 2 || known.has(whole)) return singlePart(whole);
  const segments = segmentsOf(tokens, known);
  const parts: string[] = [];
  const omitted: string[] = [];
  const relations: SceneRelation[] = [];
  const contradictions: [string, string][] = [];
  const describe = ({ subject, kind, object }: SceneRelation): string =>
    `${parts[subject]!} ${bearing.has(kind) ? "with" : kind === "front" ? "in front of" : kind} ${parts[object]!}`;
  const bearerOf = (part: number): number | undefined =>
    relations.find(({ kind, object }) => object === part && bearing.has(kind))?.subject;
  const relate = (relation: SceneRelation): void => {
    const { subject, object } = relation;
    const same = relations.find(
      (each) =>
        (each.subject === subject && each.object === object) ||
        (each.subject === object && each.object === subject),
    );
    if (!same && !connected(relations, subject, object)) relations.push(relation);
    else if (!same || same.kind !== relation.kind || same.subject !== subject)
      contradictions.push([describe(same ?? relations[0]!), describe(relation)]);
  };
  segments.forEach((segment, at) => {
    const things = expandCount(segment.text, known);
    const previous = parts.length - 1;
    const placingKinds = segment.connectives.filter((kind) => kind !== "and");
    const bearsNextThing = segments[at + 1]?.connectives.some((kind) =>
      ["with", "wearing", "holding"].includes(kind),
    );
    for (const [copy, thing] of things.entries()) {
      const repeatedIndex = segment.definite ? parts.slice(0, Math.max(0, previous)).lastIndexOf(thing) : -1;
      if (repeatedIndex < 0 && parts.length === most) {
        omitted.push(thing);
        continue;
      }
      const index = repeatedIndex >= 0 ? repeatedIndex : parts.push(thing) - 1;
      if (previous < 0 && copy === 0) continue;
      if (copy > 0) {
        relate({ subject: index - 1, kind: "beside", object: index });
        continue;
      }
      const bearer = bearerOf(previous);
      const subject = bearer ?? previous;
      if (placingKinds.length === 0) {
        const last = relations.find(({ object }) => object === previous)?.kind;
        const shared =
          bearer !== undefined && !bearsNextThing && (last === "holding" || bearingOf(thing) !== undefined);
        const kind = shared ? kindOf("with", parts[subject]!, thing) : "beside";
        relate({ subject, kind, object: index });
        continue;
      }
      const kinds = placingKinds.map((join) => kindOf(join, parts[subject]!, thing));
      for (const kind of kinds.slice(0, 1)) relate({ subject, kind, object: index });
      for (const kind of kinds.slice(1))
        if (opposites.get(kinds[0]!) === kind)
          contradictions.push([
            describe({ subject, kind: kinds[0]!, object: index }),
            describe({ subject, kind, object: index }),
          ]);
    }
  });
  if (parts.length < 2) return { ...singlePart(whole), omitted };
  return { parts, relations, omitted, contradictions };
}

/** Whether relations connect two parts. */
function connected(relations: readonly SceneRelation[], from: number, to: number): boolean {
  const reached = new Set([from]);
  for (let size = 0; size !== reached.size;) {
    size = reached.size;
    for (const { subject, object } of relations)
      if (reached.has(subject) || reached.has(object)) {
        reached.add(subject);
        reached.add(object);
      }
  }
  return reached.has(to);
}
