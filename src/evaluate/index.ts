export { type Association, associationTest } from "./association.js";
export {
  type GroupRate,
  groupRates,
  intersect,
  labelSensitivity,
  type RateTable,
  type Sensitivity,
} from "./bias.js";
export {
  calibrationBins,
  calibrationError,
  type CalibrationBin,
  confidences,
  crossFitted,
  fitScale,
} from "./calibration.js";
export { frechetDistance, frechetEstimate, symmetricEigenvalues } from "./frechet.js";
export { bestColumns, cosines, hitsAt, type Ranked, rankPositives } from "./ranking.js";
export { rPrecision } from "./rPrecision.js";
export {
  bootstrap,
  type Estimate,
  medianOf,
  normalBelow,
  pairedDifference,
  rateDifference,
  wilson,
} from "./statistics.js";
export { evaluateSteering, type SteeredReport } from "./steered.js";
