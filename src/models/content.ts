import type { FileHandle } from "node:fs/promises";

/** Number of bytes that are checked at the start of a file, and maximum size of a JSON file that is parsed. */
const headSize = 4096;
const maxJson = 50 << 20;

/**
 * Compares a downloaded file's content with its name, for files without a published hash: a proxy or a login page may answer any
 * request with a page of HTML.
 * @param name of the file, which implies its type.
 * @returns a description of the fault; undefined if there is none.
 */
export async function findContentFault(
  handle: FileHandle,
  size: number,
  name: string,
): Promise<string | undefined> {
  const head = await readStart(handle, Math.min(size, headSize));
  if (/^(?:\ufeff|\s)*<(?:!doctype\s+html|html|head|body)\b/i.test(head.toString("utf8")))
    return "is a web page; is a proxy or a login page in between?";
  if (/\.json$/i.test(name)) {
    if (size > maxJson) return `is a JSON file of ${size} bytes`;
    try {
      JSON.parse((await readStart(handle, size)).toString("utf8"));
      return undefined;
    } catch {
      return "is not JSON";
    }
  }
  if (/\.gz$/i.test(name)) return head[0] === 0x1f && head[1] === 0x8b ? undefined : "is not gzip";
  if (/\.(pt|pth|pkl|bin|ckpt|safetensors)$/i.test(name) && !isWeightsHead(head, size))
    return "is not a file of weights (safetensors, PyTorch or pickle)";
  return undefined;
}

/** Tells whether a file starts as safetensors (length of a JSON header), a zip archive or a pickle do. */
function isWeightsHead(head: Buffer, size: number): boolean {
  if (head.length < 9) return false;
  const isSafetensors = head[8] === 0x7b && head.readBigUInt64LE() < BigInt(size);
  return isSafetensors || head[0] === 0x80 || head.readUInt32BE() === 0x504b0304;
}

async function readStart(handle: FileHandle, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await handle.read(bytes, done, length - done, done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes;
}
