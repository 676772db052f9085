import { stat } from "node:fs/promises";
import { join } from "node:path";
import { compile } from "../../engine/index.js";
import { loadClips } from "../../embedding/index.js";
import {
  type StickerShape,
  bankName,
  codeSide,
  conceptsNameOf,
  otherNames,
  computeLatentStatistics,
  logitSide,
  stickerScopes,
  wordsToCode,
} from "../../gan/index.js";
import { type Pack, writePack } from "../../packs/index.js";
import {
  type TensorRecord,
  hostFloats,
  parametersFrom,
  scope,
  sizeOf,
  selectPrefix,
} from "../../tensor/index.js";
import * as tf from "../../tf.js";
import { embedLabels } from "../conditions.js";
import { loadCheckpoint } from "../run.js";
import type { StickerSet } from "./batches.js";
import type { StickerConfig } from "./trainer.js";
import { listConcepts, listStyles, makeWordsData } from "./codes.js";
import { loadDrawingCodes } from "./drawingCodes.js";
import { listOtherNames, makeVocabulary } from "./names.js";
import type { WordsConfig } from "./words.js";
import type { WordsData } from "./wordsBatch.js";

const together = 32;
const namesFile = "names.safetensors";
const vocabularyFile = "vocabulary.json";

/**
 * Computes the codes of every thing in every style, `[things · styles, size]`: the encoder's where there is a drawing, else
 * translated from a drawing in another style.
 */
async function makeBank(
  words: { readonly config: WordsConfig; readonly weights: TensorRecord } | undefined,
  { shape, styles }: { readonly shape: StickerShape; readonly styles: number },
  data: WordsData,
  things: number,
): Promise<Float32Array> {
  const size = codeSide * codeSide * shape.code;
  const bank = new Float32Array(things * styles * size);
  const drawn = new Map<number, Map<number, number>>();
  data.concepts.forEach((concept, row) => {
    const known = drawn.get(concept) ?? new Map<number, number>();
    drawn.set(concept, known.set(data.styles[row]!, row));
  });
  const missing: { concept: number; style: number; from: number }[] = [];
  for (const [concept, known] of drawn)
    for (let style = 0; style < styles; style++) {
      const row = known.get(style);
      const at = (concept * styles + style) * size;
      if (row !== undefined) bank.set(data.codes.subarray(row * size, (row + 1) * size), at);
      else missing.push({ concept, style, from: [...known.keys()][0]! });
    }
  if (!words) {
    // Without a network from words, a drawing in another style replaces the missing one.
    for (const { concept, style, from } of missing) {
      const row = drawn.get(concept)!.get(from)!;
      bank.set(data.codes.subarray(row * size, (row + 1) * size), (concept * styles + style) * size);
    }
    return bank;
  }
  const { condition, noise } = words.config.words;
  const square = [codeSide, codeSide, shape.code];
  const input = (shape: number[]) => ({ shape: [together, ...shape], dtype: "float32" }) as const;
  const program = await compile(
    (tensors) => ({
      codes: wordsToCode(scope(parametersFrom(tensors), stickerScopes.words), words.config.words, {
        text: tensors.text as tf.Tensor2D,
        style: tensors.style as tf.Tensor2D,
        reference: tensors.reference as tf.Tensor4D,
        referenced: tf.ones([together, 1]),
        referenceStyle: tensors.referenceStyle as tf.Tensor2D,
        noise: tf.zeros([together, noise]),
      }),
    }),
    {
      text: input([condition]),
      style: input([styles]),
      referenceStyle: input([styles]),
      reference: input(square),
    },
    { weights: words.weights, name: "translate" },
  );
  try {
    for (let start = 0; start < missing.length; start += together) {
      const rows = Array.from(
        { length: together },
        (_, at) => missing[Math.min(missing.length - 1, start + at)]!,
      );
      const fill = (
        length: number,
        write: (out: Float32Array, at: number, row: (typeof rows)[0]) => void,
      ) => {
        const out = new Float32Array(together * length);
        rows.forEach((row, at) => write(out, at, row));
        return out;
      };
      const { codes } = await program.run({
        text: hostFloats(
          fill(condition, (out, at, { concept }) =>
            out.set(data.texts[0]!.subarray(concept * condition, (concept + 1) * condition), at * condition),
          ),
          [together, condition],
        ),
        style: hostFloats(
          fill(styles, (out, at, { style }) => (out[at * styles + style] = 1)),
          [together, styles],
        ),
        referenceStyle: hostFloats(
          fill(styles, (out, at, { from }) => (out[at * styles + from] = 1)),
          [together, styles],
        ),
        reference: hostFloats(
          fill(size, (out, at, { concept, from }) => {
            const row = drawn.get(concept)!.get(from)!;
            out.set(data.codes.subarray(row * size, (row + 1) * size), at * size);
          }),
          [together, ...square],
        ),
      });
      rows.forEach(({ concept, style }, at) =>
        bank.set(
          (codes!.data as Float32Array).subarray(at * size, (at + 1) * size),
          (concept * styles + style) * size,
        ),
      );
    }
  } finally {
    await program.dispose();
  }
  return bank;
}

