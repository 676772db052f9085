export { type ClipPreset, type ClipShape, clipPresets } from "./clipPresets.js";
export { type ClipTrainingRequest, clipTrainingSchema } from "./clip.js";
export { type GanTrainingRequest, ganTrainingSchema } from "./gan.js";
export { type JudgeTrainingRequest, judgeTrainingSchema } from "./judge.js";
export { type StickerTrainingRequest, stickerTrainingSchema } from "./sticker.js";
export { type UpscalerTrainingRequest, upscalerTrainingSchema } from "./upscaler.js";
