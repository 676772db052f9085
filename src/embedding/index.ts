export {
  createEncoder,
  type Encoder,
  type EncoderClip,
  type EncoderOptions,
  encoderPicture,
  rowOf,
} from "./encoder.js";
export { type ClipModel, type ClipModels, clipNames, loadClips, type Tower } from "./models.js";
export { ensembleMean, fillTemplate, withoutArticles } from "./prompts.js";
