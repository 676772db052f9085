import type { AscentResult, SteerSession } from "../guidance/index.js";
import { encodePicture } from "../images/index.js";
import { renderSvg } from "../vector/index.js";
import { type WrittenPicture, writePicture } from "./output.js";
import { type GenerateRecord, serializeRecord } from "./records.js";
import type { SceneFile } from "./requests/index.js";
import { type FinishedScene, finishScene, serializeScene } from "./scene.js";
import type { RunSession } from "./session.js";
import type { RunPlace } from "./store.js";

/** Files of a finished picture. */
export interface WrittenResult extends WrittenPicture {
  /** Path of the picture; absent in memory. */
  readonly path: string | undefined;
  readonly scene?: SceneFile;
  readonly layerPaths?: readonly string[];
}

/** Options of `writeResult`. */
interface WriteOptions {
  readonly place: RunPlace;
  /** Whether the record is written into the picture. */
  readonly metadata: boolean;
  /** Whether each layer of a scene is written as a separate picture. */
  readonly layerFiles: boolean;
}

/** Writes an ascent's result into its run folder: the picture; for a scene also `scene.json`; and the layers when `layerFiles` is set. */
export async function writeResult(
  session: RunSession,
  result: Pick<AscentResult, "latents" | "picture" | "layerOrder">,
  record: GenerateRecord,
  { place, metadata, layerFiles }: WriteOptions,
): Promise<WrittenResult> {
  const { settings } = record;
  const programs = session.getPrograms();
  const isScene = settings.scene !== undefined || settings.layers !== undefined;
  const scene = isScene ? await finishScene(result, record, programs, session.models) : undefined;
  const painted = scene ? { ...result, latents: scene.latents, names: scene.names } : result;
  const text = metadata ? serializeRecord(record) : undefined;
  const written = await writePicture(session, painted, settings, text);
  const path = await place.write(`image.${settings.format}`, written.bytes);
  if (!scene) return { ...written, path };
  await place.write("scene.json", serializeScene(scene.file));
  const layerPaths = layerFiles ? await writeLayers(programs, scene, settings, place) : [];
  return { ...written, path, scene: scene.file, layerPaths: layerFiles ? layerPaths : undefined };
}

/** Writes the visible layers of a scene in their places, without background and border. @returns their paths. */
async function writeLayers(
  session: SteerSession,
  { latents, names }: Pick<FinishedScene, "latents" | "names">,
  { size, format }: GenerateRecord["settings"],
  place: RunPlace,
): Promise<string[]> {
  const painter = session.painterOf(latents);
  const regions = format === "svg" ? await painter.regions(latents) : undefined;
  const paths: string[] = [];
  for (let layer = 0; layer < latents.shape[1]!; layer++) {
    const bytes =
      format === "svg"
        ? Buffer.from(renderSvg([regions![layer]!], { size, names: [names[layer]!] }))
        : await encodePicture(await painter.paint(latents, size, { layer }), { format });
    const path = await place.write(`layer-${layer + 1}.${format}`, bytes);
    if (path !== undefined) paths.push(path);
  }
  return paths;
}
