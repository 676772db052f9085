import { type SceneRelation, isConnected } from "./connected.js";
import type { Place } from "./places.js";
import { type RelationKind, bearingKinds, findBearing } from "./relations.js";
import type { State } from "./states.js";

/** Words for relations whose kind is no word. */
const spoken: { readonly [Kind in RelationKind]?: string } = {
  front: "in front of",
  leftFlank: "between",
  rightFlank: "between",
};

/** Relations and those that contradict them. */
export const opposites: ReadonlyMap<RelationKind, RelationKind> = new Map([
  ["above", "below"],
  ["below", "above"],
  ["left", "right"],
  ["right", "left"],
  ["behind", "front"],
  ["front", "behind"],
]);

/** Relations whose bearer a thing after "and" may share. */
export const bearing = new Set<RelationKind>(bearingKinds);

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

/** Adds a relation, unless the two parts are related or connected already; a different relation of the two is a contradiction. */
export function relate({ parts, relations, contradictions }: ConnectedThings, relation: SceneRelation): void {
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
export const describe = (parts: readonly string[], { subject, kind, object }: SceneRelation): string =>
  `${parts[subject]!} ${bearing.has(kind) ? "with" : (spoken[kind] ?? kind)} ${parts[object]!}`;

/** Relations of worn things that are on a part of the body by a word for it. */
const wornOn = new Set<RelationKind>(["eyes", "feet", "wrist", "back"]);
/** Relations to a bearer by the word that places a thing there. */
const bearings: { readonly [At in Place]?: RelationKind } = { head: "head", mouth: "mouth", shoulder: "back", hand: "holding", side: "beside", neck: "neck" }; // prettier-ignore

/** Relates a thing to its bearer by the words that place it there: "with a bird on its head". */
export function placeOn(things: ConnectedThings, index: number, place: Place, bearer: number): void {
  const worn = findBearing(things.parts[index]!);
  const isWorn =
    worn !== undefined && wornOn.has(worn) && (place === "on" || place === "head" || place === "hand");
  const kind = isWorn ? worn : bearings[place];
  if (kind) relate(things, { subject: bearer, kind, object: index });
  else relate(things, { subject: index, kind: place as RelationKind, object: bearer });
}
