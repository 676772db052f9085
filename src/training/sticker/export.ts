import { loadClips } from "../../embedding/index.js";
import {
  type StickerShape,
  bankNames,
  codeSizeOf,
  coarseSizeOf,
  coarseStep,
  computeLatentStatistics,
  detailSizeOf,
  detailStep,
  logitSide,
  otherNames,
  separateCodes,
} from "../../gan/index.js";
import { type Pack, type PackManifest, writePack } from "../../packs/index.js";
import {
  type HostTensor,
  type TensorRecord,
  hostFloats,
  hostInts,
  selectPrefix,
} from "../../tensor/index.js";
import { embedLabels } from "../conditions.js";
import { type PackSize, makeConceptWeights, measurePackSize } from "../packWeights.js";
import { loadCheckpoint } from "../run.js";
import type { StickerSet } from "./batches.js";
import { listConcepts, listStyles } from "./codes.js";
import { loadDrawingCodes } from "./drawingCodes.js";
import { listOtherNames, makeVocabulary } from "./names.js";
import { parseStickerSettings } from "./settings.js";

const namesFile = "names.safetensors";
const vocabularyFile = "vocabulary.json";

/**
 * Chooses the drawing of every thing in every style. Where a style has no drawing of a thing, its drawing in another style takes the
 * place.
 * @param known labels of the things; thing and style of each drawing, −1 for a style that cannot be requested.
 * @param styles number of styles.
 * @returns the chosen drawings, each once, and the position of each thing's drawing among them, `[things · styles]`.
 */
export function chooseDrawings(
  { labels, concepts, styles: stylesOfRows }: ReturnType<typeof listConcepts>,
  styles: number,
): { chosen: number[]; positions: Int32Array } {
  const positionOf = new Map<number, number>();
  const positions = new Int32Array(labels.length * styles);
  labels.forEach((_, concept) => {
    const rows = [...concepts.keys()].filter((row) => concepts[row] === concept);
    for (let style = 0; style < styles; style++) {
      const latestOf = (wantedStyle: number): number | undefined =>
        rows.findLast((row) => stylesOfRows[row] === wantedStyle);
      const row = latestOf(style) ?? latestOf(stylesOfRows[rows[0]!]!)!;
      if (!positionOf.has(row)) positionOf.set(row, positionOf.size);
      positions[concept * styles + style] = positionOf.get(row)!;
    }
  });
  return { chosen: [...positionOf.keys()], positions };
}

/**
 * Makes the weights of a bank (see `bankNames`). Values beyond ±127 steps are clamped.
 * @param codes of all drawings, `[drawings, size]`.
 */
function makeBankWeights(
  codes: Float32Array,
  { chosen, positions }: ReturnType<typeof chooseDrawings>,
  shape: StickerShape,
): TensorRecord {
  const size = codeSizeOf(shape);
  const bank = new Float32Array(chosen.length * size);
  chosen.forEach((row, at) => bank.set(codes.subarray(row * size, (row + 1) * size), at * size));
  const { coarse, detail } = separateCodes(bank, shape);
  const quantise = (values: Float32Array, width: number, step: number): HostTensor => {
    const steps = Int32Array.from(values, (value) => Math.min(127, Math.max(-127, Math.round(value / step))));
    return hostInts(steps, [chosen.length, width]);
  };
  const weights = {
    [bankNames.coarse]: quantise(coarse, coarseSizeOf(shape), coarseStep),
    [bankNames.drawings]: hostInts(positions, [positions.length]),
  };
  if (!shape.detail) return weights;
  return { ...weights, [bankNames.detail]: quantise(detail, detailSizeOf(shape), detailStep) };
}

/** What a sticker pack is made of. */
export interface StickerRuns {
  /** Folder of the run of encoder and decoder. */
  readonly sticker: string;
  readonly set: StickerSet;
  /** Pack whose CLIPs guide and judge. */
  readonly clips: Pack;
  /** Steps that refine the codes of the drawings. */
  readonly refine: number;
  /** Steps for drawings that the run did not learn; default four times `refine`. */
  readonly refineThings?: number | undefined;
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
  set,
  clips,
  refine,
  refineThings,
  out,
  name,
  description,
  onProgress,
  signal,
}: StickerRuns): Promise<PackSize> {
  const { manifest } = clips;
  if (!manifest.judge) throw new RangeError(`pack ${manifest.name} has no judge`);
  const run = await loadCheckpoint(sticker);
  const config = parseStickerSettings(run, sticker);
  const loaded = await loadClips(clips, "all");
  const styles = listStyles(set, config.sets);
  const known = listConcepts(set, styles);
  const { labels } = known;
  const codes = await loadDrawingCodes(sticker, run, config, set, {
    steps: refine,
    otherSteps: refineThings,
    onProgress: (done, total) => onProgress?.({ stage: "refine", done, total }),
    signal,
  });
  signal?.throwIfAborted();
  const guides = loaded.clips.filter((clip) => manifest.guides.some((guide) => guide.name === clip.name));
  const embed = (texts: readonly string[], clip: (typeof guides)[number]): Promise<Float32Array> =>
    embedLabels(texts, clip.tokenizer ?? loaded.tokenizer, clip);
  const concepts = await Promise.all(guides.map((clip) => embed(labels, clip)));
  const weights: Record<string, TensorRecord> = {
    "generator.safetensors": {
      ...selectPrefix("e/", run.state),
      ...computeLatentStatistics(codes, config.shape),
      ...makeBankWeights(codes, chooseDrawings(known, styles.length), config.shape),
      ...makeConceptWeights(concepts, labels.length),
    },
  };
  const { names, owners } = listOtherNames(set, labels);
  const nameWeights: Record<string, HostTensor> = {
    [otherNames.owners]: hostInts(Int32Array.from(owners), [owners.length]),
  };
  for (const [guide, clip] of guides.entries()) {
    const rows = await embed(names, clip);
    nameWeights[otherNames.embeddings(guide)] = hostFloats(rows, [names.length, rows.length / names.length]);
  }
  weights[namesFile] = nameWeights;
  for (const clip of [...manifest.guides, manifest.judge])
    weights[clip.file] = await clips.weights(clip.file);
  await writePack(
    out,
    makeManifest({ name, description, clips }, config.shape, { styles, concepts: labels.length }),
    {
      weights,
      bytes: [bankNames.coarse, bankNames.detail],
      texts: {
        [manifest.tokenizer]: JSON.stringify(await clips.json(manifest.tokenizer)),
        [vocabularyFile]: `[\n${makeVocabulary(set, labels)
          .map((concept) => JSON.stringify(concept))
          .join(",\n")}\n]\n`,
      },
    },
  );
  return measurePackSize(out, weights);
}

/** Makes the manifest: the CLIPs and texts are those of the pack `clips`. */
function makeManifest(
  { name, description, clips: { manifest } }: Pick<StickerRuns, "name" | "description" | "clips">,
  shape: StickerShape,
  { styles, concepts }: { readonly styles: readonly string[]; readonly concepts: number },
): Omit<PackManifest, "sha256"> {
  return {
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
        styles: [...styles],
        concepts,
      },
    },
    guides: manifest.guides,
    judge: manifest.judge,
    templates: manifest.templates,
    articles: manifest.articles,
  };
}
