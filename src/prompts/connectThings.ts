import { type SceneRelation, isConnected } from "./connected.js";
import { hasLayout } from "./figures.js";
import {
  type Connective,
  type RelationKind,
  bearingKinds,
  findBearing,
  isCompanion,
  isEnclosed,
  isSupportOf,
  ornaments,
} from "./relations.js";
import { nameBeing } from "./people.js";
import { type HasDrawing, readPlural, readState, readThing } from "./readThing.js";
import { type BeingNames, isAlive, removeDoing } from "./beings.js";
import type { KnownNames, Segment } from "./segments.js";
import { isWornInPairs, isWornWithIn } from "./worn.js";
import { findDoer } from "./splits.js";
import type { State } from "./states.js";

/** Words for relations whose kind is no word. */
const spoken: { readonly [Kind in RelationKind]?: string } = {
  front: "in front of",
  leftFlank: "between",
  rightFlank: "between",
};

const opposites: ReadonlyMap<RelationKind, RelationKind> = new Map([
  ["above", "below"],
  ["below", "above"],
  ["left", "right"],
  ["right", "left"],
  ["behind", "front"],
  ["front", "behind"],
]);

/**
 * Returns the relation that a connective expresses between a subject and `count` objects.
 * @param being whether the subject is an animal, a person or the like, and whether it lies.
 */
function classifyRelation(
  connective: Connective["kind"],
  subject: string,
  object: string,
  count: number,
  { isAlive: isSubjectAlive, isLying }: { readonly isAlive: boolean; readonly isLying: boolean },
): RelationKind {
  if (connective === "and") return "beside";
  if (connective === "on" && /^(?:fire|flames?)$/.test(object)) return "around";
  if (connective === "in" && isSubjectAlive && isWornWithIn(object, isLying))
    return findBearing(object) ?? "in";
  if (connective === "full" || connective === "dreaming") return "in";
  if (connective === "riding" && isEnclosed(object)) return "in";
  if (connective !== "with" && connective !== "wearing") return connective;
  if (subject === object) return "beside";
  if (count > 1 && ornaments.test(object)) return "scattered";
  const bearing = findBearing(object) ?? (connective === "wearing" ? "body" : undefined);
  return bearing ?? (isSubjectAlive && isCompanion(object) ? "beside" : "holding");
}

/** Relations whose bearer a thing after "and" may share. */
const bearing = new Set<RelationKind>(bearingKinds);

