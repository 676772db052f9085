export { type CompileOptions, compile, type EngineName, type Program, type TensorSpec } from "./program.js";
export { lowerings, type TensorFunction } from "./record.js";
export { type EagerEngine, tensorflowPackages, useEager } from "./eager.js";
export { findProgramCache } from "./cache.js";
export { startEngine } from "./thread.js";
export { chooseProviders } from "./provider.js";
export { collectParameters } from "./collect.js";
export { type MappedMatrix, openMapped } from "./mappedMatrix.js";
export { disposeOpened } from "./disposal.js";
