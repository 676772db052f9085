import { readdir, rm } from "node:fs/promises";
import { basename, extname, join, resolve } from "node:path";
import { InputError, ToolkitError } from "../errors.js";
import {
  type RunOptions,
  type Snapshot,
  type SteerModels,
  loadModels,
  saveSnapshot,
  snapshotFile,
} from "../guidance/index.js";
import {
  type LoadedPicture,
  contactSheet,
  loadPicture,
  nextRunFolder,
  onWhite,
  savePicture,
  writeFileAtomic,
} from "../images/index.js";
import { loadPack } from "../packs/index.js";
import type { EditOptions } from "./commands/edit.js";
import { type Context, duration } from "./context.js";
import { type EditOutcome, editOnce } from "./editOnce.js";
import { type EditRecord, changedFiles, readEdit, settingsOf } from "./editSettings.js";
import { openKeeper, readUnfinished } from "./runKeeper.js";
import { type Stamp, stampOf } from "./stamp.js";

/** A variation that was made. */
interface Made {
  readonly path: string;
  readonly seed: number;
  readonly reports: readonly EditOutcome["card"][];
}

/** What an unfinished run says of itself. */
interface Unfinished {
  readonly command: "edit";
  readonly record: EditRecord;
  /** Variations to come after it, their seeds counting up. */
  readonly following: number;
  /** Variations made before it. */
  readonly earlier: readonly Made[];
  /** Report cards of its edits that are done. */
  readonly done: readonly EditOutcome["card"][];
  /** Folder that run folders are made in. */
  readonly out: string;
}

const emptySnapshot: Snapshot = { tensors: {}, values: {} };

/** The run to begin with, and where it is continued from. */
async function firstOf(
  options: EditOptions,
  context: Context,
): Promise<{ about: Omit<Unfinished, "record">; from?: Run["from"]; record: Partial<EditRecord> }> {
  const fresh = { command: "edit", earlier: [], done: [], following: 0, out: options.out } as const;
  if (options.resume !== undefined) {
    const { about, folder, snapshot } = await readUnfinished<Unfinished>(options.resume, "edit");
    const [changed] = await changedFiles(about.record.settings);
    if (changed !== undefined)
      throw new InputError(`${changed}: has changed since the edit was begun; begin it again`);
    return { about, record: about.record, from: { folder, snapshot } };
  }
  if (options.replay !== undefined) {
    const record = await readEdit(options.replay);
    for (const file of await changedFiles(record.settings))
      context.warn(`${file}: has changed since; the bytes will differ`);
    return { about: fresh, record };
  }
  if (options.picture === undefined)
    throw new InputError('edit: no picture; try clipsteer edit cat.png "a blue cat" --from "a cat"');
  return {
    about: { ...fresh, following: options.variations - 1 },
    record: { settings: await settingsOf(options) },
  };
}

/** Says that a picture or run was made with other weights. @throws {InputError} for a run, which cannot go on with these. */
function compareStamps(known: EditRecord, stamp: Stamp, { resume }: EditOptions, context: Context): void {
  if (known.stamp.pack === stamp.pack) return;
  const weights = `other weights of "${known.settings.generator}"`;
  if (resume !== undefined)
    throw new InputError(`${resume}: was begun with ${weights} and cannot go on with these; begin it again`);
  context.warn(`the picture was made with ${weights}; the bytes will differ`);
}

/** Runs the command: every variation in its own run folder. */
export async function runEdit(options: EditOptions, context: Context): Promise<void> {
  const began = performance.now();
  const { about: first, from, record } = await firstOf(options, context);
  const settings = record.settings!;
  const original = await loadPicture(settings.picture);
  const pack = await loadPack(settings.generator);
  const stamp = stampOf(pack);
  if (record.stamp) compareStamps(record as EditRecord, stamp, options, context);
  const models = await loadModels(pack);
  const run: RunOptions = {
    engine: settings.engine,
    ...(options.threads && { threads: options.threads }),
  };
  const made: Made[] = [...first.earlier];
  for (let at = 0; at <= first.following && !context.signal.aborted; at++) {
    const about: Unfinished = {
      ...first,
      record: { settings: { ...settings, seed: settings.seed + at }, stamp },
      following: first.following - at,
      earlier: [...made],
      done: at === 0 ? first.done : [],
    };
    made.push(
      await makeOne(
        { about, original, ...(at === 0 && from && { from }) },
        { models, run },
        options,
        context,
      ),
    );
  }
  if (made.length === 0) context.signal.throwIfAborted();
  if (made.length > 1) await drawVariations(original, made);
  const { seed, reports } = made[0]!;
  const last = reports[reports.length - 1]!;
  context.printJson({
    images: made.map(({ path }) => path),
    seed,
    guideScore: last.score.guide,
    judgeScore: last.score.judge,
    ...last,
    edits: reports,
    variations: made.map(({ path, seed: of, reports: each }) => ({ path, seed: of, edits: each })),
    seconds: (performance.now() - began) / 1000,
    stopped: context.signal.aborted,
  });
  for (const { path } of made) context.print(path);
}

