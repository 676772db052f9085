import type { CompileOptions, EngineName, Program } from "../src/engine/index.js";
import { loadModels } from "../src/guidance/index.js";
import { latentShapeOf } from "../src/guidance/programs/pictures.js";
import { adamInputsAt, createSteering } from "../src/guidance/programs/steer.js";
import { defaultViews, drawViews, makeViewNoise, viewSidesOf } from "../src/guidance/objectives/views.js";
import { pictureWeightsOf } from "../src/guidance/programs/pictures.js";
import {
  type HostTensor,
  type TensorRecord,
  createRandom,
  hostFloats,
  hostInts,
  hostScalar,
  hostZeros,
  sizeOf,
  selectPrefix,
  withPrefix,
} from "../src/tensor/index.js";
import { drawAugmentation, makeNoise } from "../src/training/augment.js";
import { type ContrastiveConfig, compileContrastive, initialiseState } from "../src/training/contrastive.js";
import { emojiCodeSide } from "../src/gan/index.js";
import { compilePhase } from "../src/training/ganProgram.js";
import { initialiseGan } from "../src/training/index.js";
import type { BenchCase, Step } from "./case.js";
import { clipShape, clipWeights, ganSettings, seededPack } from "./pack.js";

const views = 24;
const side = 64;
const random = createRandom("bench emoji");
const normals = (name: string, ...shape: number[]): HostTensor =>
  hostFloats(random.stream(name).normals(sizeOf(shape)), shape);

function unitRows(name: string, rows: number, size: number): HostTensor {
  const { data } = normals(name, rows, size);
  const unit = (data as Float32Array).map((_, at) => {
    const row = data.subarray(
      Math.floor(at / size) * size,
      (Math.floor(at / size) + 1) * size,
    ) as Float32Array;
    return data[at]! / Math.hypot(...row);
  });
  return hostFloats(unit, [rows, size]);
}

const pictures = (count: number): HostTensor =>
  hostFloats(
    (normals("pictures", count, 3, side, side).data as Float32Array).map(
      (value) => 0.5 + 0.5 * Math.tanh(value),
    ),
    [count, 3, side, side],
  );

/** One step of ascent with the emoji recipe's generator and both guides. */
export function steeringCase(folder: string): BenchCase {
  return {
    name: "emoji-steer",
    description: `emoji steering step: generator, two guides, ${views} views, gradient and Adam`,
    tolerance: 5e-3,
    async shared() {
      const models = await loadModels(await seededPack(folder));
      const shape = latentShapeOf(models);
      const features = models.guides[0]!.config.text.features;
      return {
        ...pictureWeightsOf(models, models.guides),
        ...makeViewNoise(viewSidesOf(models)),
        latents: normals("latents", ...shape),
        anchor: normals("anchor", ...shape),
        condition: unitRows("condition", 1, features),
        noise: hostZeros(shape),
        first: hostZeros(shape),
        second: hostZeros(shape),
        termWeights: hostFloats(Float32Array.of(1), [1]),
        ...Object.fromEntries(
          models.guides.map(({ prefix }) => [`${prefix}terms`, unitRows(prefix, 1, features)]),
        ),
        ...drawViews({ count: views, ...defaultViews }, random.stream("views"), viewSidesOf(models)),
        ...adamInputsAt(0, 0.05),
      };
    },
    async prepare(shared, engine, options): Promise<Step> {
      const models = await loadModels(await seededPack(folder));
      const measure = { distance: "spherical", floor: true } as const;
      const lossShape = { terms: 1, measure, edit: false, shared: false };
      const weights = { anchor: 0.5, range: 0.05, realism: 0, direction: 0, outside: 0, boundary: 0 };
      const steering = await createSteering(models, { ...lossShape, views, weights }, { ...options, engine });
      const { latents, first, second, ...inputs } = shared as Record<string, HostTensor>;
      const state = { latents: latents!, first: first!, second: second! };
      return {
        async run() {
          const result = await steering.step(state, inputs);
          return { loss: hostScalar(result.loss), picture: result.picture, first: result.state.first };
        },
        dispose: () => steering.dispose(),
      };
    },
  };
}

const clipSettings: ContrastiveConfig = {
  model: clipShape("guide-a"),
  batch: 128,
  steps: 1000,
  rate: 1e-3,
  weightDecay: 0.1,
  warmUp: 100,
  seed: 1,
  augment: { zoom: 0.4, closest: 0.55, flip: 0.3, colour: 0.1, noise: 0.1 },
};
const scalars = (values: Record<string, number>): TensorRecord =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, hostScalar(value)]));

