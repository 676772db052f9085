import { expect, it } from "vitest";
import { joinWords, tokenize } from "../../src/prompts/tokens.js";
import { useParticiples } from "../../src/prompts/verbForms.js";

const read = (text: string): string =>
  joinWords(useParticiples(tokenize(text), (phrase) => phrase === "bear claws"));

it.each([
  ["an owl reads a book", "owl reading book"],
  ["a bear rides a bicycle", "bear riding bicycle"],
  ["a cat hugs a heart", "cat hugging heart"],
  ["a frog catches a fly", "frog catching fly"],
  ["a waiter carries a tray", "waiter carrying tray"],
  ["a monkey swings from a vine", "monkey swinging from vine"],
  ["a cat sits", "cat sitting"],
  ["two bears hug", "two bears hugging"],
  ["two cats chase a mouse", "two cats chasing mouse"],
  ["a unicorn that dances under a rainbow", "unicorn that dancing under rainbow"],
  ["a witch brews a potion", "witch brewing potion"],
  ["a turtle who wears headphones", "turtle who wearing headphones"],
  ["the goose has a bonnet on", "goose wearing bonnet"],
  ["a fox has a red tail", "fox having red tail"],
  ["the wizard wears fuzzy pink slippers", "wizard wearing fuzzy pink slippers"],
  ["a girl eats vanilla ice cream", "girl eating vanilla ice cream"],
])("reads verbs in the present tense as participles: %s", (text, expected) => {
  expect(read(text)).toBe(expected);
});

it.each([
  "a girl with cat ears on her head",
  "bear claws",
  "two cats in hats",
  "a dog toys",
  "red glasses on a table",
  "a princess dress",
  "a cat and dogs",
])("leaves nouns as they are: %s", (text) => {
  expect(read(text)).toBe(joinWords(tokenize(text)));
});
