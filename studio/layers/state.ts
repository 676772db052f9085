/** The layers of a run's picture, as they are changed before they are painted again. */
import { computed, signal } from "@preact/signals";
import { call } from "../client.js";
import { add, shownRun, steerSteps } from "../generate/start.js";
import { form } from "../generate/form.js";
import { startAndShow } from "../starting.js";
import { attempt, mediaUrl, showToast } from "../state.js";

/** Position of a layer on the canvas [−1, 1]²: its centre, and half of its side. */
export interface Pose {
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

/** A fill; its share is the part of the layer that it covers. */
export interface LayerFill {
  readonly colour: string | readonly number[];
  readonly slopes?: readonly number[];
  readonly hidden?: boolean;
  readonly share?: number;
}

/** A layer of a scene file. */
export interface Layer {
  readonly text: string;
  readonly hidden?: boolean;
  readonly mirrored?: boolean;
  readonly pose: Pose;
  readonly fills?: readonly LayerFill[];
  readonly code?: string;
  readonly style?: string;
}

/** A scene file: layers from bottom to top. */
export interface Scene {
  readonly format: 1;
  readonly prompt: string;
  readonly layers: readonly Layer[];
}

/** A layer, and its state when the run was opened. */
export interface EditedLayer {
  readonly layer: Layer;
  readonly original: Layer;
  /** Its picture on the whole canvas, where the run has one. */
  readonly image: string | undefined;
}

interface Opened {
  readonly folder: string;
  readonly scene: Scene;
  readonly seed: number;
}

/** The run whose layers are shown. */
export const openedScene = signal<Opened | undefined>(undefined);
/** Its layers, bottom to top, as they are now. */
export const layers = signal<readonly EditedLayer[]>([]);
export const selected = signal(0);

const smallest = 0.05;
const largest = 2;

export const layersChanged = computed(
  () =>
    openedScene.value !== undefined &&
    (layers.value.some(({ layer, original }) => layer !== original) ||
      layers.value.some(({ original }, at) => original !== openedScene.value!.scene.layers[at])),
);

/** Opens the layers of a run. @param files names in its folder. */
export async function openLayers(folder: string): Promise<void> {
  await attempt(async () => {
    const path = `/gallery/${encodeURIComponent(folder)}`;
    const [scene, detail] = await Promise.all([
      call<Scene>("GET", `${path}/scene`),
      call<{ item: { seed?: number; changed: number }; files: string[] }>("GET", path),
    ]);
    let visible = 0;
    layers.value = scene.layers.map((layer) => {
      const name = layer.hidden ? "" : `layer-${++visible}.png`;
      const hasImage = detail.files.includes(name);
      const image = hasImage
        ? `${mediaUrl("runs", folder, "file", name)}?v=${detail.item.changed}`
        : undefined;
      return { layer, original: layer, image };
    });
    selected.value = scene.layers.length - 1;
    openedScene.value = { folder, scene, seed: detail.item.seed ?? 0 };
  });
}

export function changeLayer(at: number, values: Partial<Layer>): void {
  layers.value = layers.value.map((each, index) =>
    index === at ? { ...each, layer: { ...each.layer, ...values } } : each,
  );
}

/** Moves and resizes a layer; it stays on the canvas. */
export function placeLayer(at: number, { x, y, size }: Pose): void {
  const side = Math.min(largest, Math.max(smallest, size));
  // The centre stays on the canvas, so that the layer can be dragged again.
  const clampToCanvas = (value: number): number => Math.min(0.98, Math.max(-0.98, value));
  changeLayer(at, { pose: { x: clampToCanvas(x), y: clampToCanvas(y), size: side } });
}

/** Moves a layer up or down among the others. */
export function moveLayer(at: number, by: 1 | -1): void {
  const to = at + by;
  if (to < 0 || to >= layers.value.length) return;
  const order = [...layers.value];
  [order[at], order[to]] = [order[to]!, order[at]!];
  layers.value = order;
  if (selected.value === at) selected.value = to;
  else if (selected.value === to) selected.value = at;
}

export function resetLayers(): void {
  const { scene } = openedScene.value!;
  layers.value = scene.layers.map((original) => {
    const image = layers.value.find((each) => each.original === original)?.image;
    return { layer: original, original, image };
  });
}

/** Starts a run that paints the edited layers. @param steer whether an ascent follows. */
export async function runLayers(steer: boolean): Promise<void> {
  const { scene, seed } = openedScene.value!;
  const file = { ...scene, layers: layers.value.map(({ layer }) => layer) };
  const { effort, seconds } = form.value;
  const ascent =
    effort === "time"
      ? { budget: `${seconds}s` }
      : effort === "best"
        ? { quality: effort }
        : { steps: steerSteps };
  const request = { scene: file, seed, layerFiles: true, ...(steer ? ascent : { steps: 0 }) };
  const opened = openedScene.value;
  openedScene.value = undefined;
  const before = location.hash;
  location.hash = "#/generate";
  const id = await startAndShow("generate", request, shownRun, () => add(request));
  if (id === undefined) {
    // The arrangement is not lost.
    openedScene.value ??= opened;
    if (location.hash === "#/generate") location.hash = before;
    return;
  }
  showToast(steer ? "Steering from the new arrangement." : "Painting the new arrangement.");
}
