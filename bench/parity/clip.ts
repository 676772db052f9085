/**
 * Ours against what clip.py wrote; by hand: `npx tsx bench/parity/clip.ts <folder> <name> [rounds]`, with name as in clip.py.
 */
import { join } from "node:path";
import { computeImageFeatures, loadClip, computeTextFeatures } from "../../src/clip/index.js";
import { compile } from "../../src/engine/index.js";
import { openWeights, readSafetensors } from "../../src/packs/index.js";
import { type HostTensor, parametersFrom, scope } from "../../src/tensor/index.js";
import * as tf from "../../src/tf.js";

const [folder, name, rounds = "5"] = process.argv.slice(2) as [string, string, string?];
const path = join(folder, name.replace("/", "-"));
const { tensors: expected } = await readSafetensors(`${path}.expected.safetensors`);
let begin = performance.now();
const file = await openWeights(`${path}.safetensors`);
const { config, weights } = await loadClip(Object.fromEntries(file.tensors), {
  source: `${path}.safetensors`,
  activation: "quickGelu",
});
await file.close();
const seconds = (): string => ((performance.now() - begin) / 1000).toFixed(2);
process.stdout.write(`${name}: read and converted in ${seconds()} s\n`);

function describeDifference(got: HostTensor, expected: HostTensor): string {
  let [largest, worst] = [0, 0];
  expected.data.forEach((value, at) => {
    largest = Math.max(largest, Math.abs(value));
    worst = Math.max(worst, Math.abs(value - got.data[at]!));
  });
  return (worst / largest).toExponential(1);
}

begin = performance.now();
const texts = await compile(
  ({ tokens, ...rest }) => ({
    text: computeTextFeatures(scope(parametersFrom(rest), "text"), config.text, tokens as tf.Tensor2D),
  }),
  { tokens: expected.tokens! },
  { weights },
);
const { text } = await texts.run({ tokens: expected.tokens! });
await texts.dispose();
process.stdout.write(`text within ${describeDifference(text!, expected.text!)} (${seconds()} s)\n`);

begin = performance.now();
const images = await compile(
  ({ pictures, ...rest }) => {
    const features = (x: tf.Tensor): tf.Tensor2D =>
      computeImageFeatures(scope(parametersFrom(rest), "image"), config.image, x as tf.Tensor4D);
    const image = features(pictures!);
    const waves = tf.reshape(tf.cos(tf.range(0, image.size)), image.shape);
    return {
      image,
      gradient: tf.grad((x: tf.Tensor) => tf.sum(tf.mul(features(x), waves)))(pictures!),
    };
  },
  { pictures: expected.pictures! },
  { weights },
);
process.stdout.write(`compiled in ${seconds()} s, ${images.nodes} operators\n`);
const feeds = { pictures: expected.pictures! };
const got = await images.run(feeds);
for (const key of ["image", "gradient"] as const)
  process.stdout.write(`${key} within ${describeDifference(got[key]!, expected[key]!)}\n`);
const times: number[] = [];
for (let round = 0; round < Number(rounds); round++) {
  begin = performance.now();
  await images.run(feeds);
  times.push((performance.now() - begin) / 1000);
}
const peak = process.resourceUsage().maxRSS / 1024;
process.stdout.write(
  `${times.sort((a, b) => a - b)[times.length >> 1]!.toFixed(3)} s a step of ${feeds.pictures.shape[0]} views, peak ${peak.toFixed(0)} MB\n`,
);
