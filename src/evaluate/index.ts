export { type Association, testAssociation } from "./association.js";
export {
  type GroupRate,
  measureGroupRates,
  joinAttributes,
  measureLabelSensitivity,
  type RateTable,
  type Sensitivity,
} from "./bias.js";
export {
  binConfidences,
  computeCalibrationError,
  estimateCalibrationError,
  type CalibrationBin,
  computeConfidences,
  crossFitConfidences,
} from "./calibration.js";
export {
  type Resampled,
  estimateFrechetDifference,
  computeFrechetDistance,
  estimateFrechetDistance,
  resampleFrechet,
  computeSymmetricEigenvalues,
} from "./frechet.js";
export {
  estimateKernelDifference,
  estimateKernelDistance,
  type KernelClusters,
  minReferenceRows,
} from "./kernelDistance.js";
export { type IndependentReport, judgeIndependently, splitIntoParts } from "./independentJudge.js";
export {
  type Agreement,
  computeAgreement,
  computeCohenKappa,
  computeFleissKappa,
  type RatingTable,
} from "./agreement.js";
export { evaluatePeople, type PeopleReport, type RatedTrial } from "./people.js";
export { type JudgedTrial, judgeTrials } from "./judgeTrials.js";
export { computePercentiles } from "./percentiles.js";
export { findBestColumns, computeCosines, markHits, type Ranked, rankPositives } from "./ranking.js";
export { markNearestPrompts } from "./rPrecision.js";
export { bootstrap, type Estimate, medianOf, meanOf, estimatePairedDifference } from "./statistics.js";
export {
  computeBetaCdf,
  computeBetaQuantile,
  computeNormalCdf,
  computeStudentHalfWidth,
} from "./distributions.js";
export {
  computeExactInterval,
  correctByHolm,
  testMcNemar,
  type PairedRates,
  comparePairedRates,
  rate,
  estimateRateDifference,
  type RateOptions,
  computeWilsonInterval,
} from "./proportions.js";
export { evaluateSteering, type SteeredReport } from "./steered.js";
export { parseCsv, type Table } from "./csv.js";
export {
  buildBiasReport,
  type ReportFiles,
  type ReportHead,
  buildRetrievalReport,
  buildZeroShotReport,
} from "./documents.js";
export { calibrateOnSet, type SetCalibration } from "./calibrateOn.js";
export {
  type GenerationEvaluation,
  type GenerationEvaluationHandlers,
  type GenerationEvaluationRequest,
  runGenerationEvaluation,
} from "./generationRun.js";
export { chooseGroupAttributes, selectRows } from "./groups.js";
export {
  summariseBias,
  summariseGeneration,
  summariseRatings,
  rateText,
  summariseTuning,
} from "./summaries.js";
export { buildGenerationReport } from "./generationReport.js";
export {
  embedLabelled,
  type EmbeddedSet,
  embedTemplate,
  averageRows,
  averageScores,
  pickRows,
} from "./embedded.js";
export { createEmojiSet, keepRows, type LabelledSet, openLabelledSet, type Part } from "./labelled.js";
export {
  formatEstimate,
  renderIntervalPlot,
  renderMarkdownTable,
  formatPercent,
  writeReport,
} from "./report.js";
export { evaluateRetrieval, type RetrievalPart } from "./retrieval.js";
export { evaluateZeroShot, splitInHalves, type ZeroShotPart } from "./zeroShot.js";
export { compareWithReal, type HeldOutComparison, type RealComparison } from "./real.js";
export {
  type ClipEmbedder,
  embedHeldOut,
  type HeldOut,
  openClipEmbedder,
  computeOwnCosines,
  computeScorePercentiles,
} from "./clipScores.js";
export {
  type AssociationOptions,
  type BiasOptions,
  type BiasRow,
  evaluateBias,
  listGroupings,
  planBias,
} from "./biasRun.js";
export {
  weighWithoutLabels,
  type TunedPrompts,
  type TunedRow,
  tunePrompts,
  selectTuningPart,
} from "./tune.js";
