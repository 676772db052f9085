export { blocks, learns } from "./blocks.js";
export { layouts } from "./layouts.js";
export { type Rewrite, type RewriteScope, rewrite } from "./rewrite.js";
export { rewriteNames, rewrites } from "./rules.js";
