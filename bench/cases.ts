import { join, resolve } from "node:path";
import { createRandom, hostFloats } from "../src/tensor/index.js";
import * as tf from "../src/tf.js";
import { type BenchCase, stepOf } from "./case.js";
import { clipTrainingCase, ganTrainingCase, steeringCase } from "./emoji.js";
import { encodeImagesCase, encodeTextsCase } from "./encode.js";
import { largeSteeringCase } from "./steer.js";
import { styleganCase } from "./stylegan.js";
import { vitCase } from "./vit.js";

/** Folder of everything that the benchmarks write; they run in the repository's own. */
export const folder = resolve("outputs/bench");

/** Folder of the seeded pack of the emoji recipe's shapes. */
export const packFolder = join(folder, "pack");

const size = 2048;

/** A matrix product, one side of it fixed as weights are, whose best speed is called the machine's peak. */
const product: BenchCase = {
  name: "matmul",
  description: `product of two ${size}² matrices`,
  multiplyAdds: size ** 3,
  repeats: 30,
  tolerance: 1e-3,
  async shared() {
    const random = createRandom("matmul");
    const matrix = (name: string) => hostFloats(random.stream(name).normals(size * size), [size, size]);
    return { a: matrix("a"), b: matrix("b") };
  },
  prepare: (shared, engine, options) =>
    stepOf(({ a, b }) => ({ trace: tf.sum(tf.matMul(a!, b!), 1) }), shared, ["a"], {
      ...options,
      engine,
    }),
};

/** All cases, in the order in which they are run. */
export const cases: readonly BenchCase[] = [
  product,
  encodeImagesCase(8),
  encodeTextsCase(16),
  ...[1, 8, 32].map(vitCase),
  ...[128, 256].flatMap((side) => [1, 4].map((batch) => styleganCase(side, batch))),
  largeSteeringCase(16),
  steeringCase(packFolder),
  clipTrainingCase(),
  ganTrainingCase(),
];
