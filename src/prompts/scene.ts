import { colourWords } from "./colours.js";
import { type Token, joinWords, tokensOf } from "./tokens.js";
import { type CountedNoun, countedNoun, singularOf } from "./counts.js";
import {
  type Connective,
  type RelationKind,
  bearingKinds,
  bearingOf,
  connectives,
  isSupportOf,
  ornaments,
  placingVerbs,
} from "./relations.js";

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
  /** Number of copies of each part: 2 for "two cats". */
  readonly counts: readonly number[];
  /** Relations that connect all parts: one fewer than parts. */
  readonly relations: readonly SceneRelation[];
  /** Things beyond the limit of parts. They are not in `parts`. */
  readonly omitted: readonly string[];
  /** Pairs of contradictory relations, in words. The first of each pair is in `relations`. */
  readonly contradictions: readonly (readonly [string, string])[];
}

/** Names of known things, in the form of `sceneName`. A name with a connective in it is not split. */
export type KnownNames = ReadonlySet<string>;

/** A thing of the text, with the connectives between the previous thing and this one. */
interface Segment {
  readonly text: string;
  readonly definite: boolean;
  readonly connectives: readonly Connective["kind"][];
}

/** Whether a token is a verb such as "chasing" in "a dog chasing a ball": its form, and the article after it. */
function isActionVerb(tokens: readonly Token[], at: number): boolean {
  const [token, next] = [tokens[at]!, tokens[at + 1]];
  return at > 0 && /.{3}ing$/.test(token.word) && !token.article && next?.article === true;
}

/** The connective that starts at a token, if any. Things with an unknown verb between them stand beside each other. */
function connectiveAt(tokens: readonly Token[], at: number): Connective | undefined {
  const known = connectives.find(({ words }) =>
    words.every((word, offset) => tokens[at + offset]?.word === word),
  );
  if (known || !isActionVerb(tokens, at)) return known;
  return { words: [tokens[at]!.word], kind: "beside" };
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

/** Number of ornaments where the text gives none: hearts on a tree. */
const usualOrnaments = 3;

/** The thing of a segment and its number. Known names are not counted. Ornaments in the plural are several. */
function thingOf(text: string, connective: Connective["kind"] | undefined, known: KnownNames): CountedNoun {
  if (known.has(text)) {
    const singular = connective === "with" ? singularOf(text) : undefined;
    if (singular === undefined || !ornaments.test(singular)) return { text, count: 1 };
  }
  const counted = countedNoun(text);
  const singular = singularOf(text);
  if (counted.count === 1 && connective === "with" && singular !== undefined && ornaments.test(singular))
    return { text: singular, count: usualOrnaments };
  return counted;
}

const opposites: ReadonlyMap<RelationKind, RelationKind> = new Map([
  ["above", "below"],
  ["below", "above"],
  ["left", "right"],
  ["right", "left"],
  ["behind", "front"],
  ["front", "behind"],
]);

/** Relation that a connective expresses between a subject and `count` objects. */
function kindOf(
  connective: Connective["kind"],
  subject: string,
  object: string,
  count: number,
): RelationKind {
  if (connective === "and") return "beside";
  if (connective === "on" && /^(?:fire|flames?)$/.test(object)) return "around";
  if (connective !== "with" && connective !== "wearing") return connective;
  if (subject === object) return "beside";
  if (count > 1 && ornaments.test(object)) return "scattered";
  return bearingOf(object) ?? (connective === "wearing" ? "body" : "holding");
}

/** Relations whose bearer a thing after "and" may share. */
const bearing = new Set<RelationKind>(bearingKinds);

/**
 * Splits a prompt into things with their relations. A prompt that is a known name or names one thing is one part.
 * @param known names that are not split at words such as "with". @param most maximum number of parts, 1 or more.
 */
export function splitScene(text: string, known: KnownNames, most = 3): SceneText {
  const tokens = tokensOf(text);
  const singlePart = (part: string): SceneText => ({
    parts: [part],
    counts: [1],
    relations: [],
    omitted: [],
    contradictions: [],
  });
  const whole = joinWords(tokens);
  if (most < 2 || known.has(whole)) return singlePart(whole);
  const segments = segmentsOf(tokens, known);
  const parts: string[] = [];
  const counts: number[] = [];
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
    const placingKinds = segment.connectives.filter((kind) => kind !== "and");
    const { text: thing, count } = thingOf(segment.text, placingKinds[0], known);
    const previous = parts.length - 1;
    const bearsNextThing = segments[at + 1]?.connectives.some((kind) =>
      ["with", "wearing", "holding"].includes(kind),
    );
    const repeatedIndex = segment.definite ? parts.slice(0, Math.max(0, previous)).lastIndexOf(thing) : -1;
    if (repeatedIndex < 0 && parts.length === most) {
      omitted.push(segment.text);
      return;
    }
    const index = repeatedIndex >= 0 ? repeatedIndex : parts.push(thing) - 1;
    if (repeatedIndex < 0) counts.push(count);
    if (previous < 0) return;
    const bearer = bearerOf(previous);
    const subject = bearer ?? previous;
    if (placingKinds.length === 0) {
      const last = relations.find(({ object }) => object === previous)?.kind;
      const shared =
        bearer !== undefined && !bearsNextThing && (last === "holding" || bearingOf(thing) !== undefined);
      const kind = shared ? kindOf("with", parts[subject]!, thing, count) : "beside";
      relate({ subject, kind, object: index });
      return;
    }
    if (placingKinds[0] === "with" && isSupportOf(parts[subject]!, thing)) {
      relate({ subject: index, kind: "on", object: subject });
      return;
    }
    const kinds = placingKinds.map((join) => kindOf(join, parts[subject]!, thing, count));
    for (const kind of kinds.slice(0, 1)) relate({ subject, kind, object: index });
    for (const kind of kinds.slice(1))
      if (opposites.get(kinds[0]!) === kind)
        contradictions.push([
          describe({ subject, kind: kinds[0]!, object: index }),
          describe({ subject, kind, object: index }),
        ]);
  });
  if (parts.length < 2 && (counts[0] ?? 1) < 2) return { ...singlePart(whole), omitted };
  return { parts, counts, relations, omitted, contradictions };
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

/** Things of a prompt that have drawings, and those that have none. */
export interface KnownScene extends Pick<SceneText, "parts" | "counts" | "relations"> {
  readonly unknown: readonly string[];
}

/** Leaves out things that have no drawing. What was related to such a thing is placed beside the first thing. */
export function withoutUnknown(
  { parts, counts, relations }: Pick<SceneText, "parts" | "counts" | "relations">,
  isKnown: (part: string) => boolean,
): KnownScene {
  const kept = parts.map((part, at) => ({ part, at })).filter(({ part }) => isKnown(part));
  const unknown = parts.filter((part) => !isKnown(part));
  const indexOf = new Map(kept.map(({ at }, index) => [at, index]));
  const remaining: SceneRelation[] = relations.flatMap(({ subject, kind, object }) => {
    const [from, to] = [indexOf.get(subject), indexOf.get(object)];
    return from !== undefined && to !== undefined ? [{ subject: from, kind, object: to }] : [];
  });
  for (let index = 1; index < kept.length; index++)
    if (!connected(remaining, 0, index)) remaining.push({ subject: 0, kind: "beside", object: index });
  return {
    parts: kept.map(({ part }) => part),
    counts: kept.map(({ at }) => counts[at]!),
    relations: remaining,
    unknown,
  };
}
