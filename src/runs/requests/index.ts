export { type Budget, budgetPattern, parseBudget } from "./budget.js";
export {
  changeKind,
  type EditRequest,
  editListSchema,
  editRequestSchema,
  type FullEditRequest,
} from "./edit.js";
export {
  type FullGenerateRequest,
  type GenerateRequest,
  generateRequestSchema,
  qualityPresets,
} from "./generate.js";
export { describeIssue, issuePathOf } from "./issues.js";
export { parseRequest } from "./parse.js";
export {
  mostLayers,
  mostThings,
  type SceneFile,
  sceneFileSchema,
  type SceneLayer,
  sceneLayersSchema,
} from "./scene.js";
export {
  backgroundPattern,
  defaultPack,
  engineNames,
  outputFields,
  pictureFormats,
  pixelFormats,
  sessionFields,
  widestOutline,
} from "./session.js";
export { templateLimit } from "./tune.js";
export { readToolkitVersion } from "../version.js";
