/**
 * Ours against what generators.py wrote; by hand: `npx tsx bench/parity/generators.ts <folder> <kind>-<side> [sides]`. Latents are
 * the generator's own (W+, noise and class logits in fifths, codes before quantisation), as there. With `sides` it writes
 * <kind>-<side>.ours.safetensors: picture, gradient, and on which side of zero each value before a rectifier lies.
 */
import { join } from "node:path";
import { compile } from "../../src/engine/index.js";
import {
  type ForeignSpec,
  convertCheckpoint,
  createGenerator,
  findGeneratorSection,
  latentWeightsOf,
} from "../../src/gan/index.js";
import { openWeights, readSafetensors, readTensors, writeSafetensors } from "../../src/packs/index.js";
import { type HostTensor, hostFloats, parametersFrom, sizeOf } from "../../src/tensor/index.js";
import * as tf from "../../src/tf.js";

const [folder, name, more] = process.argv.slice(2) as [string, string, string?];
const path = join(folder, name);
const side = Number(name.split("-")[1]);
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const peak = (): string => `peak ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`;

function describeDifference(got: HostTensor, expected: HostTensor): string {
  if (got.shape.join() !== expected.shape.join())
    throw new Error(`[${got.shape}] is not [${expected.shape}]`);
  let [largest, worst] = [0, 0];
  expected.data.forEach((value, at) => {
    largest = Math.max(largest, Math.abs(value));
    worst = Math.max(worst, Math.abs(value - got.data[at]!));
  });
  return (worst / largest).toExponential(1);
}

/** Sides of zero of everything that goes into a rectifier while a function is recorded. */
function recordSides(work: () => tf.Tensor): { result: tf.Tensor; sides: Record<string, tf.Tensor> } {
  const engine = tf.engine();
  const run = engine.runKernel.bind(engine);
  const sides: Record<string, tf.Tensor> = {};
  engine.runKernel = (kernel, inputs, attributes) => {
    if (kernel === "LeakyRelu")
      sides[`side.${Object.keys(sides).length}`] = tf.keep(tf.greater(inputs.x as tf.Tensor, 0));
    return run(kernel, inputs, attributes);
  };
  const result = work();
  engine.runKernel = run;
  return { result, sides };
}

let began = performance.now();
const seconds = (): string => `${((performance.now() - began) / 1000).toFixed(1)} s`;
const file = await openWeights(`${path}.safetensors`);
const section = findGeneratorSection([...file.tensors.keys()]);
const tensors = await readTensors(file, (key) => key.startsWith(section));
await file.close();
const { spec, weights, statistics } = convertCheckpoint(tensors, { resolution: side });
const size = statistics || weights.codebook?.shape[1] || 0;
const basis = Float32Array.from({ length: size * size }, (_, at) => (at % (size + 1) === 0 ? 1 : 0));
const plain = latentWeightsOf({ mean: new Float32Array(size), basis });
const whole: ForeignSpec = spec.kind === "biggan" ? { kind: "biggan", config: { classes: 1000 } } : spec;
const generator = createGenerator(whole, { ...weights, ...(size > 0 && plain) });
say(`${name}: read and converted in ${seconds()}, ${peak()}`);

const { tensors: expected } = await readSafetensors(`${path}.expected.safetensors`);
const pixels = [1, side, side, 3];
const values = Float32Array.from({ length: sizeOf(pixels) }, (_, at) => Math.cos(at * 0.37));
const inputs = { latents: expected.latents!, look: hostFloats(values, pixels) };
began = performance.now();
const program = await compile(
  ({ latents, look, ...rest }) => {
    const parameters = parametersFrom(rest);
    const loss = (at: tf.Tensor): tf.Scalar => tf.sum(tf.mul(generator.synthesize(parameters, at), look!));
    const { result: gradient, sides } = recordSides(() => tf.grad(loss)(latents!));
    return { picture: generator.synthesize(parameters, latents!), gradient, ...(more === "sides" && sides) };
  },
  inputs,
  { weights: generator.weights, name },
);
say(`compiled in ${seconds()}, ${program.nodes} operators, ${peak()}`);
began = performance.now();
const outputs = await program.run(inputs);
say(`${seconds()} a picture with its gradient, ${peak()}`);
for (const key of ["picture", "gradient"] as const) {
  const exact = expected[`${key}64`];
  const fromExact = exact ? `, ${describeDifference(outputs[key]!, exact)} from it in float64` : "";
  say(`${key}: ${describeDifference(outputs[key]!, expected[key]!)} from the reference${fromExact}`);
}
if (more === "sides") await writeSafetensors(`${path}.ours.safetensors`, outputs, { dtype: "F32" });
