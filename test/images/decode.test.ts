import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import sharp, { type Sharp } from "sharp";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  listPictures,
  loadMask,
  loadPicture,
  decodeMask,
  readPictureHeader,
  readMetadata,
  squareBytes,
} from "../../src/images/index.js";
import {
  convertPicture,
  decodeRgb,
  loadOwnPicture,
  loadPictureFrom,
  makeThumbnail,
  readHeader,
  squareFrom,
} from "../../src/images/decode.js";
import { findMetadataInXmp } from "../../src/images/metadata.js";
import { PixelBudget } from "../../src/images/pixelBudget.js";
import { crc32 } from "node:zlib";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipsteer-decode-"));
});
afterAll(() => rm(folder, { recursive: true }));

const blank = (width: number, height: number): Sharp =>
  sharp({ create: { width, height, channels: 3, background: "#c04080" } });

async function save(name: string, bytes: Buffer | string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

/** A PNG of given chunks. */
function png(...chunks: [type: string, data: Uint8Array][]): Buffer {
  const parts = chunks.map(([type, data]) => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  });
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), ...parts]);
}

function header(width: number, height: number): Buffer {
  const bytes = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0]);
  bytes.writeUInt32BE(width, 0);
  bytes.writeUInt32BE(height, 4);
  return bytes;
}

describe("a picture's header", () => {
  it.each(["png", "jpeg", "gif", "webp"] as const)("of %s has its format and size", async (format) => {
    for (const [width, height] of [
      [1, 1],
      [300, 7],
      [70, 1000],
    ] as const) {
      const variants = [
        await blank(width, height).toFormat(format).toBuffer(),
        await blank(width, height)
          .withExif({ IFD0: { Software: "x".repeat(500) } })
          .toFormat(format)
          .toBuffer(),
        ...(format === "jpeg" ? [await blank(width, height).jpeg({ progressive: true }).toBuffer()] : []),
        ...(format === "webp" ? [await blank(width, height).webp({ lossless: true }).toBuffer()] : []),
      ];
      for (const bytes of variants) {
        expect(readPictureHeader(bytes)).toEqual({ format, width, height });
        for (const length of [0, 3, 9, 12, 20])
          expect(readPictureHeader(bytes.subarray(0, length))).toEqual(
            length < 10 || format !== "gif" ? undefined : readPictureHeader(bytes),
          );
      }
    }
  });

  it("decides whatever the name says: what is not read is refused by its kind", async () => {
    const files: Record<string, Buffer | string> = {
      SVG: `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"/>`,
      TIFF: await blank(4, 4).tiff().toBuffer(),
      AVIF: await blank(16, 16).avif().toBuffer(),
      BMP: "BM" + "\0".repeat(60),
      PDF: "%PDF-1.7\n",
    };
    for (const [kind, bytes] of Object.entries(files)) {
      const path = await save("a.png", bytes);
      const reads: (() => Promise<unknown>)[] = [
        () => loadPicture(path),
        () => squareBytes(Buffer.from(bytes), path, 8),
      ];
      // SVG and AVIF are written with metadata, so that is read; theirs here have none.
      if (kind === "SVG" || kind === "AVIF") expect(await readMetadata(path)).toBeUndefined();
      else reads.push(() => readMetadata(path));
      for (const read of reads)
        await expect(read()).rejects.toThrow(
          `${path}: is a picture of the format ${kind}, which is not read; give a PNG, JPEG, WebP or GIF`,
        );
    }
  });

  it("is enough to refuse a bomb: nothing is decoded", async () => {
    const zeros = deflateSync(new Uint8Array(100e6));
    const bomb = png(["IHDR", header(30000, 30000)], ["IDAT", zeros], ["IEND", Buffer.alloc(0)]);
    const path = await save("bomb.png", bomb);
    const began = performance.now();
    await expect(loadPicture(path)).rejects.toThrow("is too large (30000×30000); at most 64 megapixels");
    expect(performance.now() - began).toBeLessThan(500);
  });
});

describe("what a file holds beyond 8 bits, sRGB and one frame", () => {
  it("is named", async () => {
    const losses = async (bytes: Buffer): Promise<readonly string[] | undefined> =>
      (await loadPicture(await save("loss", bytes))).losses;
    expect(await losses(await blank(4, 4).png().toBuffer())).toEqual([]);
    expect(await losses(await blank(4, 4).toColourspace("rgb16").png().toBuffer())).toEqual([
      "16 bits a channel are reduced to 8",
    ]);
    expect(await losses(await blank(4, 4).withIccProfile("p3").png().toBuffer())).toEqual([
      "its colour profile is converted to sRGB",
    ]);
    expect(await losses(await blank(4, 4).withIccProfile("srgb").png().toBuffer())).toEqual([]);
    expect(await losses(await blank(4, 4).toColourspace("cmyk").jpeg().toBuffer())).toContain(
      "CMYK is converted to sRGB",
    );
    const frames = await sharp(Buffer.concat([Buffer.alloc(48), Buffer.alloc(48, 255)]), {
      raw: { width: 4, height: 8, channels: 3, pageHeight: 4 },
    })
      .gif()
      .toBuffer();
    expect(await losses(frames)).toEqual(["only the first of 2 frames is used"]);
  });
});

