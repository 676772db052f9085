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
])("reads %j as a change of layers", (text, command) => {
  expect(readLayerCommand(text, ["noto style"])).toEqual(command);
});

it.each(["a cat on a sofa", "make it bigger", "remove it", "make the hat blue", "add a hat", "flip it"])(
  "reads %j as none",
  (text) => {
    expect(readLayerCommand(text, ["noto style"])).toBeUndefined();
  },
);
