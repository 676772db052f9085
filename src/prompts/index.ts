export { checkPromptFile, type PromptFileCheck } from "./check.js";
export { loadPromptFile, parsePromptFile, readPromptFile } from "./file.js";
export { parsePromptArgument, planOf, type PromptPlan, type PromptTerm, weightAt } from "./plan.js";
export { runFields } from "./runFields.js";
export { longestPrompt, type PromptFile, promptFileSchema, promptSchema } from "./schema.js";
export {
  type AliasFile,
  aliasFileSchema,
  type AliasTable,
  emojiKey,
  indexAliases,
  nearestConcepts,
  type ResolvedText,
  resolveAliases,
} from "./aliases.js";
export { colourWords, type NamedColour, type Rgb, takeColour } from "./colours.js";
export {
  type Concept,
  createPhraseReader,
  type PhraseMeaning,
  type PhraseReader,
  type StandIn,
} from "./phrases.js";
export {
  bearingOf,
  isStage,
  type PlacingKind,
  relationKinds,
  type RelationKind,
  type StageKind,
} from "./relations.js";
export type { SceneRelation } from "./connected.js";
export { withoutUnknown } from "./knownScene.js";
export { type Body, bodyOf, bodyTexts, isHeadAlone } from "./figures.js";
export { type HasDrawing, type SceneReading, type SceneText, splitScene } from "./scene.js";
export type { KnownNames } from "./segments.js";
export { sceneName } from "./tokens.js";
