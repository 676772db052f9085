import { biases } from "./biases.js";
import { channels } from "./channels.js";
import { constants } from "./constants.js";
import { gelus } from "./gelus.js";
import { norms } from "./norms.js";
import type { Rewrite } from "./rewrite.js";
import { scales } from "./scales.js";
import { slopes } from "./slopes.js";
import { stretches } from "./stretches.js";

/** All rewrites, in the order in which they are tried on a node. */
export const rewrites: readonly Rewrite[] = [
  constants,
  stretches,
  slopes,
  biases,
  norms,
  gelus,
  scales,
  channels,
];

/** Names of all rewrites, those included that need to know the weights or the machine. */
export const rewriteNames: readonly string[] = [...rewrites.map(({ name }) => name), "layouts", "blocks"];
