import { collectParameters } from "../src/engine/index.js";
import {
  createRandom,
  hostFloats,
  initialise,
  parametersFrom,
  makeSamplingMatrices,
  selectPrefix,
  withPrefix,
} from "../src/tensor/index.js";
import * as tf from "../src/tf.js";
import { type BenchCase, stepOf } from "./case.js";
import { style, styleganForward, synthesize } from "./stylegan.js";
import { embed, features, side, vitForward } from "./vit.js";

const resolution = 256;

/** A steering step of other people's sizes: StyleGAN2-256's picture, views of it cut out, ViT-B/32, gradient to the latents. */
export function largeSteeringCase(views: number): BenchCase {
  return {
    name: "large-steer",
    description: `steering step: StyleGAN2-like synthesis ${resolution}², ${views} views under CLIP ViT-B/32, gradient to the latents`,
    multiplyAdds: 2 * (styleganForward(resolution) + views * vitForward()),
    tolerance: 2e-3,
    async shared() {
      const random = createRandom("large steer");
      const generator = collectParameters((parameters, { w }) => synthesize(parameters, w!, resolution), {
        w: { shape: [1, style], dtype: "float32" },
      });
      const clip = collectParameters((parameters, { views: pixels }) => embed(parameters, pixels!), {
        views: { shape: [1, side, side, 3], dtype: "float32" },
      });
      const draw = random.stream("views");
      const spans = () =>
        Array.from({ length: views }, () => {
          const span = 0.4 + 0.6 * draw.uniform();
          return { start: (1 - span) * draw.uniform(), span, flip: false };
        });
      const matrices = () =>
        hostFloats(makeSamplingMatrices(spans(), side, resolution), [views, 1, side, resolution]);
      return {
        ...withPrefix("generator/", initialise(generator, random.stream("generator"))),
        ...withPrefix("clip/", initialise(clip, random.stream("clip"))),
        w: hostFloats(random.stream("w").normals(style), [1, style]),
        rows: matrices(),
        columns: matrices(),
        target: hostFloats(
          random
            .stream("target")
            .normals(features)
            .map((value) => value / Math.sqrt(features)),
          [features, 1],
        ),
      };
    },
    prepare: (shared, engine, options) =>
      stepOf(
        (tensors) => {
          const loss = (w: tf.Tensor): tf.Scalar => {
            const picture = synthesize(parametersFrom(selectPrefix("generator/", tensors)), w, resolution);
            const planes = tf.tile(tf.transpose(picture, [0, 3, 1, 2]), [views, 1, 1, 1]); // [views, 3, 256, 256]
            const cut = tf.matMul(tf.matMul(tensors.rows!, planes), tensors.columns!, false, true);
            const pixels = tf.transpose(cut, [0, 2, 3, 1]); // [views, 224, 224, 3]
            const seen = embed(parametersFrom(selectPrefix("clip/", tensors)), pixels);
            return tf.mean(tf.sub(1, tf.matMul(seen, tensors.target as tf.Tensor2D)));
          };
          const { value, grad } = tf.valueAndGrad(loss)(tensors.w!);
          return { loss: value, gradient: grad };
        },
        shared,
        ["w", "rows", "columns"],
        { ...options, engine },
      ),
  };
}