const signed = (value: number): string => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`;

/** Draws the input and all variations as one sheet, `variations.png` in the first one's folder. */
async function drawVariations(original: LoadedPicture, made: readonly Made[]): Promise<void> {
  const pictures = await Promise.all(made.map(async ({ path }) => (await loadPicture(path)).picture));
  const labels = made.map(
    ({ seed, reports }) => `seed ${seed}: judge ${signed(reports[reports.length - 1]!.gain.judge)}`,
  );
  const sheet = await contactSheet([original.picture, ...pictures], {
    columns: Math.min(5, made.length + 1),
    scale: Math.max(1, Math.round(160 / original.width)),
    labels: ["input", ...labels],
  });
  await savePicture(join(made[0]!.path, "..", "variations.png"), sheet, { format: "png" });
}

interface Run {
  readonly about: Unfinished;
  readonly original: LoadedPicture;
  /** Where it is continued from. */
  readonly from?: { readonly folder: string; readonly snapshot: Snapshot };
}

/** What all runs of a command share. */
interface Tools {
  readonly models: SteerModels;
  readonly run: RunOptions;
}

/** Makes the edits of one run in a folder of its own; input that is refused before anything is made leaves none. */
async function makeOne(given: Run, tools: Tools, options: EditOptions, context: Context): Promise<Made> {
  const { about, from } = given;
  if (from) return makeIn(from.folder, given, tools, options, context);
  const { edits, picture } = about.record.settings;
  const title = `${basename(picture, extname(picture))} ${edits[0]!.prompt}`;
  const folder = resolve(await nextRunFolder(about.out, title));
  try {
    await saveSnapshot(folder, emptySnapshot, about);
    return await makeIn(folder, given, tools, options, context);
  } catch (error) {
    const held = await readdir(folder);
    if (error instanceof ToolkitError && held.every((name) => name === snapshotFile))
      await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** The edits of one run in order, each on the result of the one before. */
async function makeIn(
  folder: string,
  { about: begun, original, from }: Run,
  { models, run }: Tools,
  options: EditOptions,
  context: Context,
): Promise<Made> {
  const began = performance.now();
  const { record } = begun;
  const { settings } = record;
  const { edits } = settings;
  const several = edits.length > 1;
  const reports = [...begun.done];
  const place = (edit: number, file: string): string => join(folder, several ? `${edit}-${file}` : file);
  let picture =
    reports.length > 0
      ? { ...original, ...(await loadPicture(place(reports.length, "image.png"))) }
      : original;
  let stopped = false;
  for (let number = reports.length + 1; number <= edits.length && !stopped; number++) {
    const item = edits[number - 1]!;
    const about: Unfinished = { ...begun, done: [...reports] };
    const snapshot = number === begun.done.length + 1 ? from?.snapshot : undefined;
    const keeper = await openKeeper(folder, { animate: false, edit: number, from: snapshot });
    const outcome = await editOnce(item, picture, models, { ...settings, ...run }, options, context, {
      label: several ? `edit ${number}/${edits.length}` : "edit",
      from: snapshot,
      onStep: (step) => keeper.record(step, about),
    });
    await keeper.flush();
    const { pair, maskPicture, bytes, card } = outcome;
    await savePicture(place(number, "inversion.png"), pair, { format: "png" });
    if (maskPicture) await savePicture(place(number, "mask.png"), maskPicture, { format: "png" });
    reports.push(card);
    picture = { ...original, ...bytes, picture: onWhite(bytes) };
    const whole = number === edits.length;
    stopped = context.signal.aborted && (card.steps < settings.steps || settings.steps === 0 || !whole);
    if (stopped) await keeper.stop(about);
    else if (whole) await keeper.finish();
    else {
      await savePicture(place(number, "image.png"), bytes, { format: "png" });
      await saveSnapshot(folder, emptySnapshot, { ...begun, done: [...reports] });
    }
  }
  const { stringify } = await import("yaml");
  const made = join(folder, `image.${settings.format}`);
  await savePicture(made, picture, { format: settings.format, metadata: JSON.stringify(record) });
  const seconds = (performance.now() - began) / 1000;
  await writeFileAtomic(
    join(folder, "config.yaml"),
    stringify({ ...record, report: { edits: reports, seconds } }, { aliasDuplicateObjects: false }),
  );
  context.note(`seed ${settings.seed} · ${duration(seconds)}`);
  if (stopped)
    context.note(
      `stopped in edit ${reports.length} of ${edits.length}; clipsteer edit --resume ${folder} goes on`,
    );
  return { path: made, seed: settings.seed, reports };
}
