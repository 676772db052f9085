export { loadPromptFile, parsePromptFile } from "./file.js";
export { parsePromptArgument, type PromptPlan, type PromptTerm, weightAt } from "./plan.js";
export { promptSchema } from "./schema.js";
