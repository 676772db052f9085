/** Size and edge of the brush. */
import { signal } from "@preact/signals";
import type { Upload } from "../../src/studio/uploads.js";
import { Slider } from "../fields.js";
import { canvas as mask } from "./mask.js";
import { sourceUrl } from "./state.js";

/** Radius of the brush, part of the picture's shorter side. */
export const brushSize = signal(0.08);
/** Part of the radius over which the edge fades, 0 to 1. */
export const softness = signal(0.3);

const smallest = 0.005;
const largest = 0.5;

export function resizeBrush(factor: number): void {
  brushSize.value = Math.min(largest, Math.max(smallest, brushSize.value * factor));
}

/** Radius of the brush in pixels of the mask. */
export const brushRadius = (): number => brushSize.value * Math.min(mask.width, mask.height);

/** The brush on the whole picture, which is shown small. */
function BrushPreview({ picture }: { picture: Upload }) {
  const { width, height } = picture;
  const diameter = 2 * brushSize.value * Math.min(width, height);
  const core = `${Math.round(100 * (1 - softness.value))}%`;
  return (
    <div
      class="brush-preview"
      aria-hidden="true"
      title="The brush on the whole picture"
      style={{ aspectRatio: `${width} / ${height}`, [width > height ? "width" : "height"]: "84px" }}
    >
      <img class="picture" src={sourceUrl(picture)} alt="" />
      <div
        class="dab"
        style={{
          width: `${(100 * diameter) / width}%`,
          background: `radial-gradient(closest-side, var(--accent) ${core}, transparent)`,
        }}
      />
    </div>
  );
}

/** Sliders of the brush, in pixels of the picture, with a preview. */
export function BrushSliders({ picture }: { picture: Upload }) {
  const radius = brushSize.value * Math.min(picture.width, picture.height);
  const pixels = (value: number): string => `${Math.round(value)} px`;
  return (
    <div class="brush-settings">
      <div class="brush-sliders">
        <Slider
          label="Brush size"
          value={Math.round(brushSize.value * 1000)}
          min={smallest * 1000}
          max={largest * 1000}
          step={1}
          shown={`${Math.round(2 * radius)} of ${Math.min(picture.width, picture.height)} px`}
          onInput={(value) => void (brushSize.value = value / 1000)}
        />
        <Slider
          label="Soft edge"
          value={softness.value}
          min={0}
          max={1}
          step={0.05}
          shown={pixels(radius * softness.value)}
          onInput={(value) => void (softness.value = value)}
        />
      </div>
      <BrushPreview picture={picture} />
    </div>
  );
}
