import { regionSide } from "../../data/index.js";
import { compile } from "../../engine/index.js";
import { fillSize, logitSide, onWhite, paint, slotCount } from "../../gan/index.js";
import { type Picture, composeContactSheet, toPicture, savePicture } from "../../images/index.js";
import { type TensorRecord, createRandom, parametersFrom, selectPrefix } from "../../tensor/index.js";
import * as tf from "../../tf.js";
import { type StickerSet, makeStickerBatch } from "./batches.js";
import { composeEncoderInput, rebuildRegions } from "./losses.js";
import type { StickerConfig } from "./trainer.js";

/** Pictures in each row of a sheet, and their side. */
const columns = 12;
const sampleSide = 128;

/** Draws sample sheets of a sticker training from its averaged weights `e/`. */
export interface StickerSampler {
  /** Writes the sheet of a state as a PNG. */
  draw(state: TensorRecord, path: string): Promise<void>;
  dispose(): Promise<void>;
}

/** Renders a drawing's regions with their fills on white, `[128, 128, 3]`: means over 2×2 pixels of the label map. */
function renderSource({ data, rows }: StickerSet, row: number): Picture {
  const { fills } = data.items[rows[row]!]!;
  const labels = data.labels(rows[row]!);
  const factor = regionSide / sampleSide;
  const out = new Float32Array(sampleSide * sampleSide * 3);
  for (let y = 0; y < regionSide; y++)
    for (let x = 0; x < regionSide; x++) {
      const label = labels[y * regionSide + x]!;
      const at = (Math.floor(y / factor) * sampleSide + Math.floor(x / factor)) * 3;
      const [along, down] = [((x + 0.5) / regionSide) * 2 - 1, ((y + 0.5) / regionSide) * 2 - 1];
      const fill = label === 0 ? undefined : fills[label - 1]!;
      for (let channel = 0; channel < 3; channel++) {
        const value = fill ? fill[channel]! + fill[3 + channel]! * along + fill[6 + channel]! * down : 1;
        out[at + channel]! += Math.min(1, Math.max(0, value)) / factor ** 2;
      }
    }
  return { width: sampleSide, height: sampleSide, data: out };
}

/** Selects the averaged weights of a state, as program inputs. */
const selectAverages = (state: TensorRecord): TensorRecord =>
  Object.fromEntries(Object.entries(state).filter(([name]) => name.startsWith("e/")));

/** Chooses the rows of a sheet's pictures, one per column, seeded. */
const chooseRows = (count: number): number[] => {
  const order = createRandom("samples").permute(count);
  return Array.from({ length: columns }, (_, at) => order[at % count]!);
};

/**
 * Prepares sheets of encoder and decoder: a row of drawings, and a row of what they are encoded and decoded to, painted at 128×128.
 * @param state decides the names and shapes of the weights.
 */
export async function createStickerSampler(
  { shape }: Pick<StickerConfig, "shape">,
  set: StickerSet,
  state: TensorRecord,
  options: { threads?: number } = {},
): Promise<StickerSampler> {
  const rows = chooseRows(set.rows.length);
  const { coverage, fills } = makeStickerBatch(set, {
    batch: rows,
    recoloured: 0,
    random: createRandom("samples"),
    order: "region",
  });
  const program = await compile(
    (tensors) => {
      const input = composeEncoderInput(
        tensors.coverage as tf.Tensor4D,
        tensors.fills as tf.Tensor3D,
        tf.ones([columns, 1, 1, 1]),
      );
      const parts = rebuildRegions(parametersFrom(selectPrefix("e/", tensors)), shape, input);
      return { pictures: onWhite(paint(parts, sampleSide).rgba) };
    },
    {
      coverage: { shape: [columns, logitSide, logitSide, slotCount], dtype: "float32" },
      fills: { shape: [columns, slotCount - 1, fillSize], dtype: "float32" },
      ...selectAverages(state),
    },
    { name: "sticker samples", ...options },
  );
  const sources = rows.map((row) => renderSource(set, row));
  const names = rows.map((row) => set.data.items[set.rows[row]!]!.label);
  return {
    async draw(current, path) {
      const { pictures } = await program.run({
        coverage: coverage!,
        fills: fills!,
        ...selectAverages(current),
      });
      const painted = rows.map((_, row) =>
        toPicture(pictures!.data as Float32Array, sampleSide, row, [0, 1]),
      );
      const labels = [...names, ...names.map(() => "painted")];
      const sheet = await composeContactSheet([...sources, ...painted], { columns, labels });
      await savePicture(path, sheet, { format: "png" });
    },
    dispose: () => program.dispose(),
  };
}
