import { layeredGenerator } from "../../gan/index.js";
import type { SteerModels } from "../models.js";

/** Models whose generator paints scenes of so many layers. @throws {ConfigError} when it has no regions. */
export function layeredModels(models: SteerModels, layers: number): SteerModels {
  return {
    ...models,
    generator: layeredGenerator(models.generator, layers),
    architecture: { layers, of: models.architecture },
  };
}
