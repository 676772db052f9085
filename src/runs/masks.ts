import { InputError } from "../errors.js";
import {
  type RunOptions,
  type SteerModels,
  computeRelevanceMask,
  findWornPart,
  weakCertainty,
} from "../guidance/index.js";
import {
  type LoadedPicture,
  type RgbaBytes,
  measureDrawnShare,
  loadPictureFrom,
  decodeMask,
  drawShapeMask,
} from "../images/index.js";
import { type Finding, makeNote, makeWarning } from "./findings.js";
import type { InputFiles } from "./inputs.js";
import { type KnownLayers, selectLayers } from "./knownLayers.js";
import type { EditSettings } from "./records.js";
import { findUnknownWords } from "./words.js";

/** Drawn share of a mask below which the mask counts as blank. */
const blankShare = 0.02;
/** Share of the picture above which a mask from words counts as covering everything. */
const fullShare = 0.9;

/** A mask with its findings. */
export interface EditMask {
  /** `[height, width]` in [0, 1]; absent when everything may change. */
  readonly mask?: Float32Array;
  readonly findings: readonly Finding[];
}

/** What a mask is computed with. `findLayers` finds the layers of the picture, if they are known. */
type MaskOptions = RunOptions & {
  readonly signal?: AbortSignal | undefined;
  readonly findLayers: () => Promise<KnownLayers | undefined>;
};

/**
 * Reads, draws or computes the mask of an edit.
 * @throws {InputError} when the mask is 0 everywhere, or the guides do not find what its words name.
 */
export async function maskOf(
  { mask, maskPrompt, maskInvert }: EditSettings,
  picture: LoadedPicture,
  inputs: InputFiles,
  models: SteerModels,
  run: MaskOptions,
): Promise<EditMask> {
  if (maskPrompt !== undefined) {
    const { mask: relevance, findings } = await computeMaskFromWords(maskPrompt, picture, models, run);
    return { mask: maskInvert ? invertMask(relevance) : relevance, findings };
  }
  if (mask === undefined) return { findings: [] };
  if (typeof mask !== "string") return loadMaskFile(mask, picture, inputs, maskInvert === true);
  const shape = drawShapeMask(mask, picture.width, picture.height)!;
  return checkMask(mask, maskInvert ? invertMask(shape) : shape, picture, []);
}

const measureShare = (mask: Float32Array): number => mask.reduce((sum, part) => sum + part, 0) / mask.length;

const invertMask = (mask: Float32Array): Float32Array => mask.map((part) => 1 - part);

async function loadMaskFile(
  { name, sha256 }: { readonly name: string; readonly sha256: string },
  picture: LoadedPicture,
  inputs: InputFiles,
  invert: boolean,
): Promise<EditMask> {
  const { width, height } = picture;
  const pixels: RgbaBytes = await loadPictureFrom(inputs.get(sha256)!.bytes, name);
  const { mask, scaledFrom } = await decodeMask(pixels, name, { width, height, invert });
  const message = `mask ${name}: scaled from ${scaledFrom} to ${width}×${height}`;
  return checkMask(name, mask, picture, scaledFrom ? [makeNote("mask-scaled", message, { name })] : []);
}

function checkMask(
  name: string,
  mask: Float32Array,
  { picture }: LoadedPicture,
  findings: readonly Finding[],
): EditMask {
  if (mask.every((part) => part === 0))
    throw new InputError(
      `mask ${name}: allows no change; white pixels, or pixels inside the shape, may change`,
      {
        reason: "empty-mask",
      },
    );
  if (measureDrawnShare(picture, mask) >= blankShare) return { mask, findings };
  const message = `mask ${name}: covers only the blank background, no part of the drawing`;
  return { mask, findings: [...findings, makeWarning("mask-blank", message, { name })] };
}

async function computeMaskFromWords(
  words: string,
  picture: LoadedPicture,
  models: SteerModels,
  run: MaskOptions,
): Promise<Required<EditMask>> {
  const layers = await run.findLayers();
  const named = layers ? selectLayers(layers.names, words) : [];
  if (named.length > 0) {
    const mask = await layers!.maskOf(named);
    const share = measureShare(mask);
    const message = `mask "${words}": ${Math.round(100 * share)} % of the picture, the layer "${layers!.names[named[0]!]!}"`;
    return { mask, findings: [makeNote("mask-found", message, { words, share })] };
  }
  const findings = await findUnknownWords(models, [words], models.templates);
  const worn = findWornPart(picture, words);
  if (worn) {
    const share = measureShare(worn);
    const message = `mask "${words}": ${Math.round(100 * share)} % of the picture, by its place at the eyes`;
    findings.push(makeNote("mask-found", message, { words, share }));
    return { mask: worn, findings };
  }
  const { mask, certainty } = await computeRelevanceMask(models, picture, words, run);
  const share = measureShare(mask);
  const data = { words, certainty, share };
  if (share === 0)
    throw new InputError(`mask prompt "${words}": the guides do not find it`, { reason: "unseen-mask" });
  if (certainty < weakCertainty)
    throw new InputError(
      `mask prompt "${words}": the guides do not find it for certain (${certainty.toFixed(2)}, needed is ${weakCertainty}), so nothing was changed; mark the place with a box or a mask picture, or use other words`,
      { reason: "uncertain-mask" },
    );
  if (share > fullShare)
    findings.push(
      makeWarning("mask-everything", `mask prompt "${words}": covers nearly the whole picture`, data),
    );
  findings.push(
    makeNote(
      "mask-found",
      `mask "${words}": ${Math.round(100 * share)} % of the picture, certainty ${certainty.toFixed(2)}`,
      data,
    ),
  );
  return { mask, findings };
}
