import { describe, expect, it } from "vitest";
import { compile } from "../../src/engine/index.js";
import { hostFloats } from "../../src/tensor/index.js";
import * as tf from "../../src/tf.js";

describe.each(["wasm", "cpu"] as const)("the engine %s", (engine) => {
  it("runs several programs that are opened and run at once", async () => {
    const x = hostFloats(Float32Array.of(1, 2, 3), [3]);
    const results = await Promise.all(
      Array.from({ length: 6 }, async (_, at) => {
        const program = await compile(({ x: input }) => ({ y: tf.mul(input!, at) }), { x }, { engine });
        const [{ y }] = await Promise.all([program.run({ x }), program.run({ x })]);
        await program.dispose();
        return [...y!.data];
      }),
    );
    expect(results).toEqual(Array.from({ length: 6 }, (_, at) => [at, 2 * at, 3 * at]));
  });
});
