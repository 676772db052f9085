import { inflateRawSync } from "node:zlib";
import { type ByteRange, type ByteSource, Damage, limitPlausibleBytes, quoteName } from "./source.js";

const mostEntries = 200_000;
const largestDirectory = 64 << 20;
/** More than deflate can do: what claims more is no honest archive. */
const largestRatio = 1032;

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly packed: number;
  readonly size: number;
  readonly header: number;
}

/**
 * Reads the directory of a zip archive; its files are stored (read in place) or deflated. Nothing is ever unpacked to disk.
 * Archives with names that leave the folder, twice the same name, overlapping files or encryption are refused.
 * Source: PKWARE APPNOTE 6.3.10, §4.3.
 * @throws {Damage}
 */
export function readZip(source: ByteSource): ReadonlyMap<string, ByteRange> {
  const { count, at, size } = findDirectory(source);
  if (count > mostEntries || size > largestDirectory)
    throw makeDamage(`${count} files in a directory of ${size} bytes`);
  const entries = parseDirectory(source.peek(at, size), count).sort((a, b) => a.header - b.header);
  const inflated = entries.reduce((sum, entry) => sum + (entry.method === 0 ? 0 : entry.size), 0);
  if (inflated > limitPlausibleBytes(source.size))
    throw makeDamage(`it unpacks to ${inflated} bytes, out of ${source.size}`);
  const inflate = createInflater(source);
  const files = new Map<string, ByteRange>();
  entries.forEach((entry, index) => {
    const { name } = entry;
    const limit = entries[index + 1]?.header ?? at;
    if (name.split(/[/\\]/).includes("..") || /^[/\\]|^[a-z]:|\0/i.test(name))
      throw makeDamage(`the name ${quoteName(name)} leaves the archive`);
    if (files.has(name)) throw makeDamage(`two files are named ${quoteName(name)}`);
    if (entry.header + 30 + entry.packed > limit)
      throw makeDamage(`${quoteName(name)} overlaps what follows, or is truncated`);
    files.set(name, openEntry(source, entry, limit, inflate));
  });
  return files;
}

const makeDamage = (problem: string): Damage => new Damage(`corrupt archive: ${problem}`);

function findDirectory(source: ByteSource): { count: number; at: number; size: number } {
  const length = Math.min(source.size, 22 + 65535);
  const start = source.size - length;
  const tail = source.peek(start, length);
  let end = length - 22;
  while (
    end >= 0 &&
    !(tail.readUInt32LE(end) === 0x06054b50 && tail.readUInt16LE(end + 20) === length - 22 - end)
  )
    end--;
  if (end < 0) throw makeDamage("it has no directory; the file may be truncated: fetch or copy it again");
  let directory = {
    count: tail.readUInt16LE(end + 10),
    size: tail.readUInt32LE(end + 12),
    at: tail.readUInt32LE(end + 16),
  };
  const locator = start + end - 20;
  if (locator >= 0) {
    const found = source.peek(locator, 20);
    if (found.readUInt32LE(0) === 0x07064b50) {
      const at = Number(found.readBigUInt64LE(8));
      if (at + 56 > locator) throw makeDamage("its directory lies outside the file");
      const large = source.peek(at, 56);
      if (large.readUInt32LE(0) !== 0x06064b50) throw makeDamage("it has no directory where it should be");
      const number = (place: number): number => Number(large.readBigUInt64LE(place));
      directory = { count: number(32), size: number(40), at: number(48) };
    }
  }
  if (directory.at + directory.size > start + end) throw makeDamage("its directory lies outside the file");
  return directory;
}

function parseDirectory(bytes: Buffer, count: number): Entry[] {
  const entries: Entry[] = [];
  let at = 0;
  for (let index = 0; index < count; index++) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== 0x02014b50)
      throw makeDamage("its directory is damaged");
    const [nameLength, extraLength, noteLength] = [28, 30, 32].map((place) =>
      bytes.readUInt16LE(at + place),
    ) as [number, number, number];
    const next = at + 46 + nameLength + extraLength + noteLength;
    if (next > bytes.length) throw makeDamage("its directory is damaged");
    const name = bytes.toString("utf8", at + 46, at + 46 + nameLength);
    if (bytes.readUInt16LE(at + 8) & 1) throw makeDamage(`${quoteName(name)} is encrypted`);
    const large = readLargeFields(bytes.subarray(at + 46 + nameLength, next - noteLength));
    // Numbers that don't fit are all ones; their true values follow in this order.
    const field = (place: number): number => {
      const value = bytes.readUInt32LE(at + place);
      if (value !== 0xffffffff) return value;
      const wide = large.shift();
      if (wide === undefined || !Number.isSafeInteger(wide))
        throw makeDamage(`the size of ${quoteName(name)} is damaged`);
      return wide;
    };
    const size = field(24);
    const packed = field(20);
    const header = field(42);
    const method = bytes.readUInt16LE(at + 10);
    if (method === 0 ? packed !== size : method !== 8)
      throw makeDamage(`${quoteName(name)} is packed in a way (${method}) that is not read`);
    if (size > packed * largestRatio)
      throw makeDamage(`${quoteName(name)} claims ${size} bytes out of ${packed}`);
    entries.push({ name, method, packed, size, header });
    at = next;
  }
  return entries;
}

/** Reads the 64-bit numbers of an entry's extra field 1. */
function readLargeFields(extra: Buffer): number[] {
  for (let at = 0; at + 4 <= extra.length;) {
    const end = at + 4 + extra.readUInt16LE(at + 2);
    if (end > extra.length) break;
    if (extra.readUInt16LE(at) === 1)
      return Array.from({ length: Math.floor((end - at - 4) / 8) }, (_, index) =>
        Number(extra.readBigUInt64LE(at + 4 + index * 8)),
      );
    at = end;
  }
  return [];
}

/** Inflates a deflated entry that begins at a place. */
type Inflate = (entry: Entry, start: number) => Buffer;

/** Inflates entries, and keeps the last one: several tensors often view one storage. */
function createInflater(source: ByteSource): Inflate {
  let last: { entry: Entry; bytes: Buffer } | undefined;
  return (entry, start) => {
    if (last?.entry === entry) return last.bytes;
    last = undefined; // before the next one is there too
    const { name, packed, size } = entry;
    let bytes: Buffer;
    try {
      bytes = inflateRawSync(source.peek(start, packed), { maxOutputLength: Math.max(1, size) });
    } catch (cause) {
      throw new Damage(`corrupt archive: ${quoteName(name)} cannot be unpacked`, { cause });
    }
    if (bytes.length !== size)
      throw makeDamage(`${quoteName(name)} unpacks to ${bytes.length} bytes, not ${size}`);
    last = { entry, bytes };
    return bytes;
  };
}

function openEntry(source: ByteSource, entry: Entry, limit: number, inflate: Inflate): ByteRange {
  const { name, method, packed, size, header } = entry;
  const start = (): number => {
    const local = source.peek(header, 30);
    const at = header + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
    if (local.readUInt32LE(0) !== 0x04034b50 || at + packed > limit)
      throw makeDamage(`${quoteName(name)} overlaps what follows, or is truncated`);
    return at;
  };
  return {
    size,
    inflated: method !== 0,
    read(at, length) {
      if (!(at >= 0 && length >= 0 && at + length <= size))
        throw makeDamage(`${quoteName(name)} is too short`);
      if (method === 0) return source.read(start() + at, length);
      return Uint8Array.from(inflate(entry, start()).subarray(at, at + length));
    },
  };
}
