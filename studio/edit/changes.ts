/** Kinds of change: what a form can ask for, and what a report says was done. */
import type { FormChange } from "./state.js";

/** Name of each kind of change on the page, in the order of the form. */
export const changeNames: readonly (readonly [change: FormChange, name: string])[] = [
  ["auto", "Auto"],
  ["colour", "Colours"],
  ["drawing", "Object"],
  ["layer", "Add"],
  ["style", "Style"],
  ["shape", "Shapes"],
];

/** Effect of each kind of change. */
export const changeHints: Readonly<Record<FormChange, string>> = {
  auto: "The words decide: colours, another drawing, or something added.",
  colour: "Colours change to the colour that the words name; shapes stay.",
  drawing: "A drawing of what the words name takes the place of this one.",
  layer: "A drawing of what the words name is added; the rest stays.",
  style: "What the words name is drawn in another style.",
  shape: "Shapes move towards the words step by step. This takes longest.",
};

/** What a report says was done. */
const doneNames: Readonly<Record<string, string>> = {
  colour: "Colours: the shapes stayed",
  drawing: "Object: another drawing took its place",
  layer: "Add: something was added",
  shape: "Shapes: they were moved step by step",
};

/** Describes the kind of change that was made, and who chose it. */
export function describeChange(done: string, requested: string): string {
  const name = doneNames[done] ?? done;
  if (requested === "auto") return `${name}. Auto chose this by the words.`;
  if (requested === done) return `${name}, as you chose.`;
  const requestedName = changeNames.find(([change]) => change === requested)?.[1] ?? requested;
  return `${name}. “${requestedName}” was not possible with these words.`;
}
