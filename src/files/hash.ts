import { createHash } from "node:crypto";

/** Computes the SHA-256 of bytes, or of text as UTF-8. @returns 64 hexadecimal digits. */
export function hashSha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}
