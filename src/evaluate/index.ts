export { rPrecision } from "./rPrecision.js";
export { bootstrap, type Estimate } from "./statistics.js";
export { evaluateSteering, type SteeredReport } from "./steered.js";
