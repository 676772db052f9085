export { conceptsNameOf } from "./names.js";
export {
  convertCheckpoint,
  type Converted,
  type ConvertOptions,
  createGenerator,
  type ForeignSpec,
  findGeneratorSection,
  type GeneratorSpec,
} from "./generatorKinds.js";
export type { Generator, RegionPainter, RegionParts, SampleOptions } from "./interface.js";
export { joinLayer, createLayeredGenerator, type LayerFlags, plainLayer, splitLayer } from "./layered.js";
export { latentNames, latentWeightsOf } from "./latents.js";
export { enlarge, enlargement, type UpscalerConfig } from "./upscaler.js";
export * from "./emoji/index.js";
export * from "./sticker/index.js";
