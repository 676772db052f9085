import { describe, expect, it } from "vitest";
import { type ClipConfig, computeContrastiveLoss, embedImages, embedTexts } from "../../src/clip/index.js";
import { collectParameters } from "../../src/engine/index.js";
import {
  type Parameters,
  type TensorRecord,
  createRandom,
  hostFloats,
  hostInts,
  initialise,
  parametersFrom,
} from "../../src/tensor/index.js";
import { augment, drawAugmentation } from "../../src/training/augment.js";
import {
  computeAdversarialTerm,
  computeDiscriminatorLoss,
  reconstructPictures,
  computeReconstructionTerms,
} from "../../src/training/ganLosses.js";
import * as tf from "../../src/tf.js";
import { gradientErrors } from "../differences.js";
import { clipWeights, tinyClip, tinyEncoder, tinyGenerator } from "../tiny.js";

type Tensors = Record<string, tf.Tensor>;
const random = createRandom("whole models");
const normal = (...shape: number[]): TensorRecord[string] =>
  hostFloats(random.normals(shape.reduce((product, side) => product * side)), shape);
const pictures = (count: number, low: number): TensorRecord[string] =>
  hostFloats(
    Float32Array.from({ length: count * 64 * 64 * 3 }, () => low + (1 - low) * random.uniform()),
    [count, 64, 64, 3],
  );

const tolerance = 0.03;

/** Expects every gradient within the tolerance; the report names those that are not. */
async function expectSlopes(
  fn: (tensors: Tensors) => tf.Tensor,
  variables: TensorRecord,
  fixed: TensorRecord,
): Promise<void> {
  const errors = await gradientErrors(fn, variables, fixed);
  const wrong = Object.entries(errors).filter(([, error]) => !(error < tolerance));
  expect(Object.fromEntries(wrong)).toEqual({});
}

