export { type Asset, type Assets, makeAsset, createFileAssets, createMemoryAssets } from "./assets.js";
export { type EditReplay, type EditResume, runEdit } from "./edit.js";
export {
  type DraftEvent,
  type DraftingEvent,
  type EarlierEdit,
  type EditedEvent,
  type EditReport,
  type EditRunResult,
  type FindingEvent,
  type FinishedEdit,
  type FinishedEvent,
  type FinishedGenerate,
  type GenerateReport,
  type GenerateResult,
  type PlannedEvent,
  type RunEvent,
  type StepEvent,
} from "./events.js";
export { type Finding, type FindingCode, findingCodes } from "./findings.js";
export { type GenerateReplay, type GenerateResume, runGenerate } from "./generate.js";
export { type EditJob, type GenerateJob, readUnfinished, type RunJob, type UnfinishedRun } from "./jobs.js";
export { type ResolvedEdit, resolveEdit } from "./planEdit.js";
export { type ResolvedGenerate, resolveGenerate } from "./planGenerate.js";
export {
  type EditRecord,
  editRecordSchema,
  expectRecord,
  type FileReference,
  type GenerateRecord,
  generateRecordSchema,
  parseRecord,
  readRecord,
  type RunRecord,
  serializeRecord,
} from "./records.js";
export {
  computeFingerprint,
  openRunSession,
  type RunSession,
  type RunSessionOptions,
  createRunSession,
} from "./session.js";
export {
  createFolderStore,
  createMemoryStore,
  openRunFolder,
  type RunPlace,
  type RunStore,
  createStoreAround,
} from "./store.js";
export { describePrompts, type PromptDescription } from "./describePrompts.js";
export { readEditFile } from "./editFile.js";
export { formatEditReport } from "./editReportText.js";
export { openRunStart, type RunSource, type RunStart } from "./start.js";
export type { RunTools } from "./tools.js";
export { loadAliases, understandTexts, type UnderstoodTexts } from "./aliases.js";
export { readSceneFile } from "./sceneFile.js";
export { listCutFindings, type TextReaders, findUnknownWords } from "./words.js";
export {
  defaultPack,
  describeIssue,
  editListSchema,
  type EditRequest,
  editRequestSchema,
  type GenerateRequest,
  generateRequestSchema,
  mostThings,
  qualityPresets,
  type SceneFile,
  sceneFileSchema,
  type SceneLayer,
  templateLimit,
  readToolkitVersion,
} from "./requests/index.js";
