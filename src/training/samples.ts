import { join } from "node:path";
import type { ClipConfig, Tokenizer } from "../clip/index.js";
import { compile } from "../engine/index.js";
import { mapToEmojiCode, decodeEmoji, encodeEmoji, mapEmojiLatents, appendStyles } from "../gan/index.js";
import { composeContactSheet, toPicture, savePicture } from "../images/index.js";
import {
  type HostTensor,
  type TensorRecord,
  type Whitening,
  createRandom,
  parametersFrom,
  selectPrefix,
  fitWhitening,
} from "../tensor/index.js";
import * as tf from "../tf.js";
import { trainingSide } from "./augment.js";
import { type TrainingSet, gatherPlanes } from "./batches.js";
import { embedCaptions, embedLabels } from "./conditions.js";
import type { GanModel } from "./ganLosses.js";

const prompts = [
  "red heart",
  "grinning face",
  "cat face",
  "blue car",
  "pizza",
  "green apple",
  "sunflower",
  "soccer ball",
];

/** Styles of the two rows of prompts. */
const promptStyles = ["twemoji flat style", "noto style"];

/** Draws sample sheets of a GAN in training: real pictures, rebuilt, made from their labels, and two rows of prompts fed forward. */
export interface Sampler {
  draw(state: TensorRecord, path: string): Promise<void>;
  dispose(): Promise<void>;
}

/** Prepares the sheet of the averaged weights `e/`. */
export async function createSampler(
  model: GanModel,
  clip: { config: ClipConfig; weights: TensorRecord },
  tokenizer: Tokenizer,
  set: TrainingSet,
  state: TensorRecord,
): Promise<Sampler> {
  const count = prompts.length;
  const random = createRandom("samples");
  const rows = Array.from({ length: count }, () => random.integer(set.items.length));
  const shown = {
    ...set,
    items: rows.map((row) => set.items[row]!),
    positions: Int32Array.from(rows, (row) => set.positions[row]!),
  };
  const labels = await embedLabels(
    shown.items.map(({ label }) => label),
    tokenizer,
    clip,
  );
  const texts = await embedCaptions(
    prompts.map((prompt) => `an emoji of ${prompt}`),
    tokenizer,
    clip,
  );
  const sampleNames = [
    ...rows.map((row) => set.items[row]!.style),
    ...promptStyles.flatMap((style) => prompts.map(() => style)),
  ];
  const condition = appendStyles(
    Float32Array.from([...labels, ...texts, ...texts]),
    sampleNames.map((style) => model.generator.styles.indexOf(style)),
    model.generator,
  );
  const planes = gatherPlanes(
    shown,
    Array.from({ length: count }, (_, index) => index),
  );
  const averaged = Object.fromEntries(Object.entries(state).filter(([name]) => name.startsWith("e/")));
  const program = await compile(
    (tensors) => {
      const parameters = parametersFrom(selectPrefix("e/", tensors));
      const generator = parametersFrom(tensors, "e/generator.");
      const real = tf.sub(tf.mul(tf.transpose(tensors.planes!, [0, 2, 3, 1]), 2), 1) as tf.Tensor4D;
      const encoder = (name: string, shape: readonly number[], init: { constant: number }) =>
        parameters(`encoder.${name}`, shape, init);
      const { generator: config } = model;
      const { mean } = encodeEmoji(encoder as typeof parameters, model.encoder, real, config.code);
      const conditionCode = mapToEmojiCode(
        generator,
        config,
        mapEmojiLatents(generator, config, tensors.condition!),
      );
      return { pictures: decodeEmoji(generator, config, tf.concat([mean, conditionCode], 0)) };
    },
    { planes: { shape: [count, 3, trainingSide, trainingSide], dtype: "float32" }, ...averaged },
    { weights: { condition }, name: "samples" },
  );
  return {
    async draw(current, path) {
      const { pictures: pictures } = await program.run({ planes, ...current });
      const real = rows.map((row) => {
        const bytes = set.images.subarray(
          set.positions[row]! * trainingSide * trainingSide * 3,
          (set.positions[row]! + 1) * trainingSide * trainingSide * 3,
        );
        return {
          width: trainingSide,
          height: trainingSide,
          data: Float32Array.from(bytes, (value) => value / 255),
        };
      });
      const paintings = Array.from({ length: 4 * count }, (_, row) =>
        toPicture(pictures!.data as Float32Array, trainingSide, row, [-1, 1]),
      );
      const names = rows.map((row) => set.items[row]!.label);
      const captions = [
        ...names,
        ...rows.map(() => "rebuilt"),
        ...names.map((name) => `"${name}"`),
        ...prompts,
        ...prompts,
      ];
      const sheet = await composeContactSheet([...real, ...paintings], {
        columns: count,
        scale: 2,
        labels: captions,
      });
      await savePicture(path, sheet, { format: "png" });
    },
    dispose: () => program.dispose(),
  };
}

/** Returns the path of the sample sheet of a step. */
export function sheetPathOf(folder: string, step: number): string {
  return join(folder, `samples-${String(step).padStart(6, "0")}.png`);
}

/** Computes the whitening of w over the given conditions `[count, condition + styles]`. */
export async function computeLatentStatistics(
  model: GanModel,
  generator: TensorRecord,
  conditions: HostTensor,
): Promise<Whitening> {
  const program = await compile(
    (tensors) => ({ w: mapEmojiLatents(parametersFrom(tensors), model.generator, tensors.conditions!) }),
    { conditions },
    { weights: generator, name: "latent statistics" },
  );
  const { w } = await program.run({ conditions });
  await program.dispose();
  return fitWhitening(w!.data as Float32Array, model.generator.style);
}
