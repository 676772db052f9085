import { describe, expect, it } from "vitest";
import {
  type CmaState,
  beginCma,
  cmaFromTensors,
  sampleCma,
  cmaToTensors,
  updateCma,
} from "../../src/guidance/optimisers/cmaes.js";
import { createRandom } from "../../src/tensor/index.js";

type Function = (x: Float32Array) => number;
const sphere: Function = (x) => x.reduce((sum, value) => sum + value * value, 0);
const ellipse: Function = (x) =>
  x.reduce((sum, value, at) => sum + 1000 ** (at / (x.length - 1)) * value * value, 0);
const rosenbrock: Function = (x) =>
  x.slice(1).reduce((sum, value, at) => sum + 100 * (value - x[at]! ** 2) ** 2 + (1 - x[at]!) ** 2, 0);

function search(
  fn: Function,
  start: number[],
  generations: number,
  population = 12,
  from?: CmaState,
): CmaState {
  let state = from ?? beginCma(Float32Array.from(start), 0.5);
  while (state.generation < generations) {
    const points = sampleCma(state, population, createRandom("cma").stream(state.generation));
    state = updateCma(state, points, points.map(fn));
  }
  return state;
}

describe("CMA-ES", () => {
  it.each<[string, Function, number[], number, number]>([
    ["the sphere", sphere, Array<number>(8).fill(2), 120, 0],
    ["an ellipse of condition 1000", ellipse, Array<number>(8).fill(2), 300, 0],
    ["Rosenbrock's valley", rosenbrock, Array<number>(5).fill(-1), 400, 1],
  ])("finds the lowest point of %s", (_, fn, start, generations, lowest) => {
    const { mean } = search(fn, start, generations);
    expect(fn(mean)).toBeLessThan(1e-6);
    for (const value of mean) expect(value).toBeCloseTo(lowest, 2);
  });

  it("learns the axes of an ellipse: variances fall as the axes shorten", () => {
    const { covariance } = search(ellipse, Array<number>(4).fill(2), 150);
    const variance = [0, 1, 2, 3].map((at) => covariance[at * 5]!);
    expect(variance[0]! / variance[3]!).toBeGreaterThan(100);
  });

  it("does not depend on the values' scale", () => {
    const scaled = search((x) => 1e6 * Math.cbrt(sphere(x)), [2, 2, 2], 30);
    expect(scaled.mean).toEqual(search(sphere, [2, 2, 2], 30).mean);
  });

  it("goes on from its tensors to the same bits", () => {
    const half = search(rosenbrock, [-1, 1, -1], 20);
    const resumed = search(rosenbrock, [], 40, 12, cmaFromTensors(cmaToTensors(half)));
    expect(resumed).toEqual(search(rosenbrock, [-1, 1, -1], 40));
  });
});