/** Flat things, on which their contents are. */
const laden = /\b(?:tray|plate|platter|board|shelf|table|desk|counter)$/;
/** What is added for a thing that is dreamt of. */
const dreamText = "thought balloon";
/** A balloon that carries things: a basket below a balloon. */
const aerostat = /^(.*)\bhot[ -]air balloon$/;
/** Returns whose shoulder a phrase names; undefined for other phrases. */
function shoulderOf(text: string): string | undefined {
  const [, owner, other] = /^(?:(.+)['’]s? |)shoulders?(?: of (.+))?$/.exec(text) ?? [];
  return /shoulders?/.test(text)
    ? (owner ?? other ?? (/^shoulders?$/.test(text) ? "man" : undefined))
    : undefined;
}

/** Things of a text in their order, and how they are related. */
export interface ConnectedThings {
  /** Texts of the things, without articles, at most `most` and a thought balloon. */
  readonly parts: string[];
  /** Number of copies of each part. */
  readonly counts: number[];
  readonly relations: SceneRelation[];
  /** Things beyond the limit. They are not in `parts`. */
  readonly omitted: string[];
  /** Pairs of contradictory relations, in words. */
  readonly contradictions: [string, string][];
  /** States of parts: "sleeping". */
  readonly states: { part: number; state: State }[];
  /** Parts that hang from a balloon, and the text of the balloon. */
  readonly lifted: { part: number; balloon: string }[];
}

/** How segments are read. */
export interface ThingReading extends BeingNames {
  readonly knownNames: KnownNames;
  /** Maximum number of things. */
  readonly most: number;
  readonly hasDrawing: HasDrawing | undefined;
  /** Whether the text is one thing without a setting; it is not split further, into copies or a balloon with its basket. */
  readonly isAlone: boolean;
}

/** A thing as a segment names it. */
interface NamedThing {
  readonly thing: string;
  readonly count: number;
  /** Words before "hot air balloon" if the thing is one; the thing is then its basket. */
  readonly balloon: string | undefined;
  /** Whose shoulder the segment names, if any. */
  readonly owner: string | undefined;
  readonly state: State | undefined;
}

/** Reads the thing that a segment names. @param placing connective that places it, if any. */
function readNamedThing(
  segment: Segment,
  placing: Connective["kind"] | undefined,
  { knownNames, hasDrawing, beingOf, isName, isAlone }: ThingReading,
): NamedThing {
  const text = removeDoing(segment.text, { isName, beingOf });
  const read = readState(text, segment.stateVerb, knownNames, hasDrawing);
  const counted = readThing(read.text, placing, knownNames);
  // What is worn is one thing, or a pair.
  const isWorn = placing === "wearing" || findBearing(counted.text) !== undefined;
  const { text: named, count } = isAlone || isWorn ? counted : readPlural(counted, knownNames);
  const [, balloon] = (!isAlone && !knownNames.has(named) && aerostat.exec(named)) || [];
  const owner = shoulderOf(named);
  const thing = balloon === undefined ? nameBeing(owner ?? named, hasLayout, beingOf) : "basket";
  return { thing, count, balloon, owner, state: read.state };
}

/** Adds a relation, unless the two parts are related or connected already; a different relation of the two is a contradiction. */
function relate({ parts, relations, contradictions }: ConnectedThings, relation: SceneRelation): void {
  const { subject, object } = relation;
  const same = relations.find(
    (each) =>
      (each.subject === subject && each.object === object) ||
      (each.subject === object && each.object === subject),
  );
  if (!same && !isConnected(relations, subject, object)) relations.push(relation);
  else if (!same || same.kind !== relation.kind || same.subject !== subject)
    contradictions.push([describe(parts, same ?? relations[0]!), describe(parts, relation)]);
}

/** Writes a relation in words. */
const describe = (parts: readonly string[], { subject, kind, object }: SceneRelation): string =>
  `${parts[subject]!} ${bearing.has(kind) ? "with" : (spoken[kind] ?? kind)} ${parts[object]!}`;

/** A thing that is to be related to the things before it. */
interface Arrival {
  readonly segment: Segment;
  /** Its part, and that of the thing before it. */
  readonly index: number;
  readonly previous: number;
  readonly named: NamedThing;
  /** Whether the next thing is held or worn by this one. */
  readonly bearsNext: boolean;
}

/**
 * Relates a thing to the thing before it, or to that one's bearer.
 * @param placedOn bearers of things by words that follow, "on its head"; the thing may be added.
 */
function relateThing(
  things: ConnectedThings,
  placedOn: Map<number, number>,
  { segment, index, previous, named: { thing, count, owner }, bearsNext }: Arrival,
  { most, beingOf }: ThingReading,
): void {
  const { parts, counts, relations, contradictions } = things;
  const classify = (connective: Connective["kind"], subject: number): RelationKind => {
    const text = parts[subject]!;
    const isLying = things.states.some(({ part, state }) => part === subject && state.isLying);
    return classifyRelation(connective, text, thing, count, { isAlive: isAlive(text, beingOf), isLying });
  };
  const pairUp = (kind: RelationKind): void => {
    const isPaired = kind === "feet" || kind === "wrist";
    if (isPaired && count === 1 && isWornInPairs(thing)) counts[index] = 2;
  };
  const placingKinds = segment.connectives.filter((kind) => kind !== "and");
  const [placing] = placingKinds;
  const bearerOf = relations.find(({ kind, object }) => object === previous && bearing.has(kind))?.subject;
  const bearer =
    placedOn.get(previous) ??
    bearerOf ??
    (segment.connectives.some((kind) => kind === "holding" || kind === "wearing")
      ? findDoer(parts, relations, previous)
      : undefined);
  const subject = bearer ?? previous;
  if (placing === undefined) {
    const flank = relations.find(({ kind, object }) => object === previous && kind === "leftFlank");
    if (flank) {
      relate(things, { subject: flank.subject, kind: "rightFlank", object: index });
      return;
    }
    const last = relations.find(({ object }) => object === previous)?.kind;
    const shared =
      bearer !== undefined && !bearsNext && (last === "holding" || findBearing(thing) !== undefined);
    const kind = shared ? classify("with", subject) : "beside";
    pairUp(kind);
    relate(things, { subject, kind, object: index });
    return;
  }
  if (placing === "dreaming" && parts.length < most + 1) {
    const balloon = parts.push(dreamText) - 1;
    counts.push(1);
    relations.push(
      { subject, kind: "mark", object: balloon },
      { subject: index, kind: "in", object: balloon },
    );
    return;
  }
  if (placing === "full") {
    // In the basket, not in who holds it.
    const kind = laden.test(parts[previous]!) ? "on" : "in";
    relate(things, { subject: index, kind, object: previous });
    placedOn.set(index, previous);
    return;
  }
  const { place } = segment;
  if (place !== undefined && placing === "with") {
    if (place === "shoulder") relate(things, { subject, kind: "back", object: index });
    else if (place === "hand") relate(things, { subject, kind: "holding", object: index });
    else if (place === "side") relate(things, { subject, kind: "beside", object: index });
    else if (place === "below") relate(things, { subject: index, kind: "below", object: subject });
    else if (place === "neck") relate(things, { subject, kind: "neck", object: index });
    else relate(things, { subject: index, kind: place, object: subject });
    placedOn.set(index, subject);
    return;
  }
  if (placing === "on" && owner !== undefined) {
    relate(things, { subject: index, kind: "back", object: subject });
    return;
  }
  if (placing === "with" && isSupportOf(parts[subject]!, thing)) {
    relate(things, { subject: index, kind: "on", object: subject });
    return;
  }
  const [first, ...others] = placingKinds.map((join) => classify(join, subject));
  pairUp(first!);
  relate(things, { subject, kind: first!, object: index });
  for (const kind of others)
    if (opposites.get(first!) === kind)
      contradictions.push([
        describe(parts, { subject, kind: first!, object: index }),
        describe(parts, { subject, kind, object: index }),
      ]);
}

/** Reads the things that segments name, in their order, and relates each to those before it. */
export function connectThings(segments: readonly Segment[], reading: ThingReading): ConnectedThings {
  const things: ConnectedThings = {
    parts: [],
    counts: [],
    relations: [],
    omitted: [],
    contradictions: [],
    states: [],
    lifted: [],
  };
  const { parts, counts, omitted, states, lifted } = things;
  const placedOn = new Map<number, number>();
  segments.forEach((segment, at) => {
    const placing = segment.connectives.find((kind) => kind !== "and");
    const named = readNamedThing(segment, placing, reading);
    const previous = parts.length - 1;
    const repeatedIndex = segment.definite
      ? parts.slice(0, Math.max(0, previous)).lastIndexOf(named.thing)
      : -1;
    if (repeatedIndex < 0 && parts.length === reading.most) {
      omitted.push(segment.text);
      return;
    }
    const index = repeatedIndex >= 0 ? repeatedIndex : parts.push(named.thing) - 1;
    if (repeatedIndex < 0) counts.push(named.count);
    if (named.balloon !== undefined) lifted.push({ part: index, balloon: `${named.balloon}hot air balloon` });
    if (named.state) states.push({ part: index, state: named.state });
    if (previous < 0) return;
    // A cat and a dog that sleep: both do.
    const isJoined = segment.connectives.every((kind) => kind === "and");
    if (named.state?.isLying && segment.stateVerb && isJoined && isAlive(parts[previous]!, reading.beingOf))
      states.push({ part: previous, state: named.state });
    const bearsNext =
      segments[at + 1]?.connectives.some((kind) => ["with", "wearing", "holding"].includes(kind)) ?? false;
    relateThing(things, placedOn, { segment, index, previous, named, bearsNext }, reading);
  });
  return things;
}
