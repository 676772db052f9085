/** The picture of a run while it is made, drawn without rendering the view around it. */
import { effect, signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { findChangedArea } from "./changed.js";
import { type Pixels, enlarge } from "./enlarge.js";
import { decodePlainPng } from "./plainPng.js";

/** The newest preview of any run. */
const newest = signal<{ readonly run: string; readonly url: string } | undefined>(undefined);

/** Shows a preview wherever its run is watched. */
export function showPreview(run: string, url: string): void {
  newest.value = { run, url };
}

/** Pixels of a stored picture, as the browser decodes it. */
async function loadPixels(url: string): Promise<Pixels> {
  const image = new Image();
  image.src = url;
  await image.decode();
  const { naturalWidth: width, naturalHeight: height } = image;
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true })!;
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, width, height);
}

/** Pixels of a preview. */
function decode(url: string): Promise<Pixels> {
  if (!url.startsWith("data:")) return loadPixels(url);
  const letters = atob(url.slice(url.indexOf(",") + 1));
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = letters.charCodeAt(at);
  return decodePlainPng(bytes).catch(() => loadPixels(url));
}

/** Largest factor by which previews of a run in progress are enlarged: the run needs the processor. */
const liveFactor = 3;
/** Largest factor by which a picture is enlarged that stays. */
const stillFactor = 6;

/** Pixels of a preview around one on which its enlarged pixel depends, with those that tell whether a neighbour lies in a surface. */
const enlargedReach = 4;

/**
 * Draws the newest of the pictures that are given to it; those that arrive while it decodes one are skipped. They go to the screen past
 * the page, which is not painted again for them.
 */
function openPainter(canvas: HTMLCanvasElement, mostFactor: number) {
  const surface = canvas.transferControlToOffscreen();
  const context = surface.getContext("2d")!;
  let enlarged: ImageData | undefined;
  let drawn: Pixels | undefined;
  let waiting: string | undefined;
  let busy = false;
  const draw = (pixels: Pixels): void => {
    const most = Math.round((canvas.clientWidth * devicePixelRatio) / pixels.width);
    const factor = Math.max(1, Math.min(mostFactor, most));
    const [width, height] = [pixels.width * factor, pixels.height * factor];
    if (enlarged?.width !== width || enlarged.height !== height) {
      enlarged = new ImageData(width, height);
      surface.width = width;
      surface.height = height;
      drawn = undefined;
    }
    // Copying pixels to the screen takes most of the time; what surrounds the picture rarely changes.
    const area = findChangedArea(drawn, pixels, enlargedReach);
    drawn = pixels;
    if (!area) return;
    enlarge(pixels, factor, enlarged.data);
    const [x, y] = [area.x * factor, area.y * factor];
    context.putImageData(enlarged, 0, 0, x, y, area.width * factor, area.height * factor);
    if (canvas.dataset.drawn === undefined) canvas.dataset.drawn = "";
  };
  const drawWaiting = async (): Promise<void> => {
    busy = true;
    while (waiting !== undefined) {
      const url = waiting;
      waiting = undefined;
      const pixels = await decode(url).catch(() => undefined); // the next one follows
      if (pixels) draw(pixels);
    }
    busy = false;
  };
  return (url: string): void => {
    waiting = url;
    if (!busy) void drawWaiting();
  };
}

/** A canvas, and what draws pictures on it. */
function usePainter(mostFactor: number) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const painter = useRef<(url: string) => void>(undefined);
  const paint = (url: string): void => (painter.current ??= openPainter(canvas.current!, mostFactor))(url);
  return { canvas, paint };
}

/** A stored preview of a step, enlarged with sharp outlines. */
export function StepPicture({ src, label }: { src: string; label: string }) {
  const { canvas, paint } = usePainter(stillFactor);
  useEffect(() => paint(src), [src]);
  return <canvas ref={canvas} class="live picture" role="img" aria-label={label} />;
}

/**
 * The newest preview of a run.
 * @param first picture to show until the first preview arrives; the canvas stays empty without one.
 */
export function LivePicture({
  run,
  first,
  label,
}: {
  run: string;
  first: string | undefined;
  label: string;
}) {
  const { canvas, paint } = usePainter(liveFactor);
  useEffect(() => {
    const known = newest.peek();
    if (known?.run !== run && first !== undefined) paint(first);
    return effect(() => {
      if (newest.value?.run === run) paint(newest.value.url);
    });
  }, [run]);
  return <canvas ref={canvas} class="live picture" role="img" aria-label={label} />;
}

/** Address of a picture once it is loaded, and until then that of the one before: nothing flashes. */
export function useLoaded(src: string | undefined): string | undefined {
  const [loaded, setLoaded] = useState<string>();
  useEffect(() => {
    if (src === undefined) return setLoaded(undefined);
    const image = new Image();
    image.src = src;
    void image
      .decode()
      .catch(() => undefined) // the page then shows that it is broken
      .then(() => setLoaded(src));
  }, [src]);
  return src === undefined ? undefined : loaded;
}
