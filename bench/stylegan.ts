import { collectParameters } from "../src/engine/index.js";
import {
  type Parameters,
  createRandom,
  dense,
  hostFloats,
  initialise,
  parametersFrom,
  scope,
} from "../src/tensor/index.js";
import * as tf from "../src/tf.js";
import { type BenchCase, stepOf } from "./case.js";

export const style = 512;
const channelsAt = (side: number): number => Math.min(512, 8192 / side);

/**
 * A convolution modulated by w: activations scaled by the style, one shared kernel, then the demodulation.
 * Source: Karras et al. 2020, "Analyzing and Improving the Image Quality of StyleGAN", §2.2.
 */
function modulated(
  parameters: Parameters,
  x: tf.Tensor4D,
  w: tf.Tensor,
  out: number,
  size: 1 | 3,
): tf.Tensor4D {
  const [batch, , , channels] = x.shape;
  const scale = tf.add(dense(scope(parameters, "style"), w, channels), 1);
  const kernel = parameters("kernel", [size, size, channels, out], {
    normal: 1 / Math.sqrt(size * size * channels),
  });
  const scaled = tf.mul(x, tf.reshape(scale, [batch, 1, 1, channels])) as tf.Tensor4D;
  const convolved = tf.conv2d(scaled, kernel as tf.Tensor4D, 1, "same");
  if (size === 1) return convolved;
  const energy = tf.sum(tf.square(kernel), [0, 1]) as tf.Tensor2D; // [in, out]
  const factor = tf.rsqrt(tf.add(tf.matMul(tf.square(scale) as tf.Tensor2D, energy), 1e-8));
  return tf.mul(convolved, tf.reshape(factor, [batch, 1, 1, out]));
}

const double = (x: tf.Tensor4D): tf.Tensor4D =>
  tf.image.resizeBilinear(x, [2 * x.shape[1], 2 * x.shape[2]], false, true);

/** Pictures of latents `w`, `[batch, resolution, resolution, 3]`. */
export function synthesize(parameters: Parameters, w: tf.Tensor, resolution: number): tf.Tensor4D {
  const [batch] = w.shape as [number];
  let x = tf.tile(parameters("start", [1, 4, 4, channelsAt(4)], { normal: 1 }), [
    batch,
    1,
    1,
    1,
  ]) as tf.Tensor4D;
  let picture: tf.Tensor4D | undefined;
  for (let side = 4; side <= resolution; side *= 2) {
    const at = scope(parameters, `side${side}`);
    const width = channelsAt(side);
    const layer = (name: string, input: tf.Tensor4D): tf.Tensor4D => {
      const noise = parameters(`side${side}.${name}.noise`, [1, side, side, 1], { normal: 0.1 });
      const bias = parameters(`side${side}.${name}.bias`, [width], { constant: 0.1 });
      const modulatedFeatures = modulated(scope(at, name), input, w, width, 3);
      return tf.leakyRelu(tf.add(tf.add(modulatedFeatures, noise), bias), 0.2) as tf.Tensor4D;
    };
    if (side > 4) x = layer("up", double(x));
    x = layer("conv", x);
    const colours = modulated(scope(at, "colour"), x, w, 3, 1);
    picture = picture ? tf.add(double(picture), colours) : colours;
  }
  return picture!;
}

/** Multiply-adds of one picture forward. */
export function styleganForward(resolution: number): number {
  let forward = 0;
  for (let side = 4; side <= resolution; side *= 2) {
    const [width, before] = [channelsAt(side), channelsAt(side / 2)];
    forward += side * side * width * (9 * width + (side > 4 ? 9 * before : 0) + 3);
  }
  return forward;
}

/** Forward and gradient to the latents. */
export function styleganCase(resolution: number, batch: number): BenchCase {
  return {
    name: `stylegan-${resolution}-${batch}`,
    description: `StyleGAN2-like synthesis, forward and gradient to the latents, ${resolution}², batch ${batch}`,
    multiplyAdds: 2 * batch * styleganForward(resolution),
    tolerance: 2e-3,
    async shared() {
      const specs = collectParameters((parameters, { w }) => synthesize(parameters, w!, resolution), {
        w: { shape: [1, style], dtype: "float32" },
      });
      const random = createRandom("stylegan");
      return {
        ...initialise(specs, random),
        w: hostFloats(random.stream("w").normals(batch * style), [batch, style]),
      };
    },
    prepare: (shared, engine, options) =>
      stepOf(
        (tensors) => {
          const parameters = parametersFrom(tensors);
          const { value, grad } = tf.valueAndGrad((w: tf.Tensor) =>
            tf.mean(tf.abs(synthesize(parameters, w, resolution))),
          )(tensors.w!);
          return { loss: value, gradient: grad };
        },
        shared,
        ["w"],
        { ...options, engine },
      ),
  };
}
