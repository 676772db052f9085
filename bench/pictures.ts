/**
 * Quality of a sticker pack's pictures beside the real drawings: `npx tsx bench/pictures.ts [PACK] [DATA] [COUNT]`.
 * Three sources of latents: the name and style of a learned drawing, as a prompt; the encoder's guess of a drawing's picture; and the
 * inversion of the picture, as `edit` does it. With 95 % bootstrap intervals of medians.
 */
import {
  type StickerData,
  type StickerItem,
  loadStickerData,
  maxRegions,
  regionSide,
} from "../src/data/index.js";
import { compile } from "../src/engine/index.js";
import { fillSize, logitSide, replacePose, paint, slotCount, onWhite, fillShares } from "../src/gan/index.js";
import { loadModels } from "../src/guidance/index.js";
import { createInverter } from "../src/guidance/programs/invert.js";
import { loadPack } from "../src/packs/index.js";
import {
  type HostTensor,
  type TensorRecord,
  createRandom,
  hostFloats,
  parametersFrom,
} from "../src/tensor/index.js";
import * as tf from "../src/tf.js";
import { makeStickerBatch, selectStickers } from "../src/training/sticker/batches.js";
import {
  boundaryF,
  components,
  halved,
  paintRegions,
  psnrOf,
  purityOf,
  regionDifferences,
  steepness,
} from "./pictures/measures.js";
import { medianOf } from "../src/evaluate/index.js";

const [packName = "stickers", dataFolder = "outputs/data/stickers", countText = "96"] = process.argv.slice(2);
const together = 8;
/** Steps of the edit's inversion. */
const inversionSteps = 120;
const pack = await loadPack(packName);
const models = await loadModels(pack);
const { generator, phrases } = models;
const { regions, encode } = generator;
if (!regions || !encode) throw new Error(`${packName}: pictures of this pack have no regions`);
const data: StickerData = await loadStickerData(dataFolder);

if (!phrases) throw new Error(`${packName}: this pack has no vocabulary`);
const coverageSpec = { shape: [together, logitSide, logitSide, slotCount], dtype: "float32" } as const;
const fillsSpec = { shape: [together, maxRegions, fillSize], dtype: "float32" } as const;
const latentSpec = { shape: [together, ...generator.latentShape], dtype: "float32" } as const;
const program = await compile(
  (tensors) => {
    const parameters = parametersFrom(tensors);
    const real = onWhite(fillShares(tensors.coverage as tf.Tensor4D, tensors.fills as tf.Tensor3D));
    const parts = regions.parts(parameters, tensors.latents!);
    const { poses } = parts;
    const large = paint(parts, 256, { poses });
    const labels = tf.cast(tf.argMax(large.shares, 3), "int32");
    const hard = tf.cast(tf.oneHot(labels, slotCount), "float32") as tf.Tensor4D;
    const reduce = (x: tf.Tensor4D, factor: number): tf.Tensor4D => tf.avgPool(x, factor, factor, "valid");
    const small = onWhite(paint(parts, 64, { poses }).rgba);
    return {
      real,
      small,
      hard: reduce(onWhite(fillShares(hard, parts.fills, { poses })), 4),
      huge: reduce(onWhite(paint(parts, 512, { poses }).rgba), 8),
      seen: reduce(onWhite(large.rgba), 2),
      painted: onWhite(large.rgba),
      labels,
      purest: tf.max(large.shares, 3),
    };
  },
  { coverage: coverageSpec, fills: fillsSpec, latents: latentSpec },
  { weights: generator.weights, name: "measure pictures" },
);
const encoding = await compile(
  ({ coverage, fills, ...tensors }) => {
    const real = onWhite(fillShares(coverage as tf.Tensor4D, fills as tf.Tensor3D));
    const pictures = tf.sub(tf.mul(real, 2), 1) as tf.Tensor4D;
    return { latents: encode(parametersFrom(tensors), pictures, tf.zeros([together, 1])), real };
  },
  { coverage: coverageSpec, fills: fillsSpec },
  { weights: generator.weights, name: "encode pictures" },
);
const features = models.guides[0]!.config.text.features;
const naming = await compile(
  ({ style, concept, variation, ...tensors }) => {
    const draws = { style: style!, concept: concept!, variation: variation! };
    return { latents: generator.map(parametersFrom(tensors), draws, tf.zeros([1, features])) };
  },
  Object.fromEntries(
    Object.entries(generator.sample(createRandom("shapes"), 2, { truncation: 0, concepts: [0] })).map(
      ([name, { shape }]) => [name, { shape, dtype: "float32" } as const],
    ),
  ),
  { weights: generator.weights, name: "latents of names" },
);
const inverter = createInverter(models, { engine: "compiled" });

interface Batch {
  readonly items: readonly StickerItem[];
  readonly labels: readonly Uint8Array[];
  readonly targets: TensorRecord;
}
type Source = (batch: Batch) => Promise<HostTensor>;
const joined = (rows: readonly HostTensor[]): HostTensor => {
  const size = latentSize(rows[0]!);
  const data = new Float32Array(together * size);
  rows.forEach((row, at) => data.set((row.data as Float32Array).subarray(0, size), at * size));
  return hostFloats(data, [together, ...generator.latentShape]);
};
const latentSize = ({ shape }: HostTensor): number =>
  shape.slice(1).reduce((product, side) => product * side, 1);
