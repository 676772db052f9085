import { createRequire } from "node:module";
import type library from "sharp";

/** The package sharp, loaded on first use, since loading takes 50 ms. */
export const sharp = ((...parameters: Parameters<typeof library>) =>
  (createRequire(import.meta.url)("sharp") as typeof library)(...parameters)) as typeof library;
