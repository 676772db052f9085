export { exportRetrainedClips, type RetrainedFolders } from "./retrained.js";
export { type AugmentConfig } from "./augment.js";
export { type Balance, balanceWeights, drawBalanced, groupsBy } from "./balance.js";
export { exportPack } from "./export.js";
export {
  contrastiveTargets,
  drawBatch,
  planesOf,
  selectGanPictures,
  selectSplits,
  type TrainingSet,
  withCompositions,
} from "./batches.js";
export { type CaptionedSet, emojiCaptions } from "./captioned.js";
export { drawConditions, embedCaptions, embedPictures, makeConditions } from "./conditions.js";
export {
  type ContrastiveConfig,
  createContrastiveTrainer,
  initialClip,
  initialState,
} from "./contrastive.js";
export { exportJudge, judgePreset } from "./judge.js";
export { type GanConfig, initialGan } from "./ganProgram.js";
export { createGanTrainer } from "./ganTrainer.js";
export { ganPreset } from "./presets.js";
export { type ClipPreset, clipPresets, type ClipShape } from "./requests/index.js";
export { contrastiveSettings, ganSettings, parseClipShape } from "./recipes.js";
export { cutLog, drawLosses, logStep, type TrainingStep } from "./record.js";
export { type Checkpoint, loadCheckpoint, saveCheckpoint, train } from "./run.js";
export { createSampler, latentStatistics, sheetPath } from "./samples.js";
export {
  prepareClipTraining,
  contextLength,
  openTokenizer,
  prepareGanTraining,
  loadTrainedClip,
} from "./sessions.js";
export { createAccumulatingTrainer } from "./accumulate.js";
export {
  exportClipPack,
  folderClipSession,
  type FolderClipOptions,
  type FolderSession,
  weightsOfState,
} from "./folderSession.js";
export { type Retrieval, retrieval, trainingWatch } from "./validate.js";
export { unitPictures } from "./upscaler.js";
export { trainedUpscaler, upscalerPictures, upscalerSession } from "./upscalerSession.js";
export { packStickerRuns, stickerSession, wordsSession } from "./sticker/session.js";
export { createStickerSampler, createWordsSampler } from "./sticker/samples.js";
export { openClipTraining, openJudgeTraining } from "./runs/clip.js";
export { type FolderClipTraining, openFolderClipTraining } from "./runs/folderClip.js";
export { openGanTraining, openUpscalerTraining } from "./runs/gan.js";
export { openStickerTraining, openWordsTraining } from "./runs/sticker.js";
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
  type WordsTrainingRequest,
  wordsTrainingSchema,
} from "./requests/index.js";
