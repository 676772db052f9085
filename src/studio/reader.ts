import { type ClipModels, type Encoder, createEncoder, loadClips } from "../embedding/index.js";
import { loadPack } from "../packs/index.js";

/** The CLIPs of a pack, to read pictures and texts with. */
export interface Reader {
  readonly models: ClipModels;
  readonly encoder: Encoder;
}

/** Opens all CLIPs of a pack. */
export async function openReader(pack: string): Promise<Reader> {
  const models = await loadClips(await loadPack(pack), "all");
  return { models, encoder: createEncoder(models.clips, models.tokenizer, {}) };
}
