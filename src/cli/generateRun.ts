import { randomInt } from "node:crypto";
import { join, resolve } from "node:path";
import { InputError } from "../errors.js";
import {
  type AscentResult,
  type ScheduledTerm,
  type Session,
  type Snapshot,
  type SteerModels,
  clipPasses,
  createSession,
  loadModels,
  picturesAt,
  saveSnapshot,
  usualSize,
} from "../guidance/index.js";
import {
  type Picture,
  loadPicture,
  nextRunFolder,
  saveAnimation,
  savePicture,
  terminalPreview,
  writeFileAtomic,
} from "../images/index.js";
import { loadPack } from "../packs/index.js";
import { parseBudget, stepsOfTime } from "./budget.js";
import { type GenerateOptions, generateSchema } from "./commands/generate.js";
import { type Context, duration } from "./context.js";
import {
  type GenerateSettings,
  type Job,
  type Unfinished,
  draftRounds,
  jobsFrom,
  planOf,
  qualities,
  readReplay,
  sizes,
  termsOf,
  warnOfPrompts,
} from "./generatePlan.js";
import { frameSide, openKeeper, readUnfinished } from "./runKeeper.js";
import { stampOf } from "./stamp.js";

const previewColumns = 36;

/** Runs the command: one picture a seed, each in its own run folder. */
export async function runGenerate(
  options: GenerateOptions,
  given: Readonly<Record<string, unknown>>,
  context: Context,
): Promise<void> {
  const began = performance.now();
  const resumed =
    options.resume === undefined ? undefined : await readUnfinished<Unfinished>(options.resume, "generate");
  const replay = options.replay === undefined ? undefined : await readReplay(options.replay);
  const plan = resumed || replay ? undefined : await planOf(options);
  const known = resumed?.about.job.settings ?? replay?.settings;
  // Defaults, then the quality, then the file, then flags.
  const merged = generateSchema.parse({ ...qualities[options.quality], ...plan?.defaults, ...given });
  const pack = await loadPack(known?.generator ?? merged.generator);
  const stamp = stampOf(pack);
  if (replay && replay.stamp.pack !== stamp.pack)
    context.warn(
      `the picture was made with other weights of "${replay.settings.generator}"; the bytes will differ`,
    );
  if (resumed && resumed.about.stamp.pack !== stamp.pack)
    throw new InputError(
      `${options.resume}: was begun with other weights of "${known!.generator}" and cannot go on with these; begin it again`,
    );
  const models = await loadModels(pack);
  let jobs: Job[];
  if (resumed) jobs = jobsFrom(resumed.about.job, resumed.about.following);
  else if (replay) jobs = [{ settings: replay.settings, animate: merged.animate, out: options.out }];
  else {
    const budget = merged.budget === undefined ? undefined : parseBudget(merged.budget);
    const first: Job = {
      settings: {
        terms: plan!.terms,
        templates: plan!.templates ?? models.templates,
        schedule: plan!.schedule,
        generator: merged.generator,
        ...sizes(
          merged,
          budget,
          { chosen: "candidates" in given, rounds: draftRounds({ ...plan!, ...merged }) },
          models,
        ),
        views: merged.views,
        lr: merged.lr,
        truncation: merged.truncation,
        plateau: merged.plateau,
        optimizer: merged.optimizer,
        ...(merged.style !== undefined && { style: merged.style }),
        seed: merged.seed ?? randomInt(2 ** 31),
        ...(merged.init !== undefined && { init: resolve(merged.init) }),
        size: merged.size ?? usualSize(models),
        engine: merged.engine,
        format: merged.format,
      },
      ...(budget?.unit === "seconds" && { budget }),
      animate: merged.animate,
      out: options.out,
    };
    jobs = jobsFrom(first, merged.count - 1);
    await warnOfPrompts(first.settings, models, context);
  }
  const session = createSession(models, {
    engine: jobs[0]!.settings.engine,
    ...(options.threads && { threads: options.threads }),
  });
  const made: Made[] = [];
  try {
    for (const [at, job] of jobs.entries()) {
      if (context.signal.aborted) break;
      const about: Unfinished = { command: "generate", job, following: jobs.length - 1 - at, stamp };
      const from = at === 0 ? resumed : undefined;
      const terms = await termsOf(job.settings);
      const { init: path } = job.settings;
      const init = path === undefined ? undefined : (await loadPicture(path)).picture;
      const folder = from?.folder ?? resolve(await nextRunFolder(job.out, job.settings.terms[0]!.name));
      // The first picture's time counts from the start of the program.
      const start = at === 0 ? 0 : performance.now();
      made.push(
        await makeOne(
          { folder, about, terms, init, from: from?.snapshot, start },
          session,
          models,
          options,
          context,
        ),
      );
    }
  } finally {
    await session.dispose();
  }
  const best = made[0]!;
  context.printJson({
    images: made.map(({ path }) => path),
    seed: best.seed,
    guideScore: best.guide,
    judgeScore: best.judge,
    seconds: (performance.now() - began) / 1000,
    steps: best.steps,
    passes: best.passes,
    plateaued: best.plateaued,
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
  readonly passes: number;
  readonly plateaued: boolean;
}

interface Run {
  readonly folder: string;
  readonly about: Unfinished;
  readonly terms: readonly ScheduledTerm[];
  readonly init: Picture | undefined;
  /** Where it is continued from. */
  readonly from: Snapshot | undefined;
  /** When its time began, of `performance.now`. */
  readonly start: number;
}

async function makeOne(
  { folder, about, terms, init, from, start }: Run,
  session: Session,
  models: SteerModels,
  options: GenerateOptions,
  context: Context,
): Promise<Made> {
  const began = performance.now();
  const { job, stamp } = about;
  const { settings: asked, budget, animate } = job;
  if (!from) await saveSnapshot(folder, { tensors: {}, values: {} }, about);
  const keeper = await openKeeper(folder, { animate, from });
  const ascent = session.run(terms, asked, {
    signal: context.signal,
    ...(init && { init }),
    ...(from && { from }),
    ...(budget && { plan: (trial) => stepsOfTime(budget, start, trial, context) }),
  });
  const progress = context.progress("generate", asked.steps);
  const previews = options.preview ?? context.terminal;
  let steps = (from?.values.steps as number | undefined) ?? asked.steps;
  let result: AscentResult;
  for (;;) {
    const next = await ascent.next();
    if (next.done) {
      result = next.value;
      break;
    }
    const { index, loss, picture } = next.value;
    steps = next.value.steps;
    await keeper.record(next.value, about);
    progress.update(index, {
      total: steps,
      note: loss === undefined ? "draft" : `loss ${loss.toFixed(3)}`,
      ...(previews && { picture: terminalPreview(picture, previewColumns) }),
    });
  }
  progress.stop();
  if (budget && result.steps === 0) steps = 0;
  const settings: GenerateSettings = { ...asked, steps };
  const path = join(folder, `image.${settings.format}`);
  const run = { engine: settings.engine, ...(options.threads && { threads: options.threads }) };
  const [picture] = await picturesAt(models, [result.picture], settings.size, run);
  const record = { settings, stamp };
  await savePicture(path, picture!, { format: settings.format, metadata: JSON.stringify(record) });
  const seconds = (performance.now() - began) / 1000;
  const passes = clipPasses(result.steps, {
    guides: models.guides.length,
    views: settings.views,
    candidates: settings.candidates * draftRounds(settings),
  });
  const report = {
    guideScore: result.guide,
    judgeScore: result.judge,
    gap: result.guide - result.judge,
    steps: result.steps,
    chosen: result.chosen,
    plateaued: result.plateaued,
    passes,
    ...(budget && { budget: budget.text }),
    seconds,
  };
  const { stringify } = await import("yaml");
  await writeFileAtomic(join(folder, "config.yaml"), stringify({ ...record, report }));
  await keeper.flush();
  if (animate) {
    const large = await picturesAt(models, [...keeper.frames, result.picture], frameSide, run);
    await saveAnimation(join(folder, "progress.webp"), large, { delay: 80 });
  }
  const stopped = context.signal.aborted && result.steps < steps;
  if (stopped) await keeper.stop(about);
  else await keeper.finish();
  context.note(
    `seed ${settings.seed} · guides ${result.guide.toFixed(3)} · judge ${result.judge.toFixed(3)} · ${duration(seconds)} · ${passes} passes`,
  );
  if (stopped)
    context.note(
      `stopped after ${result.steps} of ${steps} steps; clipsteer generate --resume ${folder} goes on`,
    );
  if (result.plateaued)
    context.note(
      `ended after ${result.steps} of ${steps} steps: the loss had not fallen for ${settings.plateau}; --plateau 0 goes on regardless`,
    );
  if (result.guide - result.judge > wideGap)
    context.warn(
      "the guides like this picture far better than the judge does: it may fool them; try another --seed or fewer --steps",
    );
  const { guide, judge, plateaued } = result;
  return { path, seed: settings.seed, guide, judge, steps: result.steps, passes, plateaued };
}

/** Gap between guide and judge scores beyond which a picture is called suspicious. */
const wideGap = 0.25;
