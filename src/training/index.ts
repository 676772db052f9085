export { exportRetrainedClips, type RetrainedFolders } from "./retrained.js";
export { type AugmentConfig } from "./augment.js";
export { type Balance, balanceWeights, drawBalanced, readGroups } from "./balance.js";
export { exportPack } from "./export.js";
export {
  makeContrastiveTargets,
  drawBatch,
  gatherPlanes,
  selectGanPictures,
  selectSplits,
  type TrainingSet,
  extendWithCompositions,
} from "./batches.js";
export { type CaptionedSet, createEmojiCaptions } from "./captioned.js";
export { drawConditions, embedCaptions, embedPictures, makeConditions } from "./conditions.js";
export {
  type ContrastiveConfig,
  createContrastiveTrainer,
  initialiseClip,
  initialiseState,
} from "./contrastive.js";
export { exportJudge, judgePreset } from "./judge.js";
export { type GanConfig, initialiseGan } from "./ganProgram.js";
export { createGanTrainer } from "./ganTrainer.js";
export { ganPreset } from "./presets.js";
export { type ClipPreset, clipPresets, type ClipShape } from "./requests/index.js";
export { makeContrastiveSettings, makeGanSettings, parseClipShape } from "./recipes.js";
export { cutLog, drawLosses, logStep, type TrainingStep } from "./stepLog.js";
export { type TrainingCheckpoint, loadCheckpoint, saveCheckpoint, train } from "./run.js";
export { createSampler, computeLatentStatistics, sheetPathOf } from "./samples.js";
export { contextLength, readOrTrainTokenizer } from "./captionTokenizer.js";
export { prepareClipTraining, prepareGanTraining, loadTrainedClip } from "./sessions.js";
export { createAccumulatingTrainer } from "./accumulate.js";
export {
  exportClipPack,
  prepareFolderClipTraining,
  type FolderClipOptions,
  type PreparedFolderClip,
  weightsOfState,
} from "./folderSession.js";
export { type Retrieval, measureRetrieval, watchTraining } from "./validate.js";
export { toUnitPictures } from "./upscaler.js";
export { loadTrainedUpscaler, makeUpscalerPictures, prepareUpscalerTraining } from "./upscalerSession.js";
export { packStickerRuns, prepareStickerTraining } from "./sticker/session.js";
export { createStickerSampler } from "./sticker/samples.js";
export { openClipTraining, openJudgeTraining } from "./runs/clip.js";
export { type FolderClipTraining, openFolderClipTraining } from "./runs/folderClip.js";
export { openGanTraining, openUpscalerTraining } from "./runs/gan.js";
export { openStickerTraining } from "./runs/sticker.js";
export type { Training, TrainingHandlers } from "./runs/training.js";
export {
  type ClipTrainingRequest,
  clipTrainingSchema,
  type GanTrainingRequest,
  ganTrainingSchema,
  type JudgeTrainingRequest,
  judgeTrainingSchema,
  type StickerTrainingRequest,
  stickerTrainingSchema,
  type UpscalerTrainingRequest,
  upscalerTrainingSchema,
} from "./requests/index.js";
