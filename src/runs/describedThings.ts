import { takeColour } from "../prompts/index.js";

/** A thing in the description of a picture: its words without article and colour, and its colour. */
export interface DescribedThing {
  readonly noun: string;
  readonly colour?: string | undefined;
}

/** Removes the article and the colour of a text. @returns undefined as the colour of a text without one. */
export function splitThing(text: string): DescribedThing {
  const words = text.toLowerCase().match(/[\p{L}\p{N}’'-]+/gu) ?? [];
  const { words: rest, colour } = takeColour(words.filter((word) => !["a", "an", "the"].includes(word)));
  return { noun: rest.join(" "), colour: colour?.name };
}

/** What begins another thing in the description of a picture: a preposition, a conjunction, or a verb. */
export const joint =
  /^(?:and|with|without|in|on|at|by|near|under|over|above|below|behind|before|beside|between|next|inside|from|to|has|holds|wears|reads|rides|\p{L}{2,}ing)$/u;

/** Splits the description of a picture into the things that it names: "owl" and "green book" of "an owl reading a green book". */
export function splitPhrases(text: string): DescribedThing[] {
  const phrases: string[][] = [[]];
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}’'-]+/gu) ?? [])
    if (joint.test(word)) phrases.push([]);
    else phrases.at(-1)!.push(word);
  return phrases.filter((words) => words.length > 0).map((words) => splitThing(words.join(" ")));
}
