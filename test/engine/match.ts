import { expect } from "vitest";
import { type CompileOptions, type TensorFunction, compile } from "../../src/engine/index.js";
import type { TensorRecord } from "../../src/tensor/index.js";

/** Runs a function compiled and eagerly and expects the same numbers; returns the operators of the compiled graph. */
export async function expectMatch(
  fn: TensorFunction,
  feeds: TensorRecord,
  options: CompileOptions & { tolerance?: number } = {},
): Promise<number> {
  const { tolerance = 2e-4, ...compiling } = options;
  const compiled = await compile(fn, feeds, compiling);
  const eager = await compile(fn, feeds, { engine: "cpu" });
  const [got, expected] = [await compiled.run(feeds), await eager.run(feeds)];
  await compiled.dispose();
  for (const [key, { shape, data }] of Object.entries(expected)) {
    expect(got[key]!.shape, `${key} shape`).toEqual(shape);
    data.forEach((value, index) => {
      const apart = Math.abs(got[key]!.data[index]! - value);
      if (!(apart <= tolerance * (1 + Math.abs(value))))
        expect.fail(`${key}[${index}] is ${got[key]!.data[index]}, eager ${value}`);
    });
  }
  return compiled.nodes;
}
