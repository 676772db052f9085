import { createLayeredGenerator } from "../../gan/index.js";
import type { SteerModels } from "../steerModels.js";

/** Wraps the generator of models so that it paints scenes of several layers. @throws {ConfigError} when the generator has no regions. */
export function createLayeredModels(models: SteerModels, layers: number): SteerModels {
  return {
    ...models,
    generator: createLayeredGenerator(models.generator, layers),
    architecture: { layers, of: models.architecture },
  };
}
