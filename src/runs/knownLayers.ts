import { ToolkitError } from "../errors.js";
import { partSeparator, reducePicture } from "../guidance/index.js";
import { type LoadedPicture, type RgbaBytes, decodeMetadata, loadPictureFrom } from "../images/index.js";
import { sceneNameOf } from "../prompts/index.js";
import type { HostTensor } from "../tensor/index.js";
import { placeInside, writePicture } from "./output.js";
import { makeTerms } from "./planGenerate.js";
import { type GenerateRecord, parseRecord } from "./records.js";
import type { SceneFile, SceneLayer } from "./requests/index.js";
import { composeScene, describeScene, finishScene, listVisibleNames } from "./scene.js";
import type { RunSession } from "./session.js";

/** Layers of a picture that was generated as a scene. */
export interface KnownLayers {
  /** What each layer shows, bottom to top; "cat: hand" for a part that is drawn apart. */
  readonly names: readonly string[];
  /** The visible layers as a scene file has them, bottom to top. */
  readonly layers: readonly SceneLayer[];
  /** Draws the layers that have no code yet. @returns all layers with their codes. */
  draw(layers: readonly SceneLayer[]): Promise<readonly SceneLayer[]>;
  /** Paints one layer without background and border. */
  paintAlone(layer: SceneLayer, side: number): Promise<RgbaBytes>;
  /** Paints layers as the picture is painted: with its background and border, at any size. */
  paint(layers: readonly SceneLayer[], side: number): Promise<RgbaBytes>;
  /** Makes a scene file of layers. */
  fileOf(layers: readonly SceneLayer[]): SceneFile;
  /** Returns where layers are visible: share of each pixel of the picture, `[height, width]` in [0, 1]. */
  maskOf(layers: readonly number[]): Promise<Float32Array>;
}

/** Returns the words of a name without articles, and without what it holds or consists of: "cup" of "a cup of coffee". */
function splitName(name: string): { whole: string; head: string } {
  const whole = sceneNameOf(name.split(partSeparator)[0]!);
  return { whole, head: whole.split(/ (?:of|with|in|on|wearing|holding) /)[0]! };
}

/**
 * Selects the layers that words name: those of exactly this name, or else those whose name ends with the words ("car" names a red car)
 * or with whose name the words end ("the little kitten" names a kitten). Parts of a thing that are drawn apart belong to it.
 * @param names of the layers, as `KnownLayers` has them.
 * @returns indices; none when the words name something else.
 */
export function selectLayers(names: readonly string[], words: string): number[] {
  const searched = splitName(words);
  const tests: ((name: ReturnType<typeof splitName>) => boolean)[] = [
    ({ whole }) => whole === searched.whole,
    ({ head }) => ` ${head}`.endsWith(` ${searched.head}`),
    ({ head }) => ` ${searched.head}`.endsWith(` ${head}`),
  ];
  for (const test of tests) {
    const found = names.flatMap((name, at) => (test(splitName(name)) ? [at] : []));
    if (found.length > 0) return found;
  }
  return [];
}

/** Difference of bytes above which a pixel counts as changed, and share of changed pixels above which a picture is another one. */
const changed = { bytes: 24, share: 0.02 };
/** Longest side at which pictures are compared, in pixels. */
const comparedSide = 512;

/** Tells whether two pictures of the same size show the same, apart from losses of compression. */
function showsSame(a: RgbaBytes, b: RgbaBytes): boolean {
  let count = 0;
  for (let at = 0; at < a.rgba.length; at += 4) {
    const visible = [a, b].map(({ rgba }) => [0, 1, 2].map((channel) => (rgba[at + channel]! * rgba[at + 3]!) / 255)); // prettier-ignore
    const isAlpha = Math.abs(a.rgba[at + 3]! - b.rgba[at + 3]!) > changed.bytes;
    if (
      isAlpha ||
      visible[0]!.some((value, channel) => Math.abs(value - visible[1]![channel]!) > changed.bytes)
    )
      count++;
  }
  return count <= (changed.share * a.rgba.length) / 4;
}

/** Reads the record of a scene that a session can paint again without an ascent; undefined for all other pictures. */
async function readSceneRecord(
  { bytes, name }: { readonly bytes: Buffer; readonly name: string },
  { pack, models }: Pick<RunSession, "pack" | "models">,
): Promise<GenerateRecord | undefined> {
  const text = await decodeMetadata(bytes, name);
  if (text === undefined || !models.generator.regions) return undefined;
  const record = parseRecord(text, name);
  if (record.command !== "generate" || record.pack.fingerprint !== pack.fingerprint) return undefined;
  const { scene, layers, steps, init, terms } = record.settings;
  const isPainted = (scene !== undefined || layers !== undefined) && steps === 0 && init === undefined;
  return isPainted && terms.every((term) => term.text !== undefined) ? record : undefined;
}

