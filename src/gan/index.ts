export { type GeneratorConfig, layerCount, mapLatents, synthesize } from "./generator.js";
export { discriminate, encodeLatents, type TrunkConfig } from "./networks.js";
