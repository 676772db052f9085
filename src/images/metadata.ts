import { InputError } from "../errors.js";
import { readHeader } from "./decode.js";
import { pictureFormats } from "./formats.js";
import { readPictureHeader } from "./header.js";
import { readPictureBytes } from "./readFile.js";

const namespace = "https://clipsteer.dev/xmp/";
const opening = "<clipsteer:settings>";
const closing = "</clipsteer:settings>";
/** Maximum size of XMP, in bytes, since a small compressed block can decompress to any size. */
const maxXmp = 1 << 20;
const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const names = new Map(Object.entries(entities).map(([name, sign]) => [sign, name]));

/** Renders RDF with a text as this toolkit's metadata, for XMP and for `<metadata>` of an SVG document. */
export function renderMetadataRdf(metadata: string): string {
  const text = metadata
    .replace(/[&<>"']/g, (sign) => `&${names.get(sign)!};`)
    .replace(/[^\x20-\x7e]/gu, (c) => `&#${c.codePointAt(0)};`);
  return (
    `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:clipsteer="${namespace}">` +
    `${opening}${text}${closing}</rdf:Description></rdf:RDF>`
  );
}

/** Renders XMP with a text as this toolkit's metadata. */
export function renderMetadataXmp(metadata: string): string {
  return (
    `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">` +
    `${renderMetadataRdf(metadata)}</x:xmpmeta><?xpacket end="r"?>`
  );
}

/** Finds the text of this toolkit's metadata in XMP; undefined when there is none. Takes time linear in the length of the XMP. */
export function findMetadataInXmp(xmp: string): string | undefined {
  const start = xmp.indexOf(opening);
  const end = start < 0 ? -1 : xmp.indexOf(closing, start + opening.length);
  if (end < 0) return undefined;
  return xmp
    .slice(start + opening.length, end)
    .replace(/&(?:#(\d{1,7})|(amp|lt|gt|quot|apos));/g, (whole, code?: string, name?: string) => {
      if (name !== undefined) return entities[name]!;
      return Number(code) <= 0x10ffff ? String.fromCodePoint(Number(code)) : whole;
    });
}

/**
 * Reads this toolkit's metadata from a picture; undefined when there is none.
 * @param path path of a PNG, JPEG, WebP or GIF.
 * @returns the text that `encodePicture` was given, or undefined.
 * @throws {InputError} for a file that is no picture, or metadata above the maximum size.
 */
export async function readMetadata(path: string): Promise<string | undefined> {
  return decodeMetadata(await readPictureBytes(path), path);
}

/**
 * Reads this toolkit's metadata from the bytes of a picture; undefined when there is none.
 * @param file content of a PNG, JPEG, WebP or GIF.
 * @param name names the file in errors.
 * @returns the text that `encodePicture` was given, or undefined.
 * @throws {InputError} for a file that is no picture, or metadata above 1 MB.
 */
export async function decodeMetadata(file: Buffer, name: string): Promise<string | undefined> {
  const header = readPictureHeader(file);
  // Formats that are written but not decoded contain the metadata as plain text.
  if (
    header &&
    "other" in header &&
    (pictureFormats as readonly string[]).includes(header.other.toLowerCase())
  )
    return readPlainMetadata(file, name);
  const { xmp } = await readHeader(file, name);
  if (!xmp) return undefined;
  if (xmp.length > maxXmp)
    throw new InputError(`${name}: has ${xmp.length} bytes of XMP metadata; at most ${maxXmp} are read`);
  return findMetadataInXmp(xmp.toString("utf8"));
}

function readPlainMetadata(file: Buffer, name: string): string | undefined {
  const start = file.indexOf(opening);
  const end = start < 0 ? -1 : file.indexOf(closing, start);
  if (end < 0) return undefined;
  if (end - start > maxXmp)
    throw new InputError(`${name}: has ${end - start} bytes of metadata; at most ${maxXmp} are read`);
  return findMetadataInXmp(file.toString("utf8", start, end + closing.length));
}
