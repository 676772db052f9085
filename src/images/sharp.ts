import { createRequire } from "node:module";
import type library from "sharp";

/** sharp, loaded when it is first used: that takes 50 ms, and much is done with a picture before its file is written. */
export const sharp = ((...given: Parameters<typeof library>) =>
  (createRequire(import.meta.url)("sharp") as typeof library)(...given)) as typeof library;
