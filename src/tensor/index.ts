export * from "./host.js";
export * from "./random.js";
