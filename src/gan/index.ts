export { type GeneratorConfig, layerCount, mapLatents, synthesize, withStyles } from "./generator.js";
export { discriminate, encodeLatents, type TrunkConfig } from "./networks.js";