/** Numbers by which a training step is compared: Adam's first step is mostly a sign, so the losses and the gradient's norm. */
const lossesOf = (results: TensorRecord): TensorRecord =>
  Object.fromEntries(
    Object.entries(results).filter(([name, { shape }]) => shape.length === 0 && !/^[wmve]\//.test(name)),
  );

/** A training step whose results are the state of the next step. */
function trainingStep(program: Program, shared: TensorRecord): Step {
  let state = stateOf(shared);
  const inputs = Object.fromEntries(Object.entries(shared).filter(([name]) => !(name in state)));
  return {
    async run() {
      const results = await program.run(inputs, state);
      state = { ...state, ...stateOf(results) };
      return lossesOf(results);
    },
    dispose: () => program.dispose(),
  };
}

/** One step of contrastive training of the first guide. */
export function clipTrainingCase(): BenchCase {
  const { batch, model } = clipSettings;
  return {
    name: "train-clip",
    training: true,
    description: `CLIP training step (guide-a), batch ${batch}: augmentation, both encoders, loss, gradients, AdamW`,
    tolerance: 5e-3,
    async shared() {
      const targets = Float32Array.from({ length: batch * batch }, (_, at) =>
        at % (batch + 1) === 0 ? 1 : 0,
      );
      const tokens = Int32Array.from({ length: batch * model.text.contextLength }, (_, at) => {
        const place = at % model.text.contextLength;
        return place < 5 ? 1 + random.stream(`token${at}`).integer(1500) : place === 5 ? 2047 : 0;
      });
      return {
        ...initialiseState(clipWeights(model, "guide-a")),
        ...drawAugmentation(batch, clipSettings.augment, random.stream("augment")),
        noise: makeNoise(createRandom(clipSettings.seed)),
        planes: pictures(batch),
        tokens: hostInts(tokens, [batch, model.text.contextLength]),
        targets: hostFloats(targets, [batch, batch]),
        ...scalars({ rate: 1e-2, rootCorrection: 50, decayRate: 1e-3 }),
      };
    },
    async prepare(shared, engine, options): Promise<Step> {
      const program = await compileContrastive(clipSettings, stateOf(shared), {
        ...options,
        engine,
      } as CompileOptions);
      return trainingStep(program, shared);
    },
  };
}

const stateOf = (shared: TensorRecord): TensorRecord =>
  Object.fromEntries(Object.entries(shared).filter(([name]) => /^[wmve]\//.test(name)));

/** One step of the second phase of GAN training. */
export function ganTrainingCase(): BenchCase {
  const { batch, model } = ganSettings;
  const { code, condition, styles } = model.generator;
  const config = clipShape("guide-a");
  return {
    name: "train-gan",
    training: true,
    description: `GAN training step, batch ${batch}: encoder, generator, discriminator, CLIP features, gradients, two Adams`,
    tolerance: 1e-2,
    async shared() {
      const identity = Float32Array.from({ length: batch * side * side }, (_, at) =>
        Math.floor(at / side) % side === at % side ? 1 : 0,
      );
      const eye = hostFloats(identity, [batch, 1, side, side]);
      return {
        ...initialiseGan(ganSettings),
        ...withPrefix("clip/", clipWeights(config, "guide-a")),
        noise: makeNoise(createRandom(ganSettings.seed)),
        planes: pictures(batch),
        rows: eye,
        columns: eye,
        draws: normals("draws", batch, emojiCodeSide, emojiCodeSide, code),
        known: hostFloats(
          Float32Array.from({ length: batch }, (_, at) => at % 2),
          [batch, 1],
        ),
        condition: unitRows("condition", batch, condition + styles.length),
        noiseIndex: hostInts(
          Int32Array.from({ length: batch }, (_, at) => at),
          [batch],
        ),
        ...scalars({ pressure: 0.06, rate: 1e-3, rootCorrection: 100, decayRate: 1e-3 }),
        ...scalars({ criticRate: 1e-3, criticCorrection: 100, average: 0.9 }),
      };
    },
    async prepare(shared, engine: EngineName, options): Promise<Step> {
      const clip = { config, weights: selectPrefix("clip/", shared) };
      const program = await compilePhase("adversarial", ganSettings, clip, stateOf(shared), {
        ...options,
        engine,
      });
      return trainingStep(program, shared);
    },
  };
}
