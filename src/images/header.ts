import type { ReadableFormat } from "./formats.js";

/** Header of a picture file: a supported format with its size, or the name of an unsupported format. */
export type PictureHeader =
  | { readonly format: ReadableFormat; readonly width: number; readonly height: number }
  | { readonly other: string };

const pngSignature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");

/**
 * Reads format and size from the header of a picture file. The file's name is ignored and nothing is decoded.
 * Source: W3C PNG §5.2 and §11.2.2; ITU T.81 §B.2.2; RFC 9649 §2; GIF89a §17 and §18.
 * @returns undefined when the file is no picture, or is truncated before its size.
 */
export function readPictureHeader(file: Buffer): PictureHeader | undefined {
  const sized = (
    format: ReadableFormat,
    size: readonly [width: number, height: number] | undefined,
  ): PictureHeader | undefined => size && { format, width: size[0], height: size[1] };
  const text = file.toString("latin1", 0, 12);
  if (file.subarray(0, 8).equals(pngSignature)) return sized("png", sizeOfPng(file));
  if (text.startsWith("\xff\xd8\xff")) return sized("jpeg", sizeOfJpeg(file));
  if (/^GIF8[79]a/.test(text))
    return sized("gif", file.length < 10 ? undefined : [file.readUInt16LE(6), file.readUInt16LE(8)]);
  if (/^RIFF[^]{4}WEBP/.test(text)) return sized("webp", sizeOfWebp(file));
  const other = nameUnsupported(file, text);
  return other === undefined ? undefined : { other };
}

function sizeOfPng(file: Buffer): [number, number] | undefined {
  if (file.length < 24 || file.toString("latin1", 12, 16) !== "IHDR") return undefined;
  return [file.readUInt32BE(16), file.readUInt32BE(20)];
}

/** Returns the size of a JPEG: skips from marker to marker up to the start of a frame. */
function sizeOfJpeg(file: Buffer): [number, number] | undefined {
  for (let at = 2; at + 9 <= file.length;) {
    if (file[at] !== 0xff) return undefined;
    const marker = file[at + 1]!;
    if (marker === 0xff) at++;
    else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) at += 2;
    else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return [file.readUInt16BE(at + 7), file.readUInt16BE(at + 5)];
    else {
      const length = file.readUInt16BE(at + 2);
      if (length < 2) return undefined;
      at += 2 + length;
    }
  }
  return undefined;
}

function sizeOfWebp(file: Buffer): [number, number] | undefined {
  if (file.length < 30) return undefined;
  const kind = file.toString("latin1", 12, 16);
  if (kind === "VP8X") return [file.readUIntLE(24, 3) + 1, file.readUIntLE(27, 3) + 1];
  if (kind === "VP8 ") return [file.readUInt16LE(26) & 0x3fff, file.readUInt16LE(28) & 0x3fff];
  if (kind !== "VP8L") return undefined;
  const bits = file.readUInt32LE(21);
  return [(bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1];
}

/** Returns the name of an unsupported format, for errors. */
function nameUnsupported(file: Buffer, text: string): string | undefined {
  if (/^(II\*\0|MM\0\*|II\+\0|MM\0\+)/.test(text)) return "TIFF";
  if (text.startsWith("BM")) return "BMP";
  if (text.startsWith("\0\0\x01\0")) return "ICO";
  if (/^\xff\x0a|^\0\0\0\x0cJXL /.test(text)) return "JPEG XL";
  if (text.slice(4, 8) === "ftyp") return /^avi[fs]/.test(text.slice(8)) ? "AVIF" : "HEIF";
  if (text.startsWith("%PDF")) return "PDF";
  return /<svg[\s>]/i.test(file.toString("utf8", 0, 4096)) ? "SVG" : undefined;
}
