import type { RelationKind } from "./relations.js";

/** Relation of two parts of a scene: "subject … object". */
export interface SceneRelation {
  /** Index of a part. */
  readonly subject: number;
  readonly kind: RelationKind;
  /** Index of a part. */
  readonly object: number;
}

/** Tells whether relations connect two parts. */
export function isConnected(relations: readonly SceneRelation[], from: number, to: number): boolean {
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
