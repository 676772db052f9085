export { readSafetensors, type SafetensorsFile, writeSafetensors } from "./safetensors.js";
export {
  listPacks,
  loadPack,
  type Pack,
  type PackManifest,
  packsFolder,
  packSchema,
  writePack,
} from "./pack.js";
