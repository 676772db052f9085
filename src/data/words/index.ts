export { everydayNames, kindsOfConcepts, misleadingWords } from "./tables.js";
