/** Reads the previews of the server. */
import type { Pixels } from "./enlarge.js";

/** Offset of the only chunk of data: after the signature of 8 bytes and a header of 25. */
const dataChunk = 33;

/** Type of a chunk of data: "IDAT". */
const dataType = 0x49444154;

/** Decompresses data of a known length. @throws {Error} if it has another one. */
async function inflate(compressed: Uint8Array<ArrayBuffer>, length: number): Promise<Uint8Array> {
  const { readable, writable } = new DecompressionStream("deflate");
  const writer = writable.getWriter();
  const written = Promise.all([writer.write(compressed), writer.close()]);
  written.catch(() => undefined); // reading fails too
  const result = new Uint8Array(length);
  const reader = readable.getReader();
  let end = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    if (end + next.value.length > length) throw new RangeError("a preview is too long");
    result.set(next.value, end);
    end += next.value.length;
  }
  if (end < length) throw new RangeError("a preview is too short");
  return result;
}

/**
 * Reads a PNG of `encodePlainPng`: 8 bits, RGB or RGBA, no filters, one chunk of data. Decoders of the browser take more processor time
 * for a small picture: they start a thread, and give pixels through a canvas only.
 * @throws {Error} if it has other contents.
 */
export async function decodePlainPng(bytes: Uint8Array<ArrayBuffer>): Promise<Pixels> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [width, height, depth, colours] = [view.getUint32(16), view.getUint32(20), bytes[24], bytes[25]];
  if (depth !== 8 || (colours !== 2 && colours !== 6) || view.getUint32(dataChunk + 4) !== dataType)
    throw new RangeError("a preview has other contents");
  const channels = colours === 6 ? 4 : 3;
  const compressed = bytes.subarray(dataChunk + 8, dataChunk + 8 + view.getUint32(dataChunk));
  const stride = width * channels + 1; // a row begins with the number of its filter
  const rows = await inflate(compressed, stride * height);
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let y = 0; y < height; y++) {
    if (rows[y * stride] !== 0) throw new RangeError("a preview has filters");
    const row = rows.subarray(y * stride + 1, (y + 1) * stride);
    if (channels === 4) data.set(row, y * width * 4);
    else for (let x = 0; x < width; x++) data.set(row.subarray(3 * x, 3 * x + 3), 4 * (y * width + x));
  }
  return { data, width, height };
}