describe("the budget of pixels", () => {
  it("is never passed by several pictures, and lets one alone begin whatever its size", async () => {
    const budget = new PixelBudget(100);
    let [now, most] = [0, 0];
    const order: number[] = [];
    const sizes = [60, 60, 30, 500, 10, 90, 100];
    await Promise.all(
      sizes.map((size, at) =>
        budget
          .run(size, async () => {
            order.push(at);
            now += size;
            if (size <= 100) most = Math.max(most, now);
            else expect(now).toBe(size);
            await new Promise((done) => setTimeout(done, 5));
            now -= size;
            if (at === 2) throw new Error("one fails");
          })
          .catch((error: unknown) => error),
      ),
    );
    expect(most).toBeLessThanOrEqual(100);
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it("is taken by every way to decode a picture", async () => {
    const file = await sharp({ create: { width: 20, height: 10, channels: 4, background: "#c431" } })
      .png()
      .toBuffer();
    const run = vi.spyOn(PixelBudget.prototype, "run");
    const decoders = [
      loadPictureFrom(file, "a"),
      loadOwnPicture(file, "a"),
      decodeRgb(file, "a"),
      squareFrom(file, "a", 8),
      makeThumbnail(file, "a", 8),
      convertPicture(file, "a", "webp"),
      readHeader(file, "a"),
    ];
    await Promise.all(decoders);
    expect(run.mock.calls.map(([pixels]) => pixels)).toEqual(decoders.map(() => 200));
    run.mockRestore();
  });
});

describe("metadata in XMP", () => {
  const wrap = (text: string): string => `<a><clipsteer:settings>${text}</clipsteer:settings></a>`;

  it("is read in time linear in its length", () => {
    const seconds = (size: number): number => {
      const texts = [
        "<clipsteer:settings>".repeat(size / 20),
        wrap("&amp;".repeat(size / 5)),
        wrap("&#38;amp;".repeat(size / 9)),
      ];
      const began = performance.now();
      for (const text of texts) findMetadataInXmp(text);
      return performance.now() - began;
    };
    seconds(1e6);
    expect(seconds(1e6)).toBeLessThan(10_000); // a quadratic reader takes minutes
  });

  it("has entities that are read once, and those of no letter left as they are", () => {
    expect(findMetadataInXmp(wrap("&amp;lt; &#65; &lt;"))).toBe("&lt; A <");
    expect(findMetadataInXmp(wrap("&#99999999; &#1114112; &#x41; &none;"))).toBe(
      "&#99999999; &#1114112; &#x41; &none;",
    );
    expect(findMetadataInXmp("<clipsteer:settings>never closed")).toBeUndefined();
  });

  it("is refused beyond a megabyte, however small the file is", async () => {
    const xmp = Buffer.from(wrap("<clipsteer:settings>".repeat(100_000)));
    const data = Buffer.concat([Buffer.from("XML:com.adobe.xmp\0\x01\0\0\0", "latin1"), deflateSync(xmp)]);
    const pixel = deflateSync(Buffer.alloc(4));
    const path = await save(
      "xmp.png",
      png(["IHDR", header(1, 1)], ["iTXt", data], ["IDAT", pixel], ["IEND", Buffer.alloc(0)]),
    );
    await expect(readMetadata(path)).rejects.toThrow(
      /has 200\d{4} bytes of XMP metadata; at most 1048576 are read/,
    );
  });
});

describe("masks of other tools", () => {
  const size = 32;
  const mask = async (name: string, image: Sharp): Promise<Float32Array> => {
    const path = join(folder, name);
    await image.toFile(path);
    return (await loadMask(path, size, size)).mask;
  };
  const paint = (at: (column: number, row: number) => readonly number[]): Sharp =>
    sharp(
      Uint8Array.from(
        Array.from({ length: size * size }, (_, pixel) => at(pixel % size, Math.floor(pixel / size))).flat(),
      ),
      { raw: { width: size, height: size, channels: 4 } },
    );
  const isMiddle = (column: number, row: number): boolean =>
    Math.abs(column - 16) < 8 && Math.abs(row - 16) < 8;

  it.each<[what: string, opaque: readonly number[]]>([
    ["white", [255, 255, 255, 255]],
    ["black", [0, 0, 0, 255]],
    ["grey", [160, 160, 160, 255]],
    ["a photo", [180, 40, 90, 255]],
  ])("with a transparent hole in %s are refused", async (_, opaque) => {
    const image = paint((column, row) => (isMiddle(column, row) ? [0, 0, 0, 0] : opaque));
    await expect(mask("hole.png", image.png())).rejects.toThrow(
      /has a transparent hole; a mask is white where/,
    );
    // Inverted, the hole may change and nothing else may, whatever the colours.
    const read = await loadPicture(join(folder, "hole.png"));
    const inverted = await decodeMask(read, "hole.png", { width: size, height: size, invert: true });
    expect(inverted.mask).toEqual(
      Float32Array.from({ length: size * size }, (_, pixel) =>
        Number(isMiddle(pixel % size, Math.floor(pixel / size))),
      ),
    );
  });

  it("are read as their opposite on request, black and white", async () => {
    const image = paint((column, row) => (isMiddle(column, row) ? [0, 0, 0, 255] : [255, 255, 255, 255]));
    const plain = await mask("inverted.png", image.png());
    const read = await loadPicture(join(folder, "inverted.png"));
    const { mask: values } = await decodeMask(read, "m", { width: size, height: size, invert: true });
    expect(values).toEqual(plain.map((part) => 1 - part));
    expect([values[0], values[16 * size + 16]]).toEqual([0, 1]);
  });

  it("that are a white shape on a transparent ground are read", async () => {
    const image = paint((column, row) => (isMiddle(column, row) ? [255, 255, 255, 255] : [0, 0, 0, 0]));
    const values = await mask("shape.png", image.png());
    expect([values[0], values[16 * size + 16]]).toEqual([0, 1]);
  });

  it("that are a photo are refused", async () => {
    const image = paint((column, row) => [column * 8, row * 8, 128, 255]);
    await expect(mask("photo.png", image.png())).rejects.toThrow("is a picture in colour, not a mask");
  });

  it("compressed as JPEG are black and white where they are nearly", async () => {
    // Edges inside of JPEG's blocks of 8 by 8, which the compression blurs; at edges between blocks it would not.
    const isWithin = (pixel: number, distance: number): boolean =>
      [pixel % size, Math.floor(pixel / size)].every((at) => at >= 13 - distance && at < 20 + distance);
    const image = paint((column, row) =>
      isWithin(row * size + column, 0) ? [255, 255, 255, 255] : [0, 0, 0, 255],
    );
    const values = await mask("mask.jpg", image.flatten().jpeg({ quality: 90 }));
    const compressed = await loadPicture(join(folder, "mask.jpg"));
    const isOutside = (_: number, pixel: number): boolean => !isWithin(pixel, 2);
    expect(Math.max(...compressed.rgba.filter((_, at) => at % 4 === 0).filter(isOutside))).toBeGreaterThan(4);
    const outside = values.filter(isOutside);
    expect(Math.max(...outside)).toBe(0);
    expect(values[16 * size + 16]).toBe(1);
    // A PNG's soft edge is as it was drawn.
    const soft = await mask("soft.png", paint(() => [10, 10, 10, 255]).png());
    expect(soft[0]).toBeCloseTo(10 / 255, 5);
  });
});

describe("a folder of pictures", () => {
  it("passes over hidden files, thumbnails and what is excluded, and counts pictures of other formats", async () => {
    const root = join(folder, "many");
    const names = ["a.png", "b.JPG", "c.tiff", "d.TIFF", "e.avif", "notes.txt", ".hidden.png"];
    const below = [
      "@eaDir/a.png",
      "node_modules/x/a.png",
      ".git/a.png",
      "trip/a.png",
      "trip/thumb_1.png",
      "old/b.gif",
    ];
    for (const name of [...names, ...below]) {
      await mkdir(join(root, name, ".."), { recursive: true });
      await writeFile(join(root, name), "x");
    }
    const list = async (exclude?: string[]): Promise<[files: string[], passedOver: [string, number][]]> => {
      let counts: [string, number][] = [];
      const options = {
        ...(exclude && { exclude }),
        onPassedOver: (map: ReadonlyMap<string, number>) => void (counts = [...map]),
      };
      const files = await listPictures([root], options);
      return [files.map((file) => file.slice(root.length + 1)), counts];
    };
    expect(await list()).toEqual([
      ["a.png", "b.JPG", "old/b.gif", "trip/a.png", "trip/thumb_1.png"],
      [
        [".tiff", 2],
        [".avif", 1],
      ],
    ]);
    expect((await list(["old", "thumb_*", "*.JPG"]))[0]).toEqual(["a.png", "trip/a.png"]);
    // Named itself, a folder is searched.
    expect(await listPictures([join(root, "@eaDir")])).toEqual([join(root, "@eaDir/a.png")]);
    const began = performance.now();
    await list([`${"*a".repeat(30)}b`]);
    expect(performance.now() - began).toBeLessThan(1000);
  });
});
