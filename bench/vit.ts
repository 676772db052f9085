import { collectParameters } from "../src/engine/index.js";
import {
  type Parameters,
  type TensorRecord,
  createRandom,
  dense,
  hostFloats,
  initialise,
  layerNorm,
  parametersFrom,
  scope,
  transformerBlock,
  normaliseRows,
} from "../src/tensor/index.js";
import * as tf from "../src/tf.js";
import { type BenchCase, stepOf } from "./case.js";

export const [side, patch, width, layers, heads, features] = [224, 32, 768, 12, 12, 512];
const grid = side / patch;

/** Image embeddings of CLIP ViT-B/32. Source: Radford et al. 2021, §2.4; the same sizes as OpenAI's weights. */
export function embed(parameters: Parameters, views: tf.Tensor): tf.Tensor2D {
  const [batch] = views.shape as [number];
  const cells = tf.transpose(tf.reshape(views, [batch, grid, patch, grid, patch * 3]), [0, 1, 3, 2, 4]);
  const rows = tf.reshape(cells, [batch, grid * grid, patch * patch * 3]);
  const patches = dense(scope(parameters, "patches"), rows, width, { bias: false });
  const first = tf.tile(parameters("class", [1, 1, width], { normal: 0.02 }), [batch, 1, 1]);
  const positions = parameters("positions", [grid * grid + 1, width], { normal: 0.02 });
  let x = layerNorm(scope(parameters, "before"), tf.add(tf.concat([first, patches], 1), positions));
  for (let layer = 0; layer < layers; layer++)
    x = transformerBlock(scope(parameters, `layer${layer}`), x, heads);
  const read = tf.reshape(tf.slice(x, [0, 0, 0], [-1, 1, -1]), [batch, width]);
  return normaliseRows(
    dense(scope(parameters, "project"), layerNorm(scope(parameters, "after"), read), features, {
      bias: false,
    }),
  );
}

/** Multiply-adds of one view forward. */
export function vitForward(): number {
  const tokens = grid * grid + 1;
  const block = 12 * width * width * tokens + 2 * tokens * tokens * width;
  return grid * grid * patch * patch * 3 * width + layers * block + width * features;
}

/** Forward and gradient to the pixels of some views. */
export function vitCase(views: number): BenchCase {
  return {
    name: `vit-b32-${views}`,
    description: `CLIP ViT-B/32, forward and gradient to the pixels, ${views} view${views > 1 ? "s" : ""} of 224²`,
    multiplyAdds: 2 * views * vitForward(),
    tolerance: 2e-3,
    async shared() {
      const specs = collectParameters((parameters, { views: pixels }) => embed(parameters, pixels!), {
        views: { shape: [1, side, side, 3], dtype: "float32" },
      });
      const random = createRandom("vit");
      const target = random.stream("target").normals(features);
      return {
        ...initialise(specs, random),
        views: hostFloats(random.stream("views").normals(views * side * side * 3), [views, side, side, 3]),
        target: hostFloats(
          target.map((value) => value / Math.sqrt(features)),
          [features, 1],
        ),
      };
    },
    prepare: (shared: TensorRecord, engine, options) =>
      stepOf(
        (tensors) => {
          const parameters = parametersFrom(tensors);
          const loss = (pixels: tf.Tensor): tf.Scalar =>
            tf.sum(tf.sub(1, tf.matMul(embed(parameters, pixels), tensors.target as tf.Tensor2D)));
          const { value, grad } = tf.valueAndGrad(loss)(tensors.views!);
          return { loss: value, gradient: grad };
        },
        shared,
        ["views"],
        { ...options, engine },
      ),
  };
}
