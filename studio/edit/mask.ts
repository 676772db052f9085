/** The mask that is painted: a list of actions, so that each can be undone, and a canvas that they are drawn on. */
import { signal } from "@preact/signals";

export type Tool = "brush" | "eraser" | "box" | "ellipse" | "lasso";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** One action, in pixels of the mask. */
export type Action =
  | {
      readonly kind: "stroke";
      readonly points: readonly Point[];
      readonly radius: number;
      /** Part of the radius over which the edge fades, 0 to 1. */
      readonly soft: number;
      readonly erase: boolean;
    }
  | { readonly kind: "box" | "ellipse" | "lasso"; readonly points: readonly Point[]; readonly erase: boolean }
  | { readonly kind: "invert" }
  | { readonly kind: "clear" }
  /** A whole mask, such as one found by words. */
  | { readonly kind: "image"; readonly image: CanvasImageSource };

/** Longest side of the mask; the server scales it to a larger picture. */
const longest = 2048;

/** The mask: what may change has opacity. */
export const canvas = document.createElement("canvas");
const context = canvas.getContext("2d", { willReadFrequently: true })!;
/** Counts up when the mask has changed. */
export const maskVersion = signal(0);
/** Whether nothing is painted: then everything may change. */
export const maskIsEmpty = signal(true);
export const canUndo = signal(false);
export const canRedo = signal(false);

let actions: Action[] = [];
let undoneActions: Action[] = [];

/** Draws one dab of a brush. */
function paintDab({ x, y }: Point, radius: number, soft: number): void {
  context.fillStyle = "#ffffff";
  // A gradient between equal circles would paint nothing.
  if (soft > 0) {
    const gradient = context.createRadialGradient(x, y, radius * (1 - soft), x, y, radius);
    gradient.addColorStop(0, "rgb(255 255 255 / 1)");
    gradient.addColorStop(1, "rgb(255 255 255 / 0)");
    context.fillStyle = gradient;
  }
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

/** Draws a stroke from its point `from` on. */
function drawStroke({ points, radius, soft, erase }: Extract<Action, { kind: "stroke" }>, from = 0): void {
  context.globalCompositeOperation = erase ? "destination-out" : "source-over";
  const step = Math.max(0.5, radius * 0.2);
  for (let at = from; at < points.length; at++) {
    const [start, end] = [points[Math.max(0, at - 1)]!, points[at]!];
    const length = Math.hypot(end.x - start.x, end.y - start.y);
    const count = Math.max(1, Math.ceil(length / step));
    for (let part = 1; part <= count; part++) {
      const share = part / count;
      paintDab(
        { x: start.x + (end.x - start.x) * share, y: start.y + (end.y - start.y) * share },
        radius,
        soft,
      );
    }
  }
  context.globalCompositeOperation = "source-over";
}

/** Traces a shape for filling or outlining. */
export function traceShape(
  target: CanvasRenderingContext2D,
  kind: "box" | "ellipse" | "lasso",
  points: readonly Point[],
): void {
  const [first, last] = [points[0]!, points[points.length - 1]!];
  target.beginPath();
  if (kind === "lasso") {
    for (const { x, y } of points) target.lineTo(x, y);
    target.closePath();
    return;
  }
  const [left, top] = [Math.min(first.x, last.x), Math.min(first.y, last.y)];
  const [width, height] = [Math.abs(last.x - first.x), Math.abs(last.y - first.y)];
  if (kind === "box") target.rect(left, top, width, height);
  else target.ellipse(left + width / 2, top + height / 2, width / 2, height / 2, 0, 0, 2 * Math.PI);
}

function draw(action: Action): void {
  const { width, height } = canvas;
  if (action.kind === "stroke") return drawStroke(action);
  if (action.kind === "clear") return context.clearRect(0, 0, width, height);
  if (action.kind === "image") {
    context.clearRect(0, 0, width, height);
    return context.drawImage(action.image, 0, 0, width, height);
  }
  if (action.kind === "invert") {
    context.globalCompositeOperation = "xor";
    context.fillStyle = "#ffffff";
    context.fillRect(0, 0, width, height);
  } else {
    context.globalCompositeOperation = action.erase ? "destination-out" : "source-over";
    context.fillStyle = "#ffffff";
    traceShape(context, action.kind, action.points);
    context.fill();
  }
  context.globalCompositeOperation = "source-over";
}

function updateMaskState(): void {
  const { data } = context.getImageData(0, 0, Math.max(1, canvas.width), Math.max(1, canvas.height));
  let empty = true;
  for (let at = 3; empty && at < data.length; at += 4) empty = data[at] === 0;
  maskIsEmpty.value = empty;
  canUndo.value = actions.length > 0;
  canRedo.value = undoneActions.length > 0;
  maskVersion.value++;
}

function redrawAll(): void {
  context.clearRect(0, 0, canvas.width, canvas.height);
  actions.forEach(draw);
  updateMaskState();
}

/** Begins an empty mask for a picture. */
export function openMask(width: number, height: number): void {
  const scale = Math.min(1, longest / Math.max(width, height));
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  actions = [];
  undoneActions = [];
  updateMaskState();
}

/** Performs an action and records it. */
export function applyAction(action: Action): void {
  actions.push(action);
  undoneActions = [];
  draw(action);
  updateMaskState();
}

/** Begins a stroke that grows; `add` draws what is new, `end` records it. */
export function beginStroke(start: Point, radius: number, soft: number, erase: boolean) {
  const points = [start];
  const action = { kind: "stroke", points, radius, soft, erase } as const;
  drawStroke(action);
  maskVersion.value++;
  return {
    add(point: Point): void {
      points.push(point);
      drawStroke(action, points.length - 1);
      maskVersion.value++;
    },
    end(): void {
      actions.push(action);
      undoneActions = [];
      updateMaskState();
    },
  };
}

export function undo(): void {
  const last = actions.pop();
  if (!last) return;
  undoneActions.push(last);
  redrawAll();
}

export function redo(): void {
  const next = undoneActions.pop();
  if (!next) return;
  actions.push(next);
  redrawAll();
}

export function clearMask(): void {
  if (!maskIsEmpty.value) applyAction({ kind: "clear" });
}

/** Loads a grey picture as a mask of a size: opacity by lightness. */
export async function loadMask(url: string, width: number, height: number): Promise<HTMLCanvasElement> {
  const image = new Image();
  image.src = url;
  await image.decode();
  const other = document.createElement("canvas");
  other.width = width;
  other.height = height;
  const otherContext = other.getContext("2d")!;
  otherContext.drawImage(image, 0, 0, width, height);
  const pixels = otherContext.getImageData(0, 0, width, height);
  for (let at = 0; at < pixels.data.length; at += 4) {
    pixels.data[at + 3] = pixels.data[at]!;
    pixels.data.fill(255, at, at + 3);
  }
  otherContext.putImageData(pixels, 0, 0);
  return other;
}

/** Replaces the mask by a grey picture. */
export async function showMask(url: string): Promise<void> {
  applyAction({ kind: "image", image: await loadMask(url, canvas.width, canvas.height) });
}

/** The mask as a PNG: white may change, black may not. */
export async function maskBlob(): Promise<Blob> {
  const other = document.createElement("canvas");
  other.width = canvas.width;
  other.height = canvas.height;
  const otherContext = other.getContext("2d")!;
  otherContext.fillStyle = "#000000";
  otherContext.fillRect(0, 0, other.width, other.height);
  otherContext.drawImage(canvas, 0, 0);
  return new Promise((resolve, reject) =>
    other.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error("the mask cannot be encoded"))),
      "image/png",
    ),
  );
}
