export { emojiGenerator } from "./emoji.js";
export { type GeneratorConfig, layerCount, mapLatents, synthesize, withStyles } from "./generator.js";
export type { Generator, SampleOptions } from "./interface.js";
export { latentNames, latentWeights } from "./latents.js";
export { discriminate, encodeLatents, type TrunkConfig } from "./networks.js";
