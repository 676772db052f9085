import { type SceneRelation, connected } from "./connected.js";
import { isStage } from "./relations.js";
import type { SceneText } from "./scene.js";

/** Things of a prompt that have drawings, and those that have none. */
export interface KnownScene extends Pick<SceneText, "parts" | "counts" | "relations"> {
  readonly unknown: readonly string[];
}

/**
 * Leaves out things that have no drawing, with the signs of their states. What was related to such a thing is placed beside the first thing;
 * a setting is around all things.
 */
export function withoutUnknown(
  { parts, counts, relations }: Pick<SceneText, "parts" | "counts" | "relations">,
  isKnown: (part: string) => boolean,
): KnownScene {
  const ofSetting = new Set(relations.filter(({ kind }) => isStage(kind)).map(({ object }) => object));
  const lost = new Set(parts.flatMap((part, at) => (isKnown(part) ? [] : [at])));
  const unknown = parts.filter((_, at) => lost.has(at));
  // A face or a sign of what is not drawn is of no use beside other things.
  const signs = relations.flatMap(({ subject, kind, object }) =>
    (kind === "mark" || kind === "face") && lost.has(subject) ? [object] : [],
  );
  const others = [...parts.keys()].some((at) => !lost.has(at) && !signs.includes(at) && !ofSetting.has(at));
  if (others) for (const sign of signs) lost.add(sign);
  const kept = parts.map((part, at) => ({ part, at })).filter(({ at }) => !lost.has(at));
  if (kept.every(({ at }) => ofSetting.has(at))) return { parts: [], counts: [], relations: [], unknown };
  const indexOf = new Map(kept.map(({ at }, index) => [at, index]));
  const remaining: SceneRelation[] = relations.flatMap(({ subject, kind, object }) => {
    const [from, to] = [isStage(kind) ? 0 : indexOf.get(subject), indexOf.get(object)];
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
