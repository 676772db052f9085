import { hasLayout } from "./figures.js";
import { classifyRelation, isCover } from "./classify.js";
import { type Place, findOwner } from "./places.js";
import { type Connective, type RelationKind, findBearing, isSupportOf } from "./relations.js";
import { type ConnectedThings, bearing, describe, opposites, placeOn, relate } from "./relating.js";
import { nameBeing } from "./people.js";
import {
  type HasDrawing,
  type PluralNames,
  readPlural,
  readPluralAlone,
  readState,
  readThing,
} from "./readThing.js";
import { type BeingNames, isAlive, removeDoing } from "./beings.js";
import type { KnownNames, Segment } from "./segments.js";
import { isWornInPairs } from "./worn.js";
import { findDoer } from "./splits.js";
import type { State } from "./states.js";

/** Flat things, on which their contents are. */
const laden = /\b(?:tray|plate|platter|board|shelf|table|desk|counter)$/;
/** Number of the things that cover another one. */
const coverNumber = 5;
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

/** How segments are read. */
export interface ThingReading extends BeingNames, PluralNames {
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
  /** Where the thing before is on this one, if the segment names a part of its body: on its head. */
  readonly ownPlace: Place | undefined;
  readonly state: State | undefined;
}

/** Reads the thing that a segment names. @param placing connective that places it, if any. */
function readNamedThing(
  segment: Segment,
  placing: Connective["kind"] | undefined,
  { knownNames, hasDrawing, beingOf, isName, isOwnPlural, isAlone }: ThingReading,
): NamedThing {
  const text = removeDoing(segment.text, { isName, beingOf });
  const read = readState(text, segment.stateVerb, knownNames, hasDrawing);
  const whole =
    placing === undefined || knownNames.has(read.text)
      ? undefined
      : findOwner(read.text, placing === "inside" ? "in" : placing);
  const [, twin] = /^(.+) couple$/.exec(read.text) ?? [];
  const single = twin !== undefined && isName(twin) ? `two ${twin}` : read.text;
  const counted = readThing(whole?.owner ?? single, placing, knownNames);
  const isOnShoulder = shoulderOf(counted.text) !== undefined;
  // What is worn is one thing, or a pair.
  const isWorn = placing === "wearing" || findBearing(counted.text) !== undefined;
  const { text: named, count } =
    isWorn || isOnShoulder
      ? counted
      : isAlone
        ? readPluralAlone(counted, { isName, isOwnPlural })
        : readPlural(counted, knownNames);
  const [, balloon] = (!isAlone && !knownNames.has(named) && aerostat.exec(named)) || [];
  const owner = shoulderOf(named);
  const thing = balloon === undefined ? nameBeing(owner ?? named, hasLayout, beingOf) : "basket";
  return { thing, count, balloon, owner, ownPlace: whole?.place, state: read.state };
}

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

/** Places that may be those of a thing that is carried or balanced there. */
const isOwnPlace = new Set<Place>(["on", "head", "mouth", "shoulder"]);
const actions = new Set<Connective["kind"]>(["holding", "acting", "hugging"]);
/** Things too large for what somebody holds to be shown in them: who pulls bread out of an oven stands beside it. */
const tooLargeToHold =
  /\b(?:oven|stove|fridge|refrigerator|freezer|dishwasher|washing machine|dryer|wardrobe|closet|car|truck|van|house|hoop|goal|bin|dustbin|trash can|mailbox|postbox|well|lake|pond|river|sea)$/;
/** Finds the being that is related to a thing as its subject. */
function findBeing(
  { parts, relations }: ConnectedThings,
  thing: number,
  beingOf: ThingReading["beingOf"],
): number | undefined {
  return relations.find(({ subject, object }) => object === thing && isAlive(parts[subject]!, beingOf))
    ?.subject;
}

/**
 * Relates a thing to the thing before it, or to that one's bearer.
 * @param placedOn bearers of things by words that follow, "on its head"; the thing may be added.
 */
