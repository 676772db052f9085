/** The layers on their canvas: each can be dragged, resized and moved by keys. */
import { useRef } from "preact/hooks";
import { imageUrl } from "../state.js";
import { type EditedLayer, changeLayer, layers, openedScene, placeLayer, selected } from "./state.js";

/** Side of the copies that tell where a layer has ink. */
const probeSide = 128;
const step = 0.02;

const toPercent = (value: number): string => `${value * 100}%`;

/** Whether a layer's picture is shown mirrored: it is no longer as it was painted. */
const isTurned = ({ layer, original }: EditedLayer): boolean =>
  (layer.mirrored ?? false) !== (original.mirrored ?? false);

/** The move of a layer's picture from where it was painted to where it is now. */
function styleOf(edited: EditedLayer): Record<string, string> {
  const [currentPose, originalPose] = [edited.layer.pose, edited.original.pose];
  const scale = currentPose.size / originalPose.size;
  return {
    transformOrigin: `${toPercent((originalPose.x + 1) / 2)} ${toPercent((originalPose.y + 1) / 2)}`,
    transform: `translate(${toPercent((currentPose.x - originalPose.x) / 2)}, ${toPercent((currentPose.y - originalPose.y) / 2)}) scale(${isTurned(edited) ? -scale : scale}, ${scale})`,
  };
}

/** Whether a layer has ink at a point of the canvas [−1, 1]²; without its picture, whether the point is in its square. */
function isInked(edited: EditedLayer, image: HTMLImageElement | undefined, x: number, y: number): boolean {
  const { original, layer } = edited;
  const { pose } = layer;
  if (!image?.complete) return Math.abs(x - pose.x) < pose.size && Math.abs(y - pose.y) < pose.size;
  const scale = original.pose.size / pose.size;
  const across = isTurned(edited) ? pose.x - x : x - pose.x;
  const [u, v] = [
    (across * scale + original.pose.x + 1) / 2,
    ((y - pose.y) * scale + original.pose.y + 1) / 2,
  ];
  if (u < 0 || v < 0 || u >= 1 || v >= 1) return false;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = probeSide;
  const context = canvas.getContext("2d")!;
  context.drawImage(image, 0, 0, probeSide, probeSide);
  return context.getImageData(Math.floor(u * probeSide), Math.floor(v * probeSide), 1, 1).data[3]! > 127;
}

export function LayerCanvas() {
  const box = useRef<HTMLDivElement>(null);
  const drag = useRef<{ kind: "move" | "size"; dx: number; dy: number } | undefined>(undefined);
  const { folder } = openedScene.value!;
  const at = selected.value;
  const current = layers.value[at]!;
  const pointOf = (event: PointerEvent): { x: number; y: number } => {
    const { left, top, width, height } = box.current!.getBoundingClientRect();
    return { x: ((event.clientX - left) / width) * 2 - 1, y: ((event.clientY - top) / height) * 2 - 1 };
  };
  const onDown = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    event.preventDefault(); // nothing is selected or dragged away
    const { x, y } = pointOf(event);
    const isHandle = (event.target as HTMLElement).dataset.handle !== undefined;
    if (!isHandle) {
      const images = new Map(
        [...box.current!.querySelectorAll<HTMLImageElement>("img[data-layer]")].map((image) => [
          Number(image.dataset.layer),
          image,
        ]),
      );
      const hit = layers.value.findLastIndex(
        (each, index) => !each.layer.hidden && isInked(each, images.get(index), x, y),
      );
      if (hit === -1) return;
      selected.value = hit;
    }
    const { pose } = layers.value[selected.value]!.layer;
    drag.current = { kind: isHandle ? "size" : "move", dx: pose.x - x, dy: pose.y - y };
    box.current!.setPointerCapture(event.pointerId);
    box.current!.querySelector<HTMLElement>(".layer-box")?.focus();
  };
  const onMove = (event: PointerEvent): void => {
    if (!drag.current) return;
    const { x, y } = pointOf(event);
    const { kind, dx, dy } = drag.current;
    const { pose } = layers.value[selected.value]!.layer;
    if (kind === "move") placeLayer(selected.value, { ...pose, x: x + dx, y: y + dy });
    else placeLayer(selected.value, { ...pose, size: Math.max(Math.abs(x - pose.x), Math.abs(y - pose.y)) });
  };
  const onKey = (event: KeyboardEvent): void => {
    const { pose } = current.layer;
    const distance = event.shiftKey ? 5 * step : step;
    const changes: Readonly<Record<string, Partial<typeof pose>>> = {
      ArrowLeft: { x: pose.x - distance },
      ArrowRight: { x: pose.x + distance },
      ArrowUp: { y: pose.y - distance },
      ArrowDown: { y: pose.y + distance },
      "+": { size: pose.size * 1.05 },
      "=": { size: pose.size * 1.05 },
      "-": { size: pose.size / 1.05 },
    };
    if (event.key === "m") return changeLayer(at, { mirrored: !current.layer.mirrored });
    const change = changes[event.key];
    if (!change) return;
    event.preventDefault();
    placeLayer(at, { ...pose, ...change });
  };
  const { pose, hidden, text } = current.layer;
  const hasImages = layers.value.some(({ image }) => image !== undefined);
  return (
    <div
      ref={box}
      class="layer-canvas picture"
      onPointerDown={onDown}
      onPointerMove={onMove}
      onPointerUp={() => void (drag.current = undefined)}
      onPointerCancel={() => void (drag.current = undefined)}
    >
      {!hasImages && <img src={imageUrl(folder)} alt="" draggable={false} />}
      {layers.value.map((each, index) =>
        each.image !== undefined && !each.layer.hidden ? (
          <img
            key={each.image}
            data-layer={index}
            src={each.image}
            alt={each.layer.text}
            draggable={false}
            style={styleOf(each)}
          />
        ) : null,
      )}
      {!hidden && (
        <div
          class="layer-box"
          role="application"
          tabIndex={0}
          aria-label={`${text}. Arrow keys move it, plus and minus change its size, M mirrors it.`}
          style={{
            left: toPercent((pose.x - pose.size + 1) / 2),
            top: toPercent((pose.y - pose.size + 1) / 2),
            width: toPercent(pose.size),
            height: toPercent(pose.size),
          }}
          onKeyDown={onKey}
        >
          {["nw", "ne", "sw", "se"].map((corner) => (
            <span key={corner} class={`handle ${corner}`} data-handle={corner} />
          ))}
        </div>
      )}
    </div>
  );
}
