/** The picture with its mask over it, and the tools that paint. */
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Upload } from "../../src/studio/uploads.js";
import { theme } from "../theme.js";
import { Button } from "../ui.js";
import { BrushSliders, brushRadius, brushSize, resizeBrush, softness } from "./brush.js";
import {
  type Point,
  type Tool,
  applyAction,
  beginStroke,
  canRedo,
  canUndo,
  canvas as mask,
  clearMask,
  maskIsEmpty,
  maskVersion,
  redo,
  undo,
} from "./mask.js";
import { paintOverlay } from "./overlay.js";
import { sourceUrl } from "./state.js";

export const tool = signal<Tool>("brush");
const subtractShapes = signal(false);

const tools: readonly (readonly [tool: Tool, name: string, key: string])[] = [
  ["brush", "Brush", "b"],
  ["eraser", "Eraser", "e"],
  ["box", "Box", "r"],
  ["ellipse", "Ellipse", "o"],
  ["lasso", "Lasso", "l"],
];

/** Painting with the pointer and with the keyboard. */
function usePainting(overlay: { current: HTMLCanvasElement | null }) {
  const [cursor, setCursor] = useState<Point>();
  const [shape, setShape] = useState<readonly Point[]>([]);
  const stroke = useRef<ReturnType<typeof beginStroke> | undefined>(undefined);
  const points = useRef<Point[]>([]);

  const pointOf = (event: PointerEvent): Point => {
    const box = overlay.current!.getBoundingClientRect();
    return {
      x: ((event.clientX - box.left) / box.width) * mask.width,
      y: ((event.clientY - box.top) / box.height) * mask.height,
    };
  };
  const onDown = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    overlay.current!.setPointerCapture(event.pointerId);
    const point = pointOf(event);
    const kind = tool.value;
    if (kind === "brush" || kind === "eraser")
      stroke.current = beginStroke(point, brushRadius(), softness.value, kind === "eraser");
    else points.current = [point];
  };
  const onMove = (event: PointerEvent): void => {
    const point = pointOf(event);
    setCursor(point);
    stroke.current?.add(point);
    if (points.current.length === 0) return;
    points.current.push(point);
    setShape([...points.current]);
  };
  const onUp = (): void => {
    stroke.current?.end();
    stroke.current = undefined;
    const kind = tool.value;
    if (points.current.length > 1 && kind !== "brush" && kind !== "eraser")
      applyAction({ kind, points: points.current, erase: subtractShapes.value });
    points.current = [];
    setShape([]);
  };
  const onKey = (event: KeyboardEvent): void => {
    const arrows: Record<string, Point> = {
      ArrowLeft: { x: -1, y: 0 },
      ArrowRight: { x: 1, y: 0 },
      ArrowUp: { x: 0, y: -1 },
      ArrowDown: { x: 0, y: 1 },
    };
    const arrow = arrows[event.key];
    const position = cursor ?? { x: mask.width / 2, y: mask.height / 2 };
    if (arrow) {
      const distance = brushRadius() * (event.shiftKey ? 2 : 0.5);
      setCursor({
        x: Math.min(mask.width, Math.max(0, position.x + arrow.x * distance)),
        y: Math.min(mask.height, Math.max(0, position.y + arrow.y * distance)),
      });
    } else if (event.key === " ") {
      setCursor(position);
      beginStroke(position, brushRadius(), softness.value, tool.value === "eraser").end();
    } else return;
    event.preventDefault();
  };
  return { cursor, shape, onDown, onMove, onUp, onKey, onLeave: () => setCursor(undefined) };
}

