import { ConfigError } from "../errors.js";
import { partSeparator } from "../guidance/index.js";
import { type LayerCommand, type NamedThing, sceneNameOf } from "../prompts/index.js";
import { selectLayers } from "./knownLayers.js";
import type { SceneLayer } from "./requests/index.js";

/** The visible layers of a scene, bottom to top. */
export interface NamedLayers {
  readonly layers: readonly SceneLayer[];
  /** What each layer shows, as `KnownLayers.names`. */
  readonly names: readonly string[];
}

/** Bounds of what a layer shows, on the canvas from −1 to 1. */
export interface LayerBox {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** What changes of layers need of a generator. */
export interface LayerTools {
  /** Measures the bounds of a layer, also beyond the canvas. */
  boxOf(layer: SceneLayer): Promise<LayerBox>;
  /** Tells whether the generator knows a drawing by this name. */
  knows(name: string): boolean;
  /** Finds the whole name of a style by its first word. */
  styleOf(word: string): string;
}

/** Names of layers that are the place of a scene. */
const settings: ReadonlySet<string> = new Set(["background", "ground", "sea"]);
/** Layers that are plain shapes, such as a hand before what it holds. */
const isShape = ({ text }: SceneLayer): boolean => / (?:square|circle)$/.test(text);
const isMain = (name: string): boolean => !name.includes(partSeparator);
const isSetting = ({ names, layers }: NamedLayers, at: number): boolean =>
  settings.has(names[at]!) || / square$/.test(layers[at]!.text);

/** Adds the article, except to a plural. */
const addArticle = (name: string): string =>
  /[^s]s$/.test(name) ? name : `${/^[aeiou]/.test(name) ? "an" : "a"} ${name}`;

/** Lists the things of a scene, by the names of its layers: each once, without its place and parts that are drawn apart. */
export const listThings = (names: readonly string[]): string[] => [
  ...new Set(names.filter((name) => isMain(name) && !settings.has(name))),
];

/** Most things that a description names: a CLIP reads no more. */
const mostDescribed = 3;

/** Describes a scene by the names of its layers: "a cat and a hat". */
export const describeNames = (names: readonly string[]): string =>
  listThings(names).slice(-mostDescribed).map(addArticle).join(" and ");

/**
 * Selects the layers that a command names, and the parts of the thing that are drawn apart.
 * @returns indices; none when the scene does not show the thing.
 */
export function selectNamed(
  { names, layers }: { readonly names: readonly string[]; readonly layers?: readonly SceneLayer[] },
  { thing, which }: NamedThing,
): number[] {
  const singular = thing.replace(/([^s])s$/, "$1");
  const found = [thing, singular].map((words) => selectLayers(names, words)).find(({ length }) => length > 0);
  if (!found) return [];
  const mains = found.filter((at) => isMain(names[at]!));
  if (which === undefined || !layers || mains.length < 2) return found;
  const sorted = mains.toSorted((a, b) => layers[a]!.pose.x - layers[b]!.pose.x);
  return which === "left" ? sorted.slice(0, 1) : sorted.slice(-1);
}

const joinBoxes = (boxes: readonly LayerBox[]): LayerBox => ({
  left: Math.min(...boxes.map(({ left }) => left)),
  top: Math.min(...boxes.map(({ top }) => top)),
  right: Math.max(...boxes.map(({ right }) => right)),
  bottom: Math.max(...boxes.map(({ bottom }) => bottom)),
});

/** Returns the smallest shift that brings an interval into [−1, 1]; 0 for one that was outside before. */
const shiftInside = (low: number, high: number): number =>
  high - low > 2 ? 0 : Math.max(0, -1 - low) + Math.min(0, 1 - high);

type Move = (layer: SceneLayer) => SceneLayer;

const placeAt = (layer: SceneLayer, pose: SceneLayer["pose"]): SceneLayer => ({ ...layer, pose });

/** Shifts and scales about a point of the canvas. */
const scaleAbout =
  (x: number, y: number, factor: number, right = 0, down = 0): Move =>
  (layer) =>
    placeAt(layer, {
      x: x + factor * (layer.pose.x - x) + right,
      y: y + factor * (layer.pose.y - y) + down,
      size: factor * layer.pose.size,
    });

function planResize(box: LayerBox, factor: number, thing: string): Move {
  const [width, height] = [box.right - box.left, box.bottom - box.top];
  const limited = Math.min(factor, 2 / width, 2 / height);
  if (factor > 1 && limited < 1.05)
    throw new ConfigError(`edit: "${thing}" is as large as the picture already`, { reason: "layer-limit" });
  const x = (box.left + box.right) / 2;
  const [half, top] = [(limited * width) / 2, box.bottom - limited * height];
  return scaleAbout(x, box.bottom, limited, shiftInside(x - half, x + half), shiftInside(top, box.bottom));
}

function planMove(box: LayerBox, right: number, down: number, thing: string): Move {
  const limit = (by: number, low: number, high: number): number =>
    by > 0 ? Math.min(by, Math.max(0, 1 - high)) : Math.max(by, Math.min(0, -1 - low));
  const [x, y] = [limit(right, box.left, box.right), limit(down, box.top, box.bottom)];
  if (Math.hypot(x, y) < 0.02)
    throw new ConfigError(`edit: "${thing}" is at this edge of the picture already`, {
      reason: "layer-limit",
    });
  return scaleAbout(0, 0, 1, x, y);
}

const planMirror =
  (box: LayerBox): Move =>
  (layer) => ({
    ...layer,
    mirrored: !layer.mirrored,
    pose: { ...layer.pose, x: box.left + box.right - layer.pose.x },
  });

/** Words of a layer's text that tell in which pose its thing is drawn. */
const posture = /^(?:standing|seated|whole|sleeping|running|dancing|ridden) /;

/** Draws another thing in a layer's place: as large, on the same ground. */
async function redrawLayer(
  layer: SceneLayer,
  change: Pick<SceneLayer, "text" | "style">,
  { boxOf }: LayerTools,
): Promise<SceneLayer> {
  const { code: _code, fills: _fills, ...placed } = layer;
  const redrawn: SceneLayer = { ...placed, ...change };
  const [before, after] = [await boxOf(layer), await boxOf(redrawn)];
  const [x, y] = [before.left + before.right - after.left - after.right, before.bottom - after.bottom];
  return scaleAbout(0, 0, 1, x / 2, y)(redrawn);
}

/** Applies a command to the layers that it names. @param found their indices. */
async function changeFound(
  scene: NamedLayers,
  command: Exclude<LayerCommand, { kind: "restyle" }>,
  found: readonly number[],
  tools: LayerTools,
): Promise<NamedLayers> {
  const { layers, names } = scene;
  const isFound = (at: number): boolean => found.includes(at);
  const keep = (indices: readonly number[]): NamedLayers => ({
    layers: indices.map((at) => layers[at]!),
    names: indices.map((at) => names[at]!),
  });
  const indices = [...layers.keys()];
  if (command.kind === "remove") {
    const rest = indices.filter((at) => !isFound(at));
    if (rest.every((at) => isSetting(scene, at)))
      throw new ConfigError(`edit: without "${command.thing}" the picture would show nothing`, {
        reason: "layer-limit",
      });
    return keep(rest);
  }
  if (command.kind === "order") {
    const [moved, others] = [indices.filter(isFound), indices.filter((at) => !isFound(at))];
    const place = others.filter((at) => isSetting(scene, at) && at < moved[0]!);
    const rest = others.filter((at) => !place.includes(at));
    return keep(command.to === "front" ? [...place, ...rest, ...moved] : [...place, ...moved, ...rest]);
  }
  if (command.kind === "replace") {
    const name = sceneNameOf(command.goal);
    const rest = keep(indices.filter((at) => !isFound(at) || isMain(names[at]!)));
    const changed: SceneLayer[] = [];
    for (const [at, layer] of rest.layers.entries()) {
      if (!found.some((index) => layers[index] === layer)) changed.push(layer);
      else {
        const figure = `${posture.exec(layer.text)?.[0] ?? ""}${name}`;
        changed.push(await redrawLayer(layer, { text: tools.knows(figure) ? figure : name }, tools));
        (rest.names as string[])[at] = name;
      }
    }
    return { layers: changed, names: rest.names };
  }
  const boxes = new Map<number, LayerBox>();
  for (const at of found) boxes.set(at, await tools.boxOf(layers[at]!));
  const mains = found.filter((at) => isMain(names[at]!));
  // The parts of one thing move with it; of several equal things each moves about its own middle.
  const groups = mains.length > 1 ? found.map((at) => [at]) : [found];
  const changed = [...layers];
  for (const group of groups) {
    const box = joinBoxes(group.map((at) => boxes.get(at)!));
    const move =
      command.kind === "resize"
        ? planResize(box, command.factor, command.thing)
        : command.kind === "move"
          ? planMove(box, command.right, command.down, command.thing)
          : planMirror(box);
    for (const at of group) changed[at] = move(layers[at]!);
  }
  return { layers: changed, names };
}

/**
 * Changes the layers of a scene as a command says; all others stay as they are.
 * @returns the layers from bottom to top; those that are drawn anew have no code.
 * @throws {ConfigError} for a thing that the scene does not show, or that cannot grow, move or go.
 */
export async function changeLayers(
  scene: NamedLayers,
  command: LayerCommand,
  tools: LayerTools,
): Promise<NamedLayers> {
  if (command.kind === "restyle") {
    const style = tools.styleOf(command.style);
    const layers: SceneLayer[] = [];
    for (const layer of scene.layers)
      layers.push(isShape(layer) ? layer : await redrawLayer(layer, { text: layer.text, style }, tools));
    return { layers, names: scene.names };
  }
  const found = selectNamed(scene, command);
  if (found.length === 0)
    throw new ConfigError(
      `edit: the picture has no layer "${command.thing}"; it has ${listThings(scene.names).join(", ")}`,
      { reason: "no-layer" },
    );
  return changeFound(scene, command, found, tools);
}
