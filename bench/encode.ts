import { computeTextFeatures } from "../src/clip/text.js";
import { collectParameters } from "../src/engine/index.js";
import {
  type Parameters,
  createRandom,
  hostFloats,
  hostInts,
  initialise,
  normaliseRows,
  parametersFrom,
  scope,
} from "../src/tensor/index.js";
import type * as tf from "../src/tf.js";
import { type BenchCase, stepOf } from "./case.js";
import { embed, side, vitForward } from "./vit.js";

/** The text encoder of CLIP ViT-B/32. */
const text = { vocabSize: 49_408, contextLength: 77, width: 512, layers: 12, heads: 8, features: 512 };

const embedTexts = (parameters: Parameters, tokens: tf.Tensor): tf.Tensor2D =>
  computeTextFeatures(scope(parameters, "text"), text, tokens as tf.Tensor2D);

/** Embeddings of pictures, forward only. */
export function encodeImagesCase(pictures: number): BenchCase {
  return {
    name: `encode-images-${pictures}`,
    description: `CLIP ViT-B/32, embeddings of ${pictures} pictures of 224²`,
    multiplyAdds: pictures * vitForward(),
    tolerance: 2e-3,
    async shared() {
      const specs = collectParameters((parameters, { views }) => embed(parameters, views!), {
        views: { shape: [1, side, side, 3], dtype: "float32" },
      });
      const random = createRandom("vit");
      const views = random.stream("views").normals(pictures * side * side * 3);
      return { ...initialise(specs, random), views: hostFloats(views, [pictures, side, side, 3]) };
    },
    prepare: (shared, engine, options) =>
      stepOf(
        (tensors) => ({ embeddings: embed(parametersFrom(tensors), tensors.views!) }),
        shared,
        ["views"],
        {
          ...options,
          engine,
        },
      ),
  };
}

/** Embeddings of texts, forward only; ends of texts are at different places. */
export function encodeTextsCase(texts: number): BenchCase {
  const { vocabSize, contextLength, width, layers, features } = text;
  const block = 12 * width * width * contextLength + 2 * contextLength * contextLength * width;
  return {
    name: `encode-texts-${texts}`,
    description: `CLIP ViT-B/32, embeddings of ${texts} texts of ${contextLength} tokens`,
    multiplyAdds: texts * (layers * block + width * features),
    tolerance: 2e-3,
    async shared() {
      const specs = collectParameters((parameters, { tokens }) => embedTexts(parameters, tokens!), {
        tokens: { shape: [1, contextLength], dtype: "int32" },
      });
      const random = createRandom("text");
      const draw = random.stream("tokens");
      const tokens = Int32Array.from({ length: texts * contextLength }, (_, at) => {
        const [row, place] = [Math.floor(at / contextLength), at % contextLength];
        const end = 8 + (row % 32);
        return place < end ? draw.integer(vocabSize - 2) : place === end ? vocabSize - 1 : 0;
      });
      return { ...initialise(specs, random), tokens: hostInts(tokens, [texts, contextLength]) };
    },
    prepare: (shared, engine, options) =>
      stepOf(
        (tensors) => ({
          embeddings: normaliseRows(embedTexts(parametersFrom(tensors), tensors.tokens!)),
        }),
        shared,
        ["tokens"],
        { ...options, engine },
      ),
  };
}
