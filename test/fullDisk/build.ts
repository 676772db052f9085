import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** Builds the library that lets writes fail, `full.c`, for LD_PRELOAD. @param library path of the result. @throws when there is no `cc`. */
export function buildFullDisk(library: string): void {
  const source = join(import.meta.dirname, "full.c");
  execFileSync("cc", ["-O1", "-shared", "-fPIC", "-o", library, source, "-ldl"], { stdio: "ignore" });
}
