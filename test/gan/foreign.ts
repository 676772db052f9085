import { readFileSync } from "node:fs";
import { join } from "node:path";
import { latentNames } from "../../src/gan/index.js";
import { readSafetensors } from "../../src/packs/index.js";
import {
  type HostTensor,
  type TensorRecord,
  createRandom,
  hostFloats,
  sizeOf,
  selectPrefix,
} from "../../src/tensor/index.js";

const folder = join(import.meta.dirname, "../fixtures/gan");

/** Seeded values as test/fixtures/gan/seeded.py draws them. */
export function seeded(
  fixture: string,
  name: string,
  shape: readonly number[],
  mean = 0,
  spread = 1,
): HostTensor {
  const random = createRandom(fixture).stream(name);
  return hostFloats(
    Float32Array.from({ length: sizeOf(shape) }, () => mean + spread * (2 * random.uniform() - 1)),
    shape,
  );
}

/** A checkpoint of the reference code, and what that made of it. */
export async function fixtureOf(name: string): Promise<{ checkpoint: TensorRecord; outputs: TensorRecord }> {
  const specs = JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")) as Record<
    string,
    [number[], number, number]
  >;
  const { tensors } = await readSafetensors(join(folder, `${name}.safetensors`));
  const entries = Object.entries(specs).map(([key, [shape, mean, spread]]): [string, HostTensor] => [
    key,
    seeded(name, key, shape, mean, spread),
  ]);
  return {
    checkpoint: { ...Object.fromEntries(entries), ...selectPrefix("weights/", tensors) },
    outputs: tensors,
  };
}

/** Statistics under which steering coordinates are the generator's own. */
export function plainLatents(size: number): TensorRecord {
  const basis = Float32Array.from({ length: size * size }, (_, at) => (at % (size + 1) === 0 ? 1 : 0));
  return {
    [latentNames.mean]: hostFloats(new Float32Array(size), [size]),
    [latentNames.basis]: hostFloats(basis, [size, size]),
  };
}