/** Keys of the tools, wherever the focus is in this view. */
function useToolKeys(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const { target } = event;
      if (
        target instanceof HTMLElement &&
        target.matches("textarea, select, input:not([type=range], [type=radio])")
      )
        return;
      if (document.querySelector("dialog[open]")) return;
      const key = event.key.toLowerCase();
      if ((event.ctrlKey || event.metaKey) && key === "z") {
        if (event.shiftKey) redo();
        else undo();
      } else if ((event.ctrlKey || event.metaKey) && key === "y") redo();
      else if (event.ctrlKey || event.metaKey || event.altKey) return;
      else if (key === "[") resizeBrush(1 / 1.25);
      else if (key === "]") resizeBrush(1.25);
      else {
        const found = tools.find(([, , letter]) => letter === key);
        if (!found) return;
        tool.value = found[0];
      }
      event.preventDefault();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}

export function MaskTools({ picture }: { picture: Upload }) {
  const painting = tool.value === "brush" || tool.value === "eraser";
  return (
    <div class="mask-tools">
      <div class="tool-grid" role="group" aria-label="Tools">
        {tools.map(([name, label, key]) => (
          <Button
            key={name}
            icon={name}
            label={`${label} (${key.toUpperCase()})`}
            pressed={tool.value === name}
            onClick={() => void (tool.value = name)}
          >
            {label}
          </Button>
        ))}
      </div>
      <div class="tool-grid four" role="group" aria-label="Mask">
        <Button icon="undo" label="Undo (Ctrl+Z)" disabled={!canUndo.value} onClick={undo}>
          Undo
        </Button>
        <Button icon="redo" label="Redo (Ctrl+Shift+Z)" disabled={!canRedo.value} onClick={redo}>
          Redo
        </Button>
        <Button icon="invert" label="Invert the mask" onClick={() => applyAction({ kind: "invert" })}>
          Invert
        </Button>
        <Button icon="bin" label="Clear the mask" disabled={maskIsEmpty.value} onClick={clearMask}>
          Clear
        </Button>
      </div>
      {painting ? (
        <BrushSliders picture={picture} />
      ) : (
        <label class="check">
          <input
            type="checkbox"
            checked={subtractShapes.value}
            onChange={(event) => void (subtractShapes.value = event.currentTarget.checked)}
          />
          Take away instead of adding
        </label>
      )}
    </div>
  );
}

/** The picture that is edited, to paint the mask on. */
export function MaskCanvas({ picture }: { picture: Upload }) {
  const overlay = useRef<HTMLCanvasElement>(null);
  const { cursor, shape, onDown, onMove, onUp, onKey, onLeave } = usePainting(overlay);
  useToolKeys();
  const version = maskVersion.value;
  const kind = tool.value;
  const [size, soft] = [brushSize.value, softness.value];
  useEffect(() => {
    const element = overlay.current!;
    const box = element.getBoundingClientRect();
    element.width = Math.round(box.width * devicePixelRatio);
    element.height = Math.round(box.height * devicePixelRatio);
    const isBrush = kind === "brush" || kind === "eraser";
    const brush = cursor && isBrush ? { ...cursor, radius: brushRadius(), soft } : undefined;
    paintOverlay(element, version, kind, shape, brush);
  }, [version, size, soft, kind, cursor, shape, picture.id, theme.value]);
  useEffect(() => {
    const element = overlay.current!;
    const onWheel = (event: WheelEvent): void => {
      event.preventDefault();
      resizeBrush(event.deltaY > 0 ? 1 / 1.1 : 1.1);
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    const resized = new ResizeObserver(() => void maskVersion.value++);
    resized.observe(element);
    return () => {
      element.removeEventListener("wheel", onWheel);
      resized.disconnect();
    };
  }, []);
  return (
    <div class="mask-canvas">
      <img class="picture" src={sourceUrl(picture)} alt={picture.name} draggable={false} />
      <canvas
        ref={overlay}
        role="application"
        tabIndex={0}
        aria-label="Mask. Arrow keys move the brush, Space paints, brackets change its size."
        onPointerDown={onDown}
        onPointerMove={onMove}
        onPointerUp={onUp}
        onPointerCancel={onUp}
        onPointerLeave={onLeave}
        onKeyDown={onKey}
      />
    </div>
  );
}
