export { type AugmentConfig } from "./augment.js";
export { exportPack } from "./export.js";
export { conceptTargets, drawBatch, planesOf, selectSplits, type TrainingSet } from "./batches.js";
export { drawConditions, embedCaptions, embedSet, makeConditions } from "./conditions.js";
export {
  type ContrastiveConfig,
  createContrastiveTrainer,
  initialClip,
  initialState,
} from "./contrastive.js";
export { type GanConfig, initialGan } from "./ganProgram.js";
export { createGanTrainer } from "./ganTrainer.js";
export { type ClipPreset, clipPresets, ganPreset } from "./presets.js";
export { cutLog, drawLosses, logStep } from "./record.js";
export { type Checkpoint, loadCheckpoint, saveCheckpoint, train, type TrainingStep } from "./run.js";
export { createSampler, latentStatistics, sheetPath } from "./samples.js";
export {
  clipSession,
  contextLength,
  dataTokenizer,
  ganPictures,
  ganSession,
  trainedClip,
} from "./sessions.js";
