import type { HostTensor } from "../../tensor/index.js";
import type { SessionPrograms } from "../sessionPrograms.js";
import type { SquareLayer } from "./composite.js";
import { reducePicture } from "./workingCopy.js";

/** Smallest side at which layers are painted: the edges of drawings that are small in fewer pixels are a haze around them. */
const paintedFrom = 256;

/** Paints latents `[1, size]` as a layer of a side: at a multiple of small sides, reduced by means. */
export async function paintLayer(
  programs: Pick<SessionPrograms, "painter">,
  latents: HostTensor,
  side: number,
): Promise<SquareLayer> {
  const factor = Math.ceil(paintedFrom / side);
  const painted = await programs.painter().paint(latents, side * factor);
  return { side, rgba: reducePicture(painted, side).rgba };
}
