export { conceptsName } from "./names.js";
export {
  convertCheckpoint,
  type Converted,
  type ConvertOptions,
  createGenerator,
  type ForeignSpec,
  generatorSection,
  type GeneratorSpec,
} from "./checkpoint.js";
export {
  type GeneratorConfig,
  codeOf,
  codeSize,
  decode,
  mapLatents,
  places,
  withStyles,
} from "./generator.js";
export type { Generator, RegionPainter, RegionParts, SampleOptions } from "./interface.js";
export { joinLayer, layeredGenerator, type LayerFlags, plainLayer, splitLayer } from "./layered.js";
export { latentNames, latentWeights } from "./latents.js";
export { discriminate, encodePictures, type TrunkConfig } from "./networks.js";
export { enlarge, enlargement, type UpscalerConfig } from "./upscaler.js";
export * from "./sticker/index.js";
