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
export { bearingOf, relationKinds, type RelationKind } from "./relations.js";
export { type KnownNames, type SceneRelation, type SceneText, splitScene, withoutUnknown } from "./scene.js";
export { sceneName } from "./tokens.js";
