import { InputError } from "../errors.js";
import { type RunOptions, type SteerModels, relevanceMask, weakCertainty } from "../guidance/index.js";
import { type LoadedPicture, drawnShare, loadMask, shapeMask } from "../images/index.js";
import { warnOfWords } from "./clips.js";
import type { Context } from "./context.js";
import type { EditItem } from "./editPlan.js";

/** Drawn part of a mask below which it lies on blank paper. */
const blank = 0.02;
/** Part of the picture beyond which a mask from words leaves out almost nothing. */
const everything = 0.9;

/**
 * The mask of an edit, `[height, width]`, or undefined when everything may change; says on stderr what is odd about it.
 * @throws {InputError} when it lets nothing change.
 */
export async function maskOf(
  item: EditItem,
  picture: LoadedPicture,
  models: SteerModels,
  run: RunOptions,
  context: Context,
): Promise<Float32Array | undefined> {
  const { width, height } = picture;
  if (item.maskPrompt !== undefined) return fromWords(item.maskPrompt, picture, models, run, context);
  if (item.mask === undefined) return undefined;
  const drawn = shapeMask(item.mask, width, height);
  const loaded = drawn ? undefined : await loadMask(item.mask, width, height);
  if (loaded?.scaledFrom)
    context.note(`mask ${item.mask}: scaled from ${loaded.scaledFrom} to ${width}×${height}`);
  const mask = drawn ?? loaded!.mask;
  if (mask.every((part) => part === 0))
    throw new InputError(`--mask ${item.mask}: lets nothing change; white, or inside the shape, may change`);
  if (drawnShare(picture.picture, mask) < blank)
    context.warn(`--mask ${item.mask}: covers only blank paper, nothing of what is drawn`);
  return mask;
}

async function fromWords(
  words: string,
  { picture }: LoadedPicture,
  models: SteerModels,
  run: RunOptions,
  context: Context,
): Promise<Float32Array> {
  await warnOfWords(models, [words], models.templates, context);
  const { mask, certainty } = await relevanceMask(models, picture, words, run);
  const share = mask.reduce((sum, part) => sum + part, 0) / mask.length;
  if (share === 0)
    throw new InputError(`--mask-prompt "${words}": the guides see it nowhere; give the place by --mask`);
  if (certainty < weakCertainty)
    context.warn(
      `--mask-prompt "${words}": the guides do not agree on where it is (certainty ${certainty.toFixed(2)}); look at mask.png, or give the place by --mask`,
    );
  else if (share > everything) context.warn(`--mask-prompt "${words}": covers nearly the whole picture`);
  context.note(
    `mask "${words}": ${Math.round(100 * share)} % of the picture, certainty ${certainty.toFixed(2)}`,
  );
  return mask;
}
