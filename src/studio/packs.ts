import { ToolkitError } from "../errors.js";
import { loadPack } from "../packs/index.js";
import { generateRequestSchema } from "../runs/index.js";

/** Whether a pack's pictures are regions, so that they can be saved as SVG; false for a pack that is not here. */
export async function paintsRegions(name: string): Promise<boolean> {
  try {
    return (await loadPack(name)).manifest.generator?.kind === "sticker";
  } catch (error) {
    if (error instanceof ToolkitError) return false;
    throw error;
  }
}

/** Pack of a request that names none. */
export const defaultPack: string = generateRequestSchema.parse({}).generator;
