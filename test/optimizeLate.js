/**
 * Makes V8 optimise a function only after it has run for eight times as long as usual. Tools that run for seconds spend a fifth of their
 * processor time on optimised code that they hardly use.
 */
import { setFlagsFromString } from "node:v8";

setFlagsFromString("--interrupt-budget=1000000");
