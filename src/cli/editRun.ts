import { createHash } from "node:crypto";
import { appendFile } from "node:fs/promises";
import { basename, extname, join, resolve } from "node:path";
import { stringify } from "yaml";
import { InputError } from "../errors.js";
import { type RunOptions, type SteerModels, loadModels } from "../guidance/index.js";
import {
  type LoadedPicture,
  bytesOf,
  contactSheet,
  isShape,
  loadPicture,
  nextRunFolder,
  onWhite,
  readMetadata,
  savePicture,
  writeFileAtomic,
} from "../images/index.js";
import { loadPack } from "../packs/index.js";
import type { EditOptions } from "./commands/edit.js";
import { type Context, duration } from "./context.js";
import { type EditOutcome, editOnce } from "./editOnce.js";
import { type EditItem, editItems } from "./editPlan.js";
import { type Stamp, stampOf } from "./stamp.js";

/** Everything that decides the bytes of an edited picture. */
export interface EditSettings {
  readonly picture: string;
  readonly edits: readonly EditItem[];
  /** SHA-256 of the picture's file and of the masks' files, by path. */
  readonly files: Readonly<Record<string, string>>;
  readonly generator: string;
  readonly steps: number;
  readonly views: number;
  readonly lr: number;
  readonly seed: number;
  readonly engine: EditOptions["engine"];
  readonly format: EditOptions["format"];
}

interface EditRecord {
  readonly settings: EditSettings;
  readonly stamp: Stamp;
}

async function hashes(picture: string, edits: readonly EditItem[]): Promise<Record<string, string>> {
  const masks = edits.flatMap(({ mask }) => (mask === undefined || isShape(mask) ? [] : [mask]));
  const paths = [...new Set([picture, ...masks])];
  return Object.fromEntries(
    await Promise.all(
      paths.map(async (path) => [
        path,
        createHash("sha256")
          .update(await bytesOf(path))
          .digest("hex"),
      ]),
    ),
  ) as Record<string, string>;
}

async function readReplay(path: string, context: Context): Promise<EditRecord> {
  const text = await readMetadata(path);
  const record = text === undefined ? undefined : (JSON.parse(text) as Partial<EditRecord>);
  if (!record?.settings?.edits || !record.stamp)
    throw new InputError(
      `${path}: holds no settings of an edit; --replay needs a picture that clipsteer edit made`,
    );
  const { settings, stamp } = record as EditRecord;
  const now = await hashes(settings.picture, settings.edits);
  for (const [file, hash] of Object.entries(settings.files))
    if (now[file] !== hash) context.warn(`${file}: has changed since; the bytes will differ`);
  return { settings, stamp };
}

async function settingsOf(options: EditOptions): Promise<EditSettings[]> {
  const edits = await editItems(options);
  const picture = resolve(options.picture!);
  const { generator, steps, views, lr, seed, engine, format } = options;
  const fixed = { generator, steps, views, lr, engine, format };
  const files = await hashes(picture, edits);
  return Array.from({ length: options.variations }, (_, index) => ({
    picture,
    edits,
    files,
    ...fixed,
    seed: seed + index,
  }));
}

/** Runs the command: every variation in its own run folder. */
export async function runEdit(options: EditOptions, context: Context): Promise<void> {
  const began = performance.now();
  if (options.picture === undefined && options.replay === undefined)
    throw new InputError('edit: no picture; try clipsteer edit cat.png "a blue cat" --from "a cat"');
  const replay = options.replay === undefined ? undefined : await readReplay(options.replay, context);
  const settings = replay ? [replay.settings] : await settingsOf(options);
  const original = await loadPicture(settings[0]!.picture);
  const pack = await loadPack(settings[0]!.generator);
  const stamp = stampOf(pack);
  if (replay && replay.stamp.pack !== stamp.pack)
    context.warn(
      `the picture was made with other weights of "${replay.settings.generator}"; the bytes will differ`,
    );
  const models = await loadModels(pack);
  const run: RunOptions = {
    engine: settings[0]!.engine,
    ...(options.threads && { threads: options.threads }),
  };
  const made: Made[] = [];
  for (const each of settings) {
    if (context.signal.aborted) break;
    made.push(await makeOne({ settings: each, stamp }, original, models, run, options, context));
  }
  if (made.length > 1) {
    const sheet = await contactSheet([original.picture, ...made.map(({ picture }) => picture)], {
      columns: Math.min(5, made.length + 1),
      scale: Math.max(1, Math.round(160 / original.width)),
      labels: ["input", ...made.map(({ seed, last }) => `seed ${seed}: judge ${signed(last.gain.judge)}`)],
    });
    await savePicture(join(made[0]!.path, "..", "variations.png"), sheet, { format: "png" });
  }
  const { last, reports } = made[0]!;
  context.printJson({
    images: made.map(({ path }) => path),
    seed: made[0]!.seed,
    guideScore: last.score.guide,
    judgeScore: last.score.judge,
    ...last,
    edits: reports,
    variations: made.map(({ path, seed, reports: each }) => ({ path, seed, edits: each })),
    seconds: (performance.now() - began) / 1000,
    stopped: context.signal.aborted,
  });
  for (const { path } of made) context.print(path);
}

interface Made {
  readonly path: string;
  readonly seed: number;
  readonly picture: LoadedPicture["picture"];
  readonly reports: readonly EditOutcome["card"][];
  readonly last: EditOutcome["card"];
}

const signed = (value: number): string => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`;

/** The edits of one run in order, each on the result of the one before. */
async function makeOne(
  record: EditRecord,
  original: LoadedPicture,
  models: SteerModels,
  run: RunOptions,
  options: EditOptions,
  context: Context,
): Promise<Made> {
  const began = performance.now();
  const { settings } = record;
  const name = basename(settings.picture, extname(settings.picture));
  const folder = resolve(await nextRunFolder(options.out, `${name} ${settings.edits[0]!.prompt}`));
  const log: string[] = [];
  const reports: EditOutcome["card"][] = [];
  let picture = original;
  for (const [index, item] of settings.edits.entries()) {
    if (context.signal.aborted && index > 0) break;
    const several = settings.edits.length > 1;
    const outcome = await editOnce(item, picture, models, { ...settings, ...run }, options, context, {
      label: several ? `edit ${index + 1}/${settings.edits.length}` : "edit",
      onStep: (step) => void log.push(`${JSON.stringify({ edit: index + 1, ...step })}\n`),
    });
    const place = (file: string): string => join(folder, several ? `${index + 1}-${file}` : file);
    const { pair, maskPicture, bytes, card } = outcome;
    await savePicture(place("inversion.png"), pair, { format: "png" });
    if (maskPicture) await savePicture(place("mask.png"), maskPicture, { format: "png" });
    if (several && index < settings.edits.length - 1)
      await savePicture(place("image.png"), bytes, { format: "png" });
    reports.push(card);
    picture = { ...original, ...bytes, picture: onWhite(bytes) };
  }
  const path = join(folder, `image.${settings.format}`);
  await savePicture(path, picture, { format: settings.format, metadata: JSON.stringify(record) });
  const seconds = (performance.now() - began) / 1000;
  await writeFileAtomic(
    join(folder, "config.yaml"),
    stringify({ ...record, report: { edits: reports, seconds } }, { aliasDuplicateObjects: false }),
  );
  await appendFile(join(folder, "steps.jsonl"), log.join(""));
  context.note(`seed ${settings.seed} · ${duration(seconds)}`);
  return { path, seed: settings.seed, picture: picture.picture, reports, last: reports[reports.length - 1]! };
}
