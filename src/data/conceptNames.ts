import { commonNames } from "./commonNames.js";
import { personNamesOf } from "./personNames.js";
import { namesOfThings } from "./things.js";

/**
 * Everyday names of a concept, as `Concept.names` of a pack's vocabulary.
 * @param labels all labels of the vocabulary; see `personNamesOf`.
 */
export function namesOfConcept(label: string, labels: ReadonlySet<string>): string[] {
  const names = [
    ...(commonNames[label] ?? []),
    ...(namesOfThings[label] ?? []),
    ...personNamesOf(label, labels),
  ];
  return [...new Set(names)];
}
