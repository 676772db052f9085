export { findOwnBeing } from "./beings.js";
export { everydayNames, kindsOfConcepts, misleadingWords } from "./tables.js";
