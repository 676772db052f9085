/** The picture of the Edit view: with its mask, while it changes, and when it has changed. Its place and size stay the same. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { RunView } from "../../src/studio/api.js";
import { openItem } from "../gallery/open.js";
import { Save } from "../gallery/save.js";
import { Progress } from "../generate/progress.js";
import { LivePicture, useLoaded } from "../live.js";
import { BeforeAfter, ComparisonChoice } from "../slider.js";
import { curvesOf, imageUrl, mediaUrl, thumbUrl } from "../state.js";
import { theme } from "../theme.js";
import { Button } from "../ui.js";
import { MaskCanvas } from "./canvas.js";
import { canvas, loadMask } from "./mask.js";
import { paintOutline } from "./overlay.js";
import { editRunFolder, maskIdOf, paintedMask, source } from "./state.js";
import type { Upload } from "../../src/studio/uploads.js";

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Width and height of an upload; undefined until it is known. */
function usePictureSize(id: string): Size | undefined {
  const [found, setFound] = useState<Size & { id: string }>();
  const known = source.value?.id === id ? source.value : undefined;
  useEffect(() => {
    if (known || id === "") return;
    const image = new Image();
    image.src = mediaUrl("uploads", id);
    image.onload = () => setFound({ id, width: image.naturalWidth, height: image.naturalHeight });
  }, [id, known === undefined]);
  return known ?? (found?.id === id ? found : undefined);
}

/** The place of the picture, of the same size for every state of an edit. */
function PictureBox({ width, height, children }: Size & { children: ComponentChildren }) {
  return (
    <div
      class="edit-picture"
      style={{
        aspectRatio: `${width} / ${height}`,
        maxWidth: `min(720px, calc((100vh - 260px) * ${width / height}))`,
      }}
    >
      {children}
    </div>
  );
}

/** The mask of an id, for a place of a size. */
const maskOf = (id: string, { width, height }: Size): Promise<HTMLCanvasElement> =>
  id === paintedMask
    ? Promise.resolve(canvas)
    : loadMask(mediaUrl("uploads", id), Math.ceil(width), Math.ceil(height));

/** Outline of the mask of an edit. */
function MaskOutline({ id }: { id: string }) {
  const overlay = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = overlay.current!;
    let mask: HTMLCanvasElement | undefined;
    const draw = (): void => {
      if (!mask) return;
      const { width, height } = element.getBoundingClientRect();
      element.width = Math.round(width * devicePixelRatio);
      element.height = Math.round(height * devicePixelRatio);
      paintOutline(element, mask);
    };
    const resized = new ResizeObserver(draw);
    resized.observe(element);
    void maskOf(id, element.getBoundingClientRect()).then(
      (loaded) => {
        mask = loaded;
        draw();
      },
      () => undefined, // uploads are removed in time
    );
    return () => resized.disconnect();
  }, [id, theme.value]);
  return <canvas ref={overlay} class="mask-outline" aria-hidden="true" />;
}

/** The picture of a run: before, during and after its change. */
function RunPicture({
  run,
  after,
  outlined,
}: {
  run: RunView;
  after: string | undefined;
  outlined: boolean;
}) {
  const picture = String(run.request.picture ?? source.value?.id ?? "");
  const size = usePictureSize(picture);
  const shown = useLoaded(after);
  const { frames } = curvesOf(run.id);
  const live = [...frames.values()].at(-1);
  const before = { src: mediaUrl("uploads", picture), label: "Before" };
  const mask = maskIdOf(run.request);
  if (!size) return null;
  return (
    <PictureBox {...size}>
      {shown === undefined ? (
        <>
          <img class="picture" src={before.src} alt="The picture before its change" />
          {live !== undefined && <LivePicture run={run.id} first={live} label="The picture as it changes" />}
        </>
      ) : (
        <BeforeAfter single before={before} after={{ src: shown, label: "After" }} />
      )}
      {mask !== undefined && outlined && <MaskOutline id={mask} />}
    </PictureBox>
  );
}

/** An edit while it runs, and its result. */
export function EditResult({ run }: { run: RunView }) {
  const [chosen, setChosen] = useState<string>();
  const [outlined, setOutlined] = useState(false);
  const result = run.results.find(({ folder }) => folder === chosen) ?? run.results.at(-1);
  const folder = result?.folder ?? "";
  const masked = maskIdOf(run.request) !== undefined;
  return (
    <section class="stage" aria-label="Result">
      <Progress run={run} />
      <RunPicture run={run} after={result && imageUrl(result.folder)} outlined={outlined || !result} />
      <div class={`result-tools ${result ? "" : "unseen"}`}>
        <ComparisonChoice single />
        <div class="row">
          <Button icon="edit" onClick={() => void editRunFolder(folder)}>
            Edit the result
          </Button>
          <Save id={folder} format="png" label="Save" />
          <Button icon="info" onClick={() => openItem(folder)}>
            Details
          </Button>
          {masked && (
            <Button icon="visible" pressed={outlined} onClick={() => setOutlined(!outlined)}>
              Show the mask
            </Button>
          )}
        </div>
      </div>
      {run.results.length > 1 && (
        <div class="tiles" role="group" aria-label="Variations">
          {run.results.map(({ folder, seed }) => (
            <button
              key={folder}
              type="button"
              class="tile"
              aria-pressed={folder === result?.folder}
              onClick={() => setChosen(folder)}
            >
              <img src={thumbUrl(folder)} alt={`Variation with seed ${seed}`} width={96} height={96} />
            </button>
          ))}
        </div>
      )}
    </section>
  );
}

/** The picture to paint the mask on. */
export function MaskStage({ picture }: { picture: Upload }) {
  return (
    <section class="stage" aria-label="Picture and mask">
      <div class="progress">
        <div class="row">
          <div class="grow">
            <strong class="run-title">{picture.name}</strong>
            <span class="small soft numbers">
              {picture.width} × {picture.height} pixels
            </span>
          </div>
        </div>
        <div class="bar idle" />
      </div>
      <PictureBox width={picture.width} height={picture.height}>
        <MaskCanvas picture={picture} />
      </PictureBox>
    </section>
  );
}
