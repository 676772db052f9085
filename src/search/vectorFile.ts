import type { FileHandle } from "node:fs/promises";
import { openPlainFile } from "../files/index.js";

const piece = 4 << 20;

/** Reads a file from its start in large pieces, held one at a time. */
export interface PieceReader {
  /** Reads the next bytes, valid until the next call; fewer at the end of the file. */
  readNext(length: number): Promise<Buffer>;
  close(): Promise<void>;
}

/** Opens a file for reading in pieces of some megabytes. */
export async function openPieces(path: string): Promise<PieceReader> {
  const handle = await openPlainFile(path);
  const { size } = await handle.stat();
  let buffer = Buffer.allocUnsafe(Math.min(piece, size));
  let [from, to, place] = [0, 0, 0];
  return {
    async readNext(byteCount) {
      const length = Math.min(byteCount, to - from + size - place);
      if (length > buffer.length) buffer = Buffer.concat([buffer], length);
      if (to - from < length) {
        buffer.copyWithin(0, from, to);
        [from, to] = [0, to - from];
        const got = await fillFrom(handle, buffer.subarray(to), place);
        to += got;
        place += got;
      }
      const bytes = buffer.subarray(from, Math.min(to, from + length));
      from += bytes.length;
      return bytes;
    },
    close: () => handle.close(),
  };
}

/** Fills bytes from a place in a file. @returns how many there were. */
async function fillFrom(handle: FileHandle, bytes: Uint8Array, place: number): Promise<number> {
  let count = 0;
  while (count < bytes.length) {
    const { bytesRead } = await handle.read(bytes, count, bytes.length - count, place + count);
    if (bytesRead === 0) break;
    count += bytesRead;
  }
  return count;
}

/**
 * Reads rows of a file of vectors, in their order: `[rows, features]`.
 * @param rows their numbers; neighbours are read together.
 */
export async function readRows(
  path: string,
  features: number,
  rows: readonly number[],
): Promise<Float32Array> {
  const out = new Float32Array(rows.length * features);
  const bytes = new Uint8Array(out.buffer);
  const width = features * 4;
  const handle = await openPlainFile(path);
  try {
    for (let at = 0; at < rows.length;) {
      let end = at + 1;
      while (end < rows.length && rows[end] === rows[end - 1]! + 1) end++;
      await fillFrom(handle, bytes.subarray(at * width, end * width), rows[at]! * width);
      at = end;
    }
  } finally {
    await handle.close();
  }
  return out;
}
