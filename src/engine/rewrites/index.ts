export { makeBlockRewrite, isTrainedConvolution } from "./blocks.js";
export { makeLayoutRewrite } from "./layouts.js";
export { type Rewrite, type RewriteScope, rewrite } from "./rewrite.js";
export { rewriteNames, rewrites } from "./rules.js";
