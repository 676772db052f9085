import { expect, it } from "vitest";
import type { SceneFile } from "../../src/runs/index.js";
import { serializeScene } from "../../src/runs/scene.js";
import { cpuSeconds } from "../cpuTime.js";

const fill = { colour: "#ff8800", slopes: [0, 0.5, -1, 0, 0, 0], hidden: false, share: 0.25 };
const sceneOf = (text: string): SceneFile => ({
  format: 1,
  prompt: text,
  layers: [
    {
      text,
      hidden: false,
      pose: { x: 0, y: -0.5, size: 1 },
      mirrored: false,
      cut: undefined,
      fills: [fill, { ...fill, colour: [1.5, 0, 0] as [number, number, number] }],
    },
  ],
});

it("a scene file has one line for each fill and pose", () => {
  expect(serializeScene(sceneOf("a cat"))).toBe(`{
  "format": 1,
  "prompt": "a cat",
  "layers": [
    {
      "text": "a cat",
      "hidden": false,
      "pose": { "x": 0, "y": -0.5, "size": 1 },
      "mirrored": false,
      "fills": [
        { "colour": "#ff8800", "slopes": [0, 0.5, -1, 0, 0, 0], "hidden": false, "share": 0.25 },
        { "colour": [1.5, 0, 0], "slopes": [0, 0.5, -1, 0, 0, 0], "hidden": false, "share": 0.25 }
      ]
    }
  ]
}
`);
});

it.each([`[ ${"-1, ".repeat(240)}x`, "[ 1,  2 ]", '"pose": {  "x": 1 }', '{  "colour": 1  }'])(
  "a scene file keeps a text that looks like a part of it, in no time: %#",
  async (text) => {
    let written = "";
    const seconds = await cpuSeconds(() => Promise.resolve((written = serializeScene(sceneOf(text)))));
    expect(seconds).toBeLessThan(1);
    expect((JSON.parse(written) as SceneFile).prompt).toBe(text);
  },
);
