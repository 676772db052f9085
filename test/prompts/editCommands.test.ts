import { expect, it } from "vitest";
import { type EditCommand, readEditCommand, removeCommandWords } from "../../src/prompts/index.js";

const styles = ["noto style", "twemoji flat style"];
const read = (text: string): EditCommand | undefined => readEditCommand(text, styles);

it.each([
  ["the dog should be dark blue", "dog", "dark blue"],
  ["a dog with blue fur", "dog", "blue"],
  ["blue", undefined, "blue"],
  ["in dark blue", undefined, "dark blue"],
  ["make it greener", undefined, "green"],
  ["make it redder", undefined, "red"],
  ["a cowboy hat with green color", "cowboy hat", "green"],
  ["a car in a red colour", "car", "red"],
  ["a car with dark red wheels", "wheels", "dark red"],
  ["make it blue", undefined, "blue"],
  ["make the kitten's coat grey", "kitten", "grey"],
  ["make the fur of the kitten grey", "kitten", "grey"],
  ["make the firefighter's coat grey", "firefighter's coat", "grey"],
  ["could you please make the hat green, please", "hat", "green"],
  ["Please make the car dark blue.", "car", "dark blue"],
  ["paint its roof red", "roof", "red"],
  ["turn it into a green colour", undefined, "green"],
  ["change the color to red", undefined, "red"],
  ["change the colour of the hat to pink", "hat", "pink"],
  ["change the hat colour to pink", "hat", "pink"],
  ["the teddy bear should be blue and not brown", "teddy bear", "blue"],
  ["the gloves to be black", "gloves", "black"],
  ["the gloves black", "gloves", "black"],
])("reads %s as a new colour", (text, thing, colour) => {
  expect(read(text)).toEqual({ kind: "recolour", thing, colour });
});

it.each([
  ["turn the dog into a cat", "dog", "a cat"],
  ["replace the hat with a crown", "hat", "a crown"],
  ["change it to a dog", undefined, "a dog"],
  ["make it a dog", undefined, "a dog"],
  ["turn it into an orange", undefined, "an orange"],
])("reads %s as another thing", (text, thing, goal) => {
  expect(read(text)).toEqual({ kind: "replace", thing, goal });
});

it.each([
  "make it look like noto",
  "in the noto style",
  "turn it into noto style",
  "draw it as a noto emoji",
])("reads %s as a style", (text) => {
  expect(read(text)).toEqual({ kind: "restyle", style: "noto" });
});

it("reads a quality of the whole picture", () => {
  expect(read("make it sad")).toEqual({ kind: "qualify", quality: "sad" });
  expect(read("make him look angry")).toEqual({ kind: "qualify", quality: "angry" });
});

it.each([
  ["remove the hat", "remove"],
  ["without ears", "remove"],
  ["no hat", "remove"],
  ["take off its glasses", "remove"],
  ["get rid of the tree", "remove"],
  ["make it bigger", "resize"],
  ["crop the picture", "resize"],
  ["flip it", "move"],
  ["move the cat to the left", "move"],
  ["make it night", "setting"],
  ["make it snowy", "setting"],
])("reads %s as impossible", (text, change) => {
  expect(read(text)).toEqual({ kind: "impossible", change });
});

it.each([
  "a blue car",
  "a red apple, noto style",
  "add a crown",
  "give it sunglasses",
  "with a red nose",
  "a woman with red hair",
  "orange",
  "a dog with a green hat",
  "a cat with small ears",
  "a drop of water",
  "no entry",
  "no smoking",
  "a doctor in a white coat",
  "a dog in a red body",
  "a crop circle",
  "a turning wheel",
  "an orange",
])("reads no command in %s", (text) => {
  expect(read(text)).toBeUndefined();
});

it.each([
  ["please make the kitten look sleepy and happy", "kitten sleepy and happy"],
  ["turn the kitten into something spooky", "kitten something spooky"],
  ["a cat wearing a hat", "a cat wearing a hat"],
  ["draw a cat", "a cat"],
])("removes the words of a command from %s", (text, expected) => {
  expect(removeCommandWords(text)).toBe(expected);
});
