/** Layers of a run in a dialog, over any view. */
import { Dialog } from "../dialog.js";
import { Button, Notice } from "../ui.js";
import { LayerCanvas } from "./canvas.js";
import {
  type EditedLayer,
  type LayerFill,
  changeLayer,
  layers,
  layersChanged,
  moveLayer,
  openedScene,
  resetLayers,
  runLayers,
  selected,
} from "./state.js";

/** Fills that cover less of a layer have no swatch. */
const minShare = 0.02;
const maxSwatches = 6;

/** A fill's colour for a colour field, whose channels are bytes. */
function hexOf(colour: LayerFill["colour"]): string {
  if (typeof colour === "string") return colour.toLowerCase();
  const byte = (value: number): string =>
    Math.round(Math.min(1, Math.max(0, value)) * 255)
      .toString(16)
      .padStart(2, "0");
  return `#${colour.map(byte).join("")}`;
}

function Swatches({ edited, at }: { edited: EditedLayer; at: number }) {
  const fills = edited.layer.fills ?? [];
  const shown = fills
    .map((fill, index) => ({ ...fill, index }))
    .filter(({ share = 0, hidden }) => hidden || share >= minShare)
    .sort((a, b) => (b.share ?? 0) - (a.share ?? 0))
    .slice(0, maxSwatches);
  const change = (index: number, values: Partial<LayerFill>): void =>
    changeLayer(at, { fills: fills.map((fill, each) => (each === index ? { ...fill, ...values } : fill)) });
  const { text } = edited.layer;
  return (
    <div class="row tight swatches" role="group" aria-label={`Regions of ${text}`}>
      {shown.map(({ index, colour, hidden = false }, place) => (
        <div key={index} class={`swatch ${hidden ? "off" : ""}`}>
          <input
            type="color"
            aria-label={`Colour of region ${place + 1} of ${text}`}
            value={hexOf(colour)}
            onInput={(event) => change(index, { colour: event.currentTarget.value })}
          />
          <Button
            kind="quiet"
            icon={hidden ? "hidden" : "visible"}
            label={`${hidden ? "Show" : "Hide"} region ${place + 1} of ${text}`}
            onClick={() => change(index, { hidden: !hidden })}
          />
        </div>
      ))}
    </div>
  );
}

function Row({ edited, at }: { edited: EditedLayer; at: number }) {
  const { text, hidden = false, mirrored = false } = edited.layer;
  const last = layers.value.filter(({ layer }) => !layer.hidden).length === 1 && !hidden;
  return (
    <li class={`layer-row ${at === selected.value ? "chosen" : ""}`}>
      <div class="row tight">
        <button
          type="button"
          class="layer-name grow"
          aria-pressed={at === selected.value}
          onClick={() => void (selected.value = at)}
        >
          {text}
        </button>
        <Button
          kind="quiet"
          icon="mirror"
          label={`Mirror ${text}`}
          pressed={mirrored}
          onClick={() => changeLayer(at, { mirrored: !mirrored })}
        />
        <Button
          kind="quiet"
          icon={hidden ? "hidden" : "visible"}
          label={hidden ? `Show ${text}` : `Hide ${text}`}
          disabled={last}
          onClick={() => changeLayer(at, { hidden: !hidden })}
        />
        <Button
          kind="quiet"
          icon="up"
          label={`Bring ${text} forward`}
          disabled={at === layers.value.length - 1}
          onClick={() => moveLayer(at, 1)}
        />
        <Button
          kind="quiet"
          icon="down"
          label={`Send ${text} back`}
          disabled={at === 0}
          onClick={() => moveLayer(at, -1)}
        />
      </div>
      <Swatches edited={edited} at={at} />
    </li>
  );
}

export function LayersDialog() {
  const scene = openedScene.value;
  if (!scene) return null;
  const order = layers.value.map((edited, at) => ({ edited, at })).reverse();
  const pictures = layers.value.some(({ image }) => image !== undefined);
  const changed = layersChanged.value;
  return (
    <Dialog title="Layers" large onClose={() => void (openedScene.value = undefined)}>
      <div class="layers">
        <LayerCanvas />
        <div class="stack">
          <p class="soft small">
            Drag a layer, or drag a corner to resize it. Keys: arrows move the selected layer, + and − resize
            it, M mirrors it.
          </p>
          <ol class="stack tight-stack" aria-label="Layers, the top one first">
            {order.map(({ edited, at }) => (
              <Row key={edited.original.text + at} edited={edited} at={at} />
            ))}
          </ol>
          <Notice>
            {pictures
              ? "New colours and hidden regions appear when you apply them."
              : "This run has no pictures of its layers: changes appear when you apply them."}
          </Notice>
          <div class="row">
            <Button kind="primary" icon="brush" disabled={!changed} onClick={() => void runLayers(false)}>
              Apply
            </Button>
            <Button icon="generate" onClick={() => void runLayers(true)}>
              Steer again
            </Button>
            <Button kind="quiet" icon="undo" disabled={!changed} onClick={resetLayers}>
              Reset
            </Button>
          </div>
        </div>
      </div>
    </Dialog>
  );
}
