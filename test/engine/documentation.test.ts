import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { knownKernels, withTable } from "../../docs/kernels.js";
import { lowerings } from "../../src/engine/index.js";
import * as tf from "../../src/tf.js";

it("docs/engine.md has the table of kernels that the code has; else run npm run docs:kernels", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/engine.md"), "utf8");
  expect(withTable(page)).toBe(page);
});

it("every kernel of a real-valued operation with a gradient is recorded", () => {
  const derived = knownKernels().filter((kernel) => tf.getGradient(kernel) !== undefined);
  expect(derived.length).toBeGreaterThan(80);
  expect(derived.filter((kernel) => !(kernel in lowerings))).toEqual(["ComplexAbs"]);
});
