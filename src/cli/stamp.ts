import { createHash } from "node:crypto";
import type { Pack } from "../packs/index.js";

/** Which weights made a picture. */
export interface Stamp {
  readonly pack: string;
}

/** The pack's fingerprint: a hash over its files' hashes. */
export function stampOf(pack: Pack): Stamp {
  const text = JSON.stringify(Object.entries(pack.manifest.sha256).sort());
  return { pack: createHash("sha256").update(text).digest("hex").slice(0, 16) };
}
