import { ConfigError } from "../errors.js";
import {
  type AscentConfig,
  type AscentResult,
  type DrawnScene,
  type LayerParts,
  type MeasuredLayer,
  type ScenePlan,
  type SteerSession,
  type SteerModels,
  joinLayers,
  listLayerNames,
  listLayerTexts,
  removePose,
  splitDrawing,
  splitLayers,
} from "../guidance/index.js";
import type { HostTensor } from "../tensor/index.js";
import type { GenerateRecord } from "./records.js";
import type { SceneFile, SceneLayer } from "./requests/index.js";

type Settings = GenerateRecord["settings"];

/** Number of decimals of plain numbers in scene files. */
const decimals = 4;
const round = (value: number): number => Number(value.toFixed(decimals));

const encodeCode = (code: Float32Array): string =>
  Buffer.from(code.buffer, code.byteOffset, code.byteLength).toString("base64");

/** Decodes a layer's code. @throws {ConfigError} for a code of the wrong length, or with values that are NaN or too large. */
function decodeCode(text: string, numbers: number, layer: string): Float32Array {
  const bytes = Buffer.from(text, "base64");
  if (bytes.length !== numbers * 4)
    throw new ConfigError(
      `scene: ${layer}: its code holds ${bytes.length / 4} numbers, this pack's generator takes ${numbers}; use the pack that made the scene`,
    );
  const code = new Float32Array(numbers);
  for (let at = 0; at < numbers; at++) code[at] = bytes.readFloatLE(at * 4);
  if (code.some((value) => !(Math.abs(value) < 1e3)))
    throw new ConfigError(`scene: ${layer}: its code holds invalid numbers; take it from a scene file again`);
  return code;
}

