/** The picture of a run while it is made, drawn without rendering the view around it. */
import { effect, signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

/** The newest preview of any run. */
const newest = signal<{ readonly run: string; readonly url: string } | undefined>(undefined);

/** Shows a preview wherever its run is watched. */
export function showPreview(run: string, url: string): void {
  newest.value = { run, url };
}

/** Decodes a preview. */
async function decode(url: string): Promise<ImageBitmap> {
  if (!url.startsWith("data:")) {
    const image = new Image();
    image.src = url;
    await image.decode();
    return createImageBitmap(image);
  }
  const letters = atob(url.slice(url.indexOf(",") + 1));
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = letters.charCodeAt(at);
  // A blob is registered with the browser's main process, which takes longer than decoding its picture.
  if (typeof ImageDecoder === "undefined") return createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const decoder = new ImageDecoder({ data: bytes, type: "image/png" });
  const { image } = await decoder.decode();
  decoder.close();
  const bitmap = await createImageBitmap(image);
  image.close();
  return bitmap;
}

/** Draws the newest of the pictures that are given to it; those that arrive while it decodes one are skipped. */
function openPainter(canvas: HTMLCanvasElement) {
  const context = canvas.getContext("bitmaprenderer", { alpha: false })!;
  let waiting: string | undefined;
  let busy = false;
  const drawWaiting = async (): Promise<void> => {
    busy = true;
    while (waiting !== undefined) {
      const url = waiting;
      waiting = undefined;
      const bitmap = await decode(url).catch(() => undefined); // the next one follows
      if (!bitmap) continue;
      if (canvas.width !== bitmap.width) canvas.width = bitmap.width;
      if (canvas.height !== bitmap.height) canvas.height = bitmap.height;
      context.transferFromImageBitmap(bitmap);
      if (canvas.dataset.drawn === undefined) canvas.dataset.drawn = "";
    }
    busy = false;
  };
  return (url: string): void => {
    waiting = url;
    if (!busy) void drawWaiting();
  };
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
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const paint = openPainter(canvas.current!);
    const known = newest.peek();
    if (known?.run !== run && first !== undefined) paint(first);
    return effect(() => {
      if (newest.value?.run === run) paint(newest.value.url);
    });
  }, [run]);
  return <canvas ref={canvas} class="live picture" role="img" aria-label={label} />;
}
