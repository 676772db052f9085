/**
 * Our preparation of photographs against what pixels.py wrote; by hand: `npx tsx bench/parity/pixels.ts <file.safetensors>`.
 */
import { type VitConfig, resizeForEncoder, resizeSquare } from "../../src/clip/index.js";
import { compile } from "../../src/engine/index.js";
import { openWeights } from "../../src/packs/index.js";
import { type HostTensor, hostFloats } from "../../src/tensor/index.js";
import type * as tf from "../../src/tf.js";

const file = await openWeights(process.argv[2]!);
const read = async (name: string): Promise<HostTensor> => {
  const { shape, data } = await file.tensors.get(name)!.read();
  return hostFloats(
    Float32Array.from(data, (value) => value / 255),
    shape,
  );
};
const program = await compile(({ x }) => ({ y: resizeSquare(x as tf.Tensor4D, 224) }), {
  x: { shape: [1, 400, 400, 3], dtype: "float32" },
});

/** Largest and mean difference of a picture, in parts of 255. */
const apart: Record<string, { largest: number; mean: number }[]> = { clip: [], siglip: [], small: [] };
function compare(kind: string, got: HostTensor, expected: HostTensor): void {
  let [largest, sum] = [0, 0];
  expected.data.forEach((value, at) => {
    const difference = 255 * Math.abs(value - got.data[at]!);
    largest = Math.max(largest, difference);
    sum += difference;
  });
  apart[kind]!.push({ largest, mean: sum / expected.data.length });
}

for (let index = 0; file.tensors.has(`${index}.photo`); index++) {
  const photo = await read(`${index}.photo`);
  const [height, width] = photo.shape as [number, number];
  const picture = { width, height, data: photo.data as Float32Array };
  for (const [kind, pool] of [
    ["clip", "class"],
    ["siglip", "attention"],
  ] as const) {
    const config = { kind: "vit", side: 224, pool } as VitConfig; // preparing looks at nothing else
    compare(kind, resizeForEncoder(config, picture), await read(`${index}.${kind}`));
  }
  if (!file.tensors.has(`${index}.square`)) continue;
  const square = await read(`${index}.square`);
  const { y } = await program.run({ x: { ...square, shape: [1, 400, 400, 3] } });
  compare("small", y!, await read(`${index}.small`));
}
await program.dispose();
await file.close();
for (const [kind, pictures] of Object.entries(apart)) {
  const worst = Math.max(...pictures.map(({ largest }) => largest));
  const means = pictures.map(({ mean }) => mean);
  process.stdout.write(
    `${kind}: ${pictures.length} pictures, at most ${worst.toFixed(2)}/255, on average ${(means.reduce((sum, each) => sum + each, 0) / means.length).toExponential(1)}/255 (worst picture ${Math.max(...means).toExponential(1)})\n`,
  );
}
