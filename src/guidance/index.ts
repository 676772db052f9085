export { applyChange, type ChangeKind, maskBox } from "./compose.js";
export { edit, type EditConfig, type EditResult, type EditStep } from "./edit.js";
export { embedTerms, type Embeddings, type Term } from "./encode.js";
export {
  type AscentConfig,
  type AscentResult,
  ascentRate,
  type AscentStep,
  generate,
  latentNoise,
  type ScheduledTerm,
  wantedOf,
} from "./generate.js";
export { invert, type Inversion } from "./invert.js";
export { directionalLoss, negativeFloor, promptLoss, rangePenalty, sphericalDistance } from "./losses.js";
export { adoptGenerator, type AdoptOptions, packGenerator, type PackGeneratorOptions } from "./adopt.js";
export { loadGenerator, loadModels, type RunOptions, type SteerModels } from "./models.js";
export { changedPixels, psnr, type ReportCard } from "./report.js";
export { type Relevance, relevanceMask, weakCertainty } from "./relevance.js";
export { createReader, draftLatents, type Reader, type Scores } from "./readout.js";
