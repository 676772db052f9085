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
export type { Generator, RegionPainter, RegionParts, SampleOptions } from "./interface.js";
export { joinLayer, layeredGenerator, type LayerFlags, plainLayer, splitLayer } from "./layered.js";
export { latentNames, latentWeights } from "./latents.js";
export { enlarge, enlargement, type UpscalerConfig } from "./upscaler.js";
export * from "./emoji/index.js";
export * from "./sticker/index.js";
