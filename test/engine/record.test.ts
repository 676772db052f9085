import { expect, it } from "vitest";
import { type TensorFunction, compile } from "../../src/engine/index.js";
import { listLiveNodes } from "../../src/engine/graph.js";
import { record } from "../../src/engine/record.js";
import { hostFloats, hostInts } from "../../src/tensor/index.js";
import * as tf from "../../src/tf.js";

it("names the kernel and the operation that has no compiled form", async () => {
  const fn: TensorFunction = ({ x }) => ({ y: tf.unique(x!).values });
  await expect(compile(fn, { x: { shape: [4], dtype: "float32" } })).rejects.toThrow(
    /kernel Unique, called by tf\.unique/,
  );
});

it("refuses a function that reads values", async () => {
  const fn: TensorFunction = ({ x }) => ({ y: tf.scalar(x!.dataSync()[0]!) });
  await expect(compile(fn, { x: { shape: [1], dtype: "float32" } })).rejects.toThrow(
    /reads a tensor's values/,
  );
});

it.each(["compiled", "cpu"] as const)("refuses inputs of another shape: %s", async (engine) => {
  const spec = { shape: [2], dtype: "float32" } as const;
  const program = await compile(({ x }) => ({ y: tf.exp(x!) }), { x: spec }, { engine });
  await expect(program.run({ x: hostFloats(new Float32Array(3), [3]) })).rejects.toThrow(
    /\[3\].*expected \[2\]/,
  );
  await expect(program.run({})).rejects.toThrow(/"x" is missing/);
  await expect(program.run({ x: hostInts(new Int32Array(2), [2]) })).rejects.toThrow(/int32/);
});

it("leaves out what no output needs and finds common subexpressions", async () => {
  const fn: TensorFunction = ({ x }) => {
    tf.sin(x!);
    return { y: tf.add(tf.exp(x!), tf.exp(x!)), z: tf.mul(tf.exp(x!), 1) };
  };
  const program = await compile(fn, { x: { shape: [2], dtype: "float32" } });
  expect(program.nodes).toBe(2);
});

it("keeps many equal numbers as one, which can still be read", () => {
  const side = 100;
  const { outputs } = record(
    ({ x }) => {
      const ones = tf.ones([side, side]);
      expect([...ones.dataSync().slice(0, 2), ones.size]).toEqual([1, 1, side * side]);
      const most = Float32Array.from({ length: side * side }, (_, at) => Math.min(at, 1));
      return { y: tf.atan2(x!, ones), z: tf.atan2(x!, tf.tensor(most, [side, side])) };
    },
    { x: { shape: [side, side], dtype: "float32" } },
  );
  const read = new Set(listLiveNodes(Object.values(outputs)).flatMap(({ inputs }) => inputs));
  const constants = [...read].flatMap((value) =>
    value?.constant && value.dtype === "float32" ? [value.constant.data.length] : [],
  );
  expect(constants.filter((length) => length > 1)).toEqual([side * side]);
});

it("recording leaves no recorder behind where no backend was set", () => {
  const engine = tf.engine();
  const before = engine.backendName;
  engine.backendName = undefined as unknown as string;
  try {
    record(({ x }) => ({ y: tf.neg(x!) }), { x: { shape: [1], dtype: "float32" } });
    expect(tf.getBackend()).toBe("cpu");
    expect([...tf.neg(tf.tensor1d([2])).dataSync()]).toEqual([-2]);
  } finally {
    if (before) tf.setBackend(before);
  }
});
