import { describe, expect, it } from "vitest";
import { lowerings } from "../../src/engine/index.js";
import { createRandom } from "../../src/tensor/index.js";
import { elementwiseCases } from "./cases/elementwise.js";
import { imageCases } from "./cases/image.js";
import { productCases } from "./cases/product.js";
import { shapeCases } from "./cases/shape.js";
import { volumeCases } from "./cases/volume.js";
import { compareEngines } from "./compare.js";

const cases = { ...elementwiseCases, ...shapeCases, ...productCases, ...imageCases, ...volumeCases };

describe("every kernel, compiled against the eager cpu backend", () => {
  for (const [name, { fn, inputs }] of Object.entries(cases))
    it(name, async () => {
      for (let round = 0; round < 3; round++)
        await compareEngines(fn, inputs(createRandom(`${name}/${round}`)));
    });

  it("covers every lowering", () => {
    const covered = new Set(Object.values(cases).flatMap(({ kernels }) => kernels));
    expect(Object.keys(lowerings).filter((kernel) => !covered.has(kernel))).toEqual([]);
  });
});
