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
  calibrationEstimate,
  type CalibrationBin,
  confidences,
  crossFitted,
} from "./calibration.js";
export {
  type Resampled,
  frechetDifference,
  frechetDistance,
  frechetEstimate,
  resampleFrechet,
  symmetricEigenvalues,
} from "./frechet.js";
export {
  kernelDifference,
  kernelDistance,
  type KernelClusters,
  smallestReference,
} from "./kernelDistance.js";
export { type IndependentReport, judgeIndependently, partsOf } from "./independentJudge.js";
export { type Agreement, agreementOf, cohenKappa, fleissKappa, type RatingTable } from "./agreement.js";
export { evaluatePeople, type PeopleReport, type RatedTrial } from "./people.js";
export { type JudgedTrial, judgeTrials } from "./judgeTrials.js";
export { percentiles } from "./percentiles.js";
export { findBestColumns, computeCosines, markHits, type Ranked, rankPositives } from "./ranking.js";
export { rPrecision } from "./rPrecision.js";
export { bootstrap, type Estimate, medianOf, meanOf, pairedDifference } from "./statistics.js";
export { betaBelow, betaQuantile, normalBelow, studentWidth } from "./distributions.js";
export {
  exactInterval,
  holm,
  mcnemar,
  type PairedRates,
  pairedRates,
  rate,
  rateDifference,
  type RateOptions,
  wilson,
} from "./proportions.js";
export { evaluateSteering, type SteeredReport } from "./steered.js";
export { parseCsv, type Table } from "./csv.js";
export {
  biasReport,
  type ReportFiles,
  type ReportHead,
  retrievalReport,
  zeroShotReport,
} from "./documents.js";
export { calibrateOnSet, type SetCalibration } from "./calibrateOn.js";
export {
  type GenerationEvaluation,
  type GenerationEvaluationHandlers,
  type GenerationEvaluationRequest,
  runGenerationEvaluation,
} from "./generationRun.js";
export { groupAttributes, rowsWhere } from "./groups.js";
export { biasSummary, generationSummary, peopleSummary, rateText, tuningSummary } from "./summaries.js";
export { generationReport } from "./generationReport.js";
export {
  embedLabelled,
  type EmbeddedSet,
  embedTemplate,
  meanRows,
  meanScores,
  pickRows,
} from "./embedded.js";
export { emojiSet, keepRows, type LabelledSet, openLabelledSet, type Part } from "./labelled.js";
export { figure, intervalPlot, markdownTable, percent, writeReport } from "./report.js";
export { evaluateRetrieval, type RetrievalPart } from "./retrieval.js";
export { evaluateZeroShot, halves, type ZeroShotPart } from "./zeroShot.js";
export { compareWithReal, type HeldOutComparison, type RealComparison } from "./real.js";
export {
  type ClipScorer,
  embedHeldOut,
  type HeldOut,
  openScorer,
  ownCosines,
  scorePercentiles,
} from "./clipScores.js";
export {
  type AssociationOptions,
  type BiasOptions,
  type BiasRow,
  evaluateBias,
  groupingsOf,
} from "./biasRun.js";
export { labelFreeWeights, type TunedPrompts, type TunedRow, tunePrompts, tuningPart } from "./tune.js";
