import { appendFile, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { ConfigError, InputError } from "../errors.js";
import { slugOf } from "../images/index.js";
import { loadPromptFile } from "../prompts/index.js";
import {
  type ClipShape,
  clipPresets,
  clipSession,
  contrastiveSettings,
  drawLosses,
  exportClipPack,
  folderClipSession,
  parseClipShape,
  retrieval,
  train,
  trainingWatch,
  weightsOfState,
} from "../training/index.js";
import { skipList, warnOfCuts } from "./clips.js";
import type { TrainClipOptions } from "./trainClipOptions.js";
import type { Context } from "./context.js";
import { followTraining } from "./trainLoop.js";

async function shapeOf({ shape: path, preset }: TrainClipOptions): Promise<ClipShape> {
  if (path === undefined) return clipPresets[preset];
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new InputError(`${path}: cannot be read; give a YAML file with image and text`, { cause });
  });
  try {
    return parseClipShape(parse(text), path);
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    throw new InputError(`${path}: is no YAML`, { cause });
  }
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
    ...contrastiveSettings(options),
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
  const session = await folderClipSession(contrastiveSettings(options), {
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
