import { ConfigError } from "../errors.js";
import { type LayerCommand, type NamedThing, sceneNameOf } from "../prompts/index.js";
import {
  type LayerBox,
  type Move,
  type Placing,
  joinBoxes,
  planAddition,
  planPlacing,
  scaleAbout,
  shiftInside,
} from "./layerPlaces.js";
import { type NamedLayers, isMain, isSetting, isShape, listThings, selectNamed } from "./namedLayers.js";
import type { SceneLayer } from "./requests/index.js";

/** What changes of layers need of a generator. */
export interface LayerTools {
  /** Measures the bounds of a layer, also beyond the canvas. */
  boxOf(layer: SceneLayer): Promise<LayerBox>;
  /** Tells whether the generator knows a drawing by this name. */
  knows(name: string): boolean;
  /** Finds the whole name of a style by its first word. */
  styleOf(word: string): string;
}

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
  command: Exclude<LayerCommand, { kind: "restyle" | "add" | "place" }>,
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
  if (command.kind === "resize" && command.than !== undefined)
    return growBeyond(scene, { ...command, than: command.than }, found, tools);
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

/** Measures the joint bounds of layers. */
const measureJoint = async (
  { layers }: NamedLayers,
  found: readonly number[],
  { boxOf }: LayerTools,
): Promise<LayerBox> => joinBoxes(await Promise.all(found.map((at) => boxOf(layers[at]!))));

/** How much larger or smaller a thing becomes than the one it is compared with. */
const beyond = 1.2;

/** Makes a thing larger, or smaller, than another one. */
async function growBeyond(
  scene: NamedLayers,
  { factor, than, thing }: { readonly factor: number; readonly than: string; readonly thing: string },
  found: readonly number[],
  tools: LayerTools,
): Promise<NamedLayers> {
  const other = requireLayers(scene, than);
  const [own, compared] = [await measureJoint(scene, found, tools), await measureJoint(scene, other, tools)];
  const ratio = (compared.bottom - compared.top) / (own.bottom - own.top);
  const move = planResize(own, factor > 1 ? beyond * ratio : ratio / beyond, thing);
  const layers = scene.layers.map((layer, at) => (found.includes(at) ? move(layer) : layer));
  return { layers, names: scene.names };
}

/** Selects the layers of a thing. @throws {ConfigError} that lists what the scene shows. */
function requireLayers(scene: NamedLayers, thing: string, which?: NamedThing["which"]): number[] {
  const found = selectNamed(scene, { thing, which });
  if (found.length > 0) return found;
  const message = `edit: the picture has no layer "${thing}"; it has ${listThings(scene.names).join(", ")}`;
  throw new ConfigError(message, { reason: "no-layer" });
}

/** Puts layers, bottom to top, in front of all others or behind the lowest layer of a thing, and moves the others to make room. */
function insertLayers(
  scene: NamedLayers,
  added: NamedLayers,
  { room, isBehind }: Placing,
  other: readonly number[],
): NamedLayers {
  const at = isBehind ? Math.min(...other) : scene.layers.length;
  const layers = scene.layers.map((layer, index) => (isSetting(scene, index) ? layer : room(layer)));
  return {
    layers: layers.toSpliced(at, 0, ...added.layers),
    names: scene.names.toSpliced(at, 0, ...added.names),
  };
}

/** Brings a thing to another one. */
async function placeLayers(
  scene: NamedLayers,
  command: Extract<LayerCommand, { kind: "place" }>,
  tools: LayerTools,
): Promise<NamedLayers> {
  const found = requireLayers(scene, command.thing, command.which);
  const isFound = (at: number): boolean => found.includes(at);
  const pick = (indices: readonly number[]): NamedLayers => ({
    layers: indices.map((at) => scene.layers[at]!),
    names: indices.map((at) => scene.names[at]!),
  });
  const rest = pick([...scene.layers.keys()].filter((at) => !isFound(at)));
  const other = requireLayers(rest, command.other);
  const boxes = await measureThings(rest, tools);
  const others = boxes.filter(({ at }) => !other.includes(at)).map(({ box }) => box);
  const box = await measureJoint(scene, found, tools);
  const placing = planPlacing(box, await measureJoint(rest, other, tools), command.at, others);
  const { layers, names } = pick(found);
  return insertLayers(rest, { layers: layers.map(placing.move), names }, placing, other);
}

/** Measures the things of a scene: neither its place nor parts that are drawn apart. */
async function measureThings(
  scene: NamedLayers,
  { boxOf }: LayerTools,
): Promise<{ at: number; name: string; box: LayerBox }[]> {
  const things: { at: number; name: string; box: LayerBox }[] = [];
  for (const [at, name] of scene.names.entries())
    if (isMain(name) && !isSetting(scene, at)) things.push({ at, name, box: await boxOf(scene.layers[at]!) });
  return things;
}

/** Draws a thing in addition. */
async function addLayer(
  scene: NamedLayers,
  { goal, at, other }: Extract<LayerCommand, { kind: "add" }>,
  tools: LayerTools,
): Promise<NamedLayers> {
  const name = sceneNameOf(goal);
  const text = [`whole ${name}`, `standing ${name}`].find(tools.knows) ?? name;
  const drawn: SceneLayer = { text, hidden: false, pose: { x: 0, y: 0, size: 0.94 }, mirrored: false };
  const things = await measureThings(scene, tools);
  const found = other === undefined ? undefined : requireLayers(scene, other);
  const areaOf = ({ box }: { readonly box: LayerBox }): number =>
    (box.right - box.left) * (box.bottom - box.top);
  const anchor = found
    ? Math.max(
        0,
        things.findIndex((thing) => found.includes(thing.at)),
      )
    : things.reduce((best, thing, index) => (areaOf(thing) > areaOf(things[best]!) ? index : best), 0);
  const placing: Placing = planAddition({ name, box: await tools.boxOf(drawn) }, things, at, anchor);
  const added = { layers: [placing.move(drawn)], names: [name] };
  return insertLayers(scene, added, placing, [things[anchor]!.at]);
}

/**
 * Changes the layers of a scene as a command says; all others stay as they are, unless they make room for a thing that is added or moved.
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
  if (command.kind === "add") return addLayer(scene, command, tools);
  if (command.kind === "place") return placeLayers(scene, command, tools);
  return changeFound(scene, command, requireLayers(scene, command.thing, command.which), tools);
}
