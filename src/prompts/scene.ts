import { type SceneRelation, isConnected } from "./connected.js";
import {
  type FigureScene,
  countAddedLayers,
  findCollarWearer,
  hasLayout,
  hasPaws,
  listAddedTexts,
  pawText,
} from "./figures.js";
import {
  type RelationKind,
  bearingKinds,
  findBearing,
  isCompanion,
  isEnclosed,
  isSupportOf,
  ornaments,
} from "./relations.js";
import type { Connective } from "./relations.js";
import { isAttire, nameBeing } from "./people.js";
import { type KnownNames, splitSegments } from "./segments.js";
import { type HasDrawing, readPlural, readState, readThing } from "./readThing.js";
import { findDoer, splitContents, splitFlanks } from "./splits.js";
import { type State, isBeing, showState } from "./states.js";
import { joinWords, tokenize } from "./tokens.js";

/** Things of a prompt with their relations. */
export interface SceneText {
  /** Things in the order of the text, without articles, then signs of their states and what the setting is drawn by; at least one. */
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

/** Things besides garments for which "in" means "wearing": a cat in a hat, but not a mouse in a shoe. */
const worn =
  /\b(?:hat|cap|crown|helmet|beanie|sombrero|tiara|wig|glasses|sunglasses|goggles|shades|spectacles|scarf|tie|bow ?tie|necktie|necklace|bandana|shoes|boots|socks|stockings|skates|slippers|sneakers|sandals|wellies|heels|flippers|leg ?warmers|headphones|earmuffs|gloves|mittens|cape|cloak)$/;

/** Tells whether a being that is in a thing wears it: a dog in a sweater. */
const isWornBy = (thing: string, being: string): boolean =>
  isBeing(being) && (worn.test(thing) || findBearing(thing) === "body");

/** Returns the relation that a connective expresses between a subject and `count` objects. */
function classifyRelation(
  connective: Connective["kind"],
  subject: string,
  object: string,
  count: number,
): RelationKind {
  if (connective === "and") return "beside";
  if (connective === "on" && /^(?:fire|flames?)$/.test(object)) return "around";
  if (connective === "in" && isWornBy(object, subject)) return findBearing(object) ?? "in";
  if (connective === "full" || connective === "dreaming") return "in";
  if (connective === "riding" && isEnclosed(object)) return "in";
  if (connective !== "with" && connective !== "wearing") return connective;
  if (subject === object) return "beside";
  if (count > 1 && ornaments.test(object)) return "scattered";
  const bearing = findBearing(object) ?? (connective === "wearing" ? "body" : undefined);
  return bearing ?? (isBeing(subject) && isCompanion(object) ? "beside" : "holding");
}

/** Things for the feet that are drawn one by one. */
const singleShoes =
  /\b(?:shoe|(?<!rubber )boot|sneaker|sandal|skate|heel|loafer|clog|flip[- ]?flop|boxing glove)s?$/;
/** Pairs whose drawings show both. */
const pairs = /\b(?:gloves|mittens|mitts|slippers|flippers|leg ?warmers)$/;

/** Relations whose bearer a thing after "and" may share. */
const bearing = new Set<RelationKind>(bearingKinds);

/** How a prompt is read. */
export interface SceneReading {
  /** Maximum number of things, 1 or more; 3 when absent. Signs and the parts of the setting do not count. */
  readonly most?: number;
  /** Whether a state needs no sign. When absent, things alone are read: states and settings are words of theirs. */
  readonly hasDrawing?: HasDrawing | undefined;
  /** Replaces the texts of parts once their relations are known, for example of persons by whole figures. */
  readonly stand?: ((scene: FigureScene) => readonly string[]) | undefined;
  /** Whether a phrase is a name: "bowl of rice" is not a bowl with rice in it. By default only known names are. */
  readonly isName?: ((phrase: string) => boolean) | undefined;
  /** Returns the name of the person or animal that a phrase is drawn as: "woman" for "mum"; undefined for other things. */
  readonly beingOf?: ((phrase: string) => string | undefined) | undefined;
}

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

/**
 * Splits a prompt into things with their relations, signs of states, and a setting. A prompt that is a known name or names one thing
 * without a state or a setting is one part.
 * @param knownNames names that are not split at words such as "with".
 */
export function splitScene(
  text: string,
  knownNames: KnownNames,
  { most = 3, hasDrawing, isName = (phrase) => knownNames.has(phrase), beingOf, stand }: SceneReading = {},
): SceneText {
  const tokens = tokenize(text);
  const singlePart = (part: string): SceneText => ({
    parts: [part],
    counts: [1],
    relations: [],
    omitted: [],
    contradictions: [],
  });
  const whole = joinWords(tokens);
  if (most < 2 || knownNames.has(whole)) return singlePart(whole);
  const { segments: all, setting } = splitSegments(tokens, knownNames, hasDrawing !== undefined);
  const read = all.filter(
    ({ text, connectives }, at) =>
      at === 0 || !isAttire(nameBeing(all[at - 1]!.text, hasLayout, beingOf), connectives, text),
  );
  const segments = splitFlanks(read).flatMap((segment) => splitContents(segment, knownNames, isName));
  const isAlone = segments.length === 1 && setting.length === 0;
  const parts: string[] = [];
  const counts: number[] = [];
  const omitted: string[] = [];
  const relations: SceneRelation[] = [];
  const contradictions: [string, string][] = [];
  const shown: { part: number; state: State }[] = [];
  const lifted: { part: number; balloon: string }[] = [];
  const describe = ({ subject, kind, object }: SceneRelation): string =>
    `${parts[subject]!} ${bearing.has(kind) ? "with" : (spoken[kind] ?? kind)} ${parts[object]!}`;
  const bearerOf = (part: number): number | undefined =>
    relations.find(({ kind, object }) => object === part && bearing.has(kind))?.subject;
  /** Bearers of things by words that follow: "on its head". */
  const placedOn = new Map<number, number>();
  const relate = (relation: SceneRelation): void => {
    const { subject, object } = relation;
    const same = relations.find(
      (each) =>
        (each.subject === subject && each.object === object) ||
        (each.subject === object && each.object === subject),
    );
    if (!same && !isConnected(relations, subject, object)) relations.push(relation);
    else if (!same || same.kind !== relation.kind || same.subject !== subject)
      contradictions.push([describe(same ?? relations[0]!), describe(relation)]);
  };
  segments.forEach((segment, at) => {
    const placingKinds = segment.connectives.filter((kind) => kind !== "and");
    const read = readState(segment.text, segment.stateVerb, knownNames, hasDrawing);
    const counted = readThing(read.text, placingKinds[0], knownNames);
    // What is worn is one thing, or a pair.
    const isWorn = placingKinds[0] === "wearing" || findBearing(counted.text) !== undefined;
    const { text: named, count } = isAlone || isWorn ? counted : readPlural(counted, knownNames);
    const [, balloon] = (!isAlone && !knownNames.has(named) && aerostat.exec(named)) || [];
    const owner = shoulderOf(named);
    const thing = balloon === undefined ? nameBeing(owner ?? named, hasLayout, beingOf) : "basket";
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
    if (balloon !== undefined) lifted.push({ part: index, balloon: `${balloon}hot air balloon` });
    if (read.state) shown.push({ part: index, state: read.state });
    if (previous < 0) return;
    const bearer =
      placedOn.get(previous) ??
      bearerOf(previous) ??
      (segment.connectives.some((kind) => kind === "holding" || kind === "wearing")
        ? findDoer(parts, relations, previous)
        : undefined);
    const subject = bearer ?? previous;
    if (placingKinds.length === 0) {
      const flank = relations.find(({ kind, object }) => object === previous && kind === "leftFlank");
      if (flank) {
        relate({ subject: flank.subject, kind: "rightFlank", object: index });
        return;
      }
      const last = relations.find(({ object }) => object === previous)?.kind;
      const shared =
        bearer !== undefined && !bearsNextThing && (last === "holding" || findBearing(thing) !== undefined);
      const kind = shared ? classifyRelation("with", parts[subject]!, thing, count) : "beside";
      relate({ subject, kind, object: index });
      return;
    }
    if (placingKinds[0] === "dreaming" && parts.length < most + 1) {
      const balloon = parts.push(dreamText) - 1;
      counts.push(1);
      relations.push(
        { subject, kind: "mark", object: balloon },
        { subject: index, kind: "in", object: balloon },
      );
      return;
    }
    const place = placingKinds[0] === "full" ? "in" : segment.place;
    if (place !== undefined && (placingKinds[0] === "with" || placingKinds[0] === "full")) {
      if (place === "shoulder") relate({ subject, kind: "back", object: index });
      else relate({ subject: index, kind: place, object: subject });
      placedOn.set(index, subject);
      return;
    }
    if (placingKinds[0] === "on" && owner !== undefined) {
      relate({ subject: index, kind: "back", object: subject });
      return;
    }
    if (placingKinds[0] === "with" && isSupportOf(parts[subject]!, thing)) {
      relate({ subject: index, kind: "on", object: subject });
      return;
    }
    const kinds = placingKinds.map((join) => classifyRelation(join, parts[subject]!, thing, count));
    const isPaired = kinds[0] === "feet" || kinds[0] === "wrist";
    if (isPaired && count === 1 && (singleShoes.test(thing) || pairs.test(thing))) counts[index] = 2;
    for (const kind of kinds.slice(0, 1)) relate({ subject, kind, object: index });
    for (const kind of kinds.slice(1))
      if (opposites.get(kinds[0]!) === kind)
        contradictions.push([
          describe({ subject, kind: kinds[0]!, object: index }),
          describe({ subject, kind, object: index }),
        ]);
  });
  if (parts.length === 0) return singlePart(whole);
  if (stand && parts.length + setting.length > 1)
    parts.splice(0, parts.length, ...stand({ parts, counts, relations }));
  const add = (subject: number, kind: RelationKind, part: { text: string; count: number }): void => {
    relations.push({ subject, kind, object: parts.push(part.text) - 1 });
    counts.push(part.count);
  };
  for (const { part, balloon } of lifted) add(part, "below", { text: balloon, count: 1 });
  // One sign is enough: layers are few.
  for (const { part, state } of shown.slice(0, 1)) {
    const sign = showState(parts[part]!, state);
    const hasFace = relations.some(({ subject, kind }) => subject === part && kind === "face");
    if (sign && !hasFace) add(part, sign.kind, sign);
  }
  const holder = relations.find(({ kind }) => kind === "holding")?.subject;
  if (hasDrawing && holder !== undefined && hasPaws({ parts, counts, relations }, holder))
    add(holder, "paws", { text: pawText, count: 2 });
  const wearer = hasDrawing && findCollarWearer({ parts, counts, relations });
  if (wearer !== undefined) add(wearer, "collar", { text: parts[wearer]!, count: 1 });
  const staged = [...relations, ...setting.map(({ kind }) => ({ subject: 0, kind, object: 0 }))];
  const things = parts.reduce(
    (sum, _, part) => sum + counts[part]! + countAddedLayers({ parts, counts, relations: staged }, part),
    // Wings are a pair.
    parts.filter((part) => /\bwings$/.test(part)).length,
  );
  // A scene has at most nine layers. Things come first; the setting takes the remaining layers, with fewer copies of stars.
  for (const each of setting.slice(0, Math.max(0, 9 - things))) add(0, each.kind, each);
  const isDressed = hasDrawing && listAddedTexts({ parts, counts, relations }, 0).length > 0;
  if (parts.length < 2 && (counts[0] ?? 1) < 2 && !isDressed)
    return { ...singlePart(read.length < all.length ? parts[0]! : whole), omitted };
  return { parts, counts, relations, omitted, contradictions };
}
