import { biases } from "./biases.js";
import type { Rewrite } from "./rewrite.js";
import { scales } from "./scales.js";
import { slopes } from "./slopes.js";

/** All rewrites, in the order in which they are tried on a node. */
export const rewrites: readonly Rewrite[] = [slopes, biases, scales];
