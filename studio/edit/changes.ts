/** Kinds of change: what a form can ask for, and what a report says was done. */
import type { FormChange } from "./state.js";

/** Name of each kind of change on the page, in the order of the form. */
export const changeNames: readonly (readonly [change: FormChange, name: string])[] = [
  ["auto", "Automatic"],
  ["colour", "Recolour it"],
  ["drawing", "Replace a thing"],
  ["layer", "Add a thing"],
  ["style", "Change its style"],
  ["shape", "Change its shape"],
];

/** Name of a kind of change on the page; its own for one that the page does not offer. */
export const nameOf = (change: string): string =>
  changeNames.find(([known]) => known === change)?.[1] ?? change;

/** Effect of each kind of change. */
export const changeHints: Readonly<Record<FormChange, string>> = {
  auto: "Your words decide: a colour, a thing or a style.",
  colour: "It takes the colour that the words name; its shape stays.",
  drawing: "Another drawing, of what the words name, takes its place.",
  layer: "What the words name is drawn in addition; the rest stays.",
  style: "The same thing is drawn anew in another style.",
  shape: "It moves towards the words step by step, which takes longest.",
};

/** What a report says was done. */
const doneNames: Readonly<Record<string, string>> = {
  colour: "Recoloured; the shapes stayed",
  drawing: "Replaced by another drawing",
  layer: "Something was added",
  shape: "Shapes were moved step by step",
  scene: "Layers of the scene were changed",
};

/** Describes the kind of change that was made, and who chose it. */
export function describeChange(done: string, requested: string): string {
  const name = doneNames[done] ?? done;
  if (requested === "auto") return `${name}. The words decided this.`;
  if (requested === done) return `${name}, as you chose.`;
  return `${name}. “${nameOf(requested)}” was not possible with these words.`;
}