describe("gradients of whole models by central differences, to every weight within 3 %", () => {
  const batch = 3;
  const clipInputs: TensorRecord = {
    tokens: hostInts(
      Int32Array.from({ length: batch * 8 }, (_, at) => (at * 37) % 500),
      [batch, 8],
    ),
    targets: hostFloats(Float32Array.of(0.5, 0.5, 0, 0.5, 0.5, 0, 0, 0, 1), [batch, batch]),
  };
  const transformer: ClipConfig = {
    ...tinyClip(4),
    image: { size: 32, stem: 4, patch: 4, widths: [4, 8], layers: 1, heads: 2, features: 16 },
  };
  for (const [name, config] of Object.entries({
    "a convolutional CLIP": tinyClip(4),
    "a CLIP with attention": transformer,
  }))
    it(`${name}, contrastive loss`, () =>
      expectSlopes(
        (tensors) => {
          const parameters = parametersFrom(tensors);
          const images = embedImages(parameters, config, tensors.images as tf.Tensor4D);
          const texts = embedTexts(parameters, config, tensors.tokens as tf.Tensor2D);
          return computeContrastiveLoss(parameters, images, texts, tensors.targets as tf.Tensor2D);
        },
        { images: pictures(batch, 0), ...clipWeights(config, name) },
        clipInputs,
      ));

  const model = {
    generator: { ...tinyGenerator, widths: [...tinyGenerator.widths] },
    encoder: tinyEncoder,
    discriminator: { widths: [4, 4, 4, 4] },
  };
  const judge = tinyClip(4);
  const inputs: TensorRecord = {
    real: pictures(2, -1),
    noise: normal(2, 64, 64, 3),
    draws: normal(2, 8, 8, 2),
    known: hostFloats(Float32Array.of(1, 0), [2, 1]),
    condition: normal(2, 18), // 16 features, 2 styles
    ...Object.fromEntries(
      Object.entries(clipWeights(judge, "judge")).map(([name, value]) => [`clip/${name}`, value]),
    ),
  };
  const losses: Record<string, (parameters: Parameters, tensors: Tensors) => tf.Tensor> = {};
  const reconstruct = (parameters: Parameters, tensors: Tensors) =>
    reconstructPictures(parameters, model, tensors.real as tf.Tensor4D, {
      draws: tensors.draws!,
      known: tensors.known!,
      condition: tensors.condition!,
    });
  const terms = (tensors: Tensors, of: ReturnType<typeof reconstruct>) =>
    computeReconstructionTerms(of, tensors.real as tf.Tensor4D, {
      parameters: parametersFrom(tensors, "clip/"),
      config: judge,
    });
  losses["the generator, its encoder and the discriminator, all terms"] = (parameters, tensors) => {
    const of = reconstruct(parameters, tensors);
    const { pixels, features, divergence, meaning } = terms(tensors, of);
    const opinion = computeAdversarialTerm(parameters, model, of, tensors.condition!);
    return tf.addN([pixels, features, tf.mul(divergence, 0.1), meaning, tf.mul(opinion, 0.1)]);
  };
  losses["the discriminator, hinge and slope"] = (parameters, tensors) =>
    computeDiscriminatorLoss(parameters, model, {
      real: tensors.real as tf.Tensor4D,
      fake: tf.reverse(tf.mul(tensors.real!, 0.7), 1) as tf.Tensor4D,
      noise: tensors.noise as tf.Tensor4D,
      condition: tensors.condition!,
      gamma: 1,
    });
  for (const [name, loss] of Object.entries(losses))
    it(name, async () => {
      const specs = collectParameters((parameters, tensors) => loss(parameters, tensors), inputs);
      await expectSlopes(
        (tensors) => loss(parametersFrom(tensors), tensors),
        initialise(specs, createRandom(name)),
        inputs,
      );
    });

  it("has one prior for every row, whether its code is found or drawn", async () => {
    await tf.setBackend("cpu");
    const same = hostFloats(
      Float32Array.from({ length: 36 }, (_, at) => Math.sin(at % 18)),
      [2, 18],
    );
    const specs = collectParameters((parameters, tensors) => reconstruct(parameters, tensors).prior, inputs);
    const weights = initialise(specs, createRandom("prior"));
    const tensor = ({ data, shape, dtype }: TensorRecord[string]): tf.Tensor =>
      tf.tensor(data, [...shape], dtype);
    const [all, given] = [weights, { ...inputs, condition: same }].map((record) =>
      Object.fromEntries(Object.entries(record).map(([name, value]) => [name, tensor(value)])),
    ) as [Tensors, Tensors];
    const { prior } = reconstruct(parametersFrom(all), given);
    const values = prior.dataSync();
    const [first, second] = [values.slice(0, values.length / 2), values.slice(values.length / 2)];
    expect(Math.max(...first.map(Math.abs))).toBeGreaterThan(1e-4);
    expect([...first]).toEqual([...second]);
  });

  for (const term of ["pixels", "features", "divergence", "meaning"] as const)
    it(`${term} of the reconstruction, to pictures and posterior`, () => {
      const code = (): TensorRecord[string] => normal(2, 8, 8, 2);
      const variables = { pictures: pictures(2, -1), mean: code(), logVariance: code(), prior: code() };
      const used = term === "divergence" ? ["mean", "logVariance", "prior"] : ["pictures"];
      const moving = Object.fromEntries(Object.entries(variables).filter(([name]) => used.includes(name)));
      return expectSlopes(
        (tensors) => terms(tensors, tensors as unknown as ReturnType<typeof reconstruct>)[term],
        moving,
        {
          ...inputs,
          ...Object.fromEntries(Object.entries(variables).filter(([name]) => !used.includes(name))),
        },
      );
    });

  it("the augmentation of training pictures", () =>
    expectSlopes(
      (tensors) => tf.sum(tf.mul(augment(tensors.planes!, tensors, tensors.bank!), tensors.look!)),
      { planes: hostFloats(random.normals(2 * 3 * 64 * 64), [2, 3, 64, 64]) },
      {
        ...drawAugmentation(2, { zoom: 0.5, closest: 0.6, flip: 0.5, colour: 0.2, noise: 0.1 }, random),
        bank: normal(64, 64, 64, 3),
        look: normal(2, 64, 64, 3),
      },
    ));
});