/** Converts a colour to the form of scene files: hexadecimal if all channels are in [0, 1], else three numbers. */
function toSceneColour(channels: readonly number[]): SceneFillColour {
  const bytes = channels.map((value) => Math.round(value * 255));
  if (bytes.every((value) => value >= 0 && value <= 255))
    return `#${bytes.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
  return channels.map(round) as [number, number, number];
}
type SceneFillColour = NonNullable<SceneLayer["fills"]>[number]["colour"];

const toChannels = (colour: SceneFillColour): readonly number[] =>
  typeof colour === "string"
    ? [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    : colour;

/** Converts a layer to the form of scene files. */
function writeLayer(text: string, { code, fills, pose, shares, flags }: MeasuredLayer): SceneLayer {
  return {
    text,
    hidden: false,
    pose: { x: round(pose.x), y: round(pose.y), size: round(pose.size) },
    mirrored: flags.mirrored,
    cut: flags.cut,
    code: encodeCode(code),
    fills: shares.map((share, at) => {
      const numbers = [...fills.subarray(at * 9, (at + 1) * 9)];
      return {
        colour: toSceneColour(numbers.slice(0, 3)),
        slopes: numbers.slice(3).map(round),
        hidden: flags.hidden[at]!,
        share: round(share),
      };
    }),
  };
}

/**
 * Composes the latents of a scene's visible layers, bottom to top: `[1, visible layers, latent size + 16]`, each row with 16 flags (mirrored,
 * and which regions are hidden). A layer without a code takes the code and the colours of the best draft of its text. Without `fills`
 * other layers have the decoder's colours.
 * @throws {ConfigError} for a code of another generator or with invalid numbers and, when a layer has fills, for a generator without regions.
 */
export async function composeScene(
  layers: readonly SceneLayer[],
  session: SteerSession,
  { generator, templates }: Pick<SteerModels, "generator" | "templates">,
  config: AscentConfig,
): Promise<HostTensor> {
  const codeLength = generator.latentShape[0]! - 15 * 9 - 3; // without the changes of 15 fills and the pose
  const parts: LayerParts[] = [];
  for (const [at, { text, pose, style, code, fills, hidden, mirrored, cut }] of layers.entries()) {
    if (hidden) continue;
    const partsOfText = async (): Promise<Pick<LayerParts, "code" | "fillChange">> => {
      if (code !== undefined) return { code: decodeCode(code, codeLength, `layer ${at + 1}`) };
      const layerStyle = style ?? config.style;
      const settings = { ...config, style: layerStyle };
      const [draft] = await session.draft([{ text, weight: 1, templates }], settings);
      const latents = draft!.latents.data as Float32Array;
      // The colour that the text names is a change of the fills.
      return splitDrawing(latents);
    };
    const fillValues = fills?.flatMap(({ colour, slopes }) => [...toChannels(colour), ...slopes]);
    const flags = { mirrored, cut, hidden: fills?.map((fill) => fill.hidden) };
    parts.push({
      ...(await partsOfText()),
      pose,
      flags,
      fills: fillValues && Float32Array.from(fillValues),
    });
  }
  return joinLayers(parts, (latents) => session.painterOf(latents));
}

/** Describes the scene of a run: its plan, or the latents of its scene file; undefined for a picture of one layer. */
export async function describeScene(
  settings: Settings,
  session: SteerSession,
  models: SteerModels,
): Promise<ScenePlan | DrawnScene | undefined> {
  if (!settings.layers) return settings.scene;
  return { latents: await composeScene(settings.layers, session, models, settings) };
}

/** Lists the texts of a run's visible layers, bottom to top. */
function listVisibleTexts({ scene, layers }: Settings, order: AscentResult["layerOrder"]): string[] {
  if (layers) return layers.filter(({ hidden }) => !hidden).map(({ text }) => text);
  return listLayerTexts(scene!, order);
}

/**
 * Lists the names of a run's visible layers, bottom to top; none for a picture of one layer.
 * @param order parts from bottom to top in the layout of the scene; the usual one when absent.
 */
export function listVisibleNames({ scene, layers }: Settings, order?: AscentResult["layerOrder"]): string[] {
  if (layers) return layers.filter(({ hidden }) => !hidden).map(({ text }) => removePose(text));
  return scene ? listLayerNames(scene, order) : [];
}

/** A finished scene: its scene file, and the latents that the file decodes to. */
export interface FinishedScene {
  readonly file: SceneFile;
  readonly latents: HostTensor;
  /** Names of the visible layers, bottom to top. */
  readonly names: readonly string[];
}

/** Makes the scene file of a run's result. The returned latents are decoded from the file, so both give the same picture. */
export async function finishScene(
  { latents, layerOrder }: Pick<AscentResult, "latents" | "layerOrder">,
  { settings, pack }: GenerateRecord,
  session: SteerSession,
  models: SteerModels,
): Promise<FinishedScene> {
  const texts = listVisibleTexts(settings, layerOrder);
  const measured = await splitLayers(latents, (each) => session.painterOf(each));
  const visible = measured.map((layer, at) => writeLayer(texts[at]!, layer));
  const layers = settings.layers
    ? settings.layers.map((layer) => (layer.hidden ? layer : visible.shift()!))
    : visible;
  const rounded = await composeScene(layers, session, models, settings);
  const prompt = settings.terms[0]!.text!;
  const names = listVisibleNames(settings, layerOrder);
  return { file: { format: 1, pack, prompt, layers }, latents: rounded, names };
}

/** Serializes a scene file as JSON with one line for each fill, each pose and each list of numbers. */
export function serializeScene(file: SceneFile): string {
  return `${formatJson(file, "")}\n`;
}

/** Formats a JSON value as `JSON.stringify(value, undefined, 2)` does, but for what fits in one line. @param margin of its last line. */
function formatJson(value: unknown, margin: string): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const inner = `${margin}  `;
  if (Array.isArray(value)) {
    const items = value.map((item) => formatJson(item, inner));
    if (value.every((item) => typeof item === "number")) return `[${items.join(", ")}]`;
    return `[\n${inner}${items.join(`,\n${inner}`)}\n${margin}]`;
  }
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .map(([name, field]) => `${JSON.stringify(name)}: ${formatJson(field, inner)}`);
  const isFillOrPose = "colour" in value || "size" in value;
  if (isFillOrPose) return `{ ${fields.join(", ")} }`;
  return `{\n${inner}${fields.join(`,\n${inner}`)}\n${margin}}`;
}
