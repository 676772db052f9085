import { createHmac, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openCacheFolder, findUserCacheFolder, writeFileAtomic } from "../files/index.js";

const secretBytes = 32;
let secret: Promise<Buffer> | undefined;

/** Loads the user's secret from their cache folder. Without a cache, the secret is random for each process. */
async function loadSecret(): Promise<Buffer> {
  const cache = findUserCacheFolder(process.env);
  const folder = await openCacheFolder(cache && join(cache, "clipsteer-search"));
  const fresh = randomBytes(secretBytes);
  if (folder === undefined) return fresh;
  const path = join(folder, "seal.key");
  const found = await readFile(path).catch(() => undefined);
  if (found?.length === secretBytes) return found;
  await writeFileAtomic(path, fresh, { mode: 0o600 }).catch(() => undefined);
  return fresh;
}

/**
 * Seals a text with a secret of the user (HMAC-SHA-256, hexadecimal). Whoever did not run as this user cannot make the seal, so a
 * native parser is given only files that the user's own processes wrote.
 */
export async function sealOf(text: string): Promise<string> {
  secret ??= loadSecret();
  return createHmac("sha256", await secret)
    .update(text)
    .digest("hex");
}
