// Minimises a loss of your own: here the distance of the mean colour from blue, with a penalty for leaving the first latents. The
// TensorFlow.js functions are compiled with their gradient to one program, which ONNX Runtime runs.
//   node customLoss.mjs
import {
  compile,
  createRandom,
  hostFloats,
  loadGenerator,
  loadPack,
  parametersFrom,
  savePicture,
  tf,
} from "clipsteer";

const goal = [0.2, 0.3, 0.9]; // a blue, sRGB
const pack = await loadPack("emoji");
const generator = await loadGenerator(pack);
const [low, high] = generator.range;
const shape = [1, ...generator.latentShape];

// First latents: the generator maps random numbers and a condition, which is zero here.
const draws = generator.sample(createRandom(5), 1, { truncation: 0.5 });
const { features } = pack.manifest.guides[0].config.text;
const condition = hostFloats(new Float32Array(features), [1, features]);
const begin = await compile(
  (tensors) => ({ latents: generator.map(parametersFrom(tensors), tensors, tensors.condition) }),
  { ...draws, condition },
  { weights: generator.weights, name: "first latents" },
);
const { latents: first } = await begin.run({ ...draws, condition });
await begin.dispose();

/** The picture of latents, `[1, side, side, 3]` in [0, 1]. */
const pictureOf = (tensors, latents) =>
  tf.div(tf.sub(generator.synthesize(parametersFrom(tensors), latents), low), high - low);

/** The loss: smaller is better. */
const lossOf = (tensors, latents) => {
  const mean = tf.mean(pictureOf(tensors, latents), [0, 1, 2]); // [3]
  const colour = tf.sum(tf.squaredDifference(mean, tf.tensor1d(goal)));
  const pull = tf.mean(tf.squaredDifference(latents, tensors.first));
  return tf.add(colour, tf.mul(pull, 0.02));
};

const step = await compile(
  (tensors) => ({
    loss: lossOf(tensors, tensors.latents),
    gradient: tf.grad((latents) => lossOf(tensors, latents))(tensors.latents),
    picture: pictureOf(tensors, tensors.latents),
  }),
  { latents: { shape, dtype: "float32" }, first: { shape, dtype: "float32" } },
  { weights: generator.weights, name: "colour ascent" },
);
let latents = first;
let picture;
for (let index = 0; index < 30; index++) {
  const { loss, gradient, picture: seen } = await step.run({ latents, first });
  picture = seen;
  if (index % 10 === 0) console.log(`step ${index}: loss ${loss.data[0].toFixed(4)}`);
  const length = Math.hypot(...gradient.data) || 1;
  const moved = Float32Array.from(latents.data, (value, at) => value - (2 * gradient.data[at]) / length);
  latents = hostFloats(moved, shape);
}
await step.dispose();

const side = generator.resolution;
await savePicture("blue.png", { width: side, height: side, data: picture.data }, { format: "png" });
console.log("blue.png");