/** Paints the scene of a record, and compares it with a picture. @returns undefined when the picture is another one. */
async function openLayers(
  record: GenerateRecord,
  picture: LoadedPicture,
  session: RunSession,
  signal: AbortSignal | undefined,
): Promise<KnownLayers | undefined> {
  const { settings } = record;
  const programs = session.getPrograms();
  const scene = await describeScene(settings, programs, session.models);
  const ascent = programs.run(await makeTerms(settings, new Map()), settings, {
    signal,
    scene,
    choose: (drafts) => Math.min(settings.draft ?? 0, drafts.length - 1),
  });
  let next = await ascent.next();
  while (!next.done) next = await ascent.next();
  const result = next.value;
  const { latents, names, file } = await finishScene(result, record, programs, session.models);
  const paint = async (painted: HostTensor, size: number): Promise<RgbaBytes> => {
    const output = { ...settings, size, format: "png" as const };
    const { bytes } = await writePicture(session, { ...result, latents: painted }, output, undefined);
    return loadPictureFrom(bytes, "the painted scene");
  };
  const size = Math.min(picture.width, comparedSide);
  if (!showsSame(reducePicture(picture, size), await paint(latents, size))) return undefined;
  const compose = (layers: readonly SceneLayer[]): Promise<HostTensor> =>
    composeScene(layers, session.getPrograms(), session.models, settings);
  return {
    names,
    layers: file.layers.filter(({ hidden }) => !hidden),
    async paintAlone(layer, side) {
      const single = await compose([layer]);
      return session.getPrograms().painterOf(single).paint(single, side);
    },
    paint: async (layers, side) => paint(await compose(layers), side),
    async draw(layers) {
      const drawn = { latents: await compose(layers), layerOrder: undefined };
      const changed = { ...record, settings: { ...settings, layers: [...layers] } };
      const finished = await finishScene(drawn, changed, session.getPrograms(), session.models);
      return finished.file.layers;
    },
    fileOf: (layers) => ({ ...file, layers: [...layers] }),
    async maskOf(layers) {
      const side = picture.width;
      const mask = new Float32Array(side * side);
      const uncovered = new Float32Array(side * side).fill(1);
      for (let layer = latents.shape[1]! - 1; layer >= Math.min(...layers); layer--) {
        const placed = { ...placeInside(settings.outline), layer };
        const { rgba } = await session.getPrograms().painterOf(latents).paint(latents, side, placed);
        for (let pixel = 0; pixel < mask.length; pixel++) {
          const share = (uncovered[pixel]! * rgba[pixel * 4 + 3]!) / 255;
          if (layers.includes(layer)) mask[pixel]! += share;
          uncovered[pixel]! -= share;
        }
      }
      return mask;
    },
  };
}

/** A picture's file and its content. */
interface PictureFile {
  readonly bytes: Buffer;
  readonly name: string;
}

/** Returns what a task gives; undefined where metadata is of another version or damaged, so that the picture is one like any other. */
async function ignoreBadRecord<T>(task: () => Promise<T>): Promise<T | undefined> {
  try {
    return await task();
  } catch (error) {
    if (error instanceof ToolkitError) return undefined;
    throw error;
  }
}

/** What a picture's metadata records of its scene. */
export interface RecordedScene {
  /** Names of the layers, bottom to top. */
  readonly names: readonly string[];
  /** Text that the picture was generated from. */
  readonly prompt: string;
}

/** Reads the scene that a picture's metadata records; undefined for other pictures. Nothing is painted. */
export async function readRecordedScene(
  file: PictureFile,
  session: Pick<RunSession, "pack" | "models">,
): Promise<RecordedScene | undefined> {
  const record = await ignoreBadRecord(() => readSceneRecord(file, session));
  if (!record) return undefined;
  return { names: listVisibleNames(record.settings), prompt: record.settings.terms[0]!.text! };
}

/** Layers of files that a session has painted, so that the edits of a run do not paint them again. */
const opened = new WeakMap<RunSession, WeakMap<Buffer, Promise<KnownLayers | undefined>>>();

/**
 * Finds the layers of a picture that was generated as a scene, by painting its record again.
 * @returns undefined for pictures without such a record, and for those that differ from what the record paints.
 */
export function findKnownLayers(
  file: PictureFile,
  session: RunSession,
  signal?: AbortSignal,
): Promise<KnownLayers | undefined> {
  const files = opened.get(session) ?? new WeakMap<Buffer, Promise<KnownLayers | undefined>>();
  opened.set(session, files);
  const known = files.get(file.bytes) ?? ignoreBadRecord(() => openFile(file, session, signal));
  files.set(file.bytes, known);
  known.catch(() => files.delete(file.bytes));
  return known;
}

async function openFile(
  file: PictureFile,
  session: RunSession,
  signal: AbortSignal | undefined,
): Promise<KnownLayers | undefined> {
  const record = await readSceneRecord(file, session);
  const picture = record && (await loadPictureFrom(file.bytes, file.name));
  return picture && picture.width === picture.height
    ? openLayers(record, picture, session, signal)
    : undefined;
}
