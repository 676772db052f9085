import { appendFile, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { ConfigError, InputError } from "../errors.js";
import { slugOf } from "../images/index.js";
import { loadPromptFile } from "../prompts/index.js";
import {
  type ClipShape,
  type ContrastiveConfig,
  clipPresets,
  clipSession,
  drawLosses,
  exportClipPack,
  folderClipSession,
  retrieval,
  train,
  trainingWatch,
  weightsOfState,
} from "../training/index.js";
import { skipList, warnOfCuts } from "./clips.js";
import type { TrainClipOptions } from "./commands/trainClip.js";
import type { Context } from "./context.js";
import { followTraining } from "./trainLoop.js";

const whole = z.int().min(1).max(4096);
const shapeSchema = z.strictObject({
  image: z.strictObject({
    size: z.union([z.literal(16), z.literal(32), z.literal(64)]),
    stem: whole,
    patch: z.union([z.literal(1), z.literal(2), z.literal(4), z.literal(8), z.literal(16)]),
    widths: z.array(whole).min(1).max(6),
    layers: z.int().min(0).max(48),
    heads: whole,
    features: whole,
  }),
  text: z.strictObject({ width: whole, layers: whole, heads: whole }),
});

async function shapeOf({ shape: path, preset }: TrainClipOptions): Promise<ClipShape> {
  if (path === undefined) return clipPresets[preset];
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new InputError(`${path}: cannot be read; give a YAML file with image and text`, { cause });
  });
  let value: unknown;
  try {
    value = parse(text);
  } catch (cause) {
    throw new InputError(`${path}: is no YAML`, { cause });
  }
  const parsed = shapeSchema.safeParse(value);
  if (!parsed.success) {
    const { path: key, message } = parsed.error.issues[0]!;
    throw new ConfigError(`${path}: ${key.join(".")}: ${message}`);
  }
  const { image, text: words } = parsed.data;
  const { size, patch, widths, heads } = image;
  const last = size / (patch * 2 ** (widths.length - 1));
  if (!Number.isInteger(last))
    throw new ConfigError(
      `${path}: image: ${size} pixels cannot be halved that often (patch ${patch}, ${widths.length} widths); take fewer widths`,
    );
  if (widths[widths.length - 1]! % heads !== 0 || words.width % words.heads !== 0)
    throw new ConfigError(`${path}: heads must divide the last image width, and the text's width`);
  return parsed.data;
}

export function settingsOf({
  batch,
  steps,
  rate,
  seed,
  accumulate,
  balance,
  balanceBy,
  augment,
}: Pick<
  TrainClipOptions,
  "batch" | "steps" | "rate" | "seed" | "accumulate" | "balance" | "balanceBy" | "augment"
>): Omit<ContrastiveConfig, "model"> {
  return {
    batch,
    steps,
    rate,
    weightDecay: 0.1,
    warmUp: 60,
    seed,
    augment: {
      zoom: Math.min(1, 0.5 * augment),
      closest: Math.max(0.1, 0.45 + 0.55 * (1 - augment)),
      flip: 0.3 * augment,
      colour: 0.1 * augment,
      noise: 0.08 * augment,
    },
    ...(accumulate > 1 && { accumulate }),
    ...(balance !== undefined && { balance: { by: balance, how: balanceBy } }),
  };
}

/** Texts of prompt files, given by commas, that training must not show. */
export async function heldPrompts(paths: string): Promise<string[]> {
  const plans = await Promise.all(paths.split(",").map((path) => loadPromptFile(path.trim())));
  return plans.flatMap(({ terms }) => terms.flatMap(({ text }) => text ?? []));
}

/** Trains one of the emoji pack's CLIPs. */
export async function runTrainClip(
  options: TrainClipOptions,
  context: Context,
  given: Readonly<Record<string, unknown>>,
): Promise<void> {
  const own = ["captions", "shape", "loss", "accumulate", "validate"].find((name) => name in given);
  if (own !== undefined) throw new ConfigError(`train clip: --${own} needs --images, a folder of your own`);
  const { preset, data, steps, resume, from, threads, saveEvery, composed, held } = options;
  const folder = options.out ?? `outputs/train/${preset}`;
  const settings = {
    ...settingsOf(options),
    ...(composed > 0 && { composed: { share: composed, held: await heldPrompts(held) } }),
  };
  const session = await clipSession(preset, settings, {
    data,
    out: folder,
    resume,
    ...(from !== undefined && { from }),
    ...(threads && { threads }),
  });
  const title = `train clip ${preset}`;
  const run = {
    folder,
    steps,
    settings: session.settings,
    start: session.start,
    step: session.trainer.step,
    saveEvery,
    onSave: () => drawLosses(folder, title),
  };
  const place = { folder, total: steps, started: session.start.step, title };
  await followTraining(train(run, context.signal), place, context);
  await session.trainer.dispose();
}

/** Trains a CLIP on a folder's own pictures and ends in a pack. */
export async function runTrainOwnClip(
  images: string,
  options: TrainClipOptions,
  context: Context,
): Promise<void> {
  const { captions, loss, validate, steps, batch, resume, threads, saveEvery } = options;
  const name = slugOf(images.split(/[\\/]/).filter(Boolean).at(-1) ?? "own");
  const folder = options.out ?? `outputs/train/${name}`;
  const session = await folderClipSession(settingsOf(options), {
    images,
    ...(captions !== undefined && { captions }),
    shape: await shapeOf(options),
    loss,
    validate,
    out: folder,
    resume,
    ...(threads && { threads }),
  });
  const { config, tokenizer, json, trained, heldOut } = session;
  const list = skipList(context);
  session.skipped.forEach(list.onSkip);
  const [known, held] = [trained.positions.length, heldOut.positions.length];
  context.note(`${known} pictures to train on, ${held} held out`);
  await warnOfCuts({ tokenizer, articles: true }, session.captions, ["{}"], context);
  const pack = join(folder, "pack");
  const watch = trainingWatch({ batch, sigmoid: loss === "sigmoid" }, steps);
  const steady = train(
    {
      folder,
      steps,
      settings: session.settings,
      start: session.start,
      async step(state, index) {
        const result = await session.trainer.step(state, index);
        const scale = Math.exp(result.state["w/logitScale"]!.data[0]!);
        const odd = watch(index + 1, { loss: result.losses.loss!, scale });
        if (odd !== undefined) context.warn(odd);
        return { ...result, losses: { ...result.losses, scale } };
      },
      saveEvery,
      async onSave(state, step) {
        await drawLosses(folder, `train clip ${name}`);
        const weights = weightsOfState(state);
        await exportClipPack(pack, { name, json, model: config.model, weights });
        if (held < 2) return;
        const found = await retrieval(heldOut, tokenizer, { config: config.model, weights });
        await appendFile(join(folder, "validation.jsonl"), `${JSON.stringify({ step, held, ...found })}\n`);
        const percent = (part: number): string => `${(100 * part).toFixed(1)} %`;
        context.note(
          `step ${step}: of ${held} held-out pictures, ${percent(found.textToImage1)} found by their caption first, ` +
            `${percent(found.textToImage5)} among five; captions by pictures ${percent(found.imageToText1)}, ${percent(found.imageToText5)}`,
        );
      },
    },
    context.signal,
  );
  const place = { folder, total: steps, started: session.start.step, title: `train clip ${name}` };
  await followTraining(steady, place, context);
  await session.trainer.dispose();
  context.note(`pack: clipsteer classify … --generator ${resolve(pack)}`);
  list.finish(known + held + list.skipped.length);
}
