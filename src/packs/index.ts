export {
  type Checkpoint,
  type CheckpointOptions,
  lightningClasses,
  type ModuleRecord,
  openCheckpoint,
  openWeights,
} from "./checkpoint.js";
export { type ElementType, type StoredTensor, type WeightsFile } from "./elements.js";
export { isPartial } from "./source.js";
export {
  openSafetensors,
  openShardedSafetensors,
  readSafetensors,
  readTensors,
  type SafetensorsFile,
  writeSafetensors,
} from "./safetensors.js";
export {
  listPacks,
  loadPack,
  type Pack,
  type PackManifest,
  packsFolder,
  packSchema,
  writePack,
} from "./pack.js";
