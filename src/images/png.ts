import { inflateSync } from "node:zlib";

const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
/** Chunks that change no colour and no orientation. */
const harmless: ReadonlySet<string> = new Set(["IHDR", "IDAT", "IEND", "sRGB", "pHYs", "tEXt", "tIME"]);

/**
 * RGB bytes of a PNG that is already what an encoder takes: `side`×`side`, 8 bits a channel, RGB or RGBA, not interlaced, with
 * no colour profile; over white. Done at once, here: sharp sets up a pipeline for every picture, which takes longer than all
 * of this. The checksum inside the compressed data is checked.
 * Source: W3C, Portable Network Graphics (2nd edition), §9 (filters), §11.2 (chunks).
 * @returns undefined for any other file, and for a damaged one.
 */
export function plainPng(file: Buffer, side: number): Uint8Array | undefined {
  if (file.length < 33 || !file.subarray(0, 8).equals(signature)) return undefined;
  const [width, height, depth, colour] = [16, 20, 24, 25].map((at, index) =>
    index < 2 ? file.readUInt32BE(at) : file[at],
  );
  const channels = colour === 2 ? 3 : colour === 6 ? 4 : 0;
  const plain = file.readUInt32BE(26) >>> 8 === 0; // compression, filter method, interlace
  if (width !== side || height !== side || depth !== 8 || channels === 0 || !plain) return undefined;
  const parts: Buffer[] = [];
  for (let at = 8; ;) {
    if (at + 12 > file.length) return undefined;
    const [size, type] = [file.readUInt32BE(at), file.toString("latin1", at + 4, at + 8)];
    if (!harmless.has(type) || at + 12 + size > file.length) return undefined;
    if (type === "IDAT") parts.push(file.subarray(at + 8, at + 8 + size));
    if (type === "IEND") break;
    at += 12 + size;
  }
  const stride = side * channels;
  let rows: Buffer;
  try {
    rows = inflateSync(parts.length === 1 ? parts[0]! : Buffer.concat(parts), {
      chunkSize: Math.max(64, (stride + 1) * side), // one piece
      maxOutputLength: (stride + 1) * side,
    });
  } catch {
    return undefined; // damaged: whoever decodes it instead says how
  }
  if (rows.length !== (stride + 1) * side) return undefined;
  const pixels = unfiltered(rows, side, stride, channels);
  return pixels && (channels === 4 ? overWhite(pixels) : pixels);
}

/** What a pixel is likely to be by its left, upper and upper left neighbours. */
function paeth(left: number, up: number, corner: number): number {
  const toLeft = Math.abs(up - corner);
  const toUp = Math.abs(left - corner);
  const toCorner = Math.abs(left + up - 2 * corner);
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

/** Undoes the filter of every row; undefined for an unknown one. */
function unfiltered(rows: Buffer, side: number, stride: number, channels: number): Uint8Array | undefined {
  const out = new Uint8Array((side + 1) * stride); // a row of zeros stands for what lies above
  for (let y = 0; y < side; y++) {
    const from = y * (stride + 1) + 1;
    const to = (y + 1) * stride;
    const filter = rows[from - 1]!;
    if (filter > 4) return undefined;
    if (filter === 0) out.set(rows.subarray(from, from + stride), to);
    else
      for (let at = 0; at < stride; at++) {
        const left = at < channels ? 0 : out[to + at - channels]!;
        const up = out[to + at - stride]!;
        const guess =
          filter === 1
            ? left
            : filter === 2
              ? up
              : filter === 3
                ? (left + up) >> 1
                : paeth(left, up, at < channels ? 0 : out[to + at - stride - channels]!);
        out[to + at] = rows[from + at]! + guess;
      }
  }
  return out.subarray(stride);
}

function overWhite(rgba: Uint8Array): Uint8Array {
  const out = new Uint8Array((rgba.length / 4) * 3);
  for (let pixel = 0; pixel * 4 < rgba.length; pixel++) {
    const alpha = rgba[pixel * 4 + 3]!;
    for (let channel = 0; channel < 3; channel++)
      out[pixel * 3 + channel] = (rgba[pixel * 4 + channel]! * alpha + 255 * (255 - alpha)) / 255;
  }
  return out;
}
