import { expect, it } from "vitest";
import { readLayerCommand } from "../../src/prompts/index.js";

it.each([
  ["remove the hat", { kind: "remove", thing: "hat" }],
  ["Please delete the cloud from the picture.", { kind: "remove", thing: "cloud" }],
  ["get rid of one of the cats", { kind: "remove", thing: "cats", which: "one" }],
  ["remove the left dog", { kind: "remove", thing: "dog", which: "left" }],
  ["replace the dog with a cat", { kind: "replace", thing: "dog", goal: "a cat" }],
  ["turn the frog into a duck", { kind: "replace", thing: "frog", goal: "a duck" }],
  ["make the tree much bigger", { kind: "resize", thing: "tree", factor: 2 }],
  ["make the tree smaller", { kind: "resize", thing: "tree", factor: 0.7 }],
  ["make the tree half as big", { kind: "resize", thing: "tree", factor: 0.5 }],
  ["shrink the tree", { kind: "resize", thing: "tree", factor: 0.7 }],
  ["move the house to the right", { kind: "move", thing: "house", right: 0.4, down: 0 }],
  ["move the house a bit higher", { kind: "move", thing: "house", right: 0, down: -0.15 }],
  [
    "move the dog on the left to the right",
    { kind: "move", thing: "dog", which: "left", right: 0.4, down: 0 },
  ],
  ["bring the dog to the front", { kind: "order", thing: "dog", to: "front" }],
  ["send the dog to the background", { kind: "order", thing: "dog", to: "back" }],
  ["flip the dog", { kind: "mirror", thing: "dog" }],
  ["turn the dog around", { kind: "mirror", thing: "dog" }],
  ["in noto style", { kind: "restyle", style: "noto" }],
  ["could the umbrella be tiny instead", { kind: "resize", thing: "umbrella", factor: 0.5 }],
  ["giant rubber duck please", { kind: "resize", thing: "rubber duck", factor: 2 }],
  ["the rocket is too small, make it taller", { kind: "resize", thing: "rocket", factor: 1.4 }],
  ["bigger boat, it looks like a toy", { kind: "resize", thing: "boat", factor: 1.4 }],
  ["move the balloon lower, closer to the house", { kind: "move", thing: "balloon", right: 0, down: 0.4 }],
  ["I'd rather have the sun than the moon", { kind: "replace", thing: "moon", goal: "the sun" }],
  ["trade the guitar for a trumpet", { kind: "replace", thing: "guitar", goal: "a trumpet" }],
  [
    "use an ice cream cone in place of the soda",
    { kind: "replace", thing: "soda", goal: "an ice cream cone" },
  ],
  ["instead of a globe put a computer on the desk", { kind: "replace", thing: "globe", goal: "a computer" }],
  ["the bee should be a ladybug", { kind: "replace", thing: "bee", goal: "a ladybug" }],
  ["make the wrench a hammer", { kind: "replace", thing: "wrench", goal: "a hammer" }],
  ["the officer should not have a dog", { kind: "remove", thing: "dog" }],
  ["no more fence", { kind: "remove", thing: "fence" }],
  ["lay the banana next to the basket", { kind: "place", thing: "banana", at: "beside", other: "basket" }],
  ["add a second donut to the plate", { kind: "add", goal: "a donut", at: "on", other: "plate" }],
  ["add one more ball", { kind: "add", goal: "a ball" }],
  ["give the cactus some pink flowers", { kind: "add", goal: "pink flowers", at: "on", other: "cactus" }],
  ["no egg please", { kind: "remove", thing: "egg" }],
  ["I don't want the bird", { kind: "remove", thing: "bird" }],
  ["lose the cat", { kind: "remove", thing: "cat" }],
  ["without the pumpkins, just an empty wheelbarrow", { kind: "remove", thing: "pumpkins" }],
  ["take one of the cupcakes away", { kind: "remove", thing: "cupcakes", which: "one" }],
  ["the whale should be much bigger", { kind: "resize", thing: "whale", factor: 2 }],
  [
    "make the sunflower taller than the robot",
    { kind: "resize", thing: "sunflower", factor: 1.4, than: "robot" },
  ],
  ["bigger cake", { kind: "resize", thing: "cake", factor: 1.4 }],
  ["shrink the house a bit", { kind: "resize", thing: "house", factor: 0.85 }],
  ["turn the taxi around so it faces left", { kind: "mirror", thing: "taxi" }],
  ["flip the dinosaur so it's looking the other way", { kind: "mirror", thing: "dinosaur" }],
  [
    "move the lamp to the other side of the chair",
    { kind: "place", thing: "lamp", at: "beside", other: "chair" },
  ],
  [
    "put the teddy bear on top of the train",
    { kind: "place", thing: "teddy bear", at: "on", other: "train" },
  ],
  ["move the boat behind the duck", { kind: "place", thing: "boat", at: "behind", other: "duck" }],
  ["add a mouse sitting on the bread", { kind: "add", goal: "a mouse", at: "on", other: "bread" }],
  ["put a bee flying over the jar", { kind: "add", goal: "a bee", at: "above", other: "jar" }],
  ["add a hat", { kind: "add", goal: "a hat" }],
  [
    "instead of a pizza he should be tossing a pancake",
    { kind: "replace", thing: "pizza", goal: "a pancake" },
  ],
  ["make it a giraffe instead of a doctor", { kind: "replace", thing: "doctor", goal: "a giraffe" }],
  ["put him on a motorcycle rather than a horse", { kind: "replace", thing: "horse", goal: "a motorcycle" }],
  ["oranges in the basket, not apples", { kind: "replace", thing: "apples", goal: "oranges" }],
  ["switch the dog to a goose", { kind: "replace", thing: "dog", goal: "a goose" }],
])("reads %j as a change of layers", (text, command) => {
  expect(readLayerCommand(text, ["noto style"])).toEqual(command);
});

it.each(["a cat on a sofa", "make it bigger", "remove it", "make the hat blue", "flip it"])(
  "reads %j as none",
  (text) => {
    expect(readLayerCommand(text, ["noto style"])).toBeUndefined();
  },
);

it.each([
  "put a on ",
  "add a x on ",
  "instead of a ",
  "make the a ",
  "a not ",
  "is too small ",
  "should not have ",
  "a rather than ",
])("reads a long text of %j in time", (words) => {
  const began = process.cpuUsage();
  readLayerCommand(words.repeat(Math.floor(9900 / words.length)), ["noto style"]);
  readLayerCommand(`put ${words.repeat(1000)}`, ["noto style"]);
  expect(process.cpuUsage(began).user).toBeLessThan(2e6);
});
