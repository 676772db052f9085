import { ConfigError } from "../errors.js";
import { toPreview } from "../images/index.js";
import type { RgbaBytes } from "../images/index.js";
import { reducePicture } from "../guidance/index.js";
import { type LayerCommand, parsePromptArgument } from "../prompts/index.js";
import { type EditOutcome, type EditTask, composePair, toGreyPicture } from "./editOutcome.js";
import type { RunEvent } from "./events.js";
import { type Finding, makeWarning } from "./findings.js";
import { type KnownLayers, findKnownLayers } from "./knownLayers.js";
import { type LayerTools, changeLayers } from "./layerChanges.js";
import type { NamedLayers } from "./namedLayers.js";
import type { LayerBox } from "./layerPlaces.js";
import type { SceneLayer } from "./requests/index.js";
import type { RunTools } from "./tools.js";

/** Side at which bounds of layers are measured, in pixels. */
const measuredSide = 128;

/** Measures what a layer shows, in its own square from −1 to 1, and converts it to the canvas. */
async function measureBox(known: KnownLayers, layer: SceneLayer): Promise<LayerBox> {
  const { rgba } = await known.paintAlone({ ...layer, pose: { x: 0, y: 0, size: 1 } }, measuredSide);
  let [left, top, right, bottom] = [measuredSide, measuredSide, 0, 0];
  for (let y = 0; y < measuredSide; y++)
    for (let x = 0; x < measuredSide; x++) {
      if (rgba[(y * measuredSide + x) * 4 + 3]! < 128) continue;
      [left, top] = [Math.min(left, x), Math.min(top, y)];
      [right, bottom] = [Math.max(right, x + 1), Math.max(bottom, y + 1)];
    }
  if (right === 0) [left, top, right, bottom] = [0, 0, measuredSide, measuredSide];
  const { x, y, size } = layer.pose;
  const at = (middle: number, pixel: number): number => middle + size * ((2 * pixel) / measuredSide - 1);
  return { left: at(x, left), top: at(y, top), right: at(x, right), bottom: at(y, bottom) };
}

/** Applies commands one after the other. */
async function applyCommands(
  scene: NamedLayers,
  commands: readonly LayerCommand[],
  known: KnownLayers,
  tools: LayerTools,
): Promise<NamedLayers> {
  let changed = scene;
  for (const command of commands) {
    const { layers, names } = await changeLayers(changed, command, tools);
    changed = { layers: await known.draw(layers), names };
  }
  return changed;
}

/** Takes the pixels that differ between two paintings from the second one, and all others from the original. */
function mergePaintings(
  original: RgbaBytes,
  before: RgbaBytes,
  after: RgbaBytes,
): { bytes: RgbaBytes; mask: Float32Array } {
  const { width, height } = original;
  const rgba = original.rgba.slice();
  const mask = new Float32Array(width * height);
  for (let pixel = 0; pixel < mask.length; pixel++) {
    const [from, to] = [pixel * 4, pixel * 4 + 4];
    const painted = after.rgba.subarray(from, to);
    if (painted.every((value, channel) => value === before.rgba[from + channel])) continue;
    mask[pixel] = 1;
    rgba.set(painted, from);
  }
  return { bytes: { width, height, rgba }, mask };
}

/**
 * Makes an edit that changes the layers of a scene: paints it before and after, and changes the pixels that differ.
 * @throws {ConfigError} where the picture is not what its metadata paints, and as `changeLayers`.
 */
export async function* editLayers(
  { job, edit: number, run, picture, inputs }: Omit<EditTask, "log" | "snapshot">,
  { session, signal }: Pick<RunTools, "session" | "signal">,
): AsyncGenerator<RunEvent, EditOutcome> {
  const { settings } = job.record;
  const { models } = session;
  const item = settings.edits[number - 1]!;
  const known = await findKnownLayers(inputs.get(settings.picture.sha256)!, session, signal);
  if (!known)
    throw new ConfigError(
      `edit "${item.prompt}": the picture is not what its settings paint, so its layers are unknown; generate it again`,
      { reason: "no-layers" },
    );
  yield {
    type: "draft",
    run,
    edit: number,
    steps: 0,
    picture: toPreview(reducePicture(picture, models.generator.resolution)),
    paint: (side) => Promise.resolve(toPreview(reducePicture(picture, side))),
  };
  const commands = settings.edits.slice(0, number).map(({ layers }) => layers!);
  const tools: LayerTools = {
    boxOf: (layer) => measureBox(known, layer),
    knows: (name) => models.phrases?.read(name)?.isName === true,
    styleOf: (word) => models.generator.styles.find((style) => style.startsWith(word)) ?? word,
  };
  const before = await applyCommands(known, commands.slice(0, -1), known, tools);
  const command = commands.at(-1)!;
  const after = await applyCommands(before, [command], known, tools);
  signal?.throwIfAborted();
  const [first, second] = [
    await known.paint(before.layers, picture.width),
    await known.paint(after.layers, picture.width),
  ];
  const { bytes, mask } = mergePaintings(picture, first, second);
  const { text, weight } = parsePromptArgument(item.prompt);
  const term = { text: text!, weight, templates: models.templates };
  const goal = { term, from: item.from, mask };
  const measured = await session.getPrograms().measureEdit(picture, bytes, goal);
  const { report: card, findings, before: shown, after: changed } = measured;
  const report = { prompt: item.prompt, change: "scene" as const, ...card, steps: 0 };
  yield { type: "edited", run, edit: number, edits: settings.edits.length, masked: true, report };
  const raise = (finding: Finding): RunEvent => ({ type: "finding", run, finding });
  if (card.changed === 0)
    yield raise(makeWarning("unchanged", `"${item.prompt}": nothing was changed`, { prompt: item.prompt }));
  for (const { code, level, message, data } of findings)
    // What was changed is known, and needs no CLIP; another background is what was asked for.
    if (code === "alpha-changed")
      yield raise({
        ...makeWarning(code, `"${item.prompt}": ${message}`, { ...data, prompt: item.prompt }),
        level,
      });
  const [pair, maskPicture] = [await composePair(shown, changed), toGreyPicture(mask, picture)];
  return { bytes, pair, maskPicture, report, scene: known.fileOf(after.layers) };
}
