import { randomInt } from "node:crypto";
import { appendFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { stringify } from "yaml";
import { ConfigError, InputError } from "../errors.js";
import {
  type AscentResult,
  type RunOptions,
  type ScheduledTerm,
  generate,
  loadModels,
} from "../guidance/index.js";
import {
  type Picture,
  loadPicture,
  nextRunFolder,
  readMetadata,
  resizePicture,
  saveAnimation,
  savePicture,
  terminalPreview,
  writeFileAtomic,
} from "../images/index.js";
import { loadPack } from "../packs/index.js";
import {
  type PromptPlan,
  type PromptTerm,
  loadPromptFile,
  parsePromptArgument,
  weightAt,
} from "../prompts/index.js";
import { warnOfWords } from "./clips.js";
import { type GenerateOptions, generateSchema } from "./commands/generate.js";
import { type Context, duration } from "./context.js";
import { type Stamp, stampOf } from "./stamp.js";

/** Everything that decides the bytes of one picture. */
export interface GenerateSettings {
  readonly terms: readonly PromptTerm[];
  readonly templates: readonly string[];
  readonly schedule: PromptPlan["schedule"];
  readonly generator: string;
  readonly steps: number;
  readonly views: number;
  readonly lr: number;
  readonly candidates: number;
  readonly truncation: number;
  readonly style?: string;
  readonly seed: number;
  readonly init?: string;
  readonly size: number;
  readonly engine: GenerateOptions["engine"];
  readonly format: GenerateOptions["format"];
}

const previewColumns = 36;

/** The plan of the command line and its prompt file together. */
async function planOf(options: GenerateOptions): Promise<PromptPlan> {
  const file = options.prompts === undefined ? undefined : await loadPromptFile(options.prompts);
  const negatives = options.negative.map((text) => {
    const term = parsePromptArgument(text);
    return { ...term, weight: -Math.abs(term.weight) };
  });
  const images = options.imagePrompt.map((path) => ({
    name: path,
    image: resolve(path),
    weight: 1,
    from: 0,
    to: 1,
  }));
  const terms = [...options.text.map(parsePromptArgument), ...images, ...(file?.terms ?? []), ...negatives];
  if (terms.length === 0) throw new ConfigError('generate: no prompt; try clipsteer generate "a red heart"');
  return {
    ...(file?.templates && { templates: file.templates }),
    terms,
    schedule: file?.schedule ?? [],
    defaults: file?.defaults ?? {},
  };
}

async function readReplay(path: string): Promise<{ settings: GenerateSettings; stamp: Stamp }> {
  const text = await readMetadata(path);
  if (text === undefined)
    throw new InputError(`${path}: holds no settings; --replay needs a picture that clipsteer generate made`);
  const { settings, stamp } = JSON.parse(text) as { settings: GenerateSettings; stamp: Stamp };
  return { settings, stamp };
}

/** Runs the command: one picture a seed, each in its own run folder. */
export async function runGenerate(
  options: GenerateOptions,
  given: Readonly<Record<string, unknown>>,
  context: Context,
): Promise<void> {
  const began = performance.now();
  const replay = options.replay === undefined ? undefined : await readReplay(options.replay);
  const plan = replay ? undefined : await planOf(options);
  // Defaults, then the file, then flags.
  const merged = generateSchema.parse({ ...plan?.defaults, ...given });
  const pack = await loadPack(replay?.settings.generator ?? merged.generator);
  const current = stampOf(pack);
  if (replay && replay.stamp.pack !== current.pack)
    context.warn(
      `the picture was made with other weights of "${replay.settings.generator}"; the bytes will differ`,
    );
  const models = await loadModels(pack);
  const first = merged.seed ?? randomInt(2 ** 31);
  const settings: GenerateSettings[] = replay
    ? [replay.settings]
    : Array.from({ length: merged.count }, (_, index) => ({
        terms: plan!.terms,
        templates: plan!.templates ?? models.templates,
        schedule: plan!.schedule,
        generator: merged.generator,
        steps: merged.steps,
        views: merged.views,
        lr: merged.lr,
        candidates: merged.candidates,
        truncation: merged.truncation,
        ...(merged.style !== undefined && { style: merged.style }),
        seed: first + index,
        ...(merged.init !== undefined && { init: resolve(merged.init) }),
        size: merged.size ?? models.generator.resolution,
        engine: merged.engine,
        format: merged.format,
      }));
  for (const { text, templates = settings[0]!.templates } of settings[0]!.terms)
    if (text !== undefined) await warnOfWords(models, [text], templates, context);
  const run: RunOptions = {
    engine: settings[0]!.engine,
    ...(options.threads && { threads: options.threads }),
  };
  const made: Made[] = [];
  for (const each of settings) {
    if (context.signal.aborted) break;
    made.push(await makeOne(each, models, run, { ...options, animate: merged.animate }, current, context));
  }
  const best = made[0]!;
  context.printJson({
    images: made.map(({ path }) => path),
    seed: best.seed,
    guideScore: best.guide,
    judgeScore: best.judge,
    seconds: (performance.now() - began) / 1000,
    steps: best.steps,
    stopped: context.signal.aborted,
    pictures: made,
  });
  for (const { path } of made) context.print(path);
}

interface Made {
  readonly path: string;
  readonly seed: number;
  readonly guide: number;
  readonly judge: number;
  readonly steps: number;
}

async function termsOf(settings: GenerateSettings): Promise<ScheduledTerm[]> {
  return Promise.all(
    settings.terms.map(async (term) => ({
      ...(term.text !== undefined && { text: term.text }),
      ...(term.image !== undefined && { picture: (await loadPicture(term.image)).picture }),
      weight: term.weight,
      templates: term.templates ?? settings.templates,
      weightAt: (part: number) => weightAt(settings, term, part),
    })),
  );
}

async function makeOne(
  settings: GenerateSettings,
  models: Awaited<ReturnType<typeof loadModels>>,
  run: RunOptions,
  options: GenerateOptions,
  stamp: Stamp,
  context: Context,
): Promise<Made> {
  const began = performance.now();
  const terms = await termsOf(settings);
  const init = settings.init === undefined ? undefined : (await loadPicture(settings.init)).picture;
  const folder = resolve(await nextRunFolder(options.out, settings.terms[0]!.name));
  const ascent = generate(models, terms, settings, { ...run, signal: context.signal, ...(init && { init }) });
  const progress = context.progress("generate", settings.steps);
  const previews = options.preview ?? context.terminal;
  const frames: Picture[] = [];
  const log: string[] = [];
  let result: AscentResult;
  for (;;) {
    const next = await ascent.next();
    if (next.done) {
      result = next.value;
      break;
    }
    const { index, loss, terms: parts, picture } = next.value;
    if (options.animate && (index % Math.max(1, Math.round(settings.steps / 40)) === 0 || index === 0))
      frames.push(picture);
    if (loss !== undefined) log.push(`${JSON.stringify({ step: index, loss, ...parts })}\n`);
    progress.update(index, {
      note: loss === undefined ? "draft" : `loss ${loss.toFixed(3)}`,
      ...(previews && { picture: terminalPreview(picture, previewColumns) }),
    });
  }
  progress.stop();
  const path = join(folder, `image.${settings.format}`);
  const picture = await resizePicture(result.picture, settings.size, settings.size);
  const record = { settings, stamp };
  await savePicture(path, picture, { format: settings.format, metadata: JSON.stringify(record) });
  const seconds = (performance.now() - began) / 1000;
  const report = {
    guideScore: result.guide,
    judgeScore: result.judge,
    gap: result.guide - result.judge,
    steps: result.steps,
    chosen: result.chosen,
    seconds,
  };
  await writeFileAtomic(join(folder, "config.yaml"), stringify({ ...record, report }));
  await appendFile(join(folder, "steps.jsonl"), log.join(""));
  if (options.animate) {
    frames.push(result.picture);
    const large = await Promise.all(frames.map((frame) => resizePicture(frame, 256, 256, "cubic")));
    await saveAnimation(join(folder, "progress.webp"), large, { delay: 80 });
  }
  context.note(
    `seed ${settings.seed} · guides ${result.guide.toFixed(3)} · judge ${result.judge.toFixed(3)} · ${duration(seconds)}` +
      (result.steps < settings.steps ? ` · stopped after ${result.steps} steps` : ""),
  );
  if (result.guide - result.judge > wideGap)
    context.warn(
      "the guides like this picture far better than the judge does: it may fool them; try another --seed or fewer --steps",
    );
  return { path, seed: settings.seed, guide: result.guide, judge: result.judge, steps: result.steps };
}

/** Gap between guide and judge scores beyond which a picture is called suspicious. */
const wideGap = 0.25;