function relateThing(
  things: ConnectedThings,
  placedOn: Map<number, number>,
  { segment, index, previous, named: { thing, count, owner, ownPlace }, bearsNext }: Arrival,
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
    placedOn.get(previous) ?? bearerOf ?? findDoer(parts, relations, previous, segment.connectives);
  // A rabbit that is pulled out of a hat is in it, not who pulls.
  const subject =
    placing === "inside" || placing === "borne" || placing === "ridden" ? previous : (bearer ?? previous);
  const { place } = segment;
  if (placing === "inside" && bearerOf !== undefined && tooLargeToHold.test(thing)) {
    relate(things, { subject: bearerOf, kind: "beside", object: index });
    return;
  }
  if (placing === undefined && place !== undefined) {
    placeOn(things, index, place, previous);
    return;
  }
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
  if (place !== undefined && (placing === "with" || (isOwnPlace.has(place) && actions.has(placing)))) {
    // What has a head is the animal, not the bath that it is in.
    const isOnBody = place === "head" || place === "mouth" || place === "hand";
    const body =
      isOnBody && !isAlive(parts[subject]!, beingOf) ? findBeing(things, subject, beingOf) : undefined;
    placeOn(things, index, place, body ?? subject);
    placedOn.set(index, body ?? subject);
    return;
  }
  if (placing === "on" && owner !== undefined) {
    relate(things, { subject: index, kind: "back", object: subject });
    return;
  }
  if (placing === "borne" || placing === "ridden") {
    relate(things, { subject: index, kind: classify(placing, subject), object: subject });
    return;
  }
  if (ownPlace !== undefined) {
    placeOn(things, subject, ownPlace, index);
    return;
  }
  if (placing === "on" && isAlive(thing, beingOf)) {
    const kind = findBearing(parts[subject]!) ?? (isCover(parts[subject]!) ? "below" : undefined);
    if (kind !== undefined) {
      relate(things, { subject: index, kind, object: subject });
      return;
    }
  }
  const isUpon = placing === "with" || placing === "covered";
  if (isUpon && !isAlive(parts[subject]!, beingOf) && isSupportOf(parts[subject]!, thing)) {
    relate(things, { subject: index, kind: "on", object: subject });
    return;
  }
  const [first, ...others] = placingKinds.map((join) => classify(join, subject));
  pairUp(first!);
  if (first === "scattered" && count === 1) counts[index] = coverNumber;
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
  const { parts, counts, relations, omitted, states, lifted } = things;
  const placedOn = new Map<number, number>();
  segments.forEach((segment, at) => {
    const placing = segment.connectives.find((kind) => kind !== "and");
    const named = readNamedThing(segment, placing, reading);
    const previous = parts.length - 1;
    const repeatedIndex = segment.definite
      ? parts.slice(0, Math.max(0, previous)).lastIndexOf(named.thing)
      : -1;
    const shared = segments.slice(0, at).filter(({ isShared }) => isShared).length;
    if (repeatedIndex < 0 && parts.length - shared === reading.most) {
      omitted.push(segment.text);
      return;
    }
    const index = repeatedIndex >= 0 ? repeatedIndex : parts.push(named.thing) - 1;
    if (repeatedIndex < 0) counts.push(named.count);
    if (named.balloon !== undefined) lifted.push({ part: index, balloon: `${named.balloon}hot air balloon` });
    const addState = (part: number): unknown => named.state && states.push({ part, state: named.state });
    if (previous < 0) {
      addState(index);
      return;
    }
    // A cat and a dog that sleep: both do.
    const isJoined = segment.connectives.every((kind) => kind === "and");
    if (named.state?.isLying && segment.stateVerb && isJoined && isAlive(parts[previous]!, reading.beingOf))
      states.push({ part: previous, state: named.state });
    const bearsNext =
      segments[at + 1]?.connectives.some((kind) => ["with", "wearing", "holding"].includes(kind)) ?? false;
    relateThing(things, placedOn, { segment, index, previous, named, bearsNext }, reading);
    // "A fox with a scarf sleeping on the moon": the fox sleeps.
    const bearer = relations.find(({ kind, object }) => object === index && bearing.has(kind))?.subject;
    const isOfBearer =
      segment.stateVerb !== undefined &&
      bearer !== undefined &&
      isAlive(parts[bearer]!, reading.beingOf) &&
      !isAlive(named.thing, reading.beingOf);
    addState(isOfBearer ? bearer : index);
  });
  return things;
}
