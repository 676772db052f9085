export {
  adoptGenerator,
  type AdoptOptions,
  packGenerator,
  type PackGeneratorOptions,
} from "./adoptGenerator.js";
export { type AscentStep } from "./ascent/ascent.js";
export { countClipPasses, type RunSize, countStepsForPasses, countStepsForSeconds } from "./ascent/budget.js";
export { type AscentConfig, type AscentOptions, type AscentResult } from "./ascent/contract.js";
export { dropSnapshot, loadSnapshot, saveSnapshot, snapshotFile, type Snapshot } from "./ascent/snapshot.js";
export { type Draft, type DraftProgress } from "./candidates/drafts.js";
export { applyChange } from "./edits/applyChange.js";
export { type ChangeKind, type RequestedChange } from "./edits/changeKind.js";
export { type EditConfig, type EditOptions, type EditResult, type EditStep } from "./edits/contract.js";
export { type EditFinding } from "./edits/findings.js";
export { findMaskBox } from "./edits/maskArea.js";
export { type Relevance, computeRelevanceMask, weakCertainty } from "./edits/relevance.js";
export { findWornPart } from "./edits/wornPart.js";
export { countChangedPixels, computePsnr, type ReportCard } from "./edits/report.js";
export { reducePicture } from "./edits/workingCopy.js";
export {
  findDraftSubject,
  loadGenerator,
  loadModels,
  type RunOptions,
  type SteerModels,
} from "./steerModels.js";
export {
  computeDirectionalLoss,
  rightAngleDistance,
  computePromptLoss,
  computeRangePenalty,
  computeSphericalDistance,
} from "./objectives/distances.js";
export { ascentRateAt, defaultRecipe, editRecipe, latentNoiseAt, type Recipe } from "./objectives/recipe.js";
export { type ScheduledTerm } from "./objectives/terms.js";
export { type OptimizerName } from "./optimisers/optimizer.js";
export {
  type Embeddings,
  embedTerms,
  type Term,
  sumPositiveEmbeddings as wantedOf,
} from "./programs/embedTerms.js";
export { enlargePictures, usualSizeOf } from "./programs/enlarge.js";
export { invert, type Inversion } from "./programs/invert.js";
export { createPainter, type Painter, type PaintOptions } from "./programs/paint.js";
export { createReader, type Reader, type Scores } from "./programs/readOut.js";
export {
  type LayerParts,
  joinLayers,
  splitDrawing,
  splitLayers,
  type MeasuredLayer,
} from "./scenes/layers.js";
export { compareSizeClasses } from "./scenes/sizes.js";
export { type DrawnScene } from "./scenes/runScene.js";
export { describeGoal, isAdditionAlone } from "./edits/plan.js";
export {
  listLayerNames,
  listLayerTexts,
  partSeparator,
  removePose,
  type ScenePlan,
  countUncountedLayers,
} from "./scenes/plan.js";
export { createSteerSession, edit, generate, type SteerSession } from "./session.js";
