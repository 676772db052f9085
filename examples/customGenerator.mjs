// Steers a generator of your own: any differentiable function from latents to pictures. This one paints soft discs and has no weights.
//   node customGenerator.mjs ["a red heart"]
import { generate, loadModels, loadPack, savePicture, tf } from "clipsteer";

const [text = "a red heart"] = process.argv.slice(2);
const discs = 12;
const side = 64;

/** Places of the pixels on the canvas [-1, 1]². */
const grid = Float32Array.from({ length: side }, (_, at) => (2 * (at + 0.5)) / side - 1);

/** @type {import("clipsteer").Generator} */
const painter = {
  latentShape: [discs, 6], // x, y, radius, red, green, blue of each
  resolution: side,
  range: [0, 1],
  styles: [],
  weights: {},
  sample(random, count) {
    const data = Float32Array.from({ length: count * discs * 6 }, () => random.normal());
    return { numbers: { data, shape: [count, discs, 6], dtype: "float32" } };
  },
  map: (_, draws) => tf.mul(draws.numbers, 0.7),
  synthesize(_, latents) {
    const part = (at) => tf.slice(latents, [0, 0, at], [latents.shape[0], discs, 1]);
    const place = (at) => tf.reshape(tf.mul(part(at), 0.6), [-1, discs, 1, 1]);
    const across = tf.sub(tf.tensor(grid, [1, 1, 1, side]), place(0)); // [batch, discs, 1, side]
    const down = tf.sub(tf.tensor(grid, [1, 1, side, 1]), place(1));
    const radius = tf.reshape(tf.add(0.15, tf.mul(0.2, tf.sigmoid(part(2)))), [-1, discs, 1, 1]);
    const distance = tf.sqrt(tf.add(tf.add(tf.square(across), tf.square(down)), 1e-4)); // [batch, discs, side, side]
    const cover = tf.sigmoid(tf.mul(tf.sub(radius, distance), 20));
    const colours = tf.sigmoid(tf.mul(tf.slice(latents, [0, 0, 3], [latents.shape[0], discs, 3]), 2));
    const flat = tf.reshape(cover, [-1, discs, side * side]);
    const painted = tf.matMul(flat, colours, true, false); // [batch, pixels, 3]
    const covered = tf.reshape(tf.sum(flat, 1), [-1, side * side, 1]);
    const colour = tf.div(painted, tf.add(covered, 1e-3));
    const alpha = tf.sub(1, tf.exp(tf.mul(covered, -3)));
    const onWhite = tf.add(tf.mul(colour, alpha), tf.sub(1, alpha));
    return tf.reshape(onWhite, [-1, side, side, 3]);
  },
};

const pack = await loadModels(await loadPack("emoji"));
const models = {
  ...pack,
  generator: painter,
  upscaler: undefined,
  architecture: ["soft discs", discs, side, pack.architecture], // key of the compiled programs
};
const terms = [{ text, weight: 1, templates: pack.templates }];
const config = { seed: 2, steps: 12, views: 8, lr: 0.15, candidates: 16, truncation: 1 };
const run = generate(models, terms, config, { engine: "compiled" });
let next = await run.next();
for (; !next.done; next = await run.next())
  if (next.value.loss !== undefined && next.value.index % 4 === 0)
    console.log(`step ${next.value.index}: loss ${next.value.loss.toFixed(3)}`);
console.log(`guides ${next.value.guide.toFixed(3)}, judge ${next.value.judge.toFixed(3)}`);

await savePicture("discs.png", next.value.picture, { format: "png" });
console.log("discs.png");
