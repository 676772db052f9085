/**
 * Quality of a sticker pack's pictures beside the real drawings: `npx tsx bench/pictures.ts [PACK] [DATA] [COUNT]`.
 * Rebuilt drawings of things and of a style that the pack never saw, and of some that it learned, with 95 % bootstrap intervals of medians.
 */
import { type StickerData, loadStickerData, maxRegions, regionSide } from "../src/data/index.js";
import { compile } from "../src/engine/index.js";
import { fillSize, logitSide, paint, slotCount, onWhite, fillShares } from "../src/gan/index.js";
import { loadGenerator } from "../src/guidance/index.js";
import { loadPack } from "../src/packs/index.js";
import { createRandom, parametersFrom } from "../src/tensor/index.js";
import * as tf from "../src/tf.js";
import { stickerBatch, stickerSet } from "../src/training/sticker/batches.js";
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

const [packName = "stickers", dataFolder = "outputs/data/stickers", countText = "96"] = process.argv.slice(2);
const together = 8;
const pack = await loadPack(packName);
const generator = await loadGenerator(pack);
const { regions, encode } = generator;
if (!regions || !encode) throw new Error(`${packName}: pictures of this pack have no regions`);
const data: StickerData = await loadStickerData(dataFolder);

const program = await compile(
  (tensors) => {
    const p = parametersFrom(tensors);
    const coverage = tensors.coverage as tf.Tensor4D;
    const fills = tensors.fills as tf.Tensor3D;
    const real = onWhite(fillShares(coverage, fills));
    const latents = encode(p, tf.sub(tf.mul(real, 2), 1) as tf.Tensor4D, tf.zeros([together, 1]));
    const parts = regions.parts(p, latents);
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
  {
    coverage: { shape: [together, logitSide, logitSide, slotCount], dtype: "float32" },
    fills: { shape: [together, maxRegions, fillSize], dtype: "float32" },
  },
  { weights: generator.weights, name: "measure pictures" },
);

const random = createRandom("bench/pictures");
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
const withInterval = (values: readonly number[]): string => {
  const draw = random.stream("bootstrap");
  const medians = Array.from({ length: 1000 }, () =>
    median(values.map(() => values[draw.integer(values.length)]!)),
  ).sort((a, b) => a - b);
  return `${median(values).toFixed(3)} (${medians[25]!.toFixed(3)}–${medians[974]!.toFixed(3)})`;
};

const learned = ["noto", "twemoji", "fluent-emoji-flat"];
const cases = [
  { name: "learned drawings", sets: learned, splits: ["train"] as const },
  { name: "things never seen", sets: learned, splits: ["concept"] as const },
  { name: "a style never seen", sets: ["fxemoji"], splits: ["style"] as const },
];
for (const { name, sets, splits } of cases) {
  const set = stickerSet(data, sets, splits);
  const rows = [...random.stream(name).permutation(set.rows.length)].slice(0, Number(countText));
  const results: Record<string, number[]> = {};
  const note = (key: string, value: number): void => void (results[key] ??= []).push(value);
  for (let start = 0; start + together <= rows.length; start += together) {
    const batch = rows.slice(start, start + together);
    const { coverage, fills } = stickerBatch(set, {
      batch,
      large: 0,
      recoloured: 0,
      random,
      order: "region",
    });
    const out = await program.run({ coverage: coverage!, fills: fills! });
    batch.forEach((row, at) => {
      const part = (key: string): Float32Array | Int32Array => {
        const { data: values } = out[key]!;
        const size = values.length / together;
        return values.subarray(at * size, (at + 1) * size) as Float32Array | Int32Array;
      };
      const source = data.labels(set.rows[row]!);
      note("PSNR at 64×64, dB", psnrOf(part("real"), part("small")));
      note(
        "hard masks less soft, dB",
        psnrOf(part("real"), part("hard")) - psnrOf(part("real"), part("small")),
      );
      note("paint(512) reduced against paint(64), dB", psnrOf(part("small"), part("huge")));
      note("boundary F, 1 pixel at 256", boundaryF(part("labels"), source, regionSide));
      note("purity inside regions", purityOf(part("labels"), part("purest"), regionSide));
      note(
        "fragments ÷ real",
        components(part("labels"), regionSide) / Math.max(1, components(source, regionSide)),
      );
      const drawing = paintRegions(source, data.items[set.rows[row]!]!.fills, regionSide);
      note("sharpness ÷ real", steepness(part("seen"), 128) / steepness(halved(drawing, regionSide), 128));
      note("ΔE of regions", median(regionDifferences(source, drawing, part("painted"), regionSide)));
    });
  }
  console.log(`\n${name} (${results["PSNR at 64×64, dB"]!.length})`);
  for (const [key, values] of Object.entries(results)) console.log(`  ${key}: ${withInterval(values)}`);
}
await program.dispose();
