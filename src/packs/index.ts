export {
  type CheckpointFile,
  type CheckpointOptions,
  lightningClasses,
  type ModuleRecord,
  openCheckpoint,
  openWeights,
} from "./checkpoint.js";
export { type ElementType, type StoredTensor, type WeightsFile } from "./elements.js";
export { isPartial } from "./source.js";
export {
  mapTensors,
  openSafetensors,
  openShardedSafetensors,
  readSafetensors,
  readTensors,
  type SafetensorsFile,
  writeSafetensors,
} from "./safetensors.js";
export { type PackManifest, packSchema } from "./manifest.js";
export { listPacks, loadPack, type Pack, findPacksFolder, requireNoPack, writePack } from "./pack.js";
export { type ModelPart, findModelPart } from "./modelPart.js";
