import { describe, expect, it } from "vitest";
import { compile } from "../../src/engine/index.js";
import {
  computeDirectionalLoss,
  rightAngleDistance,
  computePromptLoss,
  computeRangePenalty,
  computeSphericalDistance,
} from "../../src/guidance/index.js";
import {
  defaultViews,
  drawViews,
  splitViews,
  makeViewNoise,
  cutViews,
  limitViewsTogether,
} from "../../src/guidance/objectives/views.js";
import { createRandom, hostFloats, normaliseRows } from "../../src/tensor/index.js";
import * as tf from "../../src/tf.js";

await tf.setBackend("cpu");

const sides = { from: 64, to: 64 };

const draw = (name: string, shape: number[], size = 1): tf.Tensor => {
  const values = createRandom(name).normals(shape.reduce((a, b) => a * b, 1));
  return tf.tensor(
    values.map((value) => value * size),
    shape,
  );
};

/** Largest difference of a gradient to central differences, relative to the gradient's largest value. */
function gradientError(fn: (x: tf.Tensor) => tf.Tensor, at: tf.Tensor, step = 5e-3): number {
  const gradient = tf
    .grad((x: tf.Tensor) => fn(x).sum())(at)
    .dataSync();
  const values = at.dataSync();
  const scale = Math.max(...gradient.map(Math.abs));
  let worst = 0;
  values.forEach((value, index) => {
    const moved = (by: number): number => {
      const other = values.slice();
      other[index] = value + by;
      return fn(tf.tensor(other, at.shape)).sum().dataSync()[0]!;
    };
    const difference = (moved(step) - moved(-step)) / (2 * step);
    worst = Math.max(worst, Math.abs(difference - gradient[index]!));
  });
  return worst / scale;
}

const unit = (x: tf.Tensor): tf.Tensor2D => normaliseRows(x as tf.Tensor2D);

describe("gradients by finite differences", () => {
  const terms = unit(draw("terms", [3, 6]));
  const weights = tf.tensor1d([1, 0.5, -0.7]);
  const direction = tf.reshape(unit(draw("direction", [1, 6])), [6]) as tf.Tensor1D;
  const before = unit(draw("before", [4, 6]));
  const cases: Record<string, [(x: tf.Tensor) => tf.Tensor, tf.Tensor]> = {
    sphericalDistance: [(x) => computeSphericalDistance(unit(x), terms), draw("a", [4, 6])],
    promptLoss: [(x) => computePromptLoss(unit(x), terms, weights), draw("b", [4, 6])],
    "promptLoss of cosines without a floor": [
      (x) => computePromptLoss(unit(x), terms, weights, { distance: "cosine", floor: false }),
      draw("b", [4, 6]),
    ],
    directionalLoss: [(x) => computeDirectionalLoss(before, unit(x), direction), draw("c", [4, 6])],
    rangePenalty: [computeRangePenalty, draw("d", [30], 3)],
  };
  for (const [name, [fn, at]] of Object.entries(cases))
    it(`${name} within 1 %`, () => expect(gradientError(fn, at)).toBeLessThan(0.01));

  it("views within 1 %, at 12 pixels", () => {
    const views = Object.fromEntries(
      Object.entries({
        ...drawViews({ count: 3, ...defaultViews }, createRandom(1), sides),
        ...makeViewNoise(sides),
      }).map(([key, { data, shape, dtype }]) => [key, tf.tensor(data, [...shape], dtype)]),
    );
    const picture = tf.sigmoid(draw("picture", [1, 64, 64, 3]));
    const look = draw("look", [3, 64, 64, 3]);
    const pixels = tf.tensor1d(
      Array.from({ length: 12 }, (_, index) => (index * 1021) % 12288),
      "int32",
    );
    const seen = (x: tf.Tensor): tf.Tensor => {
      const moved = tf.scatterND(
        tf.expandDims(pixels, 1),
        tf.sub(x, tf.gather(tf.reshape(picture, [-1]), pixels)),
        [12288],
      );
      return tf.mul(cutViews(tf.add(picture, tf.reshape(moved, [1, 64, 64, 3])) as tf.Tensor4D, views), look);
    };
    const fn = (x: tf.Tensor): tf.Tensor => tf.sum(seen(x));
    const at = tf.gather(tf.reshape(picture, [-1]), pixels);
    const gradient = (() => {
      const whole = tf.grad((p: tf.Tensor) => tf.sum(tf.mul(cutViews(p as tf.Tensor4D, views), look)))(
        picture,
      );
      return tf.gather(tf.reshape(whole, [-1]), pixels).dataSync();
    })();
    const scale = Math.max(...gradient.map(Math.abs));
    const values = at.dataSync();
    const base = fn(at).dataSync()[0]!;
    values.forEach((value, index) => {
      const other = values.slice();
      other[index] = value + 4; // linear in the picture, so a large step is exact
      const difference = (fn(tf.tensor1d(other)).dataSync()[0]! - base) / 4;
      expect(Math.abs(difference - gradient[index]!)).toBeLessThan(0.01 * scale);
    });
  });
});