/** What a sticker pack is made of. */
export interface StickerRuns {
  /** Folder of the run of encoder and decoder, and of that of the network from words, if any. */
  readonly sticker: string;
  readonly words?: string | undefined;
  readonly set: StickerSet;
  /** Pack whose CLIPs guide and judge. */
  readonly clips: Pack;
  /** Steps that refine the codes of the drawings, where no network from words determines it. */
  readonly refine: number;
  readonly out: string;
  readonly name: string;
  readonly description: string;
  readonly onProgress?: ((progress: { stage: "refine"; done: number; total: number }) => void) | undefined;
  /** Ends the export before the pack is written. */
  readonly signal?: AbortSignal | undefined;
}

/** Writes a sticker pack. @throws the signal's reason. */
export async function exportStickers({
  sticker,
  words,
  set,
  clips,
  refine,
  out,
  name,
  description,
  onProgress,
  signal,
}: StickerRuns): Promise<{ megabytes: number; parameters: number }> {
  const { manifest } = clips;
  if (!manifest.judge) throw new RangeError(`pack ${manifest.name} has no judge`);
  const run = await loadCheckpoint(sticker);
  const config = JSON.parse(run.settings) as StickerConfig;
  const wordsRun = words === undefined ? undefined : await loadCheckpoint(words);
  const wordsConfig = wordsRun && (JSON.parse(wordsRun.settings) as WordsConfig);
  const loaded = await loadClips(clips, "all");
  const styles = listStyles(set, config.sets);
  const { labels } = listConcepts(set, styles);
  const codes = await loadDrawingCodes(sticker, run, config, set, {
    steps: wordsConfig?.refine ?? refine,
    onProgress: (done, total) => onProgress?.({ stage: "refine", done, total }),
    signal,
  });
  const data = await makeWordsData(config, set, codes, loaded);
  const size = codeSide * codeSide * config.shape.code;
  const wordsWeights = wordsRun ? selectPrefix("e/", wordsRun.state) : {};
  const bank = await makeBank(
    wordsConfig && { config: wordsConfig, weights: wordsWeights },
    { shape: config.shape, styles: styles.length },
    data,
    labels.length,
  );
  signal?.throwIfAborted();
  const guides = loaded.clips.filter((clip) => manifest.guides.some((guide) => guide.name === clip.name));
  const concepts = await Promise.all(
    guides.map((clip) => embedLabels(labels, clip.tokenizer ?? loaded.tokenizer, clip)),
  );
  const weights: Record<string, TensorRecord> = {
    "generator.safetensors": {
      ...selectPrefix("e/", run.state),
      ...wordsWeights,
      ...computeLatentStatistics(data.codes, size),
      [bankName]: hostFloats(bank, [labels.length * styles.length, size]),
      ...Object.fromEntries(
        concepts.map((rows, guide) => [
          conceptsNameOf(guide),
          hostFloats(rows, [labels.length, rows.length / labels.length]),
        ]),
      ),
    },
  };
  const { names, owners } = listOtherNames(set, labels);
  weights[namesFile] = { [otherNames.owners]: hostFloats(Float32Array.from(owners), [owners.length]) };
  for (const [guide, clip] of guides.entries()) {
    const rows = await embedLabels(names, clip.tokenizer ?? loaded.tokenizer, clip);
    weights[namesFile][otherNames.embeddings(guide)] = hostFloats(rows, [
      names.length,
      rows.length / names.length,
    ]);
  }
  for (const clip of [...manifest.guides, manifest.judge])
    weights[clip.file] = await clips.weights(clip.file);
  const { shape } = config;
  await writePack(
    out,
    {
      format: 1,
      name,
      description,
      license: "MIT",
      resolution: logitSide,
      tokenizer: manifest.tokenizer,
      contextLength: manifest.contextLength,
      generator: {
        kind: "sticker",
        file: "generator.safetensors",
        names: namesFile,
        vocabulary: vocabularyFile,
        config: {
          shape: { ...shape, encoder: [...shape.encoder], decoder: [...shape.decoder] },
          words: wordsConfig?.words,
          styles,
          concepts: labels.length,
        },
      },
      guides: manifest.guides,
      judge: manifest.judge,
      templates: manifest.templates,
      articles: manifest.articles,
    },
    {
      weights,
      texts: {
        [manifest.tokenizer]: JSON.stringify(await clips.json(manifest.tokenizer)),
        [vocabularyFile]: `[\n${makeVocabulary(set, labels)
          .map((concept) => JSON.stringify(concept))
          .join(",\n")}\n]\n`,
      },
    },
  );
  const sizes = await Promise.all(
    Object.keys(weights).map(async (file) => (await stat(join(out, file))).size),
  );
  return {
    megabytes: sizes.reduce((sum, bytes) => sum + bytes, 0) / 1e6,
    parameters: Object.values(weights)
      .flatMap((record) => Object.values(record))
      .reduce((sum, { shape: sides }) => sum + sizeOf(sides), 0),
  };
}
