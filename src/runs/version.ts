import { readFileSync } from "node:fs";
import { z } from "zod";

let cached: string | undefined;

/**
 * Reads the version of this toolkit, from its package.json.
 * @returns a semantic version.
 */
export function readToolkitVersion(): string {
  if (cached === undefined) {
    const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
    cached = z.object({ version: z.string() }).parse(JSON.parse(text)).version;
  }
  return cached;
}