/** Latents of the drafts that the prompt `label, style` starts from. */
const fromNames: Source = async ({ items }) => {
  const rows: HostTensor[] = [];
  for (const { label, style } of items) {
    const { concepts } = phrases.read(label)!;
    const draws = generator.sample(createRandom("names"), 2, { truncation: 0, style, concepts });
    const { latents } = await naming.run(draws);
    // Drafts have a margin; the drawings they are compared with fill their canvas.
    const data = replacePose((latents!.data as Float32Array).slice(0, latentSize(latents!)), {
      x: 0,
      y: 0,
      size: 1,
    });
    rows.push(hostFloats(data, [1, data.length]));
  }
  return joined(rows);
};
const fromEncoder: Source = async ({ targets }) => (await encoding.run(targets)).latents!;
/** Latents by the edit's inversion: the encoder, then gradient descent on the picture. */
const fromInversion: Source = async ({ items, labels }) => {
  const rows: HostTensor[] = [];
  for (const [at, { fills }] of items.entries()) {
    const picture = {
      width: regionSide,
      height: regionSide,
      data: paintRegions(labels[at]!, fills, regionSide),
    };
    rows.push((await inverter.invert(picture, { steps: inversionSteps })).latents);
  }
  return joined(rows);
};

const random = createRandom("bench/pictures");
const withInterval = (values: readonly number[]): string => {
  const draw = random.stream("bootstrap");
  const medians = Array.from({ length: 1000 }, () =>
    medianOf(values.map(() => values[draw.integer(values.length)]!)),
  ).sort((a, b) => a - b);
  return `${medianOf(values).toFixed(3)} (${medians[25]!.toFixed(3)}–${medians[974]!.toFixed(3)})`;
};

const learned = ["noto", "twemoji", "fluent-emoji-flat"];
const cases = [
  {
    name: "learned drawings, by name and style",
    sets: learned,
    splits: ["train", "pair"],
    source: fromNames,
  },
  { name: "learned drawings, encoded", sets: learned, splits: ["train"], source: fromEncoder },
  { name: "things never seen, encoded", sets: learned, splits: ["concept"], source: fromEncoder },
  { name: "things never seen, inverted", sets: learned, splits: ["concept"], source: fromInversion },
  { name: "a style never seen, encoded", sets: ["fxemoji"], splits: ["style"], source: fromEncoder },
  { name: "a style never seen, inverted", sets: ["fxemoji"], splits: ["style"], source: fromInversion },
] satisfies { name: string; sets: string[]; splits: StickerItem["split"][]; source: Source }[];
const only = process.env.CASES;
for (const { name, sets, splits, source: latentsOf } of cases) {
  if (only && !name.includes(only)) continue;
  const set = selectStickers(data, sets, splits);
  const rows = [...random.stream(name).permute(set.rows.length)].slice(0, Number(countText));
  const results: Record<string, number[]> = {};
  const note = (key: string, value: number): void => void (results[key] ??= []).push(value);
  for (let start = 0; start + together <= rows.length; start += together) {
    const batch = rows.slice(start, start + together);
    const options = { batch, recoloured: 0, random, order: "region" } as const;
    const { coverage, fills } = makeStickerBatch(set, options);
    const targets = { coverage: coverage!, fills: fills! };
    const items = batch.map((row) => data.items[set.rows[row]!]!);
    const labels = batch.map((row) => data.labels(set.rows[row]!));
    const out = await program.run({ ...targets, latents: await latentsOf({ items, labels, targets }) });
    batch.forEach((row, at) => {
      const part = (key: string): Float32Array | Int32Array => {
        const { data: values } = out[key]!;
        const size = values.length / together;
        return values.subarray(at * size, (at + 1) * size) as Float32Array | Int32Array;
      };
      const source = labels[at]!;
      note("PSNR at 64×64, dB", psnrOf(part("real"), part("small")));
      note(
        "hard masks less soft, dB",
        psnrOf(part("real"), part("hard")) - psnrOf(part("real"), part("small")),
      );
      note("paint(512) reduced against paint(64), dB", psnrOf(part("small"), part("huge")));
      note("boundary F, 1 pixel at 256", boundaryF(part("labels"), source, regionSide));
      note("boundary F, exact at 256", boundaryF(part("labels"), source, regionSide, 0));
      note("purity inside regions", purityOf(part("labels"), part("purest"), regionSide));
      note(
        "fragments ÷ real",
        components(part("labels"), regionSide) / Math.max(1, components(source, regionSide)),
      );
      const drawing = paintRegions(source, items[at]!.fills, regionSide);
      note("sharpness ÷ real", steepness(part("seen"), 128) / steepness(halved(drawing, regionSide), 128));
      note("ΔE of regions", medianOf(regionDifferences(source, drawing, part("painted"), regionSide)));
    });
  }
  console.log(`\n${name} (${results["PSNR at 64×64, dB"]!.length})`);
  for (const [key, values] of Object.entries(results)) console.log(`  ${key}: ${withInterval(values)}`);
}
await Promise.all([program, encoding, naming, inverter].map((each) => each.dispose()));
