export { applyChange, type ChangeKind, maskBox } from "./compose.js";
export { edit, type EditConfig, type EditResult, type EditStep } from "./edit.js";
export { clipPasses, type RunSize, stepsForPasses, stepsForSeconds } from "./budget.js";
export { embedTerms, type Embeddings, type Term, wantedOf } from "./encode.js";
export {
  type AscentConfig,
  type AscentOptions,
  type AscentResult,
  type AscentStep,
  type ScheduledTerm,
} from "./ascent.js";
export { type Draft } from "./drafts.js";
export { generate } from "./generate.js";
export { type OptimizerName, optimizers } from "./optimizer.js";
export { ascentRate, defaultRecipe, latentNoise, type Recipe } from "./recipe.js";
export { createSession, type Session } from "./session.js";
export { dropSnapshot, loadSnapshot, saveSnapshot, snapshotFile, type Snapshot } from "./snapshot.js";
export { picturesAt, usualSize } from "./enlarge.js";
export { invert, type Inversion } from "./invert.js";
export { directionalLoss, negativeFloor, promptLoss, rangePenalty, sphericalDistance } from "./losses.js";
export { adoptGenerator, type AdoptOptions, packGenerator, type PackGeneratorOptions } from "./adopt.js";
export { loadGenerator, loadModels, type RunOptions, type SteerModels } from "./models.js";
export { changedPixels, psnr, type ReportCard } from "./report.js";
export { type Relevance, relevanceMask, weakCertainty } from "./relevance.js";
export { createReader, type Reader, type Scores } from "./readout.js";
