import type { Concept, Icon } from "./join.js";
import { makeThingConcept } from "./ownDrawings.js";
import type { IconSet } from "./sources.js";
import { thingsOfIcons } from "./things.js";

/** Returns the drawings of a set that show things. */
export function joinThings(set: IconSet, drawings: readonly Icon[]): { icon: Icon; concept: Concept }[] {
  return drawings.flatMap((icon) => {
    const label = thingsOfIcons[`${set.name}/${icon.name}`];
    return label === undefined ? [] : [{ icon, concept: makeThingConcept(label) }];
  });
}
