import { generateRequestSchema } from "../runs/index.js";

/** Pack of a request that names none. */
export const defaultPack: string = generateRequestSchema.parse({}).generator;
