import { ToolkitError } from "../errors.js";
import { type AscentStep, type ScheduledTerm, enlargePictures } from "../guidance/index.js";
import { type Picture, padToSquare, resizePicture } from "../images/index.js";
import { type Frame, frameSide } from "./log.js";
import type { GenerateRecord } from "./records.js";
import { describeScene } from "./scene.js";
import type { RunSession } from "./session.js";

/** Paints the picture of a step at a size. Pictures of pixels, which have no finer detail, are unchanged. */
export function paintOf({ picture, paint }: Pick<AscentStep, "picture" | "paint">) {
  return (side: number): Promise<Picture> => paint?.(side) ?? Promise.resolve(picture);
}

/** Paints the frames of an animation as pictures of `frameSide` pixels. */
export async function paintFrames(
  { models, runOptions, getPrograms }: Pick<RunSession, "models" | "runOptions" | "getPrograms">,
  frames: readonly Frame[],
): Promise<Picture[]> {
  const painted: Picture[] = [];
  for (const frame of frames)
    painted.push(
      "shape" in frame
        ? await getPrograms().painterOf(frame).preview(frame, frameSide)
        : (await enlargePictures(models, [frame], frameSide, runOptions))[0]!,
    );
  return painted;
}

/** What a sketch is made from. */
interface SketchSource {
  readonly settings: GenerateRecord["settings"];
  readonly terms: readonly ScheduledTerm[];
  readonly init: Picture | undefined;
}

/** Paints a preview of a run: the picture to start from, or known drawings of the things that its prompt names. */
export function paintSketch({ models, getPrograms }: RunSession, { settings, terms, init }: SketchSource) {
  return async (side: number): Promise<Picture | undefined> => {
    if (init) return resizePicture(padToSquare(init).picture, side, side, "cubic");
    const isUndrawn = settings.layers?.some(({ code, hidden }) => !hidden && code === undefined);
    if (!models.generator.regions || isUndrawn) return undefined;
    const session = getPrograms();
    try {
      const latents = await session.sketch(terms, settings, await describeScene(settings, session, models));
      return latents && (await session.painterOf(latents).preview(latents, side));
    } catch (error) {
      if (error instanceof ToolkitError) return undefined; // the run itself reports the error and removes its folder
      throw error;
    }
  };
}