describe("sphericalDistance", () => {
  it("is half the squared angle", () => {
    const angle = 0.7;
    const a = tf.tensor2d([[1, 0]]);
    const b = tf.tensor2d([[Math.cos(angle), Math.sin(angle)]]);
    expect(computeSphericalDistance(a, b).dataSync()[0]).toBeCloseTo(angle ** 2 / 2, 5);
  });

  it("has a gradient of zero, not NaN, where the rows are equal or opposite", async () => {
    const row = hostFloats(Float32Array.of(0.6, 0.8), [1, 2]);
    for (const engine of ["cpu", "compiled"] as const)
      for (const sign of [1, -1]) {
        const program = await compile(
          ({ x, y }) => ({
            gradient: tf.grad((v: tf.Tensor) =>
              tf.sum(computeSphericalDistance(v as tf.Tensor2D, tf.mul(y!, sign) as tf.Tensor2D)),
            )(x!),
          }),
          { x: row, y: row },
          { engine },
        );
        const { gradient } = await program.run({ x: row, y: row });
        for (const value of gradient!.data) expect(Math.abs(value)).toBe(0);
        await program.dispose();
      }
  });
});

describe("promptLoss", () => {
  it("lets a negative push no further than a right angle", () => {
    const views = tf.tensor2d([[1, 0]]);
    const weights = tf.tensor1d([-1]);
    const lossAt = (angle: number): number =>
      computePromptLoss(views, tf.tensor2d([[Math.cos(angle), Math.sin(angle)]]), weights).dataSync()[0]!;
    expect(lossAt(0.3)).toBeCloseTo(rightAngleDistance - 0.3 ** 2 / 2, 4);
    expect(lossAt(Math.PI / 2 + 0.1)).toBe(0);
    expect(lossAt(3)).toBe(0);
  });

  it("pushes on beyond a right angle without the floor, by angle or cosine", () => {
    const weights = tf.tensor1d([-1]);
    const lossAt = (distance: "spherical" | "cosine"): number =>
      computePromptLoss(tf.tensor2d([[1, 0]]), tf.tensor2d([[-0.6, 0.8]]), weights, {
        distance,
        floor: false,
      }).dataSync()[0]!;
    expect(lossAt("spherical")).toBeCloseTo((Math.PI ** 2 - Math.acos(-0.6) ** 2) / 2, 4);
    expect(lossAt("cosine")).toBeCloseTo(0.4, 5);
  });
});

describe("drawViews", () => {
  it("is the same for the same seed, and close views stay inside their box", () => {
    const box = { left: 0.25, top: 0.5, width: 0.5, height: 0.25 };
    const views = drawViews({ count: 10, ...defaultViews }, createRandom(3), sides, box);
    expect(drawViews({ count: 10, ...defaultViews }, createRandom(3), sides, box)).toEqual(views);
    const columns = views.viewColumns!.data;
    for (let view = 0; view < 4; view++)
      for (let out = 0; out < 64; out++)
        for (let column = 0; column < 64; column++)
          if (column < 14 || column > 49) expect(columns[(view * 64 + out) * 64 + column]).toBe(0);
  });

  it("makes views of another side than the picture's, whose colours stay", async () => {
    const other = { from: 40, to: 96 };
    const config = { count: 4, ...defaultViews, close: 1, colour: 0, noise: 0 };
    const feeds = { ...drawViews(config, createRandom(2), other), ...makeViewNoise(other) };
    const picture = hostFloats(new Float32Array(40 * 40 * 3).fill(0.25), [1, 40, 40, 3]);
    const program = await compile(
      ({ x, ...views }) => ({ y: cutViews(x as tf.Tensor4D, views) }),
      { x: picture, ...feeds },
      { engine: "cpu" },
    );
    const { y } = await program.run({ x: picture, ...feeds });
    expect(y!.shape).toEqual([4, 96, 96, 3]);
    y!.data.forEach((value) => expect(Math.abs(value - 0.25)).toBeLessThan(1e-5));
  });
});

describe("views together", () => {
  it("are as many as memory is meant for, in chunks as equal as can be", () => {
    expect(limitViewsTogether(24, { from: 64, to: 64 })).toBe(24);
    expect(limitViewsTogether(16, { from: 256, to: 224 })).toBe(16);
    expect(limitViewsTogether(17, { from: 256, to: 224 })).toBe(9);
    expect(limitViewsTogether(128, { from: 256, to: 224 })).toBe(16);
    expect(limitViewsTogether(3, { from: 256, to: 4096 })).toBe(1);
  });

  it("are every view once, in order, and the filling counts nothing", () => {
    const views = drawViews({ count: 5, ...defaultViews }, createRandom(4), sides);
    const chunks = [...splitViews(views, 2)];
    expect(chunks.map(({ viewShares }) => [...viewShares!.data].map((share) => share > 0))).toEqual([
      [true, true],
      [true, true],
      [true, false],
    ]);
    for (const [name, { data, shape }] of Object.entries(views)) {
      expect(chunks.every((chunk) => chunk[name]!.shape.join() === [2, ...shape.slice(1)].join())).toBe(true);
      expect(chunks.flatMap((chunk) => [...chunk[name]!.data]).slice(0, data.length)).toEqual([...data]);
    }
  });
});
