import { describe, expect, it } from "vitest";
import type { LayerCommand } from "../../src/prompts/index.js";
import { type LayerTools, changeLayers } from "../../src/runs/layerChanges.js";
import type { NamedLayers } from "../../src/runs/namedLayers.js";
import type { SceneLayer } from "../../src/runs/requests/index.js";

const layerOf = (text: string, x: number, y: number, size: number): SceneLayer => ({
  text,
  hidden: false,
  pose: { x, y, size },
  mirrored: false,
  code: "AAAA",
});
/** Two dogs beside each other under a sun, on a ground; the first dog has a hand that is drawn apart. */
const scene: NamedLayers = {
  names: ["ground", "sun", "dog", "dog"],
  layers: [
    layerOf("green square", 0, 1.3, 1.2),
    layerOf("sun", 0.7, -0.7, 0.2),
    layerOf("standing dog", -0.5, 0.2, 0.4),
    layerOf("dog", 0.5, 0.2, 0.4),
  ],
};
/** Every layer fills the lower half of its square; one without a code fills all of it. */
const tools: LayerTools = {
  boxOf: ({ code, pose: { x, y, size } }) =>
    Promise.resolve({
      left: x - size,
      right: x + size,
      top: code === undefined ? y - size : y,
      bottom: code === undefined ? y + 0.9 * size : y + size,
    }),
  knows: (name) => name === "standing cat",
  styleOf: (word) => `${word} style`,
};
const change = (command: LayerCommand): Promise<NamedLayers> => changeLayers(scene, command, tools);

describe("a change of layers", () => {
  it("removes all layers of a thing, or one", async () => {
    expect((await change({ kind: "remove", thing: "dog" })).names).toEqual(["ground", "sun"]);
    const { layers } = await change({ kind: "remove", thing: "dogs", which: "left" });
    expect(layers).toEqual([scene.layers[0], scene.layers[1], scene.layers[3]]);
  });

  it("draws another thing on the same ground, in the pose of the old one where it is known", async () => {
    const { layers, names } = await change({ kind: "replace", thing: "dog", goal: "a cat" });
    expect(names).toEqual(["ground", "sun", "cat", "cat"]);
    expect(layers.slice(0, 2)).toEqual(scene.layers.slice(0, 2));
    expect(layers[2]).toMatchObject({ text: "standing cat", pose: { x: -0.5, size: 0.4 } });
    expect(layers[3]!.text).toBe("cat");
    expect(layers[2]!.code).toBeUndefined();
    const [before, after] = await Promise.all(
      [scene, { layers }].map((each) => tools.boxOf(each.layers[2]!)),
    );
    expect(after!.bottom).toBeCloseTo(before!.bottom);
  });

  it("scales a thing about its feet, inside the picture", async () => {
    const small = (await change({ kind: "resize", thing: "sun", factor: 0.5 })).layers[1]!;
    expect(small.pose).toEqual({ x: 0.7, y: expect.closeTo(-0.6), size: 0.1 });
    const large = (await change({ kind: "resize", thing: "sun", factor: 4 })).layers[1]!;
    const box = await tools.boxOf(large);
    expect(large.pose.size).toBeCloseTo(0.8);
    expect(box.right).toBeCloseTo(1);
  });

  it("moves a thing up to the edge, and no further", async () => {
    const { layers } = await change({ kind: "move", thing: "dog", which: "right", right: 0.8, down: 0 });
    expect(layers[3]!.pose.x).toBeCloseTo(0.6);
    expect(layers[2]).toEqual(scene.layers[2]);
    const again = changeLayers({ ...scene, layers }, { kind: "move", thing: "dog", which: "right", right: 1, down: 0 }, tools); // prettier-ignore
    await expect(again).rejects.toThrow('"dog" is at this edge of the picture already');
  });

  it("moves the others aside, but not the place, where a thing needs room", async () => {
    const command = { kind: "place", thing: "dog", which: "right", at: "left", other: "dog" } as const;
    const { layers, names } = await change(command);
    expect(names).toEqual(["ground", "sun", "dog", "dog"]);
    const [ground, , first, moved] = layers;
    expect(ground).toEqual(scene.layers[0]);
    expect(first!.pose.x).toBeGreaterThan(-0.5 + 0.2);
    expect(moved!.pose.x + moved!.pose.size).toBeLessThan(first!.pose.x - first!.pose.size);
  });

  it("turns a thing about its middle", async () => {
    const { layers } = await change({ kind: "mirror", thing: "sun" });
    expect(layers[1]).toMatchObject({ mirrored: true, pose: { x: expect.closeTo(0.7) as number } });
  });

  it("brings a thing to the front, or behind all but the place", async () => {
    const front = await change({ kind: "order", thing: "sun", to: "front" });
    expect(front.names).toEqual(["ground", "dog", "dog", "sun"]);
    const back = await change({ kind: "order", thing: "dog", which: "right", to: "back" });
    expect(back.layers).toEqual([0, 3, 1, 2].map((at) => scene.layers[at]));
  });

  it("draws all things but plain shapes in another style", async () => {
    const { layers } = await change({ kind: "restyle", style: "noto" });
    expect(layers.map(({ style }) => style)).toEqual([undefined, "noto style", "noto style", "noto style"]);
  });

  it("refuses what is not there, and what would leave nothing, in one line", async () => {
    await expect(change({ kind: "remove", thing: "cat" })).rejects.toThrow(
      'the picture has no layer "cat"; it has sun, dog',
    );
    const alone = { names: ["ground", "sun"], layers: scene.layers.slice(0, 2) };
    await expect(changeLayers(alone, { kind: "remove", thing: "sun" }, tools)).rejects.toThrow(
      'without "sun" the picture would show nothing',
    );
  });
});
