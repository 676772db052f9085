export * from "./adam.js";
export * from "./clamp.js";
export * from "./host.js";
export * from "./layers.js";
export * from "./parameters.js";
export * from "./random.js";
export * from "./resample.js";
export * from "./whiten.js";
