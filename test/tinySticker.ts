import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { collectParameters } from "../src/engine/index.js";
import {
  type Generator,
  type StickerConfig,
  bankNames,
  coarseStep,
  detailStep,
  codeSizeOf,
  coarseSizeOf,
  conceptsNameOf,
  decodeSticker,
  detailSizeOf,
  encodeSticker,
  computeLatentStatistics,
  logitSide,
  createStickerGenerator,
  stickerScopes,
} from "../src/gan/index.js";
import { writePack } from "../src/packs/index.js";
import {
  type TensorRecord,
  createRandom,
  hostFloats,
  hostInts,
  initialise,
  scope,
} from "../src/tensor/index.js";
import * as tf from "../src/tf.js";
import { clipWeights, tinyClip, tinyManifest, tokenizerJson } from "./tiny.js";

export const tinySticker: StickerConfig = {
  shape: {
    code: 2,
    detail: 1,
    encoder: [4, 4, 4],
    decoder: [12, 10, 8],
    outline: 8,
    fill: 8,
    smoothing: 0.2,
  },
  styles: ["plain", "shaded"],
  concepts: 3,
};

/** Features of the tiny CLIPs. */
const features = 16;
const size = codeSizeOf(tinySticker.shape);

/** Copies the weights of the first of four subpixels to the others, so that layers enlarge without noise. */
function smoothUpsampling(weights: TensorRecord): void {
  for (const name of ["up16", "up32", "up64"]) {
    const { data, shape } = weights[`${stickerScopes.decoder}.${name}.weight`]!;
    const [wide, narrow] = [shape[3]!, shape[3]! / 4];
    for (let at = 0; at < data.length; at++)
      data[at] = data[Math.floor(at / wide) * wide + ((at % wide) % narrow)]!;
  }
}

/** Seeded weights of a sticker generator whose regions are nearly hard and whose pictures are partly transparent. */
export function stickerWeights(seed: string): TensorRecord {
  const { shape, styles, concepts } = tinySticker;
  const specs = collectParameters(
    (parameters, { pictures }) => {
      const code = encodeSticker(scope(parameters, stickerScopes.encoder), shape, pictures as tf.Tensor4D);
      const { logits, fills } = decodeSticker(scope(parameters, stickerScopes.decoder), shape, code);
      return tf.add(tf.sum(logits), tf.sum(fills));
    },
    { pictures: { shape: [1, logitSide, logitSide, 4], dtype: "float32" } },
  );
  const random = createRandom(seed);
  const weights = initialise(specs, random);
  smoothUpsampling(weights);
  const scale = (name: string, by: (at: number) => number): void => {
    const { data } = weights[`${stickerScopes.decoder}.${name}`]!;
    for (let at = 0; at < data.length; at++) data[at]! *= by(at);
  };
  scale("logits.weight", () => 9);
  scale("detail.weight", () => 0.1); // random details would make ragged outlines
  scale("fills.out.weight", (at) => (at % 9 < 3 ? 0.3 : 0.1));
  weights[`${stickerScopes.decoder}.logits.bias`]!.data[0] = 5;
  const mean = weights[`${stickerScopes.decoder}.fills.mean`]!.data;
  for (let at = 0; at < mean.length; at++) mean[at] = at % 9 < 3 ? 0.1 + ((at * 37) % 83) / 100 : 0;
  const codes = random.stream("codes").normals(80 * size);
  const rows = (name: string, count: number, length: number) =>
    hostFloats(random.stream(name).normals(count * length), [count, length]);
  const steps = (name: string, length: number, step: number) => {
    const count = concepts * styles.length;
    const values = random.stream(name).normals(count * length);
    return hostInts(
      Int32Array.from(values, (value) => Math.round(value / step)),
      [count, length],
    );
  };
  return {
    ...weights,
    ...computeLatentStatistics(codes, shape),
    [bankNames.drawings]: hostInts(
      Int32Array.from({ length: concepts * styles.length }, (_, at) => at),
      [concepts * styles.length],
    ),
    [bankNames.coarse]: steps("bank", coarseSizeOf(shape), coarseStep),
    [bankNames.detail]: steps("detail", detailSizeOf(shape), detailStep),
    [conceptsNameOf(0)]: rows("concepts", concepts, features),
    [conceptsNameOf(1)]: rows("concepts", concepts, features),
  };
}

/** A sticker generator of a few thousand seeded weights. */
export function tinyStickerGenerator(seed = "sticker"): Generator {
  return createStickerGenerator(tinySticker, stickerWeights(seed));
}

/** Writes a whole sticker pack of seeded, untrained models into a new folder: small enough to steer in a test. */
export async function writeTinyStickerPack(seed = "sticker"): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "clipsteer-sticker-"));
  const { encoder, discriminator, ...manifest } = tinyManifest;
  if (!encoder || !discriminator) throw new Error("the tiny pack has no encoder");
  const { shape, styles, concepts } = tinySticker;
  await writePack(
    folder,
    {
      ...manifest,
      name: "tiny-sticker",
      resolution: logitSide,
      generator: {
        kind: "sticker",
        file: "generator.safetensors",
        config: {
          shape: { ...shape, encoder: [...shape.encoder], decoder: [...shape.decoder] },
          styles: [...styles],
          concepts,
        },
      },
    },
    {
      weights: {
        "generator.safetensors": stickerWeights(seed),
        "guide-0.safetensors": clipWeights(tinyClip(4), "a"),
        "guide-1.safetensors": clipWeights(tinyClip(6), "b"),
        "judge.safetensors": clipWeights(tinyClip(8), "c"),
      },
      texts: { "tokenizer.json": JSON.stringify(tokenizerJson) },
    },
  );
  return folder;
}
