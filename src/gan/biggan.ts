import { type Parameters, type TensorRecord, clampThrough, hostFloats, scope } from "../tensor/index.js";
import * as tf from "../tf.js";
import { enlarge, upsampleNearest } from "./filters.js";
import type { Generator } from "./interface.js";
import { refuseStyles } from "./latents.js";
import { keepLargest } from "./straightThrough.js";

/** Settings for steering a BigGAN. */
export interface BigGanConfig {
  /** Maximum number of classes in a mixture. */
  readonly classes?: number | undefined;
}

/** Change of a logit per unit of steering coordinates. A class at 2.5 has 99.97 % against 999 classes at −0.5. */
const logitsPerStep = 5;
const chosenLogit = 2.5;
const otherLogit = -0.5;

/** A layer of the generator, in order. */
type Step =
  | {
      readonly kind: "block";
      readonly name: string;
      readonly widths: readonly [number, number, number];
      readonly up: boolean;
    }
  | { readonly kind: "attention"; readonly name: string; readonly width: number };

/** Lists the layers by the names of weights. In BigGAN-deep every second block doubles the sides (Brock et al. 2019, table 7–9). */
export function listSteps(weights: TensorRecord): Step[] {
  const steps: Step[] = [];
  let width = (weights["start.bias"]?.shape[0] ?? 0) / 16;
  let up = false;
  for (let index = 0; ; index++) {
    const name = `layers.${index}`;
    if (`${name}.theta.weight` in weights) {
      steps.push({ kind: "attention", name, width });
      continue;
    }
    const [middle, out] = [1, 3].map((at) => weights[`${name}.conv_${at}.bias`]?.shape[0]);
    if (middle === undefined || out === undefined) return steps;
    steps.push({ kind: "block", name, widths: [width, middle, out], up });
    width = out;
    up = !up;
  }
}

const look = (parameters: Parameters, name: string, ...shape: number[]): tf.Tensor =>
  parameters(name, shape, { constant: 0 });
/** Reshapes `[batch, channels]` to `[batch, 1, 1, channels]`, which broadcasts over pictures. */
const perChannel = (x: tf.Tensor): tf.Tensor => tf.reshape(x, [x.shape[0]!, 1, 1, x.shape[1]!]);

const readKernel = (parameters: Parameters, from: number, to: number, size: 1 | 3): tf.Tensor4D =>
  look(parameters, "weight", size, size, from, to) as tf.Tensor4D;

function convolve(parameters: Parameters, x: tf.Tensor4D, out: number, size: 1 | 3, up = false): tf.Tensor4D {
  const kernel = readKernel(parameters, x.shape[3], out, size);
  return tf.add(
    up ? upsampleNearest(x, kernel) : tf.conv2d(x, kernel, 1, "same"),
    look(parameters, "bias", out),
  );
}

/** Normalises by fixed statistics, then scales and shifts by projections of noise and class. */
function normalise(parameters: Parameters, x: tf.Tensor4D, condition: tf.Tensor): tf.Tensor4D {
  const channels = x.shape[3];
  const size = condition.shape[1]!;
  const gain = tf.add(tf.matMul(condition, look(parameters, "scale.weight", size, channels)), 1);
  const scale = tf.mul(gain, look(parameters, "gain", channels));
  const offset = tf.matMul(condition, look(parameters, "offset.weight", size, channels));
  return tf.add(
    tf.mul(x, perChannel(scale)),
    perChannel(tf.sub(offset, tf.mul(scale, look(parameters, "mean", channels)))),
  );
}

/** Applies a bottleneck block; its shortcut drops channels instead of mapping them. */
function block(
  parameters: Parameters,
  x: tf.Tensor4D,
  condition: tf.Tensor,
  { widths, up }: Step & { kind: "block" },
): tf.Tensor4D {
  const [, middle, out] = widths;
  const active = (at: number, value: tf.Tensor4D): tf.Tensor4D =>
    tf.relu(normalise(scope(parameters, `bn_${at}`), value, condition));
  let h = convolve(scope(parameters, "conv_0"), active(0, x), middle, 1);
  h = convolve(scope(parameters, "conv_1"), active(1, h), middle, 3, up);
  h = convolve(scope(parameters, "conv_2"), active(2, h), middle, 3);
  h = convolve(scope(parameters, "conv_3"), active(3, h), out, 1);
  const shortcut = tf.slice4d(x, [0, 0, 0, 0], [-1, -1, -1, out]);
  return tf.add(h, up ? enlarge(shortcut) : shortcut);
}

