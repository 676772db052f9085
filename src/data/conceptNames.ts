import { commonNames } from "./commonNames.js";
import { listPersonNames } from "./personNames.js";
import { namesOfThings } from "./namesOfThings.js";
import { everydayNames } from "./words/index.js";

/**
 * Lists the everyday names of a concept, as `Concept.names` of a pack's vocabulary.
 * @param labels all labels of the vocabulary; see `listPersonNames`.
 */
export function listConceptNames(label: string, labels: ReadonlySet<string>): string[] {
  const names = [
    ...(commonNames[label] ?? []),
    ...(namesOfThings[label] ?? []),
    ...(everydayNames[label] ?? []),
    ...listPersonNames(label, labels),
  ];
  return [...new Set(names)];
}
