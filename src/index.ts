export * from "./errors.js";
export * from "./tensor/index.js";
