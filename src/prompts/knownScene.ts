import { type SceneRelation, isConnected } from "./connected.js";
import { findCollarWearers } from "./figures.js";
import { isStage } from "./relations.js";
import type { SceneText } from "./scene.js";

/** Things of a prompt that have drawings, and those that have none. */
export interface KnownScene extends Pick<SceneText, "parts" | "counts" | "relations"> {
  readonly unknown: readonly string[];
}

/**
 * Removes the things of a scene that have no drawing, and the signs of their states if other things remain. Things that were related only
 * to a removed thing are placed beside the first thing. The setting belongs to the whole scene and stays.
 * @param isKnown whether there is a drawing for the words of a part.
 * @returns the remaining scene and the removed parts; an empty scene when only the setting would remain.
 */
export function removeUnknown(
  { parts, counts, relations }: Pick<SceneText, "parts" | "counts" | "relations">,
  isKnown: (part: string) => boolean,
): KnownScene {
  const ofSetting = new Set(relations.filter(({ kind }) => isStage(kind)).map(({ object }) => object));
  const removed = new Set(parts.flatMap((part, at) => (isKnown(part) ? [] : [at])));
  const unknown = parts.filter((_, at) => removed.has(at));
  // The face or sign of a removed thing is dropped, too, unless nothing else can be drawn.
  const signs = relations.flatMap(({ subject, kind, object }) =>
    (kind === "mark" || kind === "face") && removed.has(subject) ? [object] : [],
  );
  const hasOthers = [...parts.keys()].some(
    (at) => !removed.has(at) && !signs.includes(at) && !ofSetting.has(at),
  );
  if (hasOthers) for (const sign of signs) removed.add(sign);
  // Without a holder, or a thing that is held, there are no hands.
  for (const { subject, object } of relations.filter(({ kind }) => kind === "paws")) {
    const holds = relations.some(
      ({ subject: holder, kind, object: held }) =>
        holder === subject && kind === "holding" && !removed.has(held),
    );
    if (removed.has(subject) || !holds) removed.add(object);
  }
  const others = relations.filter(({ object }) => !removed.has(object));
  const wearers = findCollarWearers({ parts, counts, relations: others });
  for (const { subject, object } of relations.filter(({ kind }) => kind === "collar"))
    if (removed.has(subject) || !wearers.includes(subject)) removed.add(object);
  const remainingParts = parts.map((part, at) => ({ part, at })).filter(({ at }) => !removed.has(at));
  if (remainingParts.every(({ at }) => ofSetting.has(at)))
    return { parts: [], counts: [], relations: [], unknown };
  const indexOf = new Map(remainingParts.map(({ at }, index) => [at, index]));
  const remainingRelations: SceneRelation[] = relations.flatMap(({ subject, kind, object }) => {
    const [from, to] = [isStage(kind) ? 0 : indexOf.get(subject), indexOf.get(object)];
    return from !== undefined && to !== undefined ? [{ subject: from, kind, object: to }] : [];
  });
  for (let index = 1; index < remainingParts.length; index++)
    if (!isConnected(remainingRelations, 0, index))
      remainingRelations.push({ subject: 0, kind: "beside", object: index });
  return {
    parts: remainingParts.map(({ part }) => part),
    counts: remainingParts.map(({ at }) => counts[at]!),
    relations: remainingRelations,
    unknown,
  };
}
