import { listSupportedBackends } from "onnxruntime-node";
import { afterEach, expect, it, vi } from "vitest";
import { compile } from "../../src/engine/index.js";
import { chooseProviders } from "../../src/engine/provider.js";
import { hostFloats } from "../../src/tensor/index.js";
import * as tf from "../../src/tf.js";

const linux = [
  { name: "cpu", bundled: true },
  { name: "webgpu", bundled: true },
  { name: "cuda", bundled: false },
];

afterEach(() => vi.unstubAllEnvs());

it("tries the GPU that this ONNX Runtime has, then the CPU; WebGPU only when wanted", () => {
  expect(chooseProviders(linux, "")).toEqual(["cpu"]);
  expect(chooseProviders([{ name: "cuda", bundled: true }, ...linux], "")).toEqual(["cuda", "cpu"]);
  expect(chooseProviders([{ name: "dml", bundled: true }, ...linux], "")).toEqual(["dml", "cpu"]);
  expect(chooseProviders(linux, "webgpu")).toEqual(["webgpu", "cpu"]);
  expect(chooseProviders(linux, "cuda")).toEqual(["cuda", "cpu"]);
  expect(chooseProviders([], "cpu")).toEqual(["cpu"]);
  expect(() => chooseProviders(linux, "coreml")).toThrow(/"coreml"; known here: cuda, webgpu, cpu/);
});

it("runs on the CPU, and says so once, when the wanted provider does not start", async () => {
  const cuda = listSupportedBackends().find(({ name }) => name === "cuda");
  vi.stubEnv("CLIPSTEER_PROVIDER", cuda && !cuda.bundled ? "cuda" : "cpu");
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
  const x = hostFloats(Float32Array.of(1, 4), [2]);
  for (let round = 0; round < 2; round++) {
    const program = await compile(({ x: a }) => ({ y: tf.sqrt(a!) }), { x });
    expect([...(await program.run({ x })).y!.data]).toEqual([1, 2]);
    await program.dispose();
  }
  expect(warn).toHaveBeenCalledTimes(cuda && !cuda.bundled ? 1 : 0);
  if (cuda && !cuda.bundled) expect(warn.mock.calls[0]![0]).toMatch(/^cuda: [^\n]*; running on cpu instead$/);
});
