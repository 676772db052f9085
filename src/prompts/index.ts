export { checkPromptFile, type PromptFileCheck } from "./check.js";
export { loadPromptFile, parsePromptFile, readPromptFile } from "./file.js";
export {
  parsePromptArgument,
  planOf,
  type PromptPlan,
  type PromptTerm,
  requirePromptLength,
  weightAt,
} from "./plan.js";
export { optimizers, runFields } from "./runFields.js";
export { longestPrompt, type PromptFile, promptFileSchema, makePromptSchema } from "./schema.js";
export {
  type AliasFile,
  aliasFileSchema,
  type AliasTable,
  emojiKeyOf,
  indexAliases,
  type ResolvedText,
  resolveAliases,
} from "./aliases.js";
export { findUnshownVerbs } from "./unshownVerbs.js";
export { removeRequest } from "./wordings.js";
export { translate, type Translation } from "./languages/index.js";
export { type EditCommand, readEditCommand, readPartColour, removeCommandWords } from "./editCommands.js";
export {
  type LayerCommand,
  type LayerPlace,
  type NamedThing,
  type WhichThing,
  readLayerCommand,
} from "./layerCommands.js";
export { colourWords, type NamedColour, type Rgb, takeColour, shadeForPaper } from "./colours.js";
export {
  type Concept,
  createPhraseReader,
  type PhraseMeaning,
  type PhraseReader,
  type StandIn,
} from "./phrases.js";
export {
  findBearing,
  isStage,
  type PlacingKind,
  relationKinds,
  type RelationKind,
  type StageKind,
  isEnclosed,
} from "./relations.js";
export type { SceneRelation } from "./connected.js";
export { isMoved } from "./classify.js";
export { removeUnknown } from "./knownScene.js";
export {
  type Body,
  entranceText,
  findBody,
  findOpeningText,
  isBelowWaist,
  isHeadAlone,
  listAddedTexts,
  listBodyTexts,
} from "./figures.js";
export { isFigure, isPerson, isRunning, isSeated, isStanding, isUpright } from "./people.js";
export { isRiddenSitting } from "./riding.js";
export { standBeings } from "./standing.js";
export { isDrawnSingly } from "./worn.js";
export { isBeing } from "./states.js";
export type { HasDrawing } from "./readThing.js";
export { type SceneReading, type SceneText, splitScene } from "./scene.js";
export type { KnownNames } from "./segments.js";
export { sceneNameOf } from "./tokens.js";
export { findMisspelt, findNearestConcepts } from "./nearestConcepts.js";
