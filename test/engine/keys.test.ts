import { expect, it } from "vitest";
import { type Source, keyOfModel, keyOfSource } from "../../src/engine/keys.js";
import { type HostTensor, hostFloats, deferFloats } from "../../src/tensor/index.js";

const w = hostFloats(Float32Array.of(1, 2), [2]);
const base: Source = {
  recipe: { layers: 2, slopes: [0.1] },
  inputs: { x: { shape: [1, 2], dtype: "float32" } },
  weights: { w },
};
const maker = ["cpu", "1.30", "code"];

it("gives another name for every change of what a program is made from", () => {
  const changes: readonly Partial<Source>[] = [
    {},
    { recipe: { layers: 3, slopes: [0.1] } },
    { recipe: { layers: 2, slopes: [Infinity] } },
    { recipe: { layers: 2, slopes: [-Infinity] } },
    { inputs: { x: { shape: [2, 1], dtype: "float32" } } },
    { inputs: { x: { shape: [1, 2], dtype: "int32" } } },
    { inputs: { y: { shape: [1, 2], dtype: "float32" } } },
    { weights: { v: w } },
    { weights: { w: hostFloats(Float32Array.of(1, 3), [2]) } },
    { weights: { w: hostFloats(Float32Array.of(1, 2), [2, 1]) } },
    { weights: { w: { ...w, source: "a file" } } },
    { weights: { w: { ...w, source: "another file" } } },
  ];
  const keys = changes.map((change) => keyOfSource({ ...base, ...change }, maker));
  const makers = [
    ["cuda", "1.30", "code"],
    ["cpu", "1.31", "code"],
    ["cpu", "1.30", "other code"],
  ];
  keys.push(...makers.map((other) => keyOfSource(base, other)));
  keys.push(keyOfModel({ bytes: Uint8Array.of(1), external: [] }, maker));
  expect(new Set(keys).size).toBe(keys.length);
  expect(keyOfSource({ ...base, recipe: { layers: 2, slopes: [0.1] } }, [...maker])).toBe(keys[0]);
});

it("reads no values of weights whose source is known", () => {
  const deferred: HostTensor = deferFloats(
    [2],
    () => {
      throw new Error("read");
    },
    "a file",
  );
  expect(keyOfSource({ ...base, weights: { w: deferred } }, maker)).toHaveLength(64);
});
