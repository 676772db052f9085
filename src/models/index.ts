export { type DownloadOptions } from "./download.js";
export { type WeightsReport, describeWeights, guessArchitecture } from "./describe.js";
export { type Place, inspectPath } from "./modelFiles.js";
export { knownModels } from "./known.js";
export type { KnownModel } from "./knownModel.js";
export { type Verified, addModel, removeModel, verifyModel } from "./manage.js";
export { type Environment, type Places, readPlaces } from "./places.js";
export { findModelSource, type ModelSource } from "./modelSource.js";
export { type PullOptions, type PullPlan, pullModel } from "./pull.js";
export {
  type ModelFile,
  type ModelRecord,
  isWeights,
  locateModel,
  readRecord,
  readRecords,
  throwUnknownModel,
  findWeightsFile,
} from "./records.js";
