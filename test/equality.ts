import { expect } from "vitest";

type Numbers = Uint8Array | Float32Array | Int32Array;
const kinds = [Uint8Array, Float32Array, Int32Array];

/**
 * Compares arrays of numbers as `toEqual` does, in a loop: vitest lists the keys of both arrays, which takes a second for each megabyte.
 * @returns undefined for other values, which vitest compares.
 */
function areSame(a: unknown, b: unknown): boolean | undefined {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0;
  if (!kinds.some((kind) => a instanceof kind && b instanceof kind)) return undefined;
  const [first, second] = [a as Numbers, b as Numbers];
  return first.length === second.length && first.every((value, at) => Object.is(value, second[at]));
}

// Files of one process share the list of testers.
const isAdded = Symbol.for("clipsteer: equality of arrays");
const shared = globalThis as { [isAdded]?: boolean };
if (!shared[isAdded]) expect.addEqualityTesters([areSame]);
shared[isAdded] = true;