/** Applies the non-local block: every position attends to the maxima of 2×2 positions. Source: Zhang et al. 2019, SAGAN, §3. */
function applyAttention(parameters: Parameters, x: tf.Tensor4D): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const places = height * width;
  const pooled = (value: tf.Tensor4D): tf.Tensor =>
    tf.reshape(tf.maxPool(value, 2, 2, "valid"), [batch, places / 4, value.shape[3]]);
  const narrow = channels / 8;
  const mixed = (name: string, value: tf.Tensor4D, to: number): tf.Tensor4D =>
    tf.conv2d(value, readKernel(scope(parameters, name), value.shape[3], to, 1), 1, "same");
  const theta = tf.reshape(mixed("theta", x, narrow), [batch, places, narrow]);
  const phi = pooled(mixed("phi", x, narrow));
  const g = pooled(mixed("g", x, channels / 2));
  const attended = tf.matMul(tf.softmax(tf.matMul(theta, phi, false, true)), g); // [batch, places, channels / 2]
  const back = tf.reshape(attended, [batch, height, width, channels / 2]) as tf.Tensor4D;
  return tf.add(x, mixed("out", back, channels));
}

/** Synthesizes pictures from noise `[batch, noise]` and class parts `[batch, classes]`. */
function synthesizePictures(
  parameters: Parameters,
  steps: readonly Step[],
  z: tf.Tensor,
  classes: tf.Tensor,
): tf.Tensor4D {
  const [batch, noise] = z.shape as [number, number];
  const embedded = tf.matMul(classes, look(parameters, "classes", classes.shape[1]!, noise));
  const condition = tf.concat([z, embedded], 1);
  const first = steps[0]!.kind === "block" ? steps[0]!.widths[0] : steps[0]!.width;
  const start = look(parameters, "start.weight", 2 * noise, 16 * first);
  const spread = tf.add(tf.matMul(condition, start), look(parameters, "start.bias", 16 * first));
  let x = tf.reshape(spread, [batch, 4, 4, first]) as tf.Tensor4D;
  for (const step of steps) {
    const at = scope(parameters, step.name);
    x = step.kind === "block" ? block(at, x, condition, step) : applyAttention(at, x);
  }
  const channels = x.shape[3];
  const active = tf.relu(
    tf.add(tf.mul(x, look(parameters, "last.gain", channels)), look(parameters, "last.offset", channels)),
  );
  return tf.tanh(convolve(scope(parameters, "colour"), active as tf.Tensor4D, 3, 3));
}

/** Creates a BigGAN-deep of converted weights. Latents are noise and class logits, side by side. */
export function createBigGan({ classes: mixed = 8 }: BigGanConfig, weights: TensorRecord): Generator {
  const steps = listSteps(weights);
  const [classes, noise] = weights.classes!.shape as [number, number];
  const split = (u: tf.Tensor): [tf.Tensor, tf.Tensor] =>
    tf.split(u, [noise, classes], 1) as [tf.Tensor, tf.Tensor];
  return {
    latentShape: [noise + classes],
    resolution: 4 * 2 ** steps.filter((step) => step.kind === "block" && step.up).length,
    range: [-1, 1],
    weights,
    styles: [],
    sample(random, count, options) {
      refuseStyles(options);
      const { truncation } = options;
      const rows = hostFloats(new Float32Array(count * (noise + classes)).fill(otherLogit), [
        count,
        noise + classes,
      ]);
      const values = rows.data as Float32Array;
      for (let row = 0; row < count; row++) {
        const from = row * (noise + classes);
        for (let at = 0; at < noise; at++)
          values[from + at] = truncation * drawTruncated(() => random.normal());
        values[from + noise + random.integer(classes)] = chosenLogit;
      }
      return { latents: rows };
    },
    map: (_, { latents }) => latents!,
    synthesize(parameters, u) {
      const [z, logits] = split(u);
      const parts = keepLargest(tf.softmax(tf.mul(logits, logitsPerStep)), mixed);
      return clampThrough(synthesizePictures(parameters, steps, z, parts), -1, 1);
    },
    project(_, u) {
      const [z, logits] = split(u);
      return tf.concat([tf.clipByValue(z, -2, 2), tf.clipByValue(logits, -3, 3)], 1);
    },
  };
}

/** Draws a standard normal number, redrawn while its absolute value exceeds 2. */
function drawTruncated(draw: () => number): number {
  for (;;) {
    const value = draw();
    if (Math.abs(value) <= 2) return value;
  }
}
