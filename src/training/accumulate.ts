import type { Tokenizer } from "../clip/index.js";
import { compile } from "../engine/index.js";
import { ConfigError } from "../errors.js";
import {
  type HostTensor,
  type TensorRecord,
  createRandom,
  hostFloats,
  hostZeros,
  parametersFrom,
  sliceRows,
  selectPrefix,
  withPrefix,
} from "../tensor/index.js";
import * as tf from "../tf.js";
import { makeNoise } from "./augment.js";
import type { CaptionedSet } from "./captioned.js";
import {
  type ContrastiveConfig,
  type ContrastiveTrainer,
  prepareStep,
  embedBatch,
  computeGradients,
  computePairLoss,
  rowSpecsOf,
  scheduleSpecs,
  updateState,
  listWeightNames,
} from "./contrastive.js";

/** Weights that act on all pairs: each part of a batch computes their whole gradient. */
const shared: ReadonlySet<string> = new Set(["logitScale", "logitBias"]);

/**
 * Creates a trainer whose step computes a batch in parts and returns the gradient of the whole batch. First all parts are embedded;
 * then each part is embedded again, with gradients, against the stored embeddings of the others.
 * Source: Gao et al. 2021, "Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup", §3.
 * @throws {ConfigError} when the parts are not of one size.
 */
export async function createAccumulatingTrainer(
  config: ContrastiveConfig,
  set: CaptionedSet,
  tokenizer: Tokenizer,
  state: TensorRecord,
  options: { threads?: number } = {},
): Promise<ContrastiveTrainer> {
  const { batch, model, accumulate: parts = 1 } = config;
  if (batch % parts !== 0)
    throw new ConfigError(
      `training: a batch of ${batch} cannot be accumulated in ${parts} equal parts; change one of the two`,
    );
  const rows = batch / parts;
  const { features } = model.text;
  const names = listWeightNames(state);
  const weightSpecs = withPrefix("w/", selectPrefix("w/", state));
  const noise = { noise: makeNoise(createRandom(config.seed)) };
  const pieces = rowSpecsOf(config, rows);
  const allSpec = { shape: [batch, features], dtype: "float32" } as const;

  const embedding = await compile(
    (tensors) => embedBatch(parametersFrom(selectPrefix("w/", tensors)), config, tensors),
    { ...pieces, ...weightSpecs },
    { weights: noise, name: "embed part", ...options },
  );
  const gradient = await compile(
    (tensors) => {
      const { value, gradients } = computeGradients(names, tensors, (parameters) => {
        const part = embedBatch(parameters, config, tensors);
        // `place` [batch, rows] puts this part's embeddings where the cached ones have zeros.
        const whole = (cached: tf.Tensor, live: tf.Tensor): tf.Tensor2D =>
          tf.add(cached, tf.matMul(tensors.place as tf.Tensor2D, live as tf.Tensor2D));
        const pairs = {
          images: whole(tensors.images!, part.images),
          texts: whole(tensors.texts!, part.texts),
        };
        return computePairLoss(parameters, config, pairs, tensors.targets!);
      });
      return { ...withPrefix("g/", gradients), loss: value };
    },
    {
      ...pieces,
      ...weightSpecs,
      images: allSpec,
      texts: allSpec,
      place: { shape: [batch, rows], dtype: "float32" },
      targets: { shape: [batch, batch], dtype: "float32" },
    },
    { weights: noise, name: "train part", ...options },
  );
  const update = await compile(
    (tensors) => updateState(config, tensors, selectPrefix("g/", tensors)),
    { ...state, ...scheduleSpecs, ...withPrefix("g/", selectPrefix("w/", state)) },
    { name: "update", ...options },
  );

  return {
    async step(current, index) {
      const { inputs, targets, schedule } = prepareStep(config, set, tokenizer, index);
      const weights = withPrefix("w/", selectPrefix("w/", current));
      const given = Array.from({ length: parts }, (_, part) =>
        Object.fromEntries(
          Object.entries(inputs).map(([name, tensor]) => [
            name,
            sliceRows(tensor, part * rows, (part + 1) * rows),
          ]),
        ),
      );
      const images = new Float32Array(batch * features);
      const texts = new Float32Array(batch * features);
      for (const [part, each] of given.entries()) {
        const embedded = await embedding.run({ ...each, ...weights });
        images.set(embedded.images!.data, part * rows * features);
        texts.set(embedded.texts!.data, part * rows * features);
      }
      const sums: TensorRecord = Object.fromEntries(
        names.map((name) => [name, hostZeros(current[`w/${name}`]!.shape)]),
      );
      let loss = 0;
      for (const [part, each] of given.entries()) {
        const from = part * rows * features;
        const without = (values: Float32Array): HostTensor => {
          const rest = values.slice();
          rest.fill(0, from, from + rows * features);
          return hostFloats(rest, [batch, features]);
        };
        const place = new Float32Array(batch * rows);
        for (let row = 0; row < rows; row++) place[(part * rows + row) * rows + row] = 1;
        const result = await gradient.run({
          ...each,
          ...weights,
          images: without(images),
          texts: without(texts),
          place: hostFloats(place, [batch, rows]),
          targets,
        });
        loss = result.loss!.data[0]!;
        for (const name of names) {
          const sum = sums[name]!.data;
          const factor = shared.has(name) ? 1 / parts : 1;
          result[`g/${name}`]!.data.forEach((value, at) => (sum[at]! += value * factor));
        }
      }
      const { norm, ...next } = await update.run({ ...current, ...schedule, ...withPrefix("g/", sums) });
      return { state: next, losses: { loss, norm: norm!.data[0]! } };
    },
    async dispose() {
      await Promise.all([embedding.dispose(), gradient.dispose(), update.dispose()]);
    },
  };
}
