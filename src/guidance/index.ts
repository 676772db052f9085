export { applyChange, type ChangeKind, maskBox } from "./edits/applyChange.js";
export { edit, type EditConfig, type EditResult, type EditStep } from "./edits/edit.js";
export { clipPasses, type RunSize, stepsForPasses, stepsForSeconds } from "./ascent/budget.js";
export { embedTerms, type Embeddings, type Term, wantedOf } from "./programs/embedTerms.js";
export {
  type AscentConfig,
  type AscentOptions,
  type AscentResult,
  type AscentStep,
  type ScheduledTerm,
} from "./ascent/ascent.js";
export { type Draft } from "./candidates/drafts.js";
export { generate } from "./generate.js";
export { type OptimizerName, optimizers } from "./optimisers/optimizer.js";
export { ascentRate, defaultRecipe, latentNoise, type Recipe } from "./objectives/recipe.js";
export { createSession, type Session } from "./session.js";
export { dropSnapshot, loadSnapshot, saveSnapshot, snapshotFile, type Snapshot } from "./ascent/snapshot.js";
export { picturesAt, usualSize } from "./programs/enlarge.js";
export { invert, type Inversion } from "./programs/invert.js";
export {
  directionalLoss,
  negativeFloor,
  promptLoss,
  rangePenalty,
  sphericalDistance,
} from "./objectives/losses.js";
export {
  adoptGenerator,
  type AdoptOptions,
  packGenerator,
  type PackGeneratorOptions,
} from "./adoptGenerator.js";
export { loadGenerator, loadModels, type RunOptions, type SteerModels } from "./models.js";
export { changedPixels, psnr, type ReportCard } from "./edits/report.js";
export { type Relevance, relevanceMask, weakCertainty } from "./edits/relevance.js";
export { createReader, type Reader, type Scores } from "./programs/readOut.js";
